"""One iteration of a dataflow graph, firing by firing, without times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from neurohw.dataflow.graph import Graph
from neurohw.dataflow.repetition import bounded_repetition_vector


@dataclass(frozen=True)
class Ports:
    """Rates of each actor by the numbers of its channels, which is what a simulation needs."""

    inputs: tuple[tuple[tuple[int, int], ...], ...]  # for each actor (channel, consumption)
    outputs: tuple[tuple[tuple[int, int], ...], ...]  # for each actor (channel, production)


def ports_of(graph: Graph) -> Ports:
    """Return the rates of each actor."""
    inputs: list[list[tuple[int, int]]] = [[] for _ in graph.actors]
    outputs: list[list[tuple[int, int]]] = [[] for _ in graph.actors]
    for number, channel in enumerate(graph.channels):
        outputs[graph.index[channel.source]].append((number, channel.production))
        inputs[graph.index[channel.target]].append((number, channel.consumption))
    return Ports(tuple(map(tuple, inputs)), tuple(map(tuple, outputs)))


def one_iteration(graph: Graph) -> Iterator[int]:
    """Yield the actors of one iteration in an order in which they can fire one after the other.

    The order ends early where the graph deadlocks. An actor fires as often as it can before the next has its turn.

    Raises
    ------
    GraphError
        For a graph that is not consistent, or whose iteration has too many firings.
    """
    left = list(bounded_repetition_vector(graph))
    ports = ports_of(graph)
    tokens = [channel.tokens for channel in graph.channels]
    targets = [graph.index[channel.target] for channel in graph.channels]
    waiting = list(range(len(graph.actors)))
    while waiting:
        actor = waiting.pop()
        times = _firings(left[actor], ports.inputs[actor], tokens)
        while times:
            left[actor] -= times
            for channel, consumption in ports.inputs[actor]:
                tokens[channel] -= consumption * times
            for channel, production in ports.outputs[actor]:
                tokens[channel] += production * times
            yield from [actor] * times
            waiting += [targets[channel] for channel, _ in ports.outputs[actor] if targets[channel] != actor]
            times = _firings(left[actor], ports.inputs[actor], tokens)


def _firings(left: int, inputs: tuple[tuple[int, int], ...], tokens: list[int]) -> int:
    return min([left, *(tokens[channel] // consumption for channel, consumption in inputs)])

"""The firings of one iteration and which of them waits for which: the homogeneous form of a multirate graph.

Each actor stands for as many nodes as it fires in an iteration. Of all the tokens that a firing takes from a channel
the last to be put there decides when it may start, as firings of one actor end in the order in which they start; so one
edge for each firing and input channel is enough, where the classical construction (Sriram and Bhattacharyya, Embedded
Multiprocessors (2009), section 3.8) needs one for each token.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from neurohw.dataflow.graph import Channel, Graph
from neurohw.dataflow.repetition import bounded_repetition_vector


class Edge(NamedTuple):
    """The target's firing in iteration k starts when the source's in iteration k - delay ends."""

    source: int
    target: int
    weight: int  # execution time of the source, in ticks
    delay: int  # iterations, at least 0
    channel: int  # number of the channel that it stands for


@dataclass(frozen=True)
class Firings:
    """Nodes 0 to n - 1 are the firings of an iteration, actor by actor, in the order in which they start."""

    graph: Graph
    counts: tuple[int, ...]  # firings of each actor
    first: tuple[int, ...]  # node of the first firing of each actor
    ticks: tuple[int, ...]  # execution time of each actor
    ticks_per_unit: int  # ticks in a time unit of the graph
    edges: tuple[Edge, ...]

    @property
    def n_nodes(self) -> int:
        """Number of firings in one iteration."""
        return sum(self.counts)

    @property
    def actor_of_node(self) -> list[int]:
        """Number of the actor that each node is a firing of."""
        return [actor for actor, count in enumerate(self.counts) for _ in range(count)]


def expand(graph: Graph) -> Firings:
    """Return the firings of one iteration.

    Raises
    ------
    GraphError
        For a graph that is not consistent, or whose iteration has too many firings.
    """
    counts = bounded_repetition_vector(graph)
    first = _starts(counts)
    ticks, ticks_per_unit = whole_times(graph)
    edges = [
        edge
        for number, channel in enumerate(graph.channels)
        for edge in edges_of(channel, number, graph.index, counts, first, ticks)
    ]
    return Firings(graph, counts, first, ticks, ticks_per_unit, tuple(edges))


def edges_of(
    channel: Channel,
    number: int,
    index: dict[str, int],
    counts: Sequence[int],
    first: Sequence[int],
    ticks: Sequence[int],
) -> Iterable[Edge]:
    """Yield the edge of each firing of the channel's target."""
    source, target = index[channel.source], index[channel.target]
    for firing in range(counts[target]):
        last_token = (firing + 1) * channel.consumption - 1 - channel.tokens
        iteration, producer = divmod(last_token // channel.production, counts[source])
        yield Edge(first[source] + producer, first[target] + firing, ticks[source], -iteration, number)


def whole_times(graph: Graph) -> tuple[tuple[int, ...], int]:
    """Return the execution time of each actor in ticks, and the fewest ticks in a time unit that make them whole."""
    per_unit = lcm(*(Fraction(actor.time).denominator for actor in graph.actors))
    return tuple(int(actor.time * per_unit) for actor in graph.actors), per_unit


def _starts(counts: Sequence[int]) -> tuple[int, ...]:
    starts, total = [], 0
    for count in counts:
        starts.append(total)
        total += count
    return tuple(starts)

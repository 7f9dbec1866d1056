"""Consistency: how often each actor fires in one iteration, after which every channel holds what it held before.

The repetition vector is the smallest vector of whole numbers with ``production * q[source] = consumption * q[target]``
for every channel (Lee and Messerschmitt, Proc. IEEE 75:1235 (1987)). Parts of a graph that no channel joins have a
smallest vector each.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from math import gcd, lcm

from neurohw.dataflow.graph import Channel, Graph
from neurohw.errors import GraphError

MAX_FIRINGS = 100_000  # in one iteration; the analyses look at every firing
_MAX_BITS = 4_000  # of a ratio of firings; arithmetic with longer numbers would take for ever


def repetition_vector(graph: Graph) -> tuple[int, ...]:
    """Return how often each actor fires in one iteration, in the order of the actors.

    Raises
    ------
    GraphError
        For a graph that is not consistent; the message names a channel whose rates do not fit the others. For numbers
        of firings that are astronomical.
    """
    touching = _channels_of_actors(graph)
    rate: list[Fraction | None] = [None] * len(graph.actors)
    counts = [0] * len(graph.actors)
    for start in range(len(graph.actors)):
        if rate[start] is None:
            for actor, count in _smallest(graph, _reached(graph, start, rate, touching)).items():
                counts[actor] = count
    return tuple(counts)


def bounded_repetition_vector(graph: Graph, limit: int = MAX_FIRINGS) -> tuple[int, ...]:
    """Return the repetition vector if one iteration has no more firings than ``limit``.

    Raises
    ------
    GraphError
        For a graph that is not consistent or has longer iterations.
    """
    counts = repetition_vector(graph)
    total = sum(counts)
    if total > limit:
        most = max(range(len(counts)), key=counts.__getitem__)
        raise GraphError(
            f"graph {graph.name!r}: one iteration has {shown_count(total)} firings, {shown_count(counts[most])} of "
            f"them of actor {graph.actors[most].name!r}; at most {limit:,} can be analysed"
        )
    return counts


def shown_count(number: int) -> str:
    """Return a whole number with commas, or its magnitude where it has too many digits to read."""
    return f"{number:,}" if number < 10**15 else f"about 2**{number.bit_length() - 1}"


def _channels_of_actors(graph: Graph) -> list[list[Channel]]:
    touching: list[list[Channel]] = [[] for _ in graph.actors]
    for channel in graph.channels:
        for end in {channel.source, channel.target}:
            touching[graph.index[end]].append(channel)
    return touching


def _reached(
    graph: Graph, start: int, rate: list[Fraction | None], touching: list[list[Channel]]
) -> dict[int, Fraction]:
    """Set and return firings per firing of ``start`` of all actors joined to it."""
    rate[start] = Fraction(1)
    reached = {start: Fraction(1)}
    waiting = deque([start])
    while waiting:
        actor = waiting.popleft()
        for channel in touching[actor]:
            source, target = graph.index[channel.source], graph.index[channel.target]
            other = target if source == actor else source
            expected = reached[actor]
            if channel.production != channel.consumption:
                forward = Fraction(channel.production, channel.consumption)
                expected *= forward if source == actor else 1 / forward
                _check_length(graph, expected.numerator * expected.denominator, f"channel {channel.name!r}")
            if rate[other] is None:
                rate[other] = reached[other] = expected
                waiting.append(other)
            elif rate[other] != expected:
                raise GraphError(_inconsistent(graph, channel, reached[source], reached[target]))
    return reached


def _smallest(graph: Graph, rates: dict[int, Fraction]) -> dict[int, int]:
    denominator = 1
    for actor, rate in rates.items():
        denominator = lcm(denominator, rate.denominator)
        _check_length(graph, denominator, f"actor {graph.actors[actor].name!r}")
    scaled = {actor: int(rate * denominator) for actor, rate in rates.items()}
    divisor = gcd(*scaled.values())
    return {actor: count // divisor for actor, count in scaled.items()}


def _check_length(graph: Graph, number: int, seen_at: str) -> None:
    if number.bit_length() > _MAX_BITS:
        raise GraphError(
            f"graph {graph.name!r}: one iteration has more than 2**{_MAX_BITS // 2} firings, seen at {seen_at}"
        )


def _inconsistent(graph: Graph, channel: Channel, source: Fraction, target: Fraction) -> str:
    way = f"channel {channel.name!r} from {channel.source!r} to {channel.target!r}"
    rates = (
        f"graph {graph.name!r} is inconsistent: {way} has production {channel.production} and consumption "
        f"{channel.consumption}, "
    )
    if channel.is_self_edge:
        return rates + "and its tokens pile up or run out; a self-edge needs the same for both"
    ratio = target / source
    return rates + (
        f"but the other channels let {channel.target!r} fire {shown_count(ratio.numerator)} times for "
        f"{shown_count(ratio.denominator)} of {channel.source!r}, so that its tokens pile up or run out"
    )

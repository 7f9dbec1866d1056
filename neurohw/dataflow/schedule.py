"""Periodic schedules: a start for every firing of an iteration, repeated period by period.

A schedule of period P exists for every P from the maximum cycle ratio on (Reiter, J. ACM 15:590 (1968)). The starts are
the certificate that the throughput is reached, as the critical cycle is that no larger one is possible: whoever doubts
them checks ``start[target] >= start[source] + time[source] - P * delay`` edge by edge.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from neurohw.dataflow.deadlock import check_live
from neurohw.dataflow.firings import Firings, expand
from neurohw.dataflow.graph import Graph
from neurohw.dataflow.howard import maximum_cycle_ratio
from neurohw.errors import SettingError, UnknownNameError


@dataclass(frozen=True)
class PeriodicSchedule:
    """Firing k of an actor starts at ``starts[actor][k] + n * period`` in iteration n, for every n from 0 on."""

    period: Fraction
    starts: dict[str, tuple[Fraction, ...]]  # by name of the actor


def periodic_schedule(graph: Graph, period: Fraction | None = None) -> PeriodicSchedule:
    """Return the earliest periodic schedule.

    Parameters
    ----------
    period : time units per iteration, by default the least that is possible.

    Raises
    ------
    GraphError
        As of :func:`neurohw.dataflow.throughput.throughput`.
    SettingError
        For a period that is too short.
    """
    firings = expand(graph)
    return schedule_of(firings, _period_ticks(firings, period) / firings.ticks_per_unit)


def schedule_of(firings: Firings, period: Fraction) -> PeriodicSchedule:
    """Return the earliest periodic schedule of an expanded graph; the period must be long enough."""
    graph, ratio = firings.graph, period * firings.ticks_per_unit
    starts = _latest(firings, ratio, range(firings.n_nodes))
    scale = ratio.denominator * firings.ticks_per_unit
    return PeriodicSchedule(
        period,
        {
            actor.name: tuple(Fraction(start or 0, scale) for start in starts[first : first + count])
            for actor, first, count in zip(graph.actors, firings.first, firings.counts, strict=True)
        },
    )


def latency(graph: Graph, source: str, target: str, period: Fraction | None = None) -> Fraction | None:
    """Return the least latency that a periodic schedule can have, in time units.

    It is the time from when the source is free to start the firings of an iteration until the last firing of the
    target in the same iteration ends (Moreira and Bekooij, Self-timed scheduling analysis for real-time applications,
    EURASIP J. Adv. Signal Process. 2007). Initial tokens on the way let the target run ahead of the source: the
    latency can then be negative.

    Parameters
    ----------
    source, target : names of actors.
    period : time units per iteration, by default the least that is possible.

    Returns
    -------
    latency : None where the target does not depend on the source.

    Raises
    ------
    GraphError, SettingError
        As of :func:`periodic_schedule`.
    UnknownNameError
        For an actor that the graph does not have.
    """
    for name in (source, target):
        if name not in graph.index:
            raise UnknownNameError.of("actor", name, graph.index)
    firings = expand(graph)
    ratio = _period_ticks(firings, period)
    starts = _latest(firings, ratio, _nodes(firings, source))
    ends = [
        start + firings.ticks[graph.index[target]] * ratio.denominator
        for start in (starts[node] for node in _nodes(firings, target))
        if start is not None
    ]
    return Fraction(max(ends), ratio.denominator * firings.ticks_per_unit) if ends else None


def _period_ticks(firings: Firings, period: Fraction | None) -> Fraction:
    check_live(firings)
    cycle = maximum_cycle_ratio(firings.n_nodes, firings.edges)
    least = cycle.ratio if cycle else Fraction(0)
    if period is None:
        return least
    if period * firings.ticks_per_unit < least:
        raise SettingError(
            f"graph {firings.graph.name!r}: a period of {period} is too short, it must be at least "
            f"{least / firings.ticks_per_unit}"
        )
    return Fraction(period * firings.ticks_per_unit)


def _latest(firings: Firings, ratio: Fraction, roots: Iterable[int]) -> list[int | None]:
    """Return the longest way from any root to each node, in ticks times the ratio's denominator; None if there is none.

    Bellman-Ford with a queue: it ends, as no cycle has a positive length at this ratio.
    """
    ways: list[list[tuple[int, int]]] = [[] for _ in range(firings.n_nodes)]
    for edge in firings.edges:
        length = edge.weight * ratio.denominator - edge.delay * ratio.numerator
        ways[edge.source].append((edge.target, length))
    longest: list[int | None] = [None] * firings.n_nodes
    waiting = deque(roots)
    for node in waiting:
        longest[node] = 0
    queued = set(waiting)
    while waiting:
        node = waiting.popleft()
        queued.discard(node)
        reached = longest[node] or 0
        for target, length in ways[node]:
            before = longest[target]
            if before is None or reached + length > before:
                longest[target] = reached + length
                if target not in queued:
                    queued.add(target)
                    waiting.append(target)
    return longest


def _nodes(firings: Firings, actor: str) -> range:
    number = firings.graph.index[actor]
    return range(firings.first[number], firings.first[number] + firings.counts[number])

"""The trade-off between storage and throughput: the least total buffer capacity for each throughput, exactly.

A critical cycle that passes through the free room of some buffers says that no larger throughput is possible unless one
of these buffers grows (the storage dependencies of Stuijk, Geilen and Basten, IEEE Trans. Comput. 57:1331 (2008),
doi:10.1109/TC.2008.58). The search here goes through capacities in the order of their sum and branches over the buffers
of such a cycle. Each branch takes one buffer above its size and holds those of the branches before it at or below
theirs, so that no two branches look at the same capacities; cycles once found are kept and tried first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from math import inf

from neurohw.dataflow.capacities import least_capacity, room, sized_channels, step
from neurohw.dataflow.deadlock import blocked_cycle, check_live
from neurohw.dataflow.firings import Edge, edges_of, expand
from neurohw.dataflow.graph import Graph
from neurohw.dataflow.howard import maximum_cycle_ratio
from neurohw.errors import SettingError

MAX_STEPS = 20_000_000  # edges and known limits looked at: some minutes


@dataclass(frozen=True)
class StoragePoint:
    """The best throughput that is possible with a total capacity, and capacities that give it."""

    tokens: int  # total capacity
    period: Fraction  # time units per iteration
    capacity_of_channel: dict[str, int]


@dataclass(frozen=True)
class _Limit:
    """No throughput above this one unless one of the buffers is larger."""

    period: Fraction | float
    capacity: dict[int, int]  # by number of the buffer, the size up to which it does not help


def storage_front(graph: Graph, tokens: float = inf, max_steps: int = MAX_STEPS) -> list[StoragePoint]:
    """Return the Pareto front, from the least capacity that does not deadlock to the throughput without limits.

    Parameters
    ----------
    tokens : total capacity up to which to look.
    max_steps : edges and known limits to look at before giving up.

    Returns
    -------
    front : ascending in capacity and throughput; empty where ``tokens`` are too few for any throughput.

    Raises
    ------
    GraphError
        As of :func:`neurohw.dataflow.throughput.throughput`.
    SettingError
        When the front has no end, as more storage always gives more throughput, or is not complete after ``max_steps``.
    """
    search = _Search(graph, tokens, max_steps)
    if tokens == inf and search.is_endless:
        raise SettingError(
            f"graph {graph.name!r}: nothing but the buffers limits its throughput, and more storage always gives more; "
            "add self-edges, or look up to a number of tokens"
        )
    best_of_total = {point.tokens: point for point in search.points()}
    return list(best_of_total.values())


class _Search:
    def __init__(self, graph: Graph, tokens: float, max_steps: int) -> None:
        self.graph, self.tokens, self.max_steps = graph, tokens, max_steps
        self.firings = expand(graph)
        check_live(self.firings)
        self.channels = sized_channels(graph)
        self.steps = [step(channel) for channel in self.channels]
        self.limits: list[_Limit] = []
        self.rooms: dict[tuple[int, int], list[Edge]] = {}
        unlimited = maximum_cycle_ratio(self.firings.n_nodes, self.firings.edges)
        self.least_period = unlimited.ratio if unlimited else Fraction(0)
        self.taken_steps = 0

    @property
    def is_endless(self) -> bool:
        """Whether no finite capacities give the throughput that is possible without limits."""
        ticks = dict(zip(self.graph.index, self.firings.ticks, strict=True))
        buffered = {end for channel in self.channels for end in (channel.source, channel.target)}
        return self.least_period == 0 and any(ticks[name] for name in buffered)

    def points(self) -> Iterator[StoragePoint]:
        """Yield capacities, ascending in their sum, whenever the throughput is larger than ever before."""
        lowest = tuple(least_capacity(channel) for channel in self.channels)
        waiting: list[tuple[int, tuple[int, ...], tuple[float, ...]]] = []
        heappush(waiting, (sum(lowest), lowest, (inf,) * len(lowest)))
        best: Fraction | float = inf
        while waiting and waiting[0][0] <= self.tokens and best > self.least_period:
            total, low, high = heappop(waiting)
            self._count(1 + len(self.limits), total)
            limit = self._known_limit(low) or self._evaluate(low, total)
            if limit.period < best:
                best = Fraction(limit.period)
                yield self._point(total, best, low)
            for branch in self._branches(low, high, limit):
                heappush(waiting, branch)

    def _count(self, steps: int, total: int) -> None:
        self.taken_steps += steps
        if self.taken_steps > self.max_steps:
            raise SettingError(
                f"graph {self.graph.name!r}: gave up after {self.max_steps:,} steps; the front is complete below "
                f"{total:,} tokens of storage only, ask for fewer"
            )

    def _known_limit(self, low: tuple[int, ...]) -> _Limit | None:
        """Return what keeps these capacities from a larger throughput than the best so far, if that is known."""
        known = (
            limit
            for limit in self.limits
            if all(low[buffer] <= size for buffer, size in limit.capacity.items())
        )
        return min(known, key=lambda limit: len(limit.capacity), default=None)

    def _evaluate(self, low: tuple[int, ...], total: int) -> _Limit:
        edges = [*self.firings.edges]
        for buffer, capacity in enumerate(low):
            edges += self._room(buffer, capacity)
        self._count(len(edges), total)
        period: Fraction | float = inf
        cycle = blocked_cycle(self.firings.n_nodes, edges)
        if not cycle:
            critical = maximum_cycle_ratio(self.firings.n_nodes, edges)
            period, cycle = (critical.ratio, critical.edges) if critical else (Fraction(0), ())
        buffers = {edge.channel - len(self.graph.channels) for edge in cycle}
        limit = _Limit(period, {buffer: low[buffer] for buffer in sorted(buffers) if buffer >= 0})
        self.limits.append(limit)
        return limit

    def _room(self, buffer: int, capacity: int) -> list[Edge]:
        if (buffer, capacity) not in self.rooms:
            firings, number = self.firings, len(self.graph.channels) + buffer
            channel = room(self.channels[buffer], capacity, "")
            self.rooms[buffer, capacity] = list(
                edges_of(channel, number, self.graph.index, firings.counts, firings.first, firings.ticks)
            )
        return self.rooms[buffer, capacity]

    def _branches(
        self, low: tuple[int, ...], high: tuple[float, ...], limit: _Limit
    ) -> Iterator[tuple[int, tuple[int, ...], tuple[float, ...]]]:
        ceiling = list(high)
        for buffer, size in limit.capacity.items():
            raised = size + self.steps[buffer]
            if raised <= high[buffer]:
                floor = (*low[:buffer], raised, *low[buffer + 1 :])
                yield sum(floor), floor, tuple(ceiling)
            ceiling[buffer] = min(size, high[buffer])

    def _point(self, total: int, period: Fraction, low: tuple[int, ...]) -> StoragePoint:
        names = (channel.name for channel in self.channels)
        return StoragePoint(total, period / self.firings.ticks_per_unit, dict(zip(names, low, strict=True)))

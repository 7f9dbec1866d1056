"""Throughput by self-timed execution: fire every actor as soon as it can, until a state comes back.

An independent check of the maximum cycle ratio, and the way of SDF3 (Ghamarian, Geilen, Stuijk, Basten, Theelen,
Mousavi, Moonen and Bekooij, Throughput analysis of synchronous data flow graphs, ACSD 2006). Each strongly connected
component runs by itself, with as many tokens as it likes from the others: in a component the number of states is
finite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from heapq import heappop, heappush

from neurohw.dataflow.components import component_of_node
from neurohw.dataflow.firings import whole_times
from neurohw.dataflow.graph import Graph
from neurohw.dataflow.iteration import one_iteration, ports_of
from neurohw.dataflow.repetition import bounded_repetition_vector
from neurohw.errors import DataflowDeadlockError, SettingError

MAX_SIMULATED = 500_000  # firings


def self_timed_period(graph: Graph, max_firings: int = MAX_SIMULATED) -> Fraction:
    """Return the time units per iteration in the long run, 0 where nothing limits the throughput.

    Raises
    ------
    GraphError
        For a graph that is not consistent, whose iteration has too many firings, or (``DataflowDeadlockError``) that
        deadlocks.
    SettingError
        When no state has come back after ``max_firings`` firings.
    """
    counts = bounded_repetition_vector(graph)
    if sum(1 for _ in one_iteration(graph)) < sum(counts):
        raise DataflowDeadlockError(f"graph {graph.name!r} deadlocks: it cannot complete an iteration")
    ticks, per_unit = whole_times(graph)
    periods = [Fraction(0)]
    for part, members in _components(graph):
        times = [ticks[actor] for actor in members]
        if part.channels and any(times):
            periods.append(
                _Execution(part, times, [counts[actor] for actor in members], max_firings).period()
            )
    return max(periods) / per_unit


def _components(graph: Graph) -> Iterator[tuple[Graph, list[int]]]:
    """Yield each strongly connected component as a graph, with the numbers of its actors."""
    sources = [graph.index[channel.source] for channel in graph.channels]
    targets = [graph.index[channel.target] for channel in graph.channels]
    labels = component_of_node(len(graph.actors), sources, targets)
    for label in sorted(set(labels)):
        members = [actor for actor in range(len(graph.actors)) if labels[actor] == label]
        channels = (
            channel
            for channel, source, target in zip(graph.channels, sources, targets, strict=True)
            if labels[source] == labels[target] == label
        )
        yield (
            replace(graph, actors=tuple(graph.actors[a] for a in members), channels=tuple(channels)),
            members,
        )


class _Execution:
    """State of a strongly connected graph that runs: tokens on channels, and the ends of the firings under way."""

    def __init__(self, graph: Graph, ticks: list[int], counts: list[int], max_firings: int) -> None:
        self.name, self.ticks, self.max_firings = graph.name, ticks, max_firings
        self.ports = ports_of(graph)
        self.tokens = [channel.tokens for channel in graph.channels]
        self.now = self.fired = self.fired_first = 0
        self.count_first = counts[0]
        self.under_way: list[tuple[int, int]] = []  # heap of (end, actor)

    def period(self) -> Fraction:
        """Run until a state comes back; return ticks per iteration."""
        seen: dict[tuple[object, ...], tuple[int, int]] = {}
        while True:
            self._start_all()
            firings = sorted((end - self.now, actor) for end, actor in self.under_way)
            state = (*self.tokens, *firings)
            if state in seen:
                then, fired_then = seen[state]
                return Fraction((self.now - then) * self.count_first, self.fired_first - fired_then)
            seen[state] = self.now, self.fired_first
            self._end_next()

    def _start_all(self) -> None:
        """Start whatever can start now; firings that take no time end at once and may let others start."""
        started = True
        while started:
            started = False
            for actor, inputs in enumerate(self.ports.inputs):
                while all(self.tokens[channel] >= consumption for channel, consumption in inputs):
                    self._start(actor)
                    started = True

    def _start(self, actor: int) -> None:
        self.fired += 1
        if self.fired > self.max_firings:
            raise SettingError(
                f"graph {self.name!r}: no state has come back after {self.max_firings:,} firings; "
                "the maximum cycle ratio needs no simulation"
            )
        for channel, consumption in self.ports.inputs[actor]:
            self.tokens[channel] -= consumption
        if self.ticks[actor]:
            heappush(self.under_way, (self.now + self.ticks[actor], actor))
        else:
            self._end(actor)

    def _end_next(self) -> None:
        """Go on to the next end of a firing, and end all that end then."""
        self.now = self.under_way[0][0]
        while self.under_way and self.under_way[0][0] == self.now:
            self._end(heappop(self.under_way)[1])

    def _end(self, actor: int) -> None:
        self.fired_first += actor == 0
        for channel, production in self.ports.outputs[actor]:
            self.tokens[channel] += production

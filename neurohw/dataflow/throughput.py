"""Throughput of a dataflow graph: iterations per time unit when every actor fires as soon as it can.

It is the inverse of the maximum cycle ratio of the firings (Reiter, J. ACM 15:590 (1968)), in the same sense as in
SDF3 (Stuijk, Geilen and Basten, SDF3: SDF For Free, ACSD 2006): an iteration is one repetition vector of firings, and
the slowest strongly connected component counts. An actor on no cycle sets no limit, as its firings may overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from neurohw.dataflow.deadlock import check_live
from neurohw.dataflow.firings import Edge, Firings, expand
from neurohw.dataflow.graph import Graph
from neurohw.dataflow.howard import maximum_cycle_ratio


@dataclass(frozen=True)
class Throughput:
    """Time from iteration to iteration in the long run, and a cycle of firings that allows no less."""

    period: Fraction  # time units per iteration; 0 where nothing limits the throughput
    actors: tuple[
        str, ...
    ]  # of the critical cycle, each after the one it waits for; a run of one actor's firings once
    channels: tuple[str, ...]  # from each actor of the critical cycle to the next, from the last to the first

    @property
    def per_time_unit(self) -> Fraction | None:
        """Iterations per time unit, None where nothing limits them."""
        return 1 / self.period if self.period else None


def throughput(graph: Graph) -> Throughput:
    """Return the throughput of a graph with its critical cycle.

    Raises
    ------
    GraphError
        For a graph that is not consistent, whose iteration has too many firings, or (``DataflowDeadlockError``) that
        deadlocks.
    """
    return throughput_of(expand(graph))


def throughput_of(firings: Firings) -> Throughput:
    """Return the throughput of an expanded graph.

    Raises
    ------
    DataflowDeadlockError
        For a graph that deadlocks.
    """
    check_live(firings)
    cycle = maximum_cycle_ratio(firings.n_nodes, firings.edges)
    if cycle is None or cycle.ratio == 0:
        return Throughput(Fraction(0), (), ())
    return Throughput(cycle.ratio / firings.ticks_per_unit, *_names(firings, cycle.edges))


def _names(firings: Firings, cycle: tuple[Edge, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    actor_of_node = firings.actor_of_node
    steps = [(actor_of_node[edge.source], edge.channel) for edge in cycle]
    runs = [step for step, _ in groupby(steps)]
    if len(runs) > 1 and runs[0] == runs[-1]:
        runs.pop()
    graph = firings.graph
    return tuple(graph.actors[actor].name for actor, _ in runs), tuple(
        graph.channels[c].name for _, c in runs
    )

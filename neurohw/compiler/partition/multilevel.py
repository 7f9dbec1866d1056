"""Partitioner ``multilevel``: neurons joined in groups, level by level, and moved between clusters on the way back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.compiler.partition.bisection import Effort, bisected
from neurohw.compiler.partition.coarsening import coarser
from neurohw.compiler.partition.hypergraph import contract, hypergraph_of, twins
from neurohw.compiler.partition.joined import fits_one_crossbar, with_joined
from neurohw.compiler.partition.kernels.hypergraph import Hypergraph
from neurohw.compiler.partition.kernels.parts import Room, count_packets
from neurohw.compiler.partition.problem import PartitionProblem
from neurohw.compiler.partition.refinement import assigned, packets, refined
from neurohw.compiler.partition.rehalving import rehalved
from neurohw.compiler.partition.renumber import without_gaps
from neurohw.compiler.partition.sequential import fill_in_order

Array = np.ndarray

_LEAST_SHRINKING = 0.95  # of the pins from level to level, where they are many; above, coarsening ends
_STUBBORN = 2_000_000  # pins that are many
_GROWTH = 4  # times the largest vertex: the largest of the next level
_WORTH_REFINING = 1.5  # times the packets: what refinement may save where ids tell who belongs together
_LARGE = 20_000_000  # synapses: above, neurons with equal inputs stay together
_TWINS = 1 / 8  # of a crossbar's columns: the most that stay together
_SMALL, _HALVED_AT_ONCE = 1_000_000, 20_000_000  # pins; halves of more are those of a coarser graph,
_HALVED_COARSE = 4_000_000  # where that has no more pins than these; else its vertices choose
_GROUP_TO_HALVE = 1 / 8  # of a crossbar's columns: the largest vertex of that coarser graph
_RATINGS = 400_000_000  # of vertices that share a net, on one level: some 5 s


class Search(NamedTuple):
    """How much is tried."""

    starts: int  # at most; the smaller the graph, the more
    cycles: int  # down and up again, within the best clusters found
    effort: Effort  # for each halving


_OF_SMALL, _OF_OTHERS = Search(3, 2, Effort(2, 1)), Search(1, 0, Effort(3, 2))
_OF_TINY, _TINY = Search(6, 3, Effort(4, 2)), 1_000  # pins
_OF_MANY, _MANY_VERTICES, _MANY_PINS = Search(1, 0, Effort(1, 0)), 100_000, 12_000_000
_HALVED_ONCE = Effort(1, 0)


def multilevel(problem: PartitionProblem) -> Array:
    """Minimise packets (spikes times clusters that they go to) by multilevel partitioning of the hypergraph.

    The scheme of hypergraph partitioners (Karypis et al. 1999, doi:10.1109/92.748202), with the rows and columns of
    a crossbar as limits from the first pair on. The result is no worse than that of ``sequential``.
    """
    cells = fits_one_crossbar(problem)
    if not cells.size:
        return with_joined(problem, cells, cells)
    rng = np.random.Generator(np.random.Philox(problem.seed))
    room = Room(problem.rows, problem.columns)
    is_large = problem.distinct[1].size > _LARGE
    vertex_of = np.arange(cells.size, dtype=np.int32)
    if is_large:
        vertex_of = twins(problem, cells, max(1, int(_TWINS * problem.columns)))
    graph = hypergraph_of(problem, cells, vertex_of)
    best = _searched(problem, graph, room, rng)[vertex_of]
    in_order = fill_in_order(problem, cells)[cells]
    fewest, in_order_packets = (_packets(problem, cells, clusters) for clusters in (best, in_order))
    if not (is_large or problem.is_over) and in_order_packets < _WORTH_REFINING * fewest:
        in_order = _improved(graph, in_order, room)
        in_order_packets = packets(graph, in_order)
    if (in_order_packets, in_order.max()) < (fewest, best.max()):
        best = in_order
    return with_joined(problem, cells, without_gaps(best))


def _searched(problem: PartitionProblem, graph: Hypergraph, room: Room, rng: np.random.Generator) -> Array:
    """Return the best clusters that are found; small graphs are begun more often and with more effort."""
    n_pins = graph.pins.size
    if n_pins > _HALVED_AT_ONCE:
        groups = Room(room.rows, max(1, int(_GROUP_TO_HALVE * room.columns)))
        best = _improved(graph, _by_levels(graph, room, groups, rng, None), room)
        return rehalved(graph, best, room, rng, lambda: problem.is_over)
    is_small = n_pins <= _SMALL
    is_many = n_pins > _MANY_PINS or graph.columns.size > _MANY_VERTICES
    search = _OF_TINY if n_pins <= _TINY else _OF_SMALL if is_small else _OF_MANY if is_many else _OF_OTHERS
    found: list[Array] = []
    for _ in range(max(1, min(search.starts, _SMALL // max(1, n_pins)))):
        if found and problem.is_over:
            break
        halved = bisected(graph, room, rng, search.effort, lambda: problem.is_over)
        found.append(halved if problem.is_over else refined(graph, halved, room))
    if is_small and not problem.is_over:
        found.append(_improved(graph, _by_levels(graph, room, room, rng, None), room))
    best = min(found, key=lambda clusters: (packets(graph, clusters), int(clusters.max())))
    best = rehalved(graph, best, room, rng, lambda: problem.is_over)
    for _ in problem.rounds(search.cycles, "multilevel"):
        best = _by_levels(graph, room, room, rng, best)
    return best


def _packets(problem: PartitionProblem, cells: Array, clusters: Array) -> int:
    """Return the packets to the clusters of some neurons, without their hypergraph."""
    cluster_of_cell = np.full(problem.graph.n_cells, -1, np.int32)
    cluster_of_cell[cells] = clusters
    by_cluster = cells[np.argsort(clusters, kind="stable")].astype(np.int64)
    source = np.arange(problem.graph.n_cells, dtype=np.int32)
    weight = np.array(problem.graph.spikes, np.int64)
    return int(count_packets(*problem.distinct, source, weight, by_cluster, cluster_of_cell))


def _by_levels(
    graph: Hypergraph, room: Room, groups: Room, rng: np.random.Generator, start: Array | None
) -> Array:
    """Return clusters of the vertices: those of a coarser graph, refined; at its coarsest it has those to start from.

    With a start, only vertices of one cluster are joined, so that no level can be worse than it. Without one,
    the coarsest graph is halved or, where it has too many pins or its vertices are large, they choose.

    Parameters
    ----------
    groups : rows and columns of a vertex of a coarser graph, at most.
    """
    # nets without spikes take rows nevertheless
    value = graph.weight + graph.height * max(1.0, 0.1 * graph.weight.sum() / max(1, graph.height.sum()))
    most = Room(groups.rows, min(groups.columns, _GROWTH * int(graph.columns.max())))
    level = coarser(graph, value, most, rng, _RATINGS, start)
    if level is None or _is_stubborn(graph, level.graph):
        if start is not None:
            return start
        if groups == room:
            return assigned(graph, room)
        if graph.pins.size <= _HALVED_COARSE:
            return bisected(graph, room, rng, _HALVED_ONCE)
        return _by_levels(graph, room, room, rng, None)
    coarse_start = None if start is None else level.of_coarse(start)
    clusters = _by_levels(level.graph, room, groups, rng, coarse_start)[level.coarse_of_vertex]
    return refined(graph, clusters, room)


def _is_stubborn(graph: Hypergraph, coarse: Hypergraph) -> bool:
    return graph.pins.size > _STUBBORN and coarse.pins.size > _LEAST_SHRINKING * graph.pins.size


def _improved(graph: Hypergraph, cluster_of_vertex: Array, room: Room) -> Array:
    """Return the clusters refined and, where fewer could do, small ones joined, and refined again."""
    clusters = refined(graph, cluster_of_vertex, room)
    number = without_gaps(clusters)
    n_clusters = int(number.max()) + 1
    if n_clusters * room.columns < graph.columns.sum() + room.columns:
        return clusters
    joined = assigned(contract(graph, number, n_clusters), room)
    return refined(graph, joined[number], room)

"""Partitioner ``multilevel``: neurons joined in groups, level by level, and moved between clusters on the way back."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.partition.hypergraph import contract, hypergraph_of, twins
from neurohw.compiler.partition.joined import fits_one_crossbar, with_joined
from neurohw.compiler.partition.kernels.hypergraph import Hypergraph
from neurohw.compiler.partition.kernels.matching import WINDOW, match
from neurohw.compiler.partition.kernels.parts import Room, count_packets
from neurohw.compiler.partition.problem import PartitionProblem
from neurohw.compiler.partition.refinement import assigned, packets, refined
from neurohw.compiler.partition.renumber import without_gaps
from neurohw.compiler.partition.sequential import fill_in_order

Array = np.ndarray

_LEAST_SHRINKING = 0.95  # of the vertices from level to level; above, coarsening ends
_GROWTH = 4  # times the largest vertex: the largest of the next level
_WORTH_REFINING = 1.5  # times the packets: what refinement may save where ids tell who belongs together
_STARTS, _PINS_OF_STARTS = 4, 1_000_000  # small graphs are begun anew, and the best is kept
_CYCLES = 3  # of small graphs: down and up again, within the clusters found
_LARGE = (
    20_000_000  # pins: above, neurons with equal inputs stay together, up to a share of a crossbar's columns
)
_TWINS = 1 / 8
_STUBBORN = 2_000_000  # pins: above, coarsening ends where vertices become fewer but pins do not
_RATINGS = 400_000_000  # of vertices that share a net, on one level: some 5 s


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
    if not is_large and in_order_packets < _WORTH_REFINING * fewest:
        in_order = _improved(graph, in_order, room)
        in_order_packets = packets(graph, in_order)
    if (in_order_packets, in_order.max()) < (fewest, best.max()):
        best = in_order
    return with_joined(problem, cells, without_gaps(best))


def _searched(problem: PartitionProblem, graph: Hypergraph, room: Room, rng: np.random.Generator) -> Array:
    """Return the best clusters of some starts, small graphs' improved by going down and up again."""
    n_starts = min(_STARTS, _PINS_OF_STARTS // max(1, graph.pins.size))
    most = [max(1, room.columns >> start % 2) for start in range(max(1, n_starts))]
    starts = (_improved(graph, _by_levels(graph, room, rng, None, columns), room) for columns in most)
    best = min(starts, key=lambda clusters: (packets(graph, clusters), int(clusters.max())))
    for _ in problem.rounds(_CYCLES if n_starts else 0, "multilevel"):
        best = _by_levels(graph, room, rng, best, room.columns)
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
    graph: Hypergraph, room: Room, rng: np.random.Generator, start: Array | None, most_columns: int
) -> Array:
    """Return clusters of the vertices: those of a coarser graph, refined; at its coarsest it has those to start from.

    With a start, only vertices of one cluster are joined, so that no level can be worse than it. Without one,
    vertices of the coarsest graph choose.
    """
    order = rng.permutation(graph.columns.size).astype(np.int32)
    # nets without spikes take rows nevertheless
    value = graph.weight + graph.height * max(1.0, 0.1 * graph.weight.sum() / max(1, graph.height.sum()))
    within = np.zeros(order.size, np.int32) if start is None else start
    most = min(most_columns, _GROWTH * int(graph.columns.max()))
    coarse, n_coarse = match(graph, value, within, order, room.rows, most, _stride(graph))
    if n_coarse > _LEAST_SHRINKING * graph.columns.size:
        return _last_level(graph, room, start)
    coarser = contract(graph, coarse, n_coarse)
    if graph.pins.size > _STUBBORN and coarser.pins.size > _LEAST_SHRINKING * graph.pins.size:
        return _last_level(graph, room, start)
    coarse_start = None
    if start is not None:
        coarse_start = np.empty(n_coarse, np.int32)
        coarse_start[coarse] = start
    return refined(graph, _by_levels(coarser, room, rng, coarse_start, most_columns)[coarse], room)


def _last_level(graph: Hypergraph, room: Room, start: Array | None) -> Array:
    return assigned(graph, room) if start is None else start


def _stride(graph: Hypergraph) -> int:
    """Return such that of a vertex's nets one in so many can be looked at."""
    n_pins = np.diff(graph.pins_begin)
    return max(1, int(np.ceil((n_pins * np.minimum(n_pins, WINDOW)).sum() / _RATINGS)))


def _improved(graph: Hypergraph, cluster_of_vertex: Array, room: Room) -> Array:
    """Return the clusters refined and, where fewer could do, small ones joined, and refined again."""
    clusters = refined(graph, cluster_of_vertex, room)
    number = without_gaps(clusters)
    n_clusters = int(number.max()) + 1
    if n_clusters * room.columns < graph.columns.sum() + room.columns:
        return clusters
    joined = assigned(contract(graph, number, n_clusters), room)
    return refined(graph, joined[number], room)

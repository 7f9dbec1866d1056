"""Partitioner ``multilevel``: neurons joined in pairs, level by level, and moved between clusters on the way back."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.partition.hypergraph import contract, hypergraph_of
from neurohw.compiler.partition.joined import fits_one_crossbar, with_joined
from neurohw.compiler.partition.kernels.hypergraph import Hypergraph
from neurohw.compiler.partition.kernels.matching import match
from neurohw.compiler.partition.kernels.parts import Parts, Room, assign, count_packets, fill
from neurohw.compiler.partition.kernels.refine import refine
from neurohw.compiler.partition.problem import PartitionProblem
from neurohw.compiler.partition.renumber import without_gaps
from neurohw.compiler.partition.sequential import fill_in_order

Array = np.ndarray

_LEAST_SHRINKING = 0.95  # of the vertices from level to level; above, coarsening ends
_PASSES = 12  # of refinement, at most, on each level
_LEAST_SAVED = 2e-3  # of the packets, by a pass, for another one
_WORTH_REFINING = 1.5  # times the packets: what refinement may save where ids tell who belongs together
_FRUITLESS = 0.05  # of the vertices may be moved in a row without a better state
_STARTS, _PINS_OF_STARTS = 4, 1_000_000  # small graphs are begun anew, and the best is kept
_CYCLES = 3  # of small graphs: down and up again, within the clusters found
_WORK = 3_000_000_000  # slots of nets read on one level, some 15 s: counted, so that all machines stop alike


def multilevel(problem: PartitionProblem) -> Array:
    """Minimise packets (spikes times clusters that they go to) by multilevel partitioning of the hypergraph.

    The scheme of hypergraph partitioners (Karypis et al. 1999, doi:10.1109/92.748202), with the rows and columns of
    a crossbar as limits from the first pair on. The result is no worse than that of ``sequential``.
    """
    cells = fits_one_crossbar(problem)
    if not cells.size:
        return with_joined(problem, cells, cells)
    graph, room = hypergraph_of(problem, cells), Room(problem.rows, problem.columns)
    rng = np.random.Generator(np.random.Philox(problem.seed))

    def cost(clusters: Array) -> tuple[int, int]:
        return packets(graph, clusters), int(clusters.max())

    n_starts = min(_STARTS, _PINS_OF_STARTS // max(1, graph.pins.size))
    starts = (_improved(graph, _by_levels(graph, room, rng), room) for _ in range(max(1, n_starts)))
    best = min(starts, key=cost)
    for _ in problem.rounds(_CYCLES if n_starts else 0, "multilevel"):
        best = _by_levels(graph, room, rng, best)
    in_order = fill_in_order(problem, cells)[cells]
    if packets(graph, in_order) < _WORTH_REFINING * packets(graph, best):
        best = min(best, _improved(graph, in_order, room), key=cost)
    return with_joined(problem, cells, without_gaps(best))


def packets(graph: Hypergraph, cluster_of_vertex: Array) -> int:
    """Return the packets: each net's weight times the clusters that it goes to, but for that of its source."""
    return int(count_packets(graph, _parts(graph, cluster_of_vertex)))


def _by_levels(graph: Hypergraph, room: Room, rng: np.random.Generator, start: Array | None = None) -> Array:
    """Return clusters of the vertices: those of a coarser graph, refined; at its coarsest it has those to start from.

    With a start, only vertices of one cluster are joined, so that no level can be worse than it. Without one,
    vertices of the coarsest graph choose.
    """
    order = rng.permutation(graph.columns.size).astype(np.int32)
    # nets without spikes take rows nevertheless
    value = graph.weight + max(1.0, 0.1 * float(graph.weight.mean()))
    within = np.zeros(order.size, np.int32) if start is None else start
    coarse, n_coarse = match(graph, value, within, order, *room)
    if n_coarse > _LEAST_SHRINKING * graph.columns.size:
        return _assigned(graph, room) if start is None else start
    coarse_start = None
    if start is not None:
        coarse_start = np.empty(n_coarse, np.int32)
        coarse_start[coarse] = start
    return _refined(
        graph, _by_levels(contract(graph, coarse, n_coarse), room, rng, coarse_start)[coarse], room
    )


def _assigned(graph: Hypergraph, room: Room) -> Array:
    """Return clusters that the vertices, the largest first, choose one after the other."""
    parts = _no_parts(graph, graph.columns.size)
    order = np.argsort(-graph.columns, kind="stable").astype(np.int32)
    assign(graph, parts, order, room)
    return parts.cluster


def _improved(graph: Hypergraph, cluster_of_vertex: Array, room: Room) -> Array:
    """Return the clusters refined, small ones joined, and refined again."""
    refined = _refined(graph, cluster_of_vertex, room)
    _, number = np.unique(refined, return_inverse=True)
    number = number.astype(np.int32)
    joined = _assigned(contract(graph, number, int(number.max()) + 1), room)
    return _refined(graph, joined[number], room)


def _refined(graph: Hypergraph, cluster_of_vertex: Array, room: Room) -> Array:
    parts = _parts(graph, cluster_of_vertex)
    n_fruitless = max(100, int(_FRUITLESS * graph.columns.size))
    cost, budget = int(count_packets(graph, parts)), _WORK
    for _ in range(_PASSES):
        saved, budget = refine(graph, parts, room, n_fruitless, budget)
        cost -= saved
        if saved <= _LEAST_SAVED * cost:
            break
    return parts.cluster


def _parts(graph: Hypergraph, cluster_of_vertex: Array) -> Parts:
    parts = _no_parts(graph, int(cluster_of_vertex.max()) + 1)
    fill(graph, parts, cluster_of_vertex)
    return parts


def _no_parts(graph: Hypergraph, n_clusters: int) -> Parts:
    return Parts(
        np.full(graph.columns.size, -1, np.int32),
        np.zeros(n_clusters, np.int64),
        np.zeros(n_clusters, np.int64),
        np.zeros((graph.pins.size, 2), np.int32),
        np.zeros(graph.source.size, np.int32),
    )

"""Refinement of clusters of a hypergraph: quick sweeps over all vertices, then the best moves first."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.partition.kernels.exchange import exchange
from neurohw.compiler.partition.kernels.hypergraph import Hypergraph
from neurohw.compiler.partition.kernels.parts import Parts, Room, assign, count_packets, fill
from neurohw.compiler.partition.kernels.refine import refine
from neurohw.compiler.partition.kernels.sweep import sweep

Array = np.ndarray

_SWEEPS, _PASSES = 5, 12  # at most, on each level
_TURNS = 6  # of exchanges and moves
_LEAST_SAVED = 2e-3  # of the packets, by a sweep or pass, for another one
_FRUITLESS = 0.05  # of the vertices may be moved in a row without a better state
# work is what is read of nets: counted, so that all machines stop alike; a core does some 1e8 a second
_SWEEP_WORK = 3_000_000_000
_MOVE_WORK = 500_000_000  # of moves, and as much of exchanges
_MOVES_PER_SWEEP = 30  # of moves, times that of sweeps
_FIRST_LOOKS = 0.25  # of the work of moves: where looking once at all vertices takes more, sweeps must do


def packets(graph: Hypergraph, cluster_of_vertex: Array) -> int:
    """Return the packets: each net's weight times the clusters that it goes to, but for that of its source."""
    nets = graph.rows_begin, graph.rows, graph.source, graph.weight
    return int(count_packets(*nets, by_cluster(cluster_of_vertex), cluster_of_vertex))


def assigned(graph: Hypergraph, room: Room) -> Array:
    """Return clusters that the vertices, the largest first, choose one after the other."""
    parts = _no_parts(graph, graph.columns.size)
    order = np.argsort(-graph.columns, kind="stable").astype(np.int32)
    assign(graph, parts, order, 0, room)
    return parts.cluster


def completed(graph: Hypergraph, cluster_of_vertex: Array, n_clusters: int, room: Room) -> Array:
    """Return the clusters with vertices that have none yet (-1), the largest first, where they save most."""
    missing = np.flatnonzero(cluster_of_vertex < 0).astype(np.int32)
    parts = _no_parts(graph, n_clusters + missing.size)
    fill(graph, parts, by_cluster(cluster_of_vertex)[missing.size :], cluster_of_vertex)
    order = missing[np.argsort(-graph.columns[missing], kind="stable")]
    assign(graph, parts, order, n_clusters, room)
    return parts.cluster


def refined(graph: Hypergraph, cluster_of_vertex: Array, room: Room) -> Array:
    """Return clusters with no more packets."""
    cost, parts = packets(graph, cluster_of_vertex), filled(graph, cluster_of_vertex)
    order = by_cluster(
        cluster_of_vertex
    )  # one after the other they need the same nets, which are in the cache
    budget, first_look = _SWEEP_WORK, 0
    for _ in range(_SWEEPS):
        saved, budget = sweep(graph, parts, room, order, budget)
        first_look = first_look or _SWEEP_WORK - budget
        cost -= saved
        if saved <= _LEAST_SAVED * cost:
            break
    budget = min(_MOVE_WORK, _MOVES_PER_SWEEP * (_SWEEP_WORK - budget))
    if first_look > _FIRST_LOOKS * budget:
        return parts.cluster
    for_exchanges = _MOVE_WORK
    for _ in range(_TURNS):
        saved, for_exchanges = _exchanged(graph, parts, room, for_exchanges)
        more, budget = _moved(graph, parts, room, cost - saved, budget)
        cost -= saved + more
        if saved + more <= _LEAST_SAVED * cost:
            break
    return parts.cluster


def _moved(graph: Hypergraph, parts: Parts, room: Room, cost: int, budget: int) -> tuple[int, int]:
    """Make the best moves first, and return the packets saved and what is left of the budget."""
    saved, n_fruitless = 0, max(100, int(_FRUITLESS * graph.columns.size))
    for _ in range(_PASSES):
        more, budget = refine(graph, parts, room, n_fruitless, budget)
        saved += more
        if more <= _LEAST_SAVED * (cost - saved):
            break
    return saved, budget


def _exchanged(graph: Hypergraph, parts: Parts, room: Room, budget: int) -> tuple[int, int]:
    """Make exchanges, which tight clusters need, and return the packets saved and what is left of the budget."""
    saved = 0
    for _ in range(_SWEEPS):
        members = by_cluster(parts.cluster)
        begin = np.searchsorted(parts.cluster[members], np.arange(parts.n_rows.size + 1))
        more, budget = exchange(graph, parts, room, begin, members, budget)
        saved += more
        if more <= 0:
            break
    return saved, budget


def filled(graph: Hypergraph, cluster_of_vertex: Array) -> Parts:
    """Return what the clusters and nets count."""
    parts = _no_parts(graph, int(cluster_of_vertex.max()) + 1)
    fill(graph, parts, by_cluster(cluster_of_vertex), cluster_of_vertex)
    return parts


def by_cluster(cluster_of_vertex: Array) -> Array:
    """Return the vertices by cluster, ascending in each."""
    return np.argsort(cluster_of_vertex, kind="stable")


def _no_parts(graph: Hypergraph, n_clusters: int) -> Parts:
    return Parts(
        np.full(graph.columns.size, -1, np.int32),
        np.zeros(n_clusters, np.int64),
        np.zeros(n_clusters, np.int64),
        np.zeros((graph.pins.size, 2), np.int32),
        np.zeros(graph.source.size, np.int32),
    )

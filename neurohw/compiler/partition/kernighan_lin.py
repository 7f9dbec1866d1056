"""Partitioner ``kernighan_lin``: exchanges of neurons between two clusters at a time, by spikes over synapses."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.partition.joined import fits_one_crossbar, with_joined
from neurohw.compiler.partition.kernels.pairs import Inputs, improve_pairs
from neurohw.compiler.partition.problem import PartitionProblem
from neurohw.compiler.partition.renumber import without_gaps
from neurohw.compiler.partition.sequential import fill_in_order
from neurohw.compiler.traffic import synapse_spikes_between
from neurohw.workload import ClusterGraph

Array = np.ndarray

_ROUNDS = 12
_LEAST_SAVED = 2e-3  # of the spikes between clusters, by a round, for another one
_PARTNERS = 8  # of a cluster in a round: those with most spikes between
_MEMBERS = 20_000_000  # of a round, in pairs of two clusters' neurons: bounds its time


def kernighan_lin(problem: PartitionProblem) -> Array:
    """Minimise synapse spikes by pairwise exchanges (Kernighan & Lin 1970, doi:10.1002/j.1538-7305.1970.tb01770.x).

    It starts from ``sequential``. In each round the pairs of clusters with most spikes between them are improved,
    one after the other: the best exchanges are made, also some that cost, and those after the best state undone. A
    neuron may change places with an empty column.
    """
    cells = fits_one_crossbar(problem)
    cluster_of_cell = fill_in_order(problem, cells)
    n_clusters = int(cluster_of_cell.max(initial=-1)) + 1
    if n_clusters < 2:
        return with_joined(problem, cells, cluster_of_cell[cells])
    members, n_members = _members(cells, cluster_of_cell, n_clusters, problem.columns)
    graph = problem.graph
    inputs = Inputs(graph.indptr, graph.pre, *problem.distinct, graph.spikes)
    for _ in problem.rounds(_ROUNDS, "kernighan_lin"):
        between = _between(problem, cluster_of_cell, n_clusters)
        pairs = _pairs(between, problem.columns)
        saved = improve_pairs(inputs, cluster_of_cell, members, n_members, pairs, problem.rows)
        if saved <= _LEAST_SAVED * float(between.spikes.sum()):
            break
    return with_joined(problem, cells, without_gaps(cluster_of_cell[cells]))


def _members(cells: Array, cluster_of_cell: Array, n_clusters: int, columns: int) -> tuple[Array, Array]:
    """Return the neurons of each cluster, int32 [n_clusters, columns], and their numbers."""
    cluster = cluster_of_cell[cells]
    n_members = np.bincount(cluster, minlength=n_clusters)
    members = np.full((n_clusters, min(columns, cells.size)), -1, np.int32)
    first = np.cumsum(n_members) - n_members
    members[cluster, np.arange(cells.size) - first[cluster]] = cells
    return members, n_members


def _between(problem: PartitionProblem, cluster_of_cell: Array, n_clusters: int) -> ClusterGraph:
    """Return the synapse spikes between clusters."""
    group = np.where(cluster_of_cell < 0, n_clusters, cluster_of_cell)
    edges = synapse_spikes_between(problem.graph, group, n_clusters + 1, problem.graph.spikes)
    inside = (edges.source < n_clusters) & (edges.target < n_clusters)
    return ClusterGraph(n_clusters, edges.source[inside], edges.target[inside], edges.spikes[inside])


def _pairs(between: ClusterGraph, columns: int) -> Array:
    """Return pairs of clusters, those with most spikes between first, int32 [n, 2]."""
    indptr, other, spikes = between.neighbours()
    cluster = np.repeat(np.arange(between.n_clusters), np.diff(indptr))
    order = np.lexsort((other, -spikes, cluster))
    rank = np.arange(other.size) - indptr[cluster]
    chosen = order[rank < _PARTNERS]
    ends = np.sort(np.stack([cluster[chosen], other[chosen]], axis=1), axis=1)
    _, index = np.unique(ends[:, 0] * between.n_clusters + ends[:, 1], return_index=True)
    most_first = index[np.argsort(-spikes[chosen][index], kind="stable")]
    n_pairs = max(1, _MEMBERS // (2 * columns) ** 2)
    return np.ascontiguousarray(ends[most_first[:n_pairs]], np.int32)

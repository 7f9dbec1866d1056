"""Compiled loop of the greedy partitioner: each neuron goes whole to the fullest cluster that has room."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.jit import kernel, leaf


class Packing(NamedTuple):
    """Clusters that are being filled; changed in place."""

    n_rows: np.ndarray  # int64 [n_cells]
    n_columns: np.ndarray  # int64 [n_cells]
    changed: np.ndarray  # int64 [n_cells], when rows and columns were last taken
    first_entry: np.ndarray  # int64 [n_cells], of the list of clusters that have a row for a cell; -1: none
    next_entry: np.ndarray  # int64 [n_inputs]
    cluster: np.ndarray  # int32 [n_inputs], of an entry


@leaf
def _is_before(packing, cluster, other):
    """Return whether a cluster is tried before another: more rows and columns in use, or as many for longer."""
    use = packing.n_rows[cluster] + packing.n_columns[cluster]
    use_of_other = packing.n_rows[other] + packing.n_columns[other]
    return use > use_of_other or (use == use_of_other and packing.changed[cluster] < packing.changed[other])


@leaf
def _fullest(packing, candidates, shared, n_inputs, max_rows, max_columns):
    """Return the first candidate in the order of trial that has room, or -1."""
    best = -1
    for cluster in candidates:
        if (
            packing.n_columns[cluster] < max_columns
            and packing.n_rows[cluster] + n_inputs - shared[cluster] <= max_rows
            and (best < 0 or _is_before(packing, cluster, best))
        ):
            best = np.int64(cluster)
    return best


@leaf
def _count_shared(packing, inputs, shared, touched):
    """Count the inputs for which each cluster has a row; return the number of clusters touched."""
    n = 0
    for cell in inputs:
        entry = packing.first_entry[cell]
        while entry >= 0:
            cluster = packing.cluster[entry]
            if shared[cluster] == 0:
                touched[n] = cluster
                n += 1
            shared[cluster] += 1
            entry = packing.next_entry[entry]
    return n


@leaf
def _add_rows(packing, inputs, cluster, n_entries):
    """Give a cluster rows for the inputs that have none there; return the number of entries."""
    for cell in inputs:
        entry = packing.first_entry[cell]
        while entry >= 0 and packing.cluster[entry] != cluster:
            entry = packing.next_entry[entry]
        if entry < 0:
            packing.cluster[n_entries] = cluster
            packing.next_entry[n_entries] = packing.first_entry[cell]
            packing.first_entry[cell] = n_entries
            packing.n_rows[cluster] += 1
            n_entries += 1
    return n_entries


@kernel
def pack_greedily(indptr, pre, order, max_rows, max_columns):
    """Pack neurons, in an order, into clusters, those with most rows and columns in use first.

    Parameters
    ----------
    indptr, pre : distinct presynaptic cells of each cell.
    order : int32, neurons.

    Returns
    -------
    int32 [n_cells], the cluster of each cell; -1 where it is not in ``order``.
    """
    n_cells = indptr.size - 1
    cluster_of_cell = np.full(n_cells, -1, np.int32)
    packing = Packing(
        np.zeros(n_cells, np.int64),
        np.zeros(n_cells, np.int64),
        np.zeros(n_cells, np.int64),
        np.full(n_cells, -1, np.int64),
        np.empty(pre.size, np.int64),
        np.empty(pre.size, np.int32),
    )
    shared, touched = np.zeros(n_cells, np.int64), np.empty(n_cells, np.int32)
    with_room, nothing = np.empty(n_cells, np.int32), np.zeros(n_cells, np.int64)
    fewest = max_rows
    for cell in order:
        fewest = min(fewest, indptr[cell + 1] - indptr[cell])
    n_clusters, n_with_room, n_entries = 0, 0, 0
    for turn in range(order.size):
        cell = order[turn]
        inputs = pre[indptr[cell] : indptr[cell + 1]]
        n = _count_shared(packing, inputs, shared, touched)
        best = _fullest(packing, touched[:n], shared, inputs.size, max_rows, max_columns)
        shared[touched[:n]] = 0
        other = _fullest(packing, with_room[:n_with_room], nothing, inputs.size, max_rows, max_columns)
        if best < 0 or (other >= 0 and _is_before(packing, other, best)):
            best = other
        if best < 0:
            best = n_clusters
            with_room[n_with_room] = n_clusters
            n_clusters += 1
            n_with_room += 1
        n_entries = _add_rows(packing, inputs, best, n_entries)
        packing.n_columns[best] += 1
        packing.changed[best] = turn
        cluster_of_cell[cell] = best
        n_kept = 0
        for cluster in with_room[:n_with_room]:
            if packing.n_columns[cluster] < max_columns and packing.n_rows[cluster] + fewest <= max_rows:
                with_room[n_kept] = cluster
                n_kept += 1
        n_with_room = n_kept
    return cluster_of_cell

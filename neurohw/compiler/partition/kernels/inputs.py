"""Compiled loops over presynaptic cells: those that differ, and crossbars filled in order."""

from __future__ import annotations

import numpy as np

from neurohw.jit import kernel


@kernel
def count_distinct(indptr, pre):
    """Return the number of distinct presynaptic cells of every cell, int64 [n_cells]."""
    n_cells = indptr.size - 1
    count = np.zeros(n_cells, np.int64)
    counted_by = np.full(n_cells, -1, np.int32)  # the last cell that counted this presynaptic cell
    for cell in range(n_cells):
        for i in range(indptr[cell], indptr[cell + 1]):
            if counted_by[pre[i]] != cell:
                counted_by[pre[i]] = cell
                count[cell] += 1
    return count


@kernel
def distinct_inputs(indptr, pre):
    """Return the rows without repetitions, each presynaptic cell where it first stood."""
    n_cells = indptr.size - 1
    begin = np.zeros(n_cells + 1, np.int64)
    once = np.empty(pre.size, np.int32)
    counted_by = np.full(n_cells, -1, np.int32)
    n = 0
    for cell in range(n_cells):
        for i in range(indptr[cell], indptr[cell + 1]):
            if counted_by[pre[i]] != cell:
                counted_by[pre[i]] = cell
                once[n] = pre[i]
                n += 1
        begin[cell + 1] = n
    return begin, once[:n].copy()


@kernel
def fill_crossbars(indptr, pre, order, fan_in, max_rows, max_columns):
    """Put neurons in an order into one open cluster, and open the next when one does not fit.

    Returns
    -------
    int32 [n_cells], the cluster of each cell; -1 where it is not in ``order``.
    """
    n_cells = indptr.size - 1
    cluster_of_cell = np.full(n_cells, -1, np.int32)
    counted_by = np.full(n_cells, -1, np.int32)  # the last neuron that counted this presynaptic cell
    cluster_of_row = np.full(n_cells, -1, np.int32)  # the last cluster that gave this presynaptic cell a row
    cluster, n_rows, n_columns, rows_available = -1, 0, 0, 0
    for cell in order:
        new_rows = 0
        for i in range(indptr[cell], indptr[cell + 1]):
            if counted_by[pre[i]] != cell:
                counted_by[pre[i]] = cell
                new_rows += cluster_of_row[pre[i]] != cluster
        if cluster < 0 or n_columns == max_columns or n_rows + new_rows > rows_available:
            cluster += 1
            n_rows, n_columns, new_rows = 0, 0, fan_in[cell]
            rows_available = max(1, -(-fan_in[cell] // max_rows)) * max_rows
        for i in range(indptr[cell], indptr[cell + 1]):
            cluster_of_row[pre[i]] = cluster
        cluster_of_cell[cell] = cluster
        n_rows += new_rows
        n_columns += 1
    return cluster_of_cell


@kernel
def count_synapse_spikes(indptr, pre, cluster_of_cell, spikes):
    """Return the spikes that go over synapses between clusters; those from cells in none do not count."""
    total = 0
    for cell in range(cluster_of_cell.size):
        for i in range(indptr[cell], indptr[cell + 1]):
            if cluster_of_cell[pre[i]] >= 0 and cluster_of_cell[pre[i]] != cluster_of_cell[cell]:
                total += spikes[pre[i]]
    return total

"""Compiled loop of the greedy partitioner that unrolls: parts of neurons go where there is room for them."""

from __future__ import annotations

import numpy as np

from neurohw.jit import inlined, kernel

_FIRST_CLUSTERS = 16
_WORD = 6  # bits of a word's index: 64 presynaptic cells in each
_BIT = 63


@inlined
def _is_mapped(rows_of_cluster, cell):
    return (rows_of_cluster[cell >> _WORD] >> np.uint64(cell & _BIT)) & np.uint64(1)


@inlined
def _prefix(rows_of_cluster, pending, free_rows):
    """Return how many of the pending inputs, from the first on, have or can get a row."""
    new = 0
    for i in range(pending.size):
        new += 1 - np.int64(_is_mapped(rows_of_cluster, pending[i]))
        if new > free_rows:
            return i
    return pending.size


@kernel
def pack_unrolled(indptr, pre, is_neuron, n_cells, max_rows, max_columns, least):
    """Pack neurons, in order of id, into clusters, those with most rows and columns in use first.

    A neuron that does not fit whole leaves as many of its first inputs in a cluster as fit, if these are at least
    ``least``; their sum goes on as a relay, which is the first input of the rest.

    Parameters
    ----------
    indptr, pre : distinct presynaptic cells of each cell.
    n_cells : relays have the ids that follow.
    least : at least 2.

    Returns
    -------
    post, cluster, n_inputs : int32 [n_packed], in order: the neuron or relay, its cluster and its inputs.
    inputs : int32, the inputs of all of them, one after the other.
    """
    longest = 0
    for cell in range(indptr.size - 1):
        longest = max(longest, indptr[cell + 1] - indptr[cell])
    most_relays = 0
    for cell in range(indptr.size - 1):
        most_relays += max(0, indptr[cell + 1] - indptr[cell] - 1) // (least - 1)
    n_words = ((n_cells + most_relays) >> _WORD) + 1
    mapped = np.zeros((_FIRST_CLUSTERS, n_words), np.uint64)
    n_rows, n_columns = np.zeros(_FIRST_CLUSTERS, np.int64), np.zeros(_FIRST_CLUSTERS, np.int64)
    order = np.zeros(_FIRST_CLUSTERS, np.int64)
    size = 0
    for cell in range(indptr.size - 1):
        size += is_neuron[cell]
    ends = np.empty((size + most_relays, 3), np.int32)
    inputs = np.empty(pre.size + most_relays, np.int32)
    pending = np.empty(longest + 1, np.int32)
    n_clusters, n_packed, n_inputs, relay = 0, 0, 0, n_cells
    for cell in range(indptr.size - 1):
        if not is_neuron[cell]:
            continue
        _sort_by_use(order[:n_clusters], n_rows, n_columns)
        first, stop = 0, indptr[cell + 1] - indptr[cell]
        pending[:stop] = pre[indptr[cell] : indptr[cell + 1]]
        is_done, at = False, 0
        while not is_done:
            is_new = at == n_clusters
            if is_new:
                if n_clusters == n_rows.size:
                    mapped = np.concatenate((mapped, np.zeros_like(mapped)))
                    n_rows = np.concatenate((n_rows, np.zeros_like(n_rows)))
                    n_columns = np.concatenate((n_columns, np.zeros_like(n_columns)))
                    order = np.concatenate((order, np.zeros_like(order)))
                order[n_clusters] = n_clusters
                n_clusters += 1
            cluster = order[at]
            at += 1
            if n_columns[cluster] == max_columns:
                continue
            rest = pending[first:stop]
            n = _prefix(mapped[cluster], rest, max_rows - n_rows[cluster])
            is_done = n == rest.size
            if not is_done and n < least:
                continue
            for i in range(n):
                if not _is_mapped(mapped[cluster], rest[i]):
                    mapped[cluster, rest[i] >> _WORD] |= np.uint64(1) << np.uint64(rest[i] & _BIT)
                    n_rows[cluster] += 1
                inputs[n_inputs] = rest[i]
                n_inputs += 1
            n_columns[cluster] += 1
            ends[n_packed, 0] = cell if is_done else relay
            ends[n_packed, 1] = cluster
            ends[n_packed, 2] = n
            n_packed += 1
            if not is_done:
                first += n - 1
                pending[first] = relay
                relay += 1
    return ends[:n_packed, 0].copy(), ends[:n_packed, 1].copy(), ends[:n_packed, 2].copy(), inputs[:n_inputs]


@kernel
def _sort_by_use(order, n_rows, n_columns):
    """Sort clusters by rows and columns in use, the fullest first; equal ones keep their order."""
    for i in range(1, order.size):
        cluster = order[i]
        use = n_rows[cluster] + n_columns[cluster]
        j = i
        while j > 0 and n_rows[order[j - 1]] + n_columns[order[j - 1]] < use:
            order[j] = order[j - 1]
            j -= 1
        order[j] = cluster

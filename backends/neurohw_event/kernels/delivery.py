"""Sorting of synapses into the order of delivery: by cell, tile, delay, population and receptor."""

import numpy as np

from neurohw.jit import kernel


@kernel
def scatter_rows(cursor, first_pre, first_post, indptr, target, weight, delay, channel, out):
    """Append the rows of one group of synapses to the merged rows; ``cursor`` is moved on.

    ``out`` is (target, weight, delay, channel) of the merged rows.
    """
    out_target, out_weight, out_delay, out_channel = out
    for row in range(indptr.size - 1):
        at = cursor[first_pre + row]
        for s in range(indptr[row], indptr[row + 1]):
            out_target[at] = first_post + target[s]
            out_weight[at] = weight[s]
            out_delay[at] = delay[s]
            out_channel[at] = channel
            at += 1
        cursor[first_pre + row] = at


@kernel
def sort_rows(indptr, place_of_cell, own_place, arrays):
    """Sort each row by (place, delay, channel), stably; the cell's own place comes first.

    Keys have 18 bits for the place, 25 for the delay and 20 for the channel. ``place_of_cell`` is the tile of a cell
    (-1 everywhere without a chip); ``arrays`` as in ``scatter_rows``.
    """
    target, weight, delay, channel = arrays
    for row in range(indptr.size - 1):
        begin, end = indptr[row], indptr[row + 1]
        keys = np.empty(end - begin, np.int64)
        rising = True
        for s in range(begin, end):
            place = place_of_cell[target[s]]
            place = 0 if place == own_place[row] else place + 1
            keys[s - begin] = (np.int64(place) << 45) | (np.int64(delay[s]) << 20) | channel[s]
            rising = rising and (s == begin or keys[s - begin] >= keys[s - begin - 1])
        if rising:
            continue
        order = np.argsort(keys, kind="mergesort")
        target[begin:end] = target[begin:end][order]
        weight[begin:end] = weight[begin:end][order]
        delay[begin:end] = delay[begin:end][order]
        channel[begin:end] = channel[begin:end][order]


@kernel
def cut_rows(indptr, place_of_cell, cluster_of_cell, n_clusters, target, delay, channel):
    """Cut sorted rows into arrivals (one place) and segments (one delay and channel).

    Returns arrivals_of_cell, segments_of_arrival, synapses_of_segment, and for every arrival the number of distinct
    clusters among its targets.
    """
    n = target.size
    arrivals_of_cell = np.zeros(indptr.size, np.int64)
    segments_of_arrival = np.empty(n + 1, np.int64)
    synapses_of_segment = np.empty(n + 1, np.int64)
    rows = np.zeros(n, np.int32)
    seen = np.full(n_clusters + 1, -1, np.int64)
    n_arrivals = 0
    n_segments = 0
    for row in range(indptr.size - 1):
        for s in range(indptr[row], indptr[row + 1]):
            place = place_of_cell[target[s]]
            new_arrival = s == indptr[row] or place != place_of_cell[target[s - 1]]
            if new_arrival:
                segments_of_arrival[n_arrivals] = n_segments
                n_arrivals += 1
            if new_arrival or delay[s] != delay[s - 1] or channel[s] != channel[s - 1]:
                synapses_of_segment[n_segments] = s
                n_segments += 1
            cluster = cluster_of_cell[target[s]]
            if seen[cluster] != n_arrivals:
                seen[cluster] = n_arrivals
                rows[n_arrivals - 1] += 1
        arrivals_of_cell[row + 1] = n_arrivals
    segments_of_arrival[n_arrivals] = n_segments
    synapses_of_segment[n_segments] = n
    return (
        arrivals_of_cell,
        segments_of_arrival[: n_arrivals + 1].copy(),
        synapses_of_segment[: n_segments + 1].copy(),
        rows[:n_arrivals].copy(),
    )

"""Sorting of synapses into the order of delivery: by cell, tile, delay, population and receptor.

Callers bring all arrays: what kernels need to make their own takes longer to compile than these loops.
"""

from typing import NamedTuple

import numpy as np

from neurohw.jit import inlined, inner, leaf

_FEW = 16  # up to so many, shifting them is faster than merging
_LAST = np.int64((1 << 25) - 1)  # in the place of a delay


class Scratch(NamedTuple):
    """Room for the sorting of one row, as wide as the widest."""

    keys: np.ndarray  # int64 [2, n]
    order: np.ndarray  # int64 [2, n]
    whole: np.ndarray  # int32 [n]
    real: np.ndarray  # float64 [n]


@leaf
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


@leaf
def sort_rows(indptr, place_of_cell, own_place, streamed, arrays, scratch):
    """Sort each row by (place, delay, channel), stably; the cell's own place comes first.

    Keys have 18 bits for the place, 25 for the delay and 20 for the channel. ``place_of_cell`` is the tile of each
    cell, or one for all; ``streamed`` says of which channels the delays do not count, they come last;
    ``arrays`` as in ``scatter_rows``.
    """
    target, weight, delay, channel = arrays
    keys, order = scratch.keys, scratch.order
    for row in range(indptr.size - 1):
        begin, end = indptr[row], indptr[row + 1]
        rising = True
        for s in range(begin, end):
            i = s - begin
            place = _of_cell(place_of_cell, target[s])
            place = 0 if place == own_place[row] else place + 1
            by_delay = _LAST if streamed[channel[s]] else np.int64(delay[s])
            keys[0, i] = (np.int64(place) << 45) | (by_delay << 20) | channel[s]
            order[0, i] = s
            rising = rising and (i == 0 or keys[0, i] >= keys[0, i - 1])
        if rising:
            continue
        sorted_ = order[_merge_sort(keys, order, end - begin)]
        _permute(target, begin, end, sorted_, scratch.whole)
        _permute(weight, begin, end, sorted_, scratch.real)
        _permute(delay, begin, end, sorted_, scratch.whole)
        _permute(channel, begin, end, sorted_, scratch.whole)


@leaf
def cut_rows(indptr, place_of_cell, cluster_of_cell, streamed, target, delay, channel, out, seen):
    """Cut sorted rows into arrivals (one place) and segments (one delay and channel); returns how many there are.

    ``out`` is (arrivals_of_cell, segments_of_arrival, synapses_of_segment, rows): of every arrival the number of
    distinct clusters among its targets, 0 before. ``seen`` has -1 for every cluster. Places and clusters of cells may
    be one for all. ``streamed`` says of which channels the delays do not count.
    """
    arrivals_of_cell, segments_of_arrival, synapses_of_segment, rows = out
    n_arrivals = 0
    n_segments = 0
    for row in range(indptr.size - 1):
        before = place_of_cell[0]
        for s in range(indptr[row], indptr[row + 1]):
            place = _of_cell(place_of_cell, target[s])
            new_arrival = s == indptr[row] or place != before
            before = place
            if new_arrival:
                segments_of_arrival[n_arrivals] = n_segments
                n_arrivals += 1
            same_channel = not new_arrival and channel[s] == channel[s - 1]
            if not same_channel or (delay[s] != delay[s - 1] and not streamed[channel[s]]):
                synapses_of_segment[n_segments] = s
                n_segments += 1
            cluster = _of_cell(cluster_of_cell, target[s])
            if seen[cluster] != n_arrivals:
                seen[cluster] = n_arrivals
                rows[n_arrivals - 1] += 1
        arrivals_of_cell[row + 1] = n_arrivals
    segments_of_arrival[n_arrivals] = n_segments
    synapses_of_segment[n_segments] = target.size
    return n_arrivals, n_segments


@inlined
def _of_cell(table, cell):
    return table[cell] if table.size > 1 else table[0]


@inner
def _merge_sort(keys, order, n):
    """Sort the first ``n`` of ``keys[0]`` and ``order[0]`` by key, stably; returns the row in which they then stand."""
    for begin in range(0, n, _FEW):
        _shift_sort(keys[0], order[0], begin, min(begin + _FEW, n))
    row, width = 0, _FEW
    while width < n:
        for begin in range(0, n, 2 * width):
            _merge(keys, order, row, begin, min(begin + width, n), min(begin + 2 * width, n))
        row = 1 - row
        width *= 2
    return row


@inlined
def _shift_sort(keys, order, begin, end):
    for i in range(begin + 1, end):
        key, value = keys[i], order[i]
        j = i
        while j > begin and keys[j - 1] > key:
            keys[j], order[j] = keys[j - 1], order[j - 1]
            j -= 1
        keys[j], order[j] = key, value


@inlined
def _merge(keys, order, row, begin, middle, end):
    """Merge two sorted runs into the other row; where keys are alike the first run's comes first."""
    left, right, out = begin, middle, 1 - row
    for i in range(begin, end):
        if right == end or (left < middle and keys[row, left] <= keys[row, right]):
            keys[out, i], order[out, i] = keys[row, left], order[row, left]
            left += 1
        else:
            keys[out, i], order[out, i] = keys[row, right], order[row, right]
            right += 1


@inlined
def _permute(values, begin, end, order, spare):
    for i in range(end - begin):
        spare[i] = values[order[i]]
    for i in range(end - begin):
        values[begin + i] = spare[i]

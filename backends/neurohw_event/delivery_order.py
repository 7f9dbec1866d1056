"""The synapses of a program in the order of delivery, a piece of them at a time.

A piece holds the synapses of some cells, one after the other. What sorting needs beside the result is room for one
piece, not for a copy of all synapses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from neurohw.network import Network, Synapses
from neurohw_event.kernels.delivery import Scratch, cut_rows, scatter_rows, sort_rows
from neurohw_event.layout import Array
from neurohw_event.stored_segments import runs, share_weights

PIECE = 2**18  # synapses, if no cell alone has more


class Places(NamedTuple):
    """Where cells are on a chip; one number in place of an array is that of all cells."""

    tile: Array  # int32 [n_cells], or -1 without a chip
    own_tile: Array  # int32 [n_cells], to which a cell sends first; -2: none is first
    cluster: Array  # int32 [n_cells], or 0
    n_clusters: int

    def tile_of(self, cells: Array) -> Array:
        """Return the tiles of some cells."""
        return self.tile[cells] if len(self.tile) > 1 else np.repeat(self.tile, len(cells))


class Piece(NamedTuple):
    """Sorted synapses of some cells; arrivals, segments and synapses are numbered from the first of the piece."""

    arrivals_of_cell: Array  # int64 [cells + 1]
    segments_of_arrival: Array  # int64 [n_arrivals + 1]
    synapses_of_segment: Array  # int64 [n_segments + 1]
    rows: Array  # int32 [n_arrivals], crossbar rows read
    tile: Array  # int32 [n_arrivals]
    delay: Array  # int32 [n_segments], ticks
    channel: Array  # int32 [n_segments], group of synapses
    is_run: Array  # bool [n_segments]
    weight_at: Array  # of share_weights
    weight: Array  # of share_weights
    stream_delay: Array  # int32, ticks of the synapses of groups that are streamed
    target: Array  # int32 [n_synapses], global id


def row_ends(network: Network) -> Array:
    """Return where the synapses of each cell begin once all groups are merged, int64 [n_cells + 1]."""
    sizes = np.zeros(network.n_cells + 1, np.int64)
    for s in network.synapses:
        pre = network.populations[s.pre]
        sizes[pre.first + 1 : pre.first + pre.size + 1] += np.diff(s.indptr)
    return np.cumsum(sizes)


def pieces(
    network: Network,
    weights: Sequence[Array],
    indptr: Array,
    places: Places,
    streamed: Array,
    most: int = PIECE,
) -> Iterator[Piece]:
    """Merge and sort the synapses of all groups, the cells in order.

    Parameters
    ----------
    weights : of the groups of synapses, or numbers that stand for them.
    indptr : of :func:`row_ends`.
    streamed : bool [n_groups of synapses], which groups are streamed.
    most : synapses of a piece, if no cell alone has more.
    """
    widest = int(np.diff(indptr).max(initial=0))
    pairs = np.empty((2, 2, widest), np.int64)
    scratch = Scratch(pairs[0], pairs[1], np.empty(widest, np.int32), np.empty(widest))
    for first, last in _ranges(indptr, most):
        merged = _merged(network, weights, indptr, first, last)
        ends = indptr[first : last + 1] - indptr[first]
        sort_rows(ends, places.tile, places.own_tile[first:last], streamed, merged, scratch)
        yield _cut(ends, places, streamed, *merged)


def _ranges(indptr: Array, most: int) -> list[tuple[int, int]]:
    """Return the first cell of each piece and the one behind its last; there is one piece at least."""
    bounds = [0]
    while bounds[-1] < len(indptr) - 1:
        behind = int(np.searchsorted(indptr, indptr[bounds[-1]] + most, side="right")) - 1
        bounds.append(max(behind, bounds[-1] + 1))
    return list(pairwise(bounds)) or [(0, 0)]


def _merged(
    network: Network, weights: Sequence[Array], indptr: Array, first: int, last: int
) -> tuple[Array, Array, Array, Array]:
    """Return (target, weight, delay, group of synapses) of the cells from ``first`` to before ``last``."""
    n = int(indptr[last] - indptr[first])
    arrays = (np.empty(n, np.int32), np.empty(n), np.empty(n, np.int32), np.empty(n, np.int32))
    cursor = indptr[first:last] - indptr[first]
    for index, s in enumerate(network.synapses):
        pre = network.populations[s.pre]
        begin, end = max(first, pre.first), min(last, pre.first + pre.size)
        if begin < end:
            own = _rows_of(s, weights[index], begin - pre.first, end - pre.first)
            if not s.model.is_static:
                own[2] = np.zeros(len(own[2]))  # their weights stand elsewhere: here they share one
            scatter_rows(cursor, begin - first, network.populations[s.post].first, *own, index, arrays)
    return arrays


def _rows_of(synapses: Synapses, weight: Array, begin: int, end: int) -> list[Array]:
    """Return (indptr, target, weight, delay) of some rows of a group.

    Kernels are compiled for one type of array: contiguous and not marked read-only.
    """
    indptr = synapses.indptr[begin : end + 1]
    of_rows = slice(int(indptr[0]), int(indptr[-1]))
    target, delay = (np.array(values[of_rows], order="C") for values in (synapses.target, synapses.delay))
    return [indptr - indptr[0], target, np.array(weight[of_rows], np.float64, order="C"), delay]


def _cut(
    ends: Array, places: Places, streamed: Array, target: Array, weight: Array, delay: Array, channel: Array
) -> Piece:
    n = len(target)
    arrivals = np.zeros(len(ends), np.int64)
    segments, synapses = np.empty(n + 1, np.int64), np.empty(n + 1, np.int64)
    rows, seen = np.zeros(n, np.int32), np.full(places.n_clusters + 1, -1, np.int64)
    out = (arrivals, segments, synapses, rows)
    n_arrivals, n_segments = cut_rows(
        ends, places.tile, places.cluster, streamed, target, delay, channel, out, seen
    )
    segments, synapses = segments[: n_arrivals + 1].copy(), synapses[: n_segments + 1].copy()
    first_of_segment = synapses[:-1]
    weight_at, kept = share_weights(synapses, weight)
    return Piece(
        arrivals_of_cell=arrivals,
        segments_of_arrival=segments,
        synapses_of_segment=synapses,
        rows=rows[:n_arrivals].copy(),
        tile=places.tile_of(target[first_of_segment[segments[:-1]]]),
        delay=delay[first_of_segment],
        channel=channel[first_of_segment],
        is_run=runs(synapses, target),
        weight_at=weight_at,
        weight=kept,
        stream_delay=delay[streamed[channel]] if streamed.any() else delay[:0].copy(),
        target=target,
    )

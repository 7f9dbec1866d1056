"""The synapses of a program in the order in which the kernels deliver them."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network, Synapses
from neurohw.program import Program
from neurohw_event.kernels.delivery import Scratch, cut_rows, scatter_rows, sort_rows
from neurohw_event.layout import IN_EXC, N_COLUMNS, SHORTEST_RUN, Array, Wiring
from neurohw_event.stepped import input_address, make_blocks
from neurohw_event.stepped_layout import WIDTH


def make_wiring(program: Program, by_tile: bool) -> Wiring:
    """Merge all groups of synapses; with ``by_tile`` a spike makes one arrival per tile, else one in all."""
    network = program.network
    n_cells = network.n_cells
    tile = np.full(n_cells, -1, np.int32)
    cluster = np.zeros(n_cells, np.int32)
    n_clusters = 1
    if by_tile and program.placement is not None and program.clusters is not None:
        tile = program.placement.tile_of_cell.astype(np.int32)
        cluster = program.clusters.cluster_of_cell.astype(np.int32)
        n_clusters = program.clusters.n_clusters
    indptr, arrays = _merged_rows(program)
    own_tile = tile if by_tile else np.full(n_cells, -2, np.int32)
    widest = int(np.diff(indptr).max(initial=0))
    pairs = np.empty((2, 2, widest), np.int64)
    scratch = Scratch(pairs[0], pairs[1], np.empty(widest, np.int32), np.empty(widest))
    sort_rows(indptr, tile, own_tile, arrays, scratch)
    target, weight, delay, channel = arrays
    arrivals, segments, synapses, rows = _cut(indptr, tile, cluster, n_clusters, target, delay, channel)
    weight_at, weight = share_weights(synapses, weight)
    first_of_segment = synapses[:-1]
    first_of_arrival = first_of_segment[segments[:-1]]
    blocks = make_blocks(network)
    inputs = np.array([_input(network, blocks, s) for s in network.synapses], np.int64).reshape(-1, 3)
    places, place_of_group = np.unique(inputs, axis=0, return_inverse=True)
    return Wiring(
        arrivals_of_cell=arrivals,
        segments_of_arrival=segments,
        synapses_of_segment=synapses,
        delay=delay[first_of_segment],
        channel=channel[first_of_segment],
        plastic=_plastic_segments(network, channel[first_of_segment], np.diff(synapses)),
        place=place_of_group.reshape(-1).astype(np.int32)[channel[first_of_segment]],
        group=places[:, 0].copy(),
        origin=places[:, 1].copy(),
        stride=places[:, 2].copy(),
        target=target,
        is_run=runs(synapses, target),
        weight_at=weight_at,
        weight=weight,
        rows=rows,
        tile=tile[target[first_of_arrival]],
        widest=int(np.diff(segments).max(initial=0)),
    )


def _cut(
    indptr: Array, tile: Array, cluster: Array, n_clusters: int, target: Array, delay: Array, channel: Array
) -> tuple[Array, Array, Array, Array]:
    """Return arrivals_of_cell, segments_of_arrival, synapses_of_segment, and the crossbar rows of each arrival."""
    n = len(target)
    arrivals = np.zeros(len(indptr), np.int64)
    segments, synapses = np.empty(n + 1, np.int64), np.empty(n + 1, np.int64)
    rows, seen = np.zeros(n, np.int32), np.full(n_clusters + 1, -1, np.int64)
    out = (arrivals, segments, synapses, rows)
    n_arrivals, n_segments = cut_rows(indptr, tile, cluster, target, delay, channel, out, seen)
    return (
        arrivals,
        segments[: n_arrivals + 1].copy(),
        synapses[: n_segments + 1].copy(),
        rows[:n_arrivals].copy(),
    )


def runs(synapses: Array, target: Array) -> Array:
    """Return which segments reach one cell after the other, as rows of a dense layer do, bool [n_segments].

    ``synapses`` says where segments begin. Short ones are not worth a loop of their own.
    """
    first, sizes = synapses[:-1], np.diff(synapses)
    jumps = np.empty(len(target), bool)
    np.not_equal(target[1:], target[:-1] + 1, out=jumps[1:])
    jumps[first] = False
    if not len(first):
        return np.empty(0, bool)
    return np.asarray((sizes >= SHORTEST_RUN) & ~np.logical_or.reduceat(jumps, first))


def share_weights(synapses: Array, weight: Array) -> tuple[Array, Array]:
    """Keep one weight of segments in which all are equal, where that saves memory, and one for all such in a row.

    ``synapses`` says where segments begin. Returns what ``Wiring`` holds as ``weight_at`` and ``weight``.
    """
    first, sizes = synapses[:-1], np.diff(synapses)
    differs = np.empty(len(weight), bool)
    np.not_equal(weight[1:], weight[:-1], out=differs[1:])
    differs[first] = False
    is_one = (sizes > 1) & ~np.logical_or.reduceat(differs, first) if len(first) else np.empty(0, bool)
    n_kept = np.where(is_one, 1, sizes)
    if len(weight) - n_kept.sum() <= len(sizes):
        return np.empty(0, np.int64), weight
    ones = np.flatnonzero(is_one)
    is_new = np.diff(weight[first[ones]], prepend=np.nan) != 0
    n_kept[ones[~is_new]] = 0
    is_kept = np.repeat(~is_one, sizes)
    is_kept[first[ones[is_new]]] = True
    at = np.cumsum(n_kept) - n_kept
    at[ones] = ~at[ones[is_new]][np.cumsum(is_new) - 1]
    return at, weight[is_kept]


def weights_of(wiring: Wiring, segments: Array) -> Array:
    """Return the weights of all synapses of some segments, one segment after the other."""
    sizes = np.diff(wiring.synapses_of_segment)[segments]
    at = (wiring.weight_at if len(wiring.weight_at) else wiring.synapses_of_segment)[segments]
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    within[np.repeat(at < 0, sizes)] = 0
    return np.asarray(wiring.weight[np.repeat(np.where(at < 0, ~at, at), sizes) + within])


def _plastic_segments(network: Network, channel: Array, sizes: Array) -> Array:
    """Number the synapses that are not static; returns the first of every segment, -1 for static ones."""
    is_plastic_group = np.array([not s.model.is_static for s in network.synapses], bool)
    if not is_plastic_group.any():
        return np.full(len(channel), -1, np.int32)
    is_plastic = is_plastic_group[channel]
    last = np.cumsum(np.where(is_plastic, sizes, 0))
    return np.where(is_plastic, last - sizes, -1).astype(np.int32)


def _merged_rows(program: Program) -> tuple[Array, tuple[Array, Array, Array, Array]]:
    """Return (indptr, (target, weight, delay, group of synapses)) with one row a cell and global targets."""
    network = program.network
    sizes = np.zeros(network.n_cells + 1, np.int64)
    for s in network.synapses:
        pre = network.populations[s.pre]
        sizes[pre.first + 1 : pre.first + pre.size + 1] += np.diff(s.indptr)
    indptr = np.cumsum(sizes)
    n = int(indptr[-1])
    arrays = (np.empty(n, np.int32), np.empty(n), np.empty(n, np.int32), np.empty(n, np.int32))
    cursor = indptr[:-1].copy()
    for index, s in enumerate(network.synapses):
        first_pre = network.populations[s.pre].first
        first_post = network.populations[s.post].first
        # kernels are compiled for one type of array: contiguous and not marked read-only
        rows = [np.array(a, order="C") for a in (s.indptr, s.target, s.weight, s.delay)]
        scatter_rows(cursor, first_pre, first_post, *rows, index, arrays)
    return indptr, arrays


def _input(network: Network, blocks: Array, synapses: Synapses) -> tuple[int, int, int]:
    """Return the postsynaptic population, and origin and stride of its cells' inputs."""
    post, block = network.populations[synapses.post], blocks[synapses.post]
    if not block[WIDTH]:
        return synapses.post, IN_EXC + post.model.receptor_names.index(synapses.receptor), N_COLUMNS
    stride = int(block[WIDTH])
    return synapses.post, input_address(post, block, synapses.receptor) - stride * post.first, stride

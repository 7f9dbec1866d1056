"""Which tiles a cell's spikes go to through the interconnect, and which cells go the same way."""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def split_local(reach: Array, tile_of_cell: Array) -> tuple[Array, Array]:
    """Return (whether a cell reaches its own tile, bool [n_cells]; ``reach`` without the own tile)."""
    cells, byte = np.arange(len(tile_of_cell)), tile_of_cell >> 3
    bit = np.left_shift(1, tile_of_cell & 7).astype(np.uint8)
    remote = reach.copy()
    remote[cells, byte] &= ~bit
    return (reach[cells, byte] & bit) != 0, remote


def share_trees(tile_of_cell: Array, remote: Array) -> tuple[Array, Array]:
    """Give cells with the same tile and destinations one tree.

    Returns
    -------
    tree_of_cell : int32 [n_cells], -1 without destinations.
    cell_of_tree : int64 [n_trees], the first cell that uses each tree.
    """
    tree_of_cell = np.full(len(tile_of_cell), -1, np.int32)
    senders = np.flatnonzero(remote.any(axis=1))
    if not senders.size:
        return tree_of_cell, senders
    tile = np.ascontiguousarray(tile_of_cell[senders, None]).view(np.uint8)
    rows = np.ascontiguousarray(np.concatenate([tile, remote[senders]], axis=1))
    keys = rows.view(np.dtype((np.void, rows.shape[1]))).ravel()
    _, first, tree = np.unique(keys, return_index=True, return_inverse=True)
    rank = np.empty(first.size, np.int32)
    rank[np.argsort(first)] = np.arange(first.size)
    tree_of_cell[senders] = rank[tree]
    return tree_of_cell, senders[np.sort(first)]


def tiles_in(reach: Array, n_tiles: int) -> Array:
    """Return the tiles that any row of ``reach`` names, ascending, int32."""
    bits = np.bitwise_or.reduce(reach, axis=0)
    return np.flatnonzero(np.unpackbits(bits, count=n_tiles, bitorder="little")).astype(np.int32)

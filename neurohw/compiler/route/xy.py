"""Router ``xy``: dimension-order routing, first along x, then along y.

It cannot deadlock (Dally & Seitz 1987, doi:10.1109/TC.1987.1676939), and the paths from one tile to
several form a tree, along which a packet can be multicast.
"""

from __future__ import annotations

import numpy as np

from neurohw.compiler.route.mesh import mesh_links
from neurohw.hardware import Chip
from neurohw.program import Placement, Routes

Array = np.ndarray


def xy(placement: Placement, reach: Array, chip: Chip) -> Routes:
    """Route every cell's spikes along XY paths.

    Destinations are taken in ascending order of their tiles, and a node is made when a path first needs it:
    that is the order of the nodes of a tree, and so of the children of a node. Cells of one tile with the
    same destinations share one tree; trees are numbered in the order of the first cell that uses them.

    Parameters
    ----------
    placement : gives the tile of every cell.
    reach : uint8 [n_cells, ceil(n_tiles / 8)], tiles that hold targets of each cell, as bits.
    chip : gives the mesh, and whether packets are multicast.
    """
    from neurohw.compiler.kernels import xy_trees

    wires = chip.interconnect
    links, hop_link = mesh_links(wires.width, wires.height)
    is_local, remote = split_local(reach, placement.tile_of_cell)
    tree_of_cell, cell_of_tree = _share(placement.tile_of_cell, remote)
    indptr, nodes = xy_trees(
        placement.tile_of_cell[cell_of_tree],
        remote[cell_of_tree],
        links.target,
        hop_link,
        wires.width,
        wires.multicast,
    )
    return Routes(links, tree_of_cell, is_local, indptr, nodes[:, 0], nodes[:, 1], nodes[:, 2])


def split_local(reach: Array, tile_of_cell: Array) -> tuple[Array, Array]:
    """Return (whether a cell reaches its own tile, bool [n_cells]; ``reach`` without the own tile)."""
    cells, byte = np.arange(len(tile_of_cell)), tile_of_cell >> 3
    bit = np.left_shift(1, tile_of_cell & 7).astype(np.uint8)
    remote = reach.copy()
    remote[cells, byte] &= ~bit
    return (reach[cells, byte] & bit) != 0, remote


def _share(tile_of_cell: Array, remote: Array) -> tuple[Array, Array]:
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

"""Router ``shortest``: the shortest way that the chip's topology prescribes, on a mesh first along x, then along y.

The paths from one tile to several form a tree, along which a packet can be multicast.
"""

from __future__ import annotations

import numpy as np

from neurohw.compiler.route.destinations import share_trees, split_local, tiles_in
from neurohw.hardware import Chip
from neurohw.hardware.topology import topology_of
from neurohw.program import Placement, Routes

Array = np.ndarray


def shortest(placement: Placement, reach: Array, chip: Chip) -> Routes:
    """Route every cell's spikes along the paths of the topology.

    Destinations are taken in ascending order of their tiles, and a node is made when a path first needs it:
    that is the order of the nodes of a tree, and so of the children of a node. Cells of one tile with the
    same destinations share one tree; trees are numbered in the order of the first cell that uses them. Where
    two ways are equally short, the sender's tile decides.

    Parameters
    ----------
    placement : gives the tile of every cell.
    reach : uint8 [n_cells, ceil(n_tiles / 8)], tiles that hold targets of each cell, as bits.
    chip : gives the topology, and whether packets are multicast.

    Raises
    ------
    ChipError
        For a chip so large that the table of next links does not fit.
    """
    from neurohw.compiler.kernels import route_trees

    topology = topology_of(chip.interconnect)
    is_local, remote = split_local(reach, placement.tile_of_cell)
    tree_of_cell, cell_of_tree = share_trees(placement.tile_of_cell, remote)
    source = placement.tile_of_cell[cell_of_tree]
    destinations = tiles_in(remote, topology.n_tiles)
    indptr, nodes = route_trees(
        source,
        topology.variant_of_tile[source],
        remote[cell_of_tree],
        destinations,
        topology.next_links(destinations),
        topology.links.target,
        topology.n_tiles,
        chip.interconnect.multicast,
    )
    return Routes(topology.links, tree_of_cell, is_local, indptr, *nodes)

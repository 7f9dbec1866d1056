"""Which links hold up packets most, and which projections send these packets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.network import Synapses
from neurohw.program import Placement, Program, Routes
from neurohw.result import Congestion, LinkLoad

Array = np.ndarray

MOST_LINKS = 10
NODES_AT_ONCE = 1 << 16  # of trees, so that little more than a program is in memory


def find_congestion(program: Program, spikes_of_cell: Array, links: LinkLoad) -> Congestion | None:
    """Return whose packets take the ten links that hold up most.

    These are the links before which most deliveries were lost, then those for which packets waited longest in total.

    Parameters
    ----------
    program : what ran.
    spikes_of_cell : int [n_cells], spikes fired.
    links : what its links did.

    Returns
    -------
    One row per link and projection that sent over it, by link, then by packets; None for a program without a chip.
    """
    if program.routes is None or program.placement is None:
        return None
    worst = most_congested(links, MOST_LINKS)
    crossings = [_crossings(program.routes, int(link), spikes_of_cell) for link in worst]
    packets = np.array(
        [
            _packets(program, program.placement, synapses, spikes_of_cell, crossings)
            for synapses in program.network.synapses
        ],
        dtype=np.int64,
    ).reshape(len(program.network.synapses), worst.size)
    totals = np.array([_total(crossing, spikes_of_cell) for crossing in crossings], dtype=np.int64)
    rank, projection = np.nonzero(packets.T)
    order = np.lexsort((-packets[projection, rank], rank))
    rank, projection = rank[order], projection[order]
    counts = packets[projection, rank]
    return Congestion(worst[rank], projection, counts, counts / totals[rank])


def most_congested(links: LinkLoad, most: int) -> Array:
    """Return the links with most deliveries lost, then most cycles waited for; those with neither are left out."""
    dropped, waited = np.asarray(links.dropped), np.asarray(links.wait_cycles)
    order = np.lexsort((-waited, -dropped))[:most]
    return order[(dropped[order] > 0) | (waited[order] > 0)]


@dataclass(frozen=True, eq=False)
class _Crossings:
    """Packets of a spike over one link, one row for each cell, packet and tile that the packet goes on to."""

    cell: Array
    tile: Array
    first_of_packet: Array  # rows at which another packet begins


def _crossings(routes: Routes, link: int, spikes_of_cell: Array) -> _Crossings:
    tree, node, tile = _ends_beyond(routes, link)
    cells = np.flatnonzero((spikes_of_cell > 0) & np.isin(routes.tree_of_cell, tree))
    first, stop = (np.searchsorted(tree, routes.tree_of_cell[cells], side) for side in ("left", "right"))
    cell = np.repeat(cells, stop - first)
    row = _ranges(first, stop)
    is_other = (np.diff(cell, prepend=-1) != 0) | (np.diff(node[row], prepend=-1) != 0)
    return _Crossings(cell, tile[row], np.flatnonzero(is_other))


def _ends_beyond(routes: Routes, link: int) -> tuple[Array, Array, Array]:
    """Return tree, node of the link and tile of each end beyond a link, sorted by tree and node.

    Nodes are numbered anew; those of one tree differ.
    """
    at_link = np.flatnonzero(routes.node_link == link)
    trees = np.unique(np.searchsorted(routes.node_indptr, at_link, side="right") - 1)
    sizes = routes.node_indptr[trees + 1] - routes.node_indptr[trees]
    cuts = np.flatnonzero(np.diff(np.cumsum(sizes) // NODES_AT_ONCE)) + 1
    found = [_ends_of_trees(routes, link, some) for some in np.split(trees, cuts)]
    tree, node, tile = (np.concatenate(column) for column in zip(*found, strict=True))
    return tree, node, tile


def _ends_of_trees(routes: Routes, link: int, trees: Array) -> tuple[Array, Array, Array]:
    first, stop = routes.node_indptr[trees], routes.node_indptr[trees + 1]
    node = _ranges(first, stop)  # all nodes of these trees
    index = np.cumsum(stop - first) - (stop - first)  # of each tree's first node among them
    own_first = np.repeat(index, stop - first)
    is_at_link = routes.node_link[node] == link
    parent = routes.node_parent[node]
    above = np.where(is_at_link | (parent < 0), np.arange(node.size), own_first + parent)
    above = _topmost(above)
    ends = np.flatnonzero((routes.node_tile[node] >= 0) & is_at_link[above])
    tree = np.repeat(trees, stop - first)[ends]
    order = np.lexsort((above[ends], tree))
    ends = ends[order]
    return tree[order], above[ends], routes.node_tile[node[ends]]


def _topmost(above: Array) -> Array:
    """Follow ``above`` from each entry up to one that points to itself."""
    while True:
        further = above[above]
        if np.array_equal(further, above):
            return above
        above = further


def _ranges(first: Array, stop: Array) -> Array:
    """Return the numbers from each ``first`` up to its ``stop``, one range after the other."""
    sizes = stop - first
    offset = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum())) + np.repeat(first - offset, sizes)


def _total(crossing: _Crossings, spikes_of_cell: Array) -> int:
    return int(spikes_of_cell[crossing.cell[crossing.first_of_packet]].sum())


def _packets(
    program: Program,
    placement: Placement,
    synapses: Synapses,
    spikes_of_cell: Array,
    crossings: list[_Crossings],
) -> list[int]:
    """Count the packets over each link that went on to targets of a projection."""
    if not crossings:
        return []
    pre, post = (program.network.populations[index] for index in (synapses.pre, synapses.post))
    n_tiles = int(placement.tile_of_cell.max(initial=0)) + 1
    reaches = np.zeros((pre.size, n_tiles), bool)
    source = np.repeat(np.arange(pre.size), np.diff(synapses.indptr))
    reaches[source, placement.tile_of_cell[post.first + synapses.target]] = True
    counts = []
    for crossing in crossings:
        row = crossing.cell - pre.first
        mine = (row >= 0) & (row < pre.size)
        reached = np.zeros(row.size, bool)
        reached[mine] = reaches[row[mine], crossing.tile[mine]]
        first = crossing.first_of_packet
        serves = np.logical_or.reduceat(reached, first) if first.size else np.empty(0, bool)
        counts.append(int(spikes_of_cell[crossing.cell[first]][serves].sum()))
    return counts

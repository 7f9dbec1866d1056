"""Compiled loops of the compiler: incoming synapses, rows, spikes between groups, tiles reached, trees of links."""

from __future__ import annotations

import numpy as np

from neurohw.jit import kernel

_FIRST_CAPACITY = 1024


@kernel
def count_incoming(target, first_post, count):
    """Add to ``count[cell + 1]`` the synapses of one group that end at ``cell`` (int64 [n_cells + 1])."""
    for i in range(target.size):
        count[first_post + target[i] + 1] += 1


@kernel
def scatter_incoming(indptr, target, first_pre, first_post, place, pre):
    """Write the presynaptic cells of one group's synapses to ``pre[place[post]]``; ``place`` is moved on."""
    for row in range(indptr.size - 1):
        for i in range(indptr[row], indptr[row + 1]):
            cell = first_post + target[i]
            pre[place[cell]] = first_pre + row
            place[cell] += 1


@kernel
def count_rows(indptr, pre, cells, cluster_of_cell, n_clusters):
    """Count the distinct presynaptic cells of each cluster; ``cells`` are the neurons by cluster."""
    n_rows = np.zeros(n_clusters, np.int32)
    counted_by = np.full(cluster_of_cell.size, -1, np.int32)
    for cell in cells:
        cluster = cluster_of_cell[cell]
        for i in range(indptr[cell], indptr[cell + 1]):
            if counted_by[pre[i]] != cluster:
                counted_by[pre[i]] = cluster
                n_rows[cluster] += 1
    return n_rows


@kernel
def mark_reach(indptr, target, tile_of_target, reach):
    """Set in ``reach[row]`` the bit of each tile in which a row of one synapse group has a target."""
    for row in range(indptr.size - 1):
        tiles = reach[row]
        for i in range(indptr[row], indptr[row + 1]):
            tile = tile_of_target[target[i]]
            tiles[tile >> 3] |= np.uint8(1 << (tile & 7))


@kernel
def route_trees(source, variant, reach, destinations, next_link, link_target, n_tiles, multicast):
    """Build the tree of each (source tile, set of destination tiles).

    Links ``0 .. n_tiles - 1`` lead into the routers, ``n_tiles .. 2 n_tiles - 1`` out of them; from router ``r``
    link ``next_link[variant[tree], r, i]`` leads on to tile ``destinations[i]``.

    Returns
    -------
    indptr : int64 [n_trees + 1].
    nodes : int32 [3, n_nodes], rows link, parent within the tree, tile delivered to (-1: none).
    """
    trees = (source, variant, reach)
    paths = (destinations, next_link, link_target, n_tiles)
    indptr = np.zeros(source.size + 1, np.int64)
    _walk_trees(trees, paths, multicast, indptr, np.empty((3, 0), np.int32))
    nodes = np.empty((3, indptr[-1]), np.int32)
    _walk_trees(trees, paths, multicast, indptr, nodes)
    return indptr, nodes


@kernel
def _walk_trees(trees, paths, multicast, indptr, nodes):
    """Count the nodes of each tree, and write them where there is room for them."""
    source, variant, reach = trees
    destinations, next_link, link_target, n_tiles = paths
    node_of_link = np.zeros(link_target.size, np.int32)
    used_by = np.full(link_target.size, -1, np.int64)  # the last tree, or chain, that took the link
    n, taker = 0, 0
    for tree in range(source.size):
        start = n
        taker += 1
        for i in range(destinations.size):
            destination = destinations[i]
            if not (reach[tree, destination >> 3] >> (destination & 7)) & 1:
                continue
            if not multicast:
                taker += 1
            link, parent = np.int64(source[tree]), np.int64(-1)
            last = n_tiles + destination
            while True:
                if used_by[link] != taker:
                    used_by[link] = taker
                    node_of_link[link] = n - start
                    if nodes.size:
                        nodes[0, n] = link
                        nodes[1, n] = parent
                        nodes[2, n] = destination if link == last else -1
                    n += 1
                if link == last:
                    break
                parent = np.int64(node_of_link[link])
                link = np.int64(next_link[variant[tree], link_target[link], i])
        indptr[tree + 1] = n


@kernel
def spikes_between(indptr, pre, cells, group_of_cell, n_groups, spikes, once):
    """Sum the spikes that go from each group of cells to each other one; ``cells`` are in order of their groups.

    Returns
    -------
    source, target : int32 [n_edges], pairs of different groups, by target.
    total : int64 [n_edges], spikes of the sources' cells: each ``once``, or for every synapse.
    """
    ends = np.empty((_FIRST_CAPACITY, 2), np.int32)
    totals = np.empty(_FIRST_CAPACITY, np.int64)
    counted_by = np.full(
        group_of_cell.size, -1, np.int32
    )  # the last group that counted this presynaptic cell
    total = np.zeros(n_groups, np.int64)
    touched = np.empty(n_groups, np.int32)
    n, first = 0, 0
    while first < cells.size:
        target = group_of_cell[cells[first]]
        stop, n_touched = first, 0
        while stop < cells.size and group_of_cell[cells[stop]] == target:
            cell = cells[stop]
            stop += 1
            for i in range(indptr[cell], indptr[cell + 1]):
                source = group_of_cell[pre[i]]
                if source == target or spikes[pre[i]] == 0 or (once and counted_by[pre[i]] == target):
                    continue
                counted_by[pre[i]] = target
                if total[source] == 0:
                    touched[n_touched] = source
                    n_touched += 1
                total[source] += spikes[pre[i]]
        while n + n_touched > totals.size:
            ends = np.concatenate((ends, np.empty_like(ends)))
            totals = np.concatenate((totals, np.empty_like(totals)))
        for i in range(n_touched):
            ends[n, 0], ends[n, 1], totals[n] = touched[i], target, total[touched[i]]
            total[touched[i]] = 0
            n += 1
        first = stop
    return ends[:n, 0].copy(), ends[:n, 1].copy(), totals[:n]

"""Checks between the steps: a mapping that breaks a limit stops here, whichever algorithm made it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np

from neurohw.compiler.incoming import Incoming, neuron_mask
from neurohw.compiler.names import cell_name
from neurohw.compiler.route.destinations import split_local
from neurohw.errors import MappingError
from neurohw.hardware import Chip
from neurohw.hardware.topology import LINK_IN, LINK_OUT
from neurohw.network import Network
from neurohw.program import Clusters, Placement, Routes

Array = np.ndarray

_NODES_AT_ONCE = 1 << 16
_CLUSTER, _TILE, _CELL, _NODE = "cluster {}".format, "tile {}".format, "cell {}".format, "node {}".format


def check_clusters(network: Network, incoming: Incoming, chip: Chip, clusters: Clusters) -> None:
    """Check that every neuron has a column of its own, and that rows and columns of every cluster suffice.

    Raises
    ------
    MappingError
        Naming the first neuron or cluster for which this does not hold.
    """
    _require_sizes(clusters, network.n_cells, "cluster_of_cell", "column_of_cell")
    _require_sizes(clusters, clusters.n_clusters, "n_rows", "n_columns", "n_crossbars")
    cells = _check_columns(network, chip, clusters)
    _check_capacity(incoming, chip, clusters, cells)


def _check_columns(network: Network, chip: Chip, clusters: Clusters) -> Array:
    """Return the neurons cluster by cluster, each of which has a column that no other has."""
    cluster, column, n = clusters.cluster_of_cell, clusters.column_of_cell, clusters.n_clusters
    name, is_neuron, n_columns = partial(cell_name, network), neuron_mask(network), chip.crossbar.columns
    sound = np.where(is_neuron, (cluster >= 0) & (cluster < n), cluster == -1)
    _require_all(sound, name, "cluster_of_cell", cluster, f"one of {n} for a neuron, -1 for a source")
    sound = np.where(is_neuron, (column >= 0) & (column < n_columns), column == -1)
    _require_all(sound, name, "column_of_cell", column, f"one of {n_columns} for a neuron, -1 for a source")
    cells = np.flatnonzero(is_neuron)
    cells = cells[np.lexsort((column[cells], cluster[cells]))]
    taken = np.zeros(network.n_cells, bool)
    taken[cells[1:]] = (np.diff(cluster[cells]) == 0) & (np.diff(column[cells]) == 0)
    _require_all(~taken, name, "column_of_cell", column, "not the column of another neuron, too")
    return cells


def _check_capacity(incoming: Incoming, chip: Chip, clusters: Clusters, cells: Array) -> None:
    from neurohw.compiler.kernels import count_rows

    cluster, n, crossbars = clusters.cluster_of_cell, clusters.n_clusters, clusters.n_crossbars
    n_columns = np.bincount(cluster[cells], minlength=n)
    n_rows = count_rows(incoming.indptr, incoming.pre, cells, cluster, n)
    limits, available = chip.crossbar, chip.tile.crossbars
    same = clusters.n_columns == n_columns
    _require_all(same, _CLUSTER, "n_columns", clusters.n_columns, "the number of its neurons")
    same = clusters.n_rows == n_rows
    _require_all(same, _CLUSTER, "n_rows", clusters.n_rows, "the number of its presynaptic cells")
    sound = (crossbars >= 1) & (crossbars <= available)
    _require_all(sound, _CLUSTER, "n_crossbars", crossbars, f"1 to {available}, as many as a tile has")
    sound = n_rows <= crossbars * np.int64(limits.rows)
    _require_all(sound, _CLUSTER, "n_rows", n_rows, f"at most {limits.rows} a crossbar")


def check_placement(clusters: Clusters, chip: Chip, placement: Placement) -> None:
    """Check that every cluster has a tile, no tile too many crossbars, and neurons the tile of their cluster.

    Raises
    ------
    MappingError
        Naming the first cluster, tile or cell for which this does not hold.
    """
    _require_sizes(placement, clusters.n_clusters, "tile_of_cluster")
    _require_sizes(placement, len(clusters.cluster_of_cell), "tile_of_cell")
    tile, of_cell = placement.tile_of_cluster, placement.tile_of_cell
    n_tiles, n_crossbars = chip.n_tiles, chip.tile.crossbars
    inside = (tile >= 0) & (tile < n_tiles)
    _require_all(inside, _CLUSTER, "tile_of_cluster", tile, f"one of {n_tiles} tiles")
    used = np.bincount(tile, weights=clusters.n_crossbars, minlength=n_tiles).astype(np.int64)
    _require_all(used <= n_crossbars, _TILE, "crossbars used", used, f"at most {n_crossbars}")
    inside = (of_cell >= 0) & (of_cell < n_tiles)
    _require_all(inside, _CELL, "tile_of_cell", of_cell, f"one of {n_tiles} tiles")
    on_chip = clusters.cluster_of_cell >= 0
    expected = of_cell.copy()
    expected[on_chip] = tile[clusters.cluster_of_cell[on_chip]]
    _require_all(of_cell == expected, _CELL, "tile_of_cell", of_cell, "the tile of its cluster")


def check_routes(placement: Placement, reach: Array, routes: Routes) -> None:
    """Check that the trees are connected runs of links that end at exactly the tiles to be reached.

    Raises
    ------
    MappingError
        Naming the first node or cell for which this does not hold.
    """
    n_nodes = int(routes.node_indptr[-1])
    _require_sizes(routes, len(placement.tile_of_cell), "tree_of_cell", "is_local")
    _require_sizes(routes, n_nodes, "node_link", "node_parent", "node_tile")
    _check_nodes(routes)
    _check_destinations(placement, reach, routes)


def _check_nodes(routes: Routes) -> None:
    """Check some trees after the other: what is needed for all nodes at once would take as much as four programs."""
    indptr = routes.node_indptr
    starts = np.searchsorted(indptr, np.arange(0, indptr[-1], _NODES_AT_ONCE), side="right") - 1
    bounds = np.unique([*starts, routes.n_trees])
    for first_tree, stop in pairwise(bounds):
        _check_trees(routes, first_tree, stop)


def _check_trees(routes: Routes, first: int, stop: int) -> None:
    """Check the nodes of trees ``first`` to ``stop - 1``."""
    indptr = routes.node_indptr[first : stop + 1]
    nodes = slice(indptr[0], indptr[-1])
    links, n_links = routes.links, len(routes.links.kind)
    link, parent, node_tile = routes.node_link[nodes], routes.node_parent[nodes], routes.node_tile[nodes]
    require = partial(_require_all, where=lambda index: _NODE(indptr[0] + index))
    require((link >= 0) & (link < n_links), name="node_link", values=link, expected=f"one of {n_links} links")
    start = np.repeat(indptr[:-1] - indptr[0], np.diff(indptr))
    index = np.arange(link.size) - start
    is_root, kind = parent == -1, links.kind[link]
    sound = (parent >= -1) & (parent < index)
    require(sound, name="node_parent", values=parent, expected="a node before it")
    sound = (kind == LINK_IN) == is_root
    require(sound, name="node_link", values=link, expected="into a router at a root, only there")
    before = link[start + np.maximum(parent, 0)]
    joined = is_root | (links.target[before] == links.source[link])
    require(joined, name="node_link", values=link, expected="a link from where its parent's ends")
    is_leaf = np.ones(link.size, bool)
    is_leaf[(start + parent)[~is_root]] = False
    sound = (kind == LINK_OUT) == is_leaf
    require(sound, name="node_link", values=link, expected="out of a router at a leaf, only there")
    same = node_tile == np.where(is_leaf, links.tile[link], -1)
    require(same, name="node_tile", values=node_tile, expected="its link's at a leaf, else -1")


def _check_destinations(placement: Placement, reach: Array, routes: Routes) -> None:
    is_local, remote = split_local(reach, placement.tile_of_cell)
    tree, n_trees = routes.tree_of_cell, routes.n_trees
    _require_all(
        (tree >= -1) & (tree < n_trees), _CELL, "tree_of_cell", tree, f"-1 or one of {n_trees} trees"
    )
    tree_of_node = np.repeat(np.arange(n_trees), np.diff(routes.node_indptr))
    leaf = routes.node_tile >= 0
    tile = routes.node_tile[leaf]
    reached = np.zeros((n_trees + 1, reach.shape[1]), np.uint8)  # the last row stands for "no tree"
    np.bitwise_or.at(reached, (tree_of_node[leaf], tile >> 3), np.left_shift(1, tile & 7).astype(np.uint8))
    if np.bitwise_count(reached).sum() != tile.size:
        raise MappingError("routes: a tree delivers to one tile twice")
    same = (reached[tree] == remote).all(axis=1)
    _require_all(same, _CELL, "tree_of_cell", tree, "a tree to the tiles of its targets")
    same = routes.is_local == is_local
    _require_all(same, _CELL, "is_local", routes.is_local, "whether its own tile has targets of it")
    roots = np.flatnonzero(routes.node_parent == -1)
    start = np.full(n_trees + 1, -1, np.int32)
    start[tree_of_node[roots]] = routes.links.tile[routes.node_link[roots]]
    same = start[tree_of_node[roots]] == routes.links.tile[routes.node_link[roots]]
    _require_all(same, "root {}".format, "node", roots, "on the tile of its tree's other roots")
    same = (tree == -1) | (start[tree] == placement.tile_of_cell)
    _require_all(same, _CELL, "tree_of_cell", tree, "a tree from its own tile")


def _require_sizes(holder: object, size: int, *names: str) -> None:
    for name in names:
        shape = getattr(holder, name).shape
        if shape != (size,):
            raise MappingError(f"{name} has shape {shape}, expected ({size},)")


def _require_all(good: Array, where: Callable[[int], str], name: str, values: Array, expected: str) -> None:
    if not good.all():
        index = int(np.argmin(good))
        raise MappingError(f"{where(index)}: {name} = {values[index]}, expected {expected}")

"""Router ``shortest`` against its oracle: destinations, paths, sharing and order."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from neurohw.compiler import ROUTERS
from neurohw.compiler.check import check_routes
from neurohw.compiler.incoming import tiles_reached
from neurohw.hardware import load_chip
from neurohw.program import Placement, Routes
from tests.compiler.build import network_of_pairs
from tests.naive import routes as naive
from tests.networks import networks

MESH = load_chip("mesh")


def routed(network, tile_of_cell, chip) -> Routes:
    """Return checked routes for cells placed anywhere."""
    placement = Placement(np.empty(0), np.asarray(tile_of_cell))
    reach = tiles_reached(network, placement, chip.n_tiles)
    routes = ROUTERS["shortest"](placement, reach, chip)
    check_routes(placement, reach, routes)
    return routes


def paths_of_tree(routes: Routes, tree: int) -> dict[int, list[str]]:
    """Return the names of the links to each tile that a tree delivers to, in the order of its nodes."""
    nodes = range(routes.node_indptr[tree], routes.node_indptr[tree + 1])
    paths = {}
    for leaf in nodes:
        if routes.node_tile[leaf] < 0:
            continue
        assert routes.node_tile[leaf] not in paths, "two deliveries to one tile"
        path, node = [], leaf - nodes.start
        while node >= 0:
            path.insert(0, routes.links.name(routes.node_link[nodes.start + node]))
            node = routes.node_parent[nodes.start + node]
        paths[int(routes.node_tile[leaf])] = path
    return paths


@settings(max_examples=120, deadline=None)
@given(
    network=networks(max_cells=16),
    width=st.integers(1, 7),
    height=st.integers(1, 5),
    multicast=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_routes_on_a_mesh_are_their_oracle(network, width, height, multicast, seed):
    chip = MESH.replace(width=width, height=height, multicast=multicast)
    tile_of_cell = np.random.default_rng(seed).integers(0, chip.n_tiles, network.n_cells)
    routes = routed(network, tile_of_cell, chip)
    tree_of_key: dict[tuple, int] = {}
    for cell, tiles in enumerate(naive.destinations(network, tile_of_cell.tolist())):
        own, tree = int(tile_of_cell[cell]), int(routes.tree_of_cell[cell])
        assert routes.is_local[cell] == (own in tiles)
        remote = sorted(tiles - {own})
        if not remote:
            assert tree == -1
            continue
        # cells of one tile with the same destinations share a tree; trees are numbered as they are first used
        assert tree == tree_of_key.setdefault((own, *remote), len(tree_of_key))
        paths = paths_of_tree(routes, tree)
        assert list(paths) == remote
        assert all(path == naive.xy_path(own, tile, width) for tile, path in paths.items())
    assert routes.n_trees == len(tree_of_key)


@settings(max_examples=40, deadline=None)
@given(network=networks(max_cells=16), multicast=st.booleans(), seed=st.integers(0, 2**32 - 1))
def test_a_multicast_tree_takes_each_link_once_and_chains_share_none(network, multicast, seed):
    chip = MESH.replace(width=4, height=3, multicast=multicast)
    tile_of_cell = np.random.default_rng(seed).integers(0, chip.n_tiles, network.n_cells)
    routes = routed(network, tile_of_cell, chip)
    for tree, (start, stop) in enumerate(pairwise(routes.node_indptr)):
        link, parent = routes.node_link[start:stop], routes.node_parent[start:stop]
        paths = paths_of_tree(routes, tree)
        if multicast:
            assert len(set(link)) == len(link)
            assert np.count_nonzero(parent == -1) == 1
            assert len(link) == len({name for path in paths.values() for name in path})
        else:
            assert np.count_nonzero(parent == -1) == len(paths)
            assert len(link) == sum(map(len, paths.values()))


def test_a_tree_in_full():
    """Cell 0 on tile 0 of a 3 x 2 mesh sends to tiles 0, 1, 4 and 5."""
    network = network_of_pairs(5, [(0, 4), (0, 2), (0, 3), (0, 1)])
    routes = routed(network, [0, 0, 1, 4, 5], MESH.replace(width=3, height=2))
    assert routes.tree_of_cell.tolist() == [0, -1, -1, -1, -1]
    assert routes.is_local.tolist() == [True, False, False, False, False]
    names = [routes.links.name(link) for link in routes.node_link]
    assert names == ["0 in", "0->1", "1 out", "1->4", "4 out", "1->2", "2->5", "5 out"]
    assert routes.node_parent.tolist() == [-1, 0, 1, 1, 3, 1, 5, 6]
    assert routes.node_tile.tolist() == [-1, -1, 1, -1, 4, -1, -1, 5]

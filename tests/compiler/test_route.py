"""Router ``shortest`` against its oracle: destinations, paths, sharing and order."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.compiler import ROUTERS
from neurohw.compiler.check import check_routes
from neurohw.compiler.incoming import tiles_reached
from neurohw.hardware import load_chip
from neurohw.hardware.topology import TOPOLOGIES, topology_of
from neurohw.program import Placement, Routes
from tests.compiler.build import network_of_pairs
from tests.examples import examples
from tests.naive import routes as naive
from tests.naive.topologies import route as follow
from tests.networks import networks

MESH = load_chip("mesh")


def routed(network, tile_of_cell, chip) -> Routes:
    """Return checked routes for cells placed anywhere."""
    placement = Placement(np.empty(0), np.asarray(tile_of_cell))
    reach = tiles_reached(network, placement, chip.n_tiles)
    routes = ROUTERS["shortest"](placement, reach, chip)
    check_routes(placement, reach, routes)
    return routes


def chips():
    """Return a strategy for small chips of all topologies, with multicast and without."""
    return st.builds(
        MESH.replace,
        topology=st.sampled_from(tuple(TOPOLOGIES)),
        width=st.integers(1, 5),
        height=st.integers(1, 4),
        leaves=st.integers(1, 5),
        arity=st.integers(2, 3),
        multicast=st.booleans(),
    )


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


@examples(120)
@given(network=networks(max_cells=16), chip=chips(), seed=st.integers(0, 2**32 - 1))
def test_routes_are_their_oracle_on_every_topology(network, chip, seed):
    tile_of_cell = np.random.default_rng(seed).integers(0, chip.n_tiles, network.n_cells)
    routes = routed(network, tile_of_cell, chip)
    topology = topology_of(chip.interconnect)
    table = topology.next_links(np.arange(chip.n_tiles)).tolist()
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
        variant = int(topology.variant_of_tile[own])
        for tile, path in paths.items():
            expected = follow(topology, table, variant, own, tile)
            assert path == [topology.links.name(link) for link in expected]
    assert routes.n_trees == len(tree_of_key)


@examples(60)
@given(
    network=networks(max_cells=16),
    width=st.integers(1, 7),
    height=st.integers(1, 5),
    multicast=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_routes_of_a_mesh_go_along_x_then_y(network, width, height, multicast, seed):
    chip = MESH.replace(width=width, height=height, multicast=multicast)
    tile_of_cell = np.random.default_rng(seed).integers(0, chip.n_tiles, network.n_cells)
    routes = routed(network, tile_of_cell, chip)
    for cell in np.flatnonzero(routes.tree_of_cell >= 0):
        paths = paths_of_tree(routes, int(routes.tree_of_cell[cell]))
        own = int(tile_of_cell[cell])
        assert all(path == naive.xy_path(own, tile, width) for tile, path in paths.items())


@examples(60)
@given(network=networks(max_cells=16), chip=chips(), seed=st.integers(0, 2**32 - 1))
def test_a_multicast_tree_takes_each_link_once_and_chains_share_none(network, chip, seed):
    tile_of_cell = np.random.default_rng(seed).integers(0, chip.n_tiles, network.n_cells)
    routes = routed(network, tile_of_cell, chip)
    for tree, (start, stop) in enumerate(pairwise(routes.node_indptr)):
        link, parent = routes.node_link[start:stop], routes.node_parent[start:stop]
        paths = paths_of_tree(routes, tree)
        if chip.interconnect.multicast:
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


def test_senders_of_a_torus_go_both_ways_where_these_are_equally_long():
    """On a ring of four, cells on tiles 0 to 3 send to the tile opposite: even ones back, odd ones forward."""
    network = network_of_pairs(4, [(0, 2), (1, 3), (2, 0), (3, 1)])
    routes = routed(network, [0, 1, 2, 3], MESH.replace(topology="torus", width=4, height=1))
    paths = [path for tree in range(4) for path in paths_of_tree(routes, tree).values()]
    assert [path[1:-1] for path in paths] == [
        ["0->3", "3->2"], ["1->2", "2->3"], ["2->1", "1->0"], ["3->0", "0->1"],
    ]  # fmt: skip


@pytest.mark.parametrize("multicast", [True, False])
def test_many_long_ways(multicast):
    """Both ends of a line of 50 tiles send to all tiles: more nodes than the table of a tree starts with."""
    n = 50
    network = network_of_pairs(n, [(0, post) for post in range(n)] + [(n - 1, post) for post in range(n)])
    routes = routed(network, list(range(n)), MESH.replace(width=n, height=1, multicast=multicast))
    for cell in (0, n - 1):
        paths = paths_of_tree(routes, int(routes.tree_of_cell[cell]))
        assert paths == {tile: naive.xy_path(cell, tile, n) for tile in range(n) if tile != cell}

"""The checks between the steps: every way to break a mapping is found and named."""

from dataclasses import replace

import numpy as np
import pytest

from neurohw.compiler import check, compile_network
from neurohw.compiler.check import check_clusters, check_placement, check_routes
from neurohw.compiler.incoming import incoming, tiles_reached
from neurohw.errors import MappingError
from neurohw.hardware import load_chip
from tests.compiler.build import network_of_pairs

CHIP = load_chip("mesh").replace(rows=3, columns=2, width=3, height=2)
# three clusters on tiles 0, 1, 2; cell 0 sends to tiles 1 and 2, cell 4 to tile 0, source 5 to tile 1
NETWORK = network_of_pairs(5, [(0, 2), (0, 4), (4, 0), (1, 0)], n_sources=1, source_pairs=[(0, 3)])


@pytest.fixture(scope="module")
def program():
    return compile_network(NETWORK, CHIP)


def changed(holder, name, index, value):
    """Return a copy with one entry of one array changed."""
    array = getattr(holder, name).copy()
    array[index] = value
    return replace(holder, **{name: array})


@pytest.mark.parametrize(
    ("name", "index", "value", "message"),
    [
        ("cluster_of_cell", 2, -1, "population 'cells', neuron 2: cluster_of_cell = -1, expected one of 3"),
        ("cluster_of_cell", 2, 3, "population 'cells', neuron 2: cluster_of_cell = 3, expected one of 3"),
        (
            "cluster_of_cell",
            5,
            0,
            "population 'sources', neuron 0: cluster_of_cell = 0, expected .* -1 for a source",
        ),
        ("column_of_cell", 3, 0, "neuron 3: column_of_cell = 0, expected not the column of another"),
        ("column_of_cell", 4, 2, "neuron 4: column_of_cell = 2, expected one of 2"),
        ("n_columns", 1, 1, "cluster 1: n_columns = 1, expected the number of its neurons"),
        ("n_rows", 2, 0, "cluster 2: n_rows = 0, expected the number of its presynaptic"),
        ("n_crossbars", 0, 2, "cluster 0: n_crossbars = 2, expected 1 to 1"),
        ("n_crossbars", 0, 0, "cluster 0: n_crossbars = 0, expected 1 to 1"),
    ],
)
def test_broken_clusters(program, name, index, value, message):
    broken = changed(program.clusters, name, index, value)
    with pytest.raises(MappingError, match=message):
        check_clusters(NETWORK, incoming(NETWORK), CHIP, broken)


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ({"rows": 1}, "cluster 0: n_rows = 2, expected at most 1"),
        ({"columns": 1}, "neuron 1: column_of_cell = 1, expected one of 1"),
    ],
)
def test_clusters_beyond_the_crossbar(program, limit, message):
    with pytest.raises(MappingError, match=message):
        check_clusters(NETWORK, incoming(NETWORK), CHIP.replace(**limit), program.clusters)


@pytest.mark.parametrize(
    ("name", "index", "value", "message"),
    [
        ("tile_of_cluster", 1, 6, "cluster 1: tile_of_cluster = 6, expected one of 6"),
        ("tile_of_cluster", 1, -1, "cluster 1: tile_of_cluster = -1"),
        ("tile_of_cluster", 1, 0, "tile 0: crossbars used = 2, expected at most 1"),
        ("tile_of_cell", 3, 2, "cell 3: tile_of_cell = 2, expected the tile of its cluster"),
        ("tile_of_cell", 5, 9, "cell 5: tile_of_cell = 9, expected one of 6"),
    ],
)
def test_broken_placements(program, name, index, value, message):
    broken = changed(program.placement, name, index, value)
    with pytest.raises(MappingError, match=message):
        check_placement(program.clusters, CHIP, broken)


# tree 0: "0 in", "0->1", "1 out", "1->2", "2 out"; tree 1: "2 in", "2->1", "1->0", "0 out"; tree 2: to 1
@pytest.mark.parametrize(
    ("name", "index", "value", "message"),
    [
        ("node_parent", 1, 3, "node 1: node_parent = 3, expected a node before it"),
        ("node_parent", 1, -1, "node 1: node_link = .*, expected into a router at a root, only there"),
        ("node_parent", 3, 0, "node 3: node_link = .*, expected a link from where its parent's ends"),
        ("node_link", 0, 1, "node 1: node_link = .*, expected a link from where its parent's ends"),
        ("node_link", 3, 999, "node 3: node_link = 999, expected one of 26"),
        ("node_tile", 2, -1, "node 2: node_tile = -1, expected its link's"),
        ("node_tile", 8, -1, "node 8: node_tile = -1, expected its link's"),
        ("node_parent", 7, 3, "node 7: node_parent = 3, expected a node before it"),
        ("tree_of_cell", 0, 1, "cell 0: tree_of_cell = 1, expected a tree to the tiles"),
        ("tree_of_cell", 0, 7, "cell 0: tree_of_cell = 7, expected -1 or one of 3"),
        ("tree_of_cell", 0, -1, "cell 0: tree_of_cell = -1, expected a tree to"),
        ("tree_of_cell", 2, 0, "cell 2: tree_of_cell = 0, expected a tree to"),
        ("is_local", 1, False, "cell 1: is_local = False, expected whether"),
    ],
)
@pytest.mark.parametrize("nodes_at_once", [1, 6, 1 << 16])
def test_broken_routes(program, name, index, value, message, nodes_at_once, monkeypatch):
    monkeypatch.setattr(check, "_NODES_AT_ONCE", nodes_at_once)
    reach = tiles_reached(NETWORK, program.placement, CHIP.n_tiles)
    check_routes(program.placement, reach, program.routes)
    broken = changed(program.routes, name, index, value)
    with pytest.raises(MappingError, match=message):
        check_routes(program.placement, reach, broken)


def test_a_tree_from_another_tile(program):
    """The right destinations, but the spikes would start on a tile where the cell is not."""
    placement = changed(program.placement, "tile_of_cell", 5, 3)
    reach = tiles_reached(NETWORK, placement, CHIP.n_tiles)
    with pytest.raises(MappingError, match="cell 5: tree_of_cell = 2, expected a tree from its own tile"):
        check_routes(placement, reach, program.routes)


def test_two_deliveries_to_one_tile(program):
    routes = program.routes
    twice = replace(
        routes,
        node_indptr=np.array([0, 6, 10, 13]),
        node_link=np.insert(routes.node_link, 5, routes.node_link[4]),
        node_parent=np.insert(routes.node_parent, 5, routes.node_parent[4]),
        node_tile=np.insert(routes.node_tile, 5, routes.node_tile[4]),
    )
    reach = tiles_reached(NETWORK, program.placement, CHIP.n_tiles)
    with pytest.raises(MappingError, match="delivers to one tile twice"):
        check_routes(program.placement, reach, twice)


def test_arrays_of_wrong_length(program):
    short = replace(program.clusters, cluster_of_cell=program.clusters.cluster_of_cell[:-1])
    with pytest.raises(MappingError, match=r"cluster_of_cell has shape \(5,\), expected \(6,\)"):
        check_clusters(NETWORK, incoming(NETWORK), CHIP, short)
    with pytest.raises(MappingError, match=r"tile_of_cluster has shape \(2,\), expected \(3,\)"):
        check_placement(
            program.clusters,
            CHIP,
            replace(program.placement, tile_of_cluster=program.placement.tile_of_cluster[:2]),
        )

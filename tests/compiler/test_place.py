"""Placer ``snake``: order, capacity of tiles, and what it says when the chip is too small."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurohw.compiler import compile_network
from neurohw.compiler.check import check_placement
from neurohw.compiler.incoming import incoming
from neurohw.compiler.place.way import boustrophedon
from neurohw.compiler.placement import place_clusters
from neurohw.errors import CapacityError
from neurohw.hardware import load_chip
from neurohw.program import Clusters
from tests.compiler.build import network_of_pairs

MESH = load_chip("mesh")


def clusters_of(n_crossbars: list[int]) -> Clusters:
    """Return clusters of one neuron each."""
    n = len(n_crossbars)
    return Clusters(np.arange(n), np.zeros(n), np.zeros(n), np.ones(n), np.array(n_crossbars, dtype=int))


def place(network, clusters, chip):
    """Place along the snake."""
    return place_clusters(network, incoming(network), clusters, chip)


def test_the_order_of_a_snake():
    assert boustrophedon(3, 3).tolist() == [0, 1, 2, 5, 4, 3, 6, 7, 8]


@given(width=st.integers(1, 9), height=st.integers(1, 9))
def test_a_snake_visits_every_tile_once_in_steps_of_one(width, height):
    order = boustrophedon(width, height)
    assert sorted(order) == list(range(width * height))
    steps = np.abs(np.diff(order % width)) + np.abs(np.diff(order // width))
    assert (steps == 1).all()


@settings(deadline=None)
@given(
    n_crossbars=st.lists(st.integers(1, 3), max_size=20),
    crossbars=st.integers(3, 5),
    width=st.integers(1, 5),
    height=st.integers(1, 5),
)
def test_snake_is_its_oracle(n_crossbars, crossbars, width, height):
    chip = MESH.replace(crossbars=crossbars, width=width, height=height)
    clusters = clusters_of(n_crossbars)
    network = network_of_pairs(len(n_crossbars), [])
    tiles: list[list[int]] = [[]]
    for cluster, needed in enumerate(n_crossbars):
        if sum(n_crossbars[other] for other in tiles[-1]) + needed > crossbars:
            tiles.append([])
        tiles[-1].append(cluster)
    if len(tiles) > chip.n_tiles:
        with pytest.raises(CapacityError, match=f"needs {len(tiles)} tiles .* has {chip.n_tiles} "):
            place(network, clusters, chip)
        return
    placement = place(network, clusters, chip)
    check_placement(clusters, chip, placement)
    for tile, members in zip(boustrophedon(width, height), tiles, strict=False):
        assert np.flatnonzero(placement.tile_of_cluster == tile).tolist() == members
    assert placement.tile_of_cell.tolist() == placement.tile_of_cluster.tolist()


@pytest.mark.parametrize(
    ("topology", "tiles"),
    [("torus", [0, 1, 2, 5, 4, 3]), ("ring", [0, 1, 2, 3, 4, 5]), ("tree", [0, 1, 2, 3, 4, 5])],
)
def test_the_way_through_other_topologies(topology, tiles):
    chip = MESH.replace(topology=topology, width=3, height=2, leaves=2)
    placement = place(network_of_pairs(6, []), clusters_of([1] * 6), chip)
    assert placement.tile_of_cluster.tolist() == tiles


def test_too_large_for_a_tree_proposes_more_chips():
    network = network_of_pairs(20, [])
    chip = MESH.replace(topology="tree", columns=1, crossbars=1, width=2, height=2, leaves=4)
    with pytest.raises(CapacityError, match=r"has 16 \(2 x 2 x 4 leaves, .* width = 3 and height = 2$"):
        compile_network(network, chip)
    compile_network(network, chip.replace(width=3))


def test_sources_enter_at_tile_0():
    network = network_of_pairs(6, [], n_sources=3, source_pairs=[(0, 5)])
    placement = compile_network(network, MESH.replace(columns=2)).placement
    assert placement.tile_of_cell.tolist() == [0, 0, 1, 1, 2, 2, 0, 0, 0]


def test_too_large_says_how_many_tiles_are_needed_and_a_chip_that_would_do():
    network = network_of_pairs(100, [(0, 1)])
    chip = MESH.replace(columns=3, width=4, height=2)
    with pytest.raises(CapacityError) as caught:
        compile_network(network, chip)
    message = str(caught.value)
    assert (
        "network of 100 neurons and 1 synapse: needs 34 tiles (34 crossbars of 4096 rows x 3 columns)"
        in message
    )
    assert "chip 'mesh' has 8 (4 x 2" in message
    width, height = map(int, re.findall(r"width = (\d+) and height = (\d+)", message)[0])
    compile_network(network, chip.replace(width=width, height=height))


def test_no_chip_is_proposed_that_cannot_be():
    network = network_of_pairs(70_000, [])
    with pytest.raises(CapacityError, match=r"needs 70000 tiles .*; use a smaller network$"):
        compile_network(network, MESH.replace(columns=1))


def test_a_cluster_larger_than_any_tile():
    with pytest.raises(CapacityError, match="cluster 1: 3 merged crossbars, a tile of chip 'mesh' has 2"):
        place(network_of_pairs(2, []), clusters_of([1, 3]), MESH.replace(crossbars=2))

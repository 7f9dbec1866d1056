"""Patterns of traffic against their definitions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurohw.errors import SettingError, UnknownNameError
from neurohw.hardware import load_chip
from neurohw.hardware.topology import topology_of
from neurohw.traffic import PATTERNS, pattern_destinations
from tests.naive.traffic import destination

WIRES = load_chip("mesh").interconnect
BITS = ("bitcomp", "bitrev", "shuffle")
PERMUTATIONS = (*BITS, "transpose", "tornado", "neighbor")


@pytest.mark.parametrize("name", PERMUTATIONS)
@pytest.mark.parametrize("k", [1, 2, 4, 8, 16])
def test_permutations_of_a_square_are_their_definition(name, k):
    table = pattern_destinations(name, (k, k)).table
    assert table.dtype == np.int32
    assert table.tolist() == [destination(name, tile, k, k) for tile in range(k * k)]
    assert sorted(table) == list(range(k * k))


@given(name=st.sampled_from(("tornado", "neighbor")), width=st.integers(1, 9), height=st.integers(1, 9))
def test_shifts_act_on_rows_and_columns_of_any_length(name, width, height):
    table = pattern_destinations(name, (width, height)).table
    assert table.tolist() == [destination(name, tile, width, height) for tile in range(width * height)]


@given(name=st.sampled_from(BITS), powers=st.tuples(st.integers(0, 4), st.integers(0, 4)))
def test_bits_are_those_of_the_number_of_a_tile(name, powers):
    width, height = (2**power for power in powers)
    table = pattern_destinations(name, (width, height)).table
    assert table.tolist() == [destination(name, tile, width, height) for tile in range(width * height)]


@pytest.mark.parametrize("topology", ["ring", "tree", "star", "bus", "ideal"])
@pytest.mark.parametrize("name", PERMUTATIONS)
def test_other_topologies_take_the_numbers_of_tiles(topology, name):
    tiles = topology_of(replace(WIRES, topology=topology, width=2, height=2, leaves=4))
    table = pattern_destinations(name, tiles).table
    n = tiles.n_tiles
    assert table.tolist() == [destination(name, tile, n, 1) for tile in range(n)]


@settings(max_examples=20)
@given(name=st.sampled_from(tuple(PATTERNS)), k=st.sampled_from([1, 2, 4, 8]))
def test_demand_is_a_share_of_each_tiles_packets(name, k):
    to = pattern_destinations(name, (k, k))
    demand = to.demand
    assert demand.shape == (k * k, k * k)
    assert np.allclose(demand.sum(axis=1), 1.0, rtol=0, atol=1e-12)
    assert (to.table is None) == (name == "uniform") == (to.weights is not None)
    if to.table is not None:
        assert demand.argmax(axis=1).tolist() == to.table.tolist()


def test_uniform_is_the_same_share_for_every_tile():
    assert pattern_destinations("uniform", (3, 2)).weights.tolist() == [[1 / 6] * 6] * 6


def test_a_hotspot_is_in_the_middle_unless_named():
    assert set(pattern_destinations("hotspot", (5, 3)).table) == {7}
    assert set(pattern_destinations("hotspot:4", (5, 3)).table) == {4}


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        (
            "bitrev",
            (6, 4),
            "'bitrev' needs a power of two of tiles, 6 x 4 has 24; the next ones are 16 and 32",
        ),
        ("transpose", (8, 4), "'transpose' needs a square of tiles, 8 x 4 is none; use for example 5 x 5"),
        ("transpose", (8, 2), "'transpose' needs a square of tiles, 8 x 2 is none; use for example 4 x 4"),
        ("hotspot:16", (4, 4), "'hotspot:16': '16' is no tile, there are 0 to 15"),
        ("hotspot:-1", (4, 4), "'hotspot:-1': '-1' is no tile"),
        ("tornado:3", (4, 4), "'tornado:3': only 'hotspot' takes a tile, as in 'hotspot:3'"),
        ("uniform", (128, 128), "16384 tiles make 268,435,456 pairs, at most 67,108,864 are possible"),
    ],
)
def test_patterns_that_cannot_be(name, shape, message):
    with pytest.raises(SettingError, match=message):
        pattern_destinations(name, shape)


@pytest.mark.parametrize("name", ["tornados", "tornados:3"])
def test_an_unknown_pattern(name):
    with pytest.raises(UnknownNameError, match=r"unknown pattern 'tornados.*; did you mean 'tornado'"):
        pattern_destinations(name, (4, 4))

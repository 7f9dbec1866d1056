"""Copies of tiles that bound the throughput: what they gain, and where they cannot gain anything."""

import numpy as np
import pytest

import neurohw
from neurohw.compiler.schedule import duplicate_bottlenecks, guarantee_program, tile_name
from neurohw.dataflow import certificate_problems
from neurohw.errors import MappingError, SettingError
from neurohw.hardware import load_chip
from tests.compiler.build import network_of_pairs

# crossbars that need so long for a row that packets do not matter
SLOW = load_chip("mesh").replace(width=4, height=2, rows=16, columns=4, read_cycles=1000)


def _layers(chip=SLOW):
    """Return three layers of four neurons on a tile each; the second hears twice as much as the third."""
    pairs = [(pre, post) for pre in range(4) for post in range(4, 8)]
    pairs += [(pre, post) for pre in range(4, 6) for post in range(8, 12)]
    sources = [(0, post) for post in range(4)]
    return neurohw.compile(network_of_pairs(12, pairs, 1, sources), chip)


SPIKES = np.array([2] * 12 + [3])


def test_the_busiest_layer_gets_a_copy_until_another_is_the_busiest():
    program = _layers()
    before = guarantee_program(program, SPIKES)
    assert before.period == 8000  # four cells that fire twice
    found = duplicate_bottlenecks(program, SPIKES)
    assert found.period_before == 8000
    # then the third layer is as busy: two cells that fire twice; with copies of both the second still takes 4,000
    assert list(found.copies_of_tile) == [1]
    origin, copy = found.copies_of_tile[1]
    assert origin == 1
    assert copy not in (0, 1, 2)
    assert found.period == 4000
    assert found.simulated_period <= found.period


def test_more_copies_of_more_tiles():
    two, three = (duplicate_bottlenecks(_layers(), SPIKES, copies) for copies in (2, 3))
    assert three.period < two.period
    tiles = [tile for copies in three.copies_of_tile.values() for tile in copies]
    assert len(tiles) == len(set(tiles))
    assert all(len(copies) <= 3 for copies in three.copies_of_tile.values())


def test_layers_that_are_equally_busy_get_copies_together():
    pairs = [(pre, post) for pre in range(4) for post in range(4, 8)]
    pairs += [(pre, post) for pre in range(4, 8) for post in range(8, 12)]
    chip = SLOW.replace(width=5)
    program = neurohw.compile(network_of_pairs(12, pairs, 1, [(0, post) for post in range(4)]), chip)
    found = duplicate_bottlenecks(program, SPIKES)
    assert sorted(found.copies_of_tile) == [1, 2]
    assert (found.period_before, found.period) == (8000, 4000)


def test_the_certificate_holds():
    program = _layers()
    found = duplicate_bottlenecks(program, SPIKES)
    certificate = found.certificate
    assert certificate_problems(certificate) == []
    assert certificate.period == 2 * found.period
    tile = certificate.tile_of_actor
    assert {tile["cluster_1@0"], tile["cluster_1@1"]} == {tile_name(t) for t in found.copies_of_tile[1]}
    assert tile["cluster_0@0"] == tile["cluster_0@1"] == "tile_0"


def test_without_room_or_gain_there_are_none():
    assert duplicate_bottlenecks(_layers(SLOW.replace(width=3, height=1)), SPIKES) is None
    # a cluster that waits for its own spikes is not faster on two tiles
    loop = neurohw.compile(network_of_pairs(4, [(0, 1), (1, 2), (2, 3), (3, 0)]), SLOW)
    assert duplicate_bottlenecks(loop, np.ones(4, int)) is None
    # nothing limits neurons that hear nothing and take no time
    free = neurohw.compile(network_of_pairs(4, []), SLOW)
    assert duplicate_bottlenecks(free, np.ones(4, int)) is None


def test_where_many_tiles_are_in_use_no_copies_are_sought(monkeypatch):
    program = _layers()
    assert duplicate_bottlenecks(program, SPIKES) is not None
    n_used = len(set(program.placement.tile_of_cluster.tolist()))
    monkeypatch.setattr("neurohw.compiler.schedule.duplicate.MOST_TILES", n_used)
    assert duplicate_bottlenecks(program, SPIKES) is None


def test_what_cannot_be():
    with pytest.raises(SettingError, match="copies = 1 must be at least 2"):
        duplicate_bottlenecks(_layers(), SPIKES, 1)
    with pytest.raises(MappingError, match="the program has no chip"):
        duplicate_bottlenecks(neurohw.compile(network_of_pairs(2, [(0, 1)])), np.ones(2, int))

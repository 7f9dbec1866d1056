"""Which projections send over the worst links, against an oracle that walks the way of every spike."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw import congestion
from neurohw.congestion import find_congestion, most_congested
from neurohw.hardware import load_chip
from neurohw.program import Placement, Program, Routes
from neurohw.result import LinkLoad
from tests.compiler.build import network_of_pairs
from tests.compiler.test_route import routed
from tests.examples import examples
from tests.naive.routes import xy_path
from tests.networks import networks

MESH = load_chip("mesh")


def load_of(routes: Routes, dropped, waited) -> LinkLoad:
    wires = routes.links
    none = np.zeros(wires.n_links, np.int64)
    names = np.array([wires.name(link) for link in range(wires.n_links)])
    return LinkLoad(
        names, wires.source, wires.target, wires.tile, wires.kind, none, none, none, waited, none, dropped
    )


def walked(network, tile_of_cell, spikes, width, multicast) -> tuple[Counter, Counter]:
    """Return the packets over each link: all of them, and by projection."""
    total, of_projection = Counter(), Counter()
    for cell, times in enumerate(spikes):
        tiles = {}
        for index, synapses in enumerate(network.synapses):
            row = cell - network.populations[synapses.pre].first
            if 0 <= row < network.populations[synapses.pre].size:
                first = network.populations[synapses.post].first
                for target in synapses.target[synapses.indptr[row] : synapses.indptr[row + 1]]:
                    tiles.setdefault(int(tile_of_cell[first + target]), set()).add(index)
        packets = {}
        own = int(tile_of_cell[cell])
        for tile in tiles.keys() - {own}:
            for link in xy_path(own, tile, width):
                packets.setdefault((link, None if multicast else tile), set()).update(tiles[tile])
        for (link, _), served in packets.items():
            total[link] += times
            for index in served:
                of_projection[link, index] += times
    return total, of_projection


@examples(80)
@given(
    network=networks(max_cells=16),
    width=st.integers(1, 5),
    height=st.integers(1, 4),
    multicast=st.booleans(),
    nodes_at_once=st.sampled_from([1, 10, 1 << 16]),
    seed=st.integers(0, 2**32 - 1),
)
def test_shares_are_those_of_the_walked_ways(network, width, height, multicast, nodes_at_once, seed):
    chip = MESH.replace(width=width, height=height, multicast=multicast)
    random = np.random.default_rng(seed)
    tile_of_cell = random.integers(0, chip.n_tiles, network.n_cells)
    spikes = random.integers(0, 4, network.n_cells)
    routes = routed(network, tile_of_cell, chip)
    program = Program(network, chip, None, Placement(np.empty(0), tile_of_cell), routes)
    n_links = routes.links.n_links
    load = load_of(routes, random.integers(0, 2, n_links), random.integers(0, 100, n_links))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(congestion, "NODES_AT_ONCE", nodes_at_once)
        found = find_congestion(program, spikes, load)
    total, of_projection = walked(network, tile_of_cell, spikes.tolist(), width, multicast)
    names = [str(load.name[link]) for link in most_congested(load, 10)]
    expected = {(n, i): count for (n, i), count in of_projection.items() if n in names and count}
    links = [str(load.name[link]) for link in found.link]
    pairs = list(zip(links, found.projection.tolist(), strict=True))
    assert dict(zip(pairs, found.packets.tolist(), strict=True)) == expected
    np.testing.assert_allclose(found.share, [expected[pair] / total[pair[0]] for pair in pairs])
    ranks = [(names.index(link), -count) for link, count in zip(links, found.packets, strict=True)]
    assert ranks == sorted(ranks)


def test_losses_come_before_waiting_and_quiet_links_are_left_out():
    none = np.zeros(4, np.int64)
    names = np.array(list("abcd"))
    load = LinkLoad(names, *[none] * 7, np.array([5, 0, 900, 1]), none, np.array([2, 0, 0, 2]))
    assert most_congested(load, 10).tolist() == [0, 3, 2]
    assert most_congested(load, 1).tolist() == [0]


def test_without_a_chip_there_is_none():
    empty = np.empty(0, np.int64)
    program = Program(network_of_pairs(1, []))
    assert find_congestion(program, empty, LinkLoad(*[empty] * 11)) is None


def test_where_nothing_waits_there_is_no_row():
    network = network_of_pairs(2, [(0, 1)])
    tiles = np.arange(2)
    routes = routed(network, tiles, MESH)
    program = Program(network, MESH, None, Placement(np.empty(0), tiles), routes)
    none = np.zeros(routes.links.n_links, np.int64)
    found = find_congestion(program, np.ones(2, np.int64), load_of(routes, none, none))
    assert [len(column) for column in vars(found).values()] == [0, 0, 0, 0]

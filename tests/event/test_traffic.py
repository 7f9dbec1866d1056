"""Packets without neurons: one draw in each cycle, destinations as the pattern says, both from the words of a block."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import config
from scipy import stats

from neurohw.jit import kernel
from neurohw.network.kernels import STREAM_TRAFFIC, philox
from neurohw_event.kernels.traffic.offer import AHEAD, Offer, first_packets, make_packet
from neurohw_event.kernels.traffic.tally import CREATED, CREATED_LATE, EMPTY, EMPTY_LATE, HOPS, Tally
from neurohw_event.traffic import find_distances, make_offer, mean_gap_of
from tests.wires import Timing, timed_wires

N_TILES = 9
N = 2_000 if config.DISABLE_JIT else 40_000
WORD = 2**32


@kernel
def make_packets(offer, tally, tile, cycle, node):  # type: ignore[no-untyped-def]
    """Fill in the cycles of a tile's next packets, and the nodes at which they enter."""
    for index in range(cycle.size):
        cycle[index] = offer.next[tile]
        node[index] = make_packet(offer, tally, tile)


def offer_of(load: float, seed: int = 1, span: int = 10**9, **changes) -> tuple[Offer, Tally]:
    """Return what the tiles of a 3 x 3 mesh offer."""
    wires = timed_wires("mesh", (3, 3), Timing())
    distances = find_distances(wires.links, wires.ways, wires.entry, wires.is_hop)
    silent, tally = make_offer(distances, wires.links, wires.source_of_tile, 0, span)
    offer = silent._replace(mean_gap=mean_gap_of(load), seed=seed, **changes)
    first_packets(offer)
    return offer, tally


@pytest.mark.parametrize(
    ("topology", "size"),
    [("mesh", (3, 2)), ("torus", (4, 3)), ("tree", (2, 2, 3)), ("star", (5,)), ("ring", (5,))],
)
def test_distances_are_those_of_ways_followed_one_by_one(topology: str, size: tuple[int, ...]) -> None:
    wires = timed_wires(topology, size, Timing(service=3))
    links, ways = wires.links, wires.ways
    found = find_distances(links, ways, wires.entry, wires.is_hop)
    ends = np.full(len(ways.edges_of_node) - 1, -1)
    for at, node in np.ndenumerate(wires.entry):
        taken = []
        while ways.edges_of_node[node] < ways.edges_of_node[node + 1]:
            edge = ways.edges_of_node[node]
            taken.append(ways.link_of_edge[edge])
            node = ways.node_of_edge[edge]
        ends[node] = at[2]
        assert found.entries["hops"][at] == wires.is_hop[taken].sum()
        assert found.entries["empty"][at] == links.latency[taken].sum() + 3 - 1
    np.testing.assert_array_equal(found.tile_of_node, ends)
    np.testing.assert_array_equal(found.entries["node"], wires.entry)


def packets(offer: Offer, tally: Tally, tile: int, n: int = N) -> tuple[np.ndarray, np.ndarray]:
    """Return cycle and destination of a tile's first packets."""
    cycle, node = np.zeros(n, np.int64), np.zeros(n, np.int32)
    make_packets(offer, tally, tile, cycle, node)
    nodes = offer.entry["node"][0, tile]
    return cycle, np.searchsorted(nodes, node)  # entries of a tile are in the order of destinations


def random_pair(seed: int, tile: int, number: int) -> tuple[float, float]:
    """Return the two numbers of a packet: 53 bits of the words of its block."""
    counter = (number, 0, tile, STREAM_TRAFFIC << 16)
    words = [int(word) for word in philox(*map(np.uint64, (seed % WORD, seed // WORD, *counter)))]
    high, low = words[::2], words[1::2]
    return tuple(((h >> 5) * 2**26 + (w >> 6)) / 2**53 for h, w in zip(high, low, strict=True))


@pytest.mark.parametrize(("load", "tile", "seed"), [(0.3, 0, 1), (0.02, 8, 2**40 + 3), (1.0, 4, 7)])
def test_packets_follow_from_their_blocks(load: float, tile: int, seed: int) -> None:
    n = 3 * AHEAD + 1
    cycle, to = packets(*offer_of(load, seed), tile, n)
    expected, now = [], -1
    for number in range(n):
        gap, _ = random_pair(seed, tile, number)
        now += 1 + (0 if load == 1 else math.floor(math.log1p(-gap) / math.log1p(-load)))
        expected.append((now, int(random_pair(seed, tile, number + 1)[1] * N_TILES)))
    assert list(zip(cycle.tolist(), to.tolist(), strict=True)) == expected


@pytest.mark.parametrize("load", [0.01, 0.2, 0.6, 0.95])
def test_gaps_are_those_of_one_draw_in_each_cycle(load: float) -> None:
    cycle, _ = packets(*offer_of(load), 5)
    gaps = np.diff(cycle, prepend=-1)
    longest = max(int(math.log(10 / (N * load)) / math.log(1 - load)), 1)  # about ten of that length
    found = np.bincount(np.minimum(gaps, longest + 1), minlength=longest + 2)
    assert found[0] == 0
    lengths = np.arange(1, longest + 1)
    expected = N * np.append(load * (1 - load) ** (lengths - 1), (1 - load) ** longest)
    assert stats.chisquare(found[1:], expected).pvalue > 1e-3


def test_destinations_are_all_alike_and_know_nothing_of_gaps() -> None:
    cycle, to = packets(*offer_of(0.3), 2)
    gaps = np.minimum(np.diff(cycle), 6)
    table = np.zeros((7, N_TILES))
    np.add.at(table, (gaps, to[:-1]), 1)  # the gap behind a packet comes from the same block
    assert stats.chisquare(table.sum(axis=0)).pvalue > 1e-3
    assert stats.chi2_contingency(table[1:]).pvalue > 1e-3
    np.add.at(following := np.zeros((7, N_TILES)), (gaps, to[1:]), 1)
    assert stats.chi2_contingency(following[1:]).pvalue > 1e-3


@pytest.mark.parametrize("tile", [0, 3])
def test_destinations_come_in_the_shares_of_their_row(tile: int) -> None:
    shares = np.random.default_rng(1).dirichlet(np.ones(N_TILES), N_TILES)
    offer, tally = offer_of(0.5, share=np.cumsum(shares, axis=1))
    _, to = packets(offer, tally, tile)
    assert stats.chisquare(np.bincount(to, minlength=N_TILES), N * shares[tile]).pvalue > 1e-3


def test_tiles_and_seeds_make_packets_of_their_own() -> None:
    first, again, other = (packets(*offer_of(0.5, seed), 1)[0] for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    neighbour, _ = packets(*offer_of(0.5, 3), 2)
    for different in (other, neighbour):
        both = np.isin(first, different)  # half of the cycles have a packet
        assert both.mean() == pytest.approx(0.5, abs=0.05)


def test_what_is_made_is_counted_while_it_is_measured() -> None:
    offer, tally = offer_of(0.25, span=1000)
    cycle, to = packets(offer, tally, 4, 400)
    inside, late = cycle < 1000, (cycle >= 500) & (cycle < 1000)
    hops = np.abs(to % 3 - 1) + np.abs(to // 3 - 1)
    empty = 3 * (hops + 1) + 1 + 1
    counts = tally.counts
    assert (counts[CREATED], counts[CREATED_LATE]) == (inside.sum(), late.sum())
    assert counts[HOPS] == hops[inside].sum()
    assert (counts[EMPTY], counts[EMPTY_LATE]) == (empty[inside].sum(), empty[late].sum())


def test_a_load_near_nothing_makes_no_packet() -> None:
    offer, _ = offer_of(1e-300)
    assert offer.next.min() > 10**12

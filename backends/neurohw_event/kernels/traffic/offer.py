"""Packets without neurons: when each tile makes one, at random or as recorded, and where it goes.

Whether a tile makes a packet in a cycle is one draw (Bernoulli), done as gaps of geometric distribution (Devroye 1986,
section X.2), so that idle time costs nothing. One block of random bits serves a packet: the gap behind it, and where it
goes. Several blocks are drawn at once, as a processor does them side by side.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from neurohw.jit import inlined, leaf
from neurohw.network.kernels import STREAM_TRAFFIC, uniform, uniform_pair
from neurohw_event.fabric import Array
from neurohw_event.kernels.traffic.tally import count_made

NO_MORE = 2**62  # cycle of a next packet that is none
PAUSE = 100_000  # packets after which a kernel returns, some tenths of a second
PAUSED = 3  # what it returns then, beside what ``advance`` does
AHEAD = 8  # packets for which random numbers are drawn at once


class Offer(NamedTuple):
    """Who sends what where; ``next``, ``drawn`` and ``ahead`` change."""

    next: Array  # int64 [n_tiles], cycle of the tile's next packet
    drawn: Array  # int64 [n_tiles], packets so far
    ahead: Array  # float64 [n_tiles, 2, AHEAD], random numbers of a tile's packets, for gaps and destinations
    recorded_of_tile: (
        Array  # int64 [n_tiles + 1], run of each tile in the two that follow; empty: packets are drawn
    )
    recorded_cycle: Array  # int64, ascending for each tile
    recorded_to: Array  # int32, tile
    queue: Array  # int64 [n_tiles], source queue
    entry: Array  # ENTRY [n_variants, n_tiles, n_tiles], way of a packet from a tile to a tile
    partner: Array  # int32 [n_tiles], to whom all packets of a tile go; -1: drawn for each
    share: Array  # float64 [n_rows, n_tiles], ascending to 1: row min(tile, n_rows - 1); no rows: all tiles alike
    mean_gap: float  # cycles for which one waits 1 / e of the time without a packet; 0: one in each cycle
    seed: int


@leaf
def first_packets(offer):
    """Say when each tile makes its first packet, from cycle 0 on."""
    for tile in range(offer.next.size):
        gap, _ = _numbers(offer, tile)
        offer.next[tile] = _after(offer, tile, np.int64(-1), gap)


@inlined
def make_packet(offer, tally, tile):
    """Make a tile's next packet and say when it makes the one after; returns where it enters."""
    fired, recorded_to = offer.next[tile], _recorded_to(offer, tile)
    offer.drawn[tile] += 1
    gap, whither = _numbers(offer, tile)
    to = recorded_to if recorded_to >= 0 else _drawn_tile(offer, tile, whither)
    offer.next[tile] = _after(offer, tile, fired, gap)
    way = offer.entry[_variant(offer, tile), tile, to]
    count_made(tally, fired, way)
    return way.node


@inlined
def earliest(times):
    """Return the least of some cycles."""
    earliest = times[0]
    for index in range(1, times.size):
        earliest = min(earliest, times[index])
    return earliest


@inlined
def all_made(offer, tally):
    """True when no packet is to come that is measured: a full source queue may hold them back."""
    return earliest(offer.next) >= tally.end


@inlined
def _numbers(offer, tile):
    """Return the two random numbers of the packet whose number is ``drawn``."""
    first = offer.drawn[tile]
    at = first % AHEAD
    ahead = offer.ahead[tile]
    if at == 0:
        for index in range(AHEAD):
            ahead[0, index], ahead[1, index] = uniform_pair(offer.seed, STREAM_TRAFFIC, tile, first + index)
    return ahead[0, at], ahead[1, at]


@inlined
def _after(offer, tile, fired, drawn):
    """Return when a tile makes the packet that follows the one of cycle ``fired``."""
    if offer.recorded_of_tile.size > 0:
        index = offer.recorded_of_tile[tile] + offer.drawn[tile]
        return offer.recorded_cycle[index] if index < offer.recorded_of_tile[tile + 1] else np.int64(NO_MORE)
    return fired + np.int64(1) + np.int64(-offer.mean_gap * math.log(1.0 - drawn))


@inlined
def _recorded_to(offer, tile):
    """Return where the next packet of a tile goes, -1 where that is to be drawn."""
    if offer.recorded_of_tile.size > 0:
        return offer.recorded_to[offer.recorded_of_tile[tile] + offer.drawn[tile]]
    return offer.partner[tile]


@inlined
def _variant(offer, tile):
    """Draw which of several ways that are equally long the packet of a tile takes."""
    n_variants, n_tiles = offer.entry.shape[0], offer.next.size
    if n_variants == 1:
        return np.int32(0)
    return np.int32(uniform(offer.seed, STREAM_TRAFFIC, n_tiles + tile, offer.drawn[tile]) * n_variants)


@inlined
def _drawn_tile(offer, tile, drawn):
    n_rows = offer.share.shape[0]
    if n_rows == 0:
        return np.int32(drawn * offer.next.size)
    row = min(tile, n_rows - 1)
    low, high = 0, offer.share.shape[1] - 1
    while low < high:
        middle = (low + high) // 2
        if offer.share[row, middle] > drawn:
            high = middle
        else:
            low = middle + 1
    return np.int32(low)

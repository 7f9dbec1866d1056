"""Traffic without neurons: every tile makes packets, at random or as recorded, and what arrives is counted.

Whether a tile makes a packet in a cycle is one draw (Bernoulli), done as gaps of geometric distribution, so that idle
time costs nothing. Source queues have no limit; only what can leave one soon is put there, the rest is still to come.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from neurohw.jit import inlined, leaf
from neurohw.network.kernels import STREAM_TRAFFIC, uniform
from neurohw_event.fabric import Array
from neurohw_event.kernels.credit.advance import advance, enter
from neurohw_event.kernels.credit.state import DEADLOCK, DONE, LENGTH, N_DUE, N_FREE, N_READY, NO_ROOM, NOW
from neurohw_event.kernels.histogram import bin_of

WINDOW = 64  # cycles for which packets are made at once
NO_MORE = 2**62  # cycle of a next packet that is none

# columns of Tally.counts
CREATED, ARRIVED, ACCEPTED, LATENCY, WAITED, WAITED_LATE, CREATED_LATE, SHORTEST, LONGEST, HOPS = range(10)
N_COUNTS = 10


class Offer(NamedTuple):
    """Who sends what where; ``next`` and ``drawn`` change."""

    next: Array  # int64 [n_tiles], cycle of the tile's next packet
    drawn: Array  # int64 [n_tiles], packets so far
    recorded_of_tile: (
        Array  # int64 [n_tiles + 1], run of each tile in the two that follow; empty: packets are drawn
    )
    recorded_cycle: Array  # int64, ascending for each tile
    recorded_to: Array  # int32, tile
    queue: Array  # int64 [n_tiles], source queue
    entry: Array  # int32 [n_variants, n_tiles, n_tiles], node of a packet from a tile to a tile
    partner: Array  # int32 [n_tiles], to whom all packets of a tile go; -1: drawn for each
    share: Array  # float64 [n_rows, n_tiles], ascending to 1: row min(tile, n_rows - 1); no rows: all tiles alike
    hops: Array  # int32 [n_tiles, n_tiles], links from router to router on that way
    empty: Array  # int32 [n_tiles, n_tiles], cycles on that way in an empty network
    tile_of_node: Array  # int32 [n_nodes], of an end; -1 elsewhere
    probability: float  # of a packet in a cycle
    seed: int
    begin: int  # packets made from this cycle
    end: int  # until before this one are measured


class Tally(NamedTuple):
    """What has been measured."""

    counts: Array  # int64 [N_COUNTS]
    latencies: Array  # int64 [N_BINS]
    accepted_of_tile: Array  # int64 [n_tiles], arrivals within the time measured


@leaf
def first_packets(offer):
    """Say when each tile makes its first packet, from cycle 0 on."""
    for tile in range(offer.next.size):
        offer.next[tile] = _after(offer, tile, np.int64(-1))


@leaf
def drive_credit(state, arrived, offer, tally, until):
    """Simulate until all measured packets have arrived, or to cycle ``until``; returns what ``advance`` does."""
    counts, clock = tally.counts, state.clock
    while clock[NOW] < until:
        now = clock[NOW]
        if now >= offer.end and counts[ARRIVED] == counts[CREATED]:
            return DONE
        if clock[N_DUE] == 0 and clock[N_READY] == 0:
            # nothing moves until a packet is made: the clock goes there at once
            if advance(state, arrived, min(max(now, earliest(offer.next)), until)) == DEADLOCK:
                return DEADLOCK
            now = clock[NOW]
        end = min(now + WINDOW, until)
        if clock[N_FREE] < WINDOW * offer.next.size:
            return NO_ROOM
        for tile in range(offer.next.size):
            room = WINDOW - state.queue[offer.queue[tile], LENGTH]
            while offer.next[tile] < end and room > 0:
                fired = offer.next[tile]
                enter(state, make_packet(offer, tally, tile), tile, fired, max(fired, now))
                room -= 1
        status = NO_ROOM
        while status == NO_ROOM:
            status = advance(state, arrived, end)
            count(arrived, offer, tally)
        if status == DEADLOCK:
            return status
    return DONE


@inlined
def make_packet(offer, tally, tile):
    """Make a tile's next packet and say when it makes the one after; returns where it enters."""
    fired = offer.next[tile]
    to, variant = _destination(offer, tile), _variant(offer, tile)
    offer.drawn[tile] += 1
    offer.next[tile] = _after(offer, tile, fired)
    if offer.begin <= fired < offer.end:
        tally.counts[CREATED] += 1
        tally.counts[CREATED_LATE] += 2 * fired >= offer.begin + offer.end
        tally.counts[HOPS] += offer.hops[tile, to]
    return offer.entry[variant, tile, to]


@inlined
def _after(offer, tile, fired):
    """Return when a tile makes the packet that follows the one of cycle ``fired``."""
    if offer.recorded_of_tile.size > 0:
        index = offer.recorded_of_tile[tile] + offer.drawn[tile]
        return offer.recorded_cycle[index] if index < offer.recorded_of_tile[tile + 1] else np.int64(NO_MORE)
    if offer.probability >= 1.0:
        return fired + 1
    drawn = uniform(offer.seed, STREAM_TRAFFIC, tile, 2 * offer.drawn[tile])
    return fired + np.int64(1) + np.int64(math.log1p(-drawn) / math.log1p(-offer.probability))


@inlined
def _destination(offer, tile):
    """Return where the next packet of a tile goes."""
    number = offer.drawn[tile]
    if offer.recorded_of_tile.size > 0:
        return offer.recorded_to[offer.recorded_of_tile[tile] + number]
    if offer.partner[tile] >= 0:
        return offer.partner[tile]
    return _drawn_tile(offer, tile, uniform(offer.seed, STREAM_TRAFFIC, tile, 2 * number + 1))


@inlined
def _variant(offer, tile):
    """Draw which of several ways that are equally long the next packet of a tile takes."""
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


@inlined
def earliest(times):
    """Return the least of some cycles."""
    earliest = times[0]
    for index in range(1, times.size):
        earliest = min(earliest, times[index])
    return earliest


@inlined
def count(arrived, offer, tally):
    """Count what has arrived and forget it."""
    counts = tally.counts
    for index in range(arrived.size[0]):
        fired, cycle = arrived.fired[index], arrived.cycle[index]
        if offer.begin <= cycle < offer.end:
            counts[ACCEPTED] += 1
            tally.accepted_of_tile[offer.tile_of_node[arrived.node[index]]] += 1
        if not offer.begin <= fired < offer.end:
            continue
        latency = cycle - fired
        waited = latency - offer.empty[arrived.cell[index], offer.tile_of_node[arrived.node[index]]]
        counts[ARRIVED] += 1
        counts[LATENCY] += latency
        counts[WAITED] += waited
        if 2 * fired >= offer.begin + offer.end:
            counts[WAITED_LATE] += waited
        counts[SHORTEST] = min(counts[SHORTEST], latency)
        counts[LONGEST] = max(counts[LONGEST], latency)
        tally.latencies[bin_of(latency)] += 1
    arrived.size[0] = 0

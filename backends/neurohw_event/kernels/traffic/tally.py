"""What packets without neurons have met: those made in the cycles that are measured, and when they have arrived."""

from __future__ import annotations

from typing import NamedTuple

from neurohw.jit import inlined
from neurohw_event.fabric import Array
from neurohw_event.kernels.histogram import bin_of

# columns of Tally.counts; LATE: of packets that were made in the second half
CREATED, HOPS, EMPTY, CREATED_LATE, EMPTY_LATE, ARRIVED, LATENCY, LATENCY_LATE, SHORTEST, LONGEST = range(10)
N_COUNTS = 10


class Tally(NamedTuple):
    """What has been measured."""

    counts: Array  # int64 [N_COUNTS]; EMPTY: cycles on the ways in an empty network
    latencies: Array  # int64 [N_BINS]
    accepted_of_tile: Array  # int64 [n_tiles], arrivals within the time measured
    tile_of_node: Array  # int32 [n_nodes], of an end; -1 elsewhere
    begin: int  # packets made from this cycle
    middle: int
    end: int  # until before this one are measured


@inlined
def count_made(tally, fired, way):
    """Count a packet of cycle ``fired``."""
    if not tally.begin <= fired < tally.end:
        return
    counts = tally.counts
    counts[CREATED] += 1
    counts[HOPS] += way.hops
    counts[EMPTY] += way.empty
    if fired >= tally.middle:
        counts[CREATED_LATE] += 1
        counts[EMPTY_LATE] += way.empty


@inlined
def count_arrived(arrived, tally):
    """Count what has arrived and forget it."""
    counts = tally.counts
    n, latency_sum, late_sum = 0, 0, 0
    shortest, longest = counts[SHORTEST], counts[LONGEST]
    for index in range(arrived.size[0]):
        delivery = arrived.delivery[index]
        fired, cycle = delivery.fired, delivery.cycle
        if tally.begin <= cycle < tally.end:
            tally.accepted_of_tile[tally.tile_of_node[delivery.node]] += 1
        if not tally.begin <= fired < tally.end:
            continue
        latency = cycle - fired
        n += 1
        latency_sum += latency
        if fired >= tally.middle:
            late_sum += latency
        shortest = min(shortest, latency)
        longest = max(longest, latency)
        tally.latencies[bin_of(latency)] += 1
    counts[ARRIVED] += n
    counts[LATENCY] += latency_sum
    counts[LATENCY_LATE] += late_sum
    counts[SHORTEST] = shortest
    counts[LONGEST] = longest
    arrived.size[0] = 0

"""Deliveries of the interconnect: stamped with the tick in which they were made, counted, handed to the synapses."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.account import (
    BLOCKING,
    COMPUTE,
    DELIVERED,
    DISCARDED,
    DISORDER,
    GENERATION,
    INTERVAL,
    LATENCY,
    LATENCY_SUM,
    LATEST_FIRED,
    MAX,
    PROCESSING,
    SQUARE_SUM,
    STEP,
    STEP_WORK,
    SUM,
)
from neurohw_event.kernels.histogram import EXACT, bin_of
from neurohw_event.kernels.joining import mark_all
from neurohw_event.kernels.tracing import has_room, note_message

_SHORT = 2**15  # cycles: the square is below 2^30, and with what is below 2^31 fits into 32 bits


@inlined
def take_arrived(net, account, wiring, pending, tick, base):
    """Take all deliveries made in a tick that began at cycle ``base``; returns False, and takes none, without room."""
    arrived, arrival, pace = net.arrived, net.arrival, net.pace
    n = arrived.size[0]
    if n == 0:
        return True
    if pending.free[1] < n * wiring.widest or not has_room(net.messages, n):
        return False
    arrived.size[0] = 0
    for index in range(n):
        delivery = arrived.delivery[index]
        arrival[index] = delivery.sender + net.rank_of_node[np.uint32(delivery.node)]
    if pace.is_barrier:
        _count_steps(net, account, tick, n)
    if pace.drops_late:
        n = _drop_late(account, arrived, arrival, base, n)
    _count(account, arrived, arrival, pace, base, n)
    if pace.encode_cycles > 0:
        _count_generation(account, arrived, n)
    account.counters[DELIVERED] += n
    if net.messages is not None:
        _note_messages(net, wiring, tick, n)
    mark_all(net.marks, wiring, pending, arrival, n, tick)
    return True


@inlined
def _note_messages(net, wiring, tick, n):
    for index in range(n):
        arrival = net.arrival[index]
        first, end = wiring.segments_of_arrival[arrival], wiring.segments_of_arrival[arrival + 1]
        synapses = wiring.synapses_of_segment[end] - wiring.synapses_of_segment[first]
        work = net.work.cycles[arrival * net.work.stride]
        note_message(net.messages, net.arrived, index, arrival, synapses, work, tick)


@inlined
def _count_steps(net, account, tick, n):
    """Add to the work of the tiles in this step, of which the busiest says how long it takes."""
    pace = net.pace
    for index in range(n):
        arrival = net.arrival[index]
        which = account.of_arrival[arrival].tile
        tile = account.of_tile[which]
        if tile[STEP] != tick:
            tile[STEP] = tick
            tile[STEP_WORK] = pace.update_cycles[which]
        tile[STEP_WORK] += net.work.cycles[arrival * net.work.stride]
        pace.clock[COMPUTE] = max(pace.clock[COMPUTE], tile[STEP_WORK])


@inlined
def _drop_late(account, arrived, arrival, base, n):
    """Drop what was sent before cycle ``base``; returns how many deliveries are left."""
    left = 0
    for index in range(n):
        if arrived.delivery[index].fired < base:
            account.counters[DISCARDED] += 1
            account.late_dropped[arrival[index]] += 1
            continue
        arrival[left] = arrival[index]
        arrived.delivery[left] = arrived.delivery[index]
        left += 1
    return left


@inlined
def _count(account, arrived, arrival, pace, base, n):
    """Count how often and how late each arrival was made, and what its latency was made of.

    All in one loop: an addition to a count waits for the one before, and meanwhile others are made.
    """
    overtakes = account.last_fired.size > 0
    disorder = np.int64(0)
    for index in range(n):
        at, delivery = account.of_arrival[np.uint32(arrival[index])], arrived.delivery[index]
        fired, reached, cycle = delivery.fired, delivery.reached, delivery.cycle
        _record(account, BLOCKING, reached - delivery.entered - at.zero_load)
        _record(account, LATENCY, cycle - fired)
        if pace.reads:
            _record(account, PROCESSING, cycle - reached)
        change = cycle - fired - at.last
        if overtakes:
            change += _overtaken(account, arrival[index], fired)
        _record(account, INTERVAL, abs(change) if at.last >= 0 else -1)
        _count_arrival(account, at, arrival[index], cycle - fired, fired < base)
        tile = account.of_tile[np.uint32(at.tile)]
        disorder += fired < tile[LATEST_FIRED]
        tile[LATEST_FIRED] = max(fired, tile[LATEST_FIRED])
    account.counters[DISORDER] += disorder


@inlined
def _count_arrival(account, at, arrival, latency, is_late):
    """Count one of the deliveries of a pair of a cell and a tile."""
    at.last = latency
    at.made += 1
    at.late += is_late
    if latency < _SHORT:
        at.latency_sum += latency
        at.square_sum += latency * latency
    if latency >= _SHORT or at.square_sum >= 2**31:
        _carry(account.more[arrival], at, latency)


@inlined
def _carry(more, at, latency):
    """Take sums that are too large, or a latency whose square is, to where there is room."""
    more[LATENCY_SUM] += at.latency_sum
    more[SQUARE_SUM] += at.square_sum
    at.latency_sum = 0
    at.square_sum = 0
    if latency >= _SHORT:
        more[LATENCY_SUM] += latency
        more[SQUARE_SUM] += latency * latency


@inlined
def _overtaken(account, arrival, fired):
    """Return by how much a change of the latency has to be corrected where the delivery before was sent later."""
    last = account.last_fired[arrival]
    account.last_fired[arrival] = fired
    return 2 * min(fired - last, 0)


@inlined
def _count_generation(account, arrived, n):
    for index in range(n):
        delivery = arrived.delivery[index]
        _record(account, GENERATION, delivery.entered - delivery.fired)


@inlined
def _record(account, measure, cycles):
    """Record a number of cycles, -1: none; sums of short ones follow from the histogram."""
    if 0 <= cycles < EXACT:
        account.histogram[measure, np.uint32(cycles)] += 1
    elif cycles >= 0:
        account.histogram[measure, np.uint32(bin_of(cycles))] += 1
        long = account.long[measure]
        long[SUM] += cycles
        long[MAX] = max(long[MAX], cycles)

"""Deliveries of the interconnect: stamped with the tick in which they were made, counted, handed to the synapses.

What lies far apart in memory is looked up in loops as short as can be, of which the processor works on many rounds at
once, and so waits for many places at once.
"""

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
from neurohw_event.kernels.histogram import bin_of
from neurohw_event.kernels.joining import hand_over_marked, mark
from neurohw_event.kernels.tracing import has_room, note_message

_SHORT = 2**15  # cycles: the square is below 2^30, and with what is below 2^31 fits into 32 bits


@inlined
def take_arrived(net, account, wiring, pending, tick, base):
    """Take all deliveries made in a tick that began at cycle ``base``; returns False, and takes none, without room."""
    arrived, batch, pace = net.arrived, net.batch, net.pace
    n = arrived.size[0]
    if pending.free[1] < n * wiring.widest or not has_room(net.messages, n):
        return False
    arrived.size[0] = 0
    for index in range(n):
        batch.arrival[index] = arrived.sender[index] + net.rank_of_node[arrived.node[index]]
    if pace.is_barrier:
        _count_steps(net, account, tick, n)
    if pace.drops_late:
        n = _drop_late(account, arrived, batch, base, n)
    _count_arrivals(account, arrived, batch, base, n)
    _count_disorder(account, arrived, batch, n)
    _count_stages(account, arrived, batch, pace, n)
    account.counters[DELIVERED] += n
    if net.messages is not None:
        _note_messages(net, wiring, tick, n)
    for index in range(n):
        mark(net.marks, wiring, pending, batch.arrival[index], tick)
    hand_over_marked(net.marks, wiring, pending, tick)
    return True


@inlined
def _note_messages(net, wiring, tick, n):
    for index in range(n):
        arrival = net.batch.arrival[index]
        first, end = wiring.segments_of_arrival[arrival], wiring.segments_of_arrival[arrival + 1]
        synapses = wiring.synapses_of_segment[end] - wiring.synapses_of_segment[first]
        work = net.work.cycles[arrival * net.work.stride]
        note_message(net.messages, net.arrived, index, arrival, synapses, work, tick)


@inlined
def _count_steps(net, account, tick, n):
    """Add to the work of the tiles in this step, of which the busiest says how long it takes."""
    pace = net.pace
    for index in range(n):
        arrival = net.batch.arrival[index]
        which = account.of_arrival[arrival].tile
        tile = account.of_tile[which]
        if tile[STEP] != tick:
            tile[STEP] = tick
            tile[STEP_WORK] = pace.update_cycles[which]
        tile[STEP_WORK] += net.work.cycles[arrival * net.work.stride]
        pace.clock[COMPUTE] = max(pace.clock[COMPUTE], tile[STEP_WORK])


@inlined
def _drop_late(account, arrived, batch, base, n):
    """Drop what was sent before cycle ``base``; returns how many deliveries are left."""
    left = 0
    for index in range(n):
        if arrived.fired[index] < base:
            account.counters[DISCARDED] += 1
            account.late_dropped[batch.arrival[index]] += 1
            continue
        batch.arrival[left] = batch.arrival[index]
        arrived.sender[left], arrived.node[left] = arrived.sender[index], arrived.node[index]
        arrived.fired[left], arrived.entered[left] = arrived.fired[index], arrived.entered[index]
        arrived.reached[left], arrived.cycle[left] = arrived.reached[index], arrived.cycle[index]
        left += 1
    return left


@inlined
def _count_arrivals(account, arrived, batch, base, n):
    """Count how often and how late each arrival was made, and work out what the record of stages needs of it."""
    overtakes = account.last_fired.size > 0
    for index in range(n):
        at = account.of_arrival[np.uint32(batch.arrival[index])]
        fired = arrived.fired[index]
        latency = arrived.cycle[index] - fired
        batch.cycles[index] = arrived.reached[index] - arrived.entered[index] - at.zero_load
        change = latency - at.last
        if overtakes:
            change += _overtaken(account, batch.arrival[index], fired)
        batch.interval[index] = abs(change) if at.last >= 0 else -1
        at.last = latency
        at.made += 1
        at.late += fired < base
        if latency < _SHORT:
            at.latency_sum += latency
            at.square_sum += latency * latency
        if latency >= _SHORT or at.square_sum >= 2**31:
            _carry(account.more[batch.arrival[index]], at, latency)
    _record(account, BLOCKING, batch.cycles, n)
    _record(account, INTERVAL, batch.interval, n)


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
def _count_disorder(account, arrived, batch, n):
    disorder = np.int64(0)
    for index in range(n):
        tile = account.of_tile[account.of_arrival[np.uint32(batch.arrival[index])].tile]
        fired, latest = arrived.fired[index], tile[LATEST_FIRED]
        disorder += fired < latest
        tile[LATEST_FIRED] = max(fired, latest)
    account.counters[DISORDER] += disorder


@inlined
def _count_stages(account, arrived, batch, pace, n):
    cycles = batch.cycles
    for index in range(n):
        cycles[index] = arrived.cycle[index] - arrived.fired[index]
    _record(account, LATENCY, cycles, n)
    if pace.encode_cycles > 0:
        for index in range(n):
            cycles[index] = arrived.entered[index] - arrived.fired[index]
        _record(account, GENERATION, cycles, n)
    if pace.reads:
        for index in range(n):
            cycles[index] = arrived.cycle[index] - arrived.reached[index]
        _record(account, PROCESSING, cycles, n)


@inlined
def _record(account, measure, cycles, n):
    """Record the first ``n`` numbers of cycles, -1: none."""
    histogram, total = account.histogram[measure], account.total[measure]
    in_all, most = np.int64(0), total[MAX]
    for index in range(n):
        if cycles[index] >= 0:
            histogram[bin_of(cycles[index])] += 1
            in_all += cycles[index]
            most = max(most, cycles[index])
    total[SUM] += in_all
    total[MAX] = most

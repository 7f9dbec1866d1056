"""Deliveries of the interconnect: stamped with the tick in which they were made, counted, handed to the synapses."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.account import (
    BLOCKING,
    COMPUTE,
    DELIVERED,
    DISCARDED,
    DISORDER,
    EVENTS,
    GENERATION,
    INTERVAL,
    LATE_CONTENTION,
    LATE_DISTANCE,
    LATENCY,
    LATEST_FIRED,
    MAX,
    PACKETS,
    PROCESSING,
    ROW_READS,
    STEP,
    STEP_WORK,
    SUM,
    TILE_EVENTS,
    TILE_LATE,
)
from neurohw_event.kernels.histogram import bin_of
from neurohw_event.kernels.pending import push_segments
from neurohw_event.kernels.tracing import has_room, note_message


@inlined
def take_arrived(net, account, wiring, pending, tick, base):
    """Take all deliveries made in a tick that began at cycle ``base``; returns False, and takes none, without room."""
    arrived, pace = net.arrived, net.pace
    n = arrived.size[0]
    if pending.free[1] < n * wiring.widest or not has_room(net.messages, n):
        return False
    arrived.size[0] = 0
    _count_events(net, account, n)
    for index in range(n):
        fired, cycle = arrived.fired[index], arrived.cycle[index]
        arrival = arrived.sender[index] + net.rank_of_node[arrived.node[index]]
        at = account.of_arrival[arrival]
        tile = account.of_tile[at.tile]
        work, zero_load = net.work.cycles[arrival * net.work.stride], account.zero_load[arrival]
        if pace.is_barrier:
            _count_step(pace, work, tile, at.tile, tick)
        if fired < base:
            if pace.drops_late:
                at.late_dropped += 1
                _discard(account.counters, at)
                continue
            at.late += 1
            tile[TILE_LATE] += 1
            _count_cause(pace, account.counters, zero_load + work)
        _count_times(account, at, tile, fired, cycle)
        _count_stages(account, pace, zero_load, fired, arrived.entered[index], arrived.reached[index], cycle)
        tile[PACKETS] += 1
        tile[TILE_EVENTS] += at.synapses
        note_message(net.messages, arrived, index, arrival, at.synapses, work, tick)
        push_segments(pending, wiring.delay, at.segment, at.n_segments, tick)
    return True


@inlined
def _count_step(pace, work, tile, which, tick):
    """Add to the work of a tile in this step, of which the busiest tile says how long it takes."""
    if tile[STEP] != tick:
        tile[STEP] = tick
        tile[STEP_WORK] = pace.update_cycles[which]
    tile[STEP_WORK] += work
    pace.clock[COMPUTE] = max(pace.clock[COMPUTE], tile[STEP_WORK])


@inlined
def _count_cause(pace, counters, behind_encoder):
    alone = pace.encode_cycles + behind_encoder
    counters[LATE_DISTANCE if alone >= pace.per_tick else LATE_CONTENTION] += 1


@inlined
def _count_times(account, at, tile, fired, cycle):
    """Count the latency, how it changes from one delivery of an arrival to the next, and packets out of order."""
    latency = cycle - fired
    at.made += 1
    at.latency_sum += latency
    at.square_sum += latency * latency
    if at.last_fired >= 0:
        interval = cycle - at.last_cycle - abs(fired - at.last_fired)
        _record(account, INTERVAL, abs(interval))
    at.last_fired = fired
    at.last_cycle = cycle
    if fired < tile[LATEST_FIRED]:
        account.counters[DISORDER] += 1
    else:
        tile[LATEST_FIRED] = fired


@inlined
def _count_stages(account, pace, zero_load, fired, entered, reached, cycle):
    _record(account, LATENCY, cycle - fired)
    _record(account, BLOCKING, reached - entered - zero_load)
    if pace.encode_cycles > 0:
        _record(account, GENERATION, entered - fired)
    if pace.reads:
        _record(account, PROCESSING, cycle - reached)


@inlined
def _count_events(net, account, n):
    """Count what ``n`` deliveries bring, as if none came too late.

    Their arrivals lie far apart in memory: a short loop fetches many of them at once for the long one that follows.
    """
    events = rows = np.int64(0)
    for index in range(n):
        at = account.of_arrival[net.arrived.sender[index] + net.rank_of_node[net.arrived.node[index]]]
        events += at.synapses
        rows += at.rows
    account.counters[DELIVERED] += n
    account.counters[EVENTS] += events
    account.counters[ROW_READS] += rows


@inlined
def _discard(counters, at):
    """Take back the count of a delivery that is dropped because it came too late."""
    counters[DISCARDED] += 1
    counters[DELIVERED] -= 1
    counters[EVENTS] -= at.synapses
    counters[ROW_READS] -= at.rows


@inlined
def _record(account, measure, cycles):
    account.histogram[measure, bin_of(cycles)] += 1
    total = account.total[measure]
    total[SUM] += cycles
    total[MAX] = max(total[MAX], cycles)

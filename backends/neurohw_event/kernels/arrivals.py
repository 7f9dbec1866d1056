"""Deliveries of the interconnect: stamped with the tick in which they were made, counted, handed to the synapses."""

from neurohw.jit import inlined, leaf
from neurohw_event.account import (
    BLOCKING,
    COMPUTE,
    DELIVERED,
    DISCARDED,
    DISORDER,
    EVENTS,
    GENERATION,
    INTERVAL,
    LAST_CYCLE,
    LAST_FIRED,
    LATE,
    LATE_CONTENTION,
    LATE_DISTANCE,
    LATE_DROPPED,
    LATENCY,
    LATENCY_SUM,
    LATEST_FIRED,
    MADE,
    MAX,
    PACKETS,
    PROCESSING,
    ROW_READS,
    SQUARE_SUM,
    STEP,
    STEP_WORK,
    SUM,
    TILE_EVENTS,
    TILE_LATE,
)
from neurohw_event.kernels.histogram import bin_of
from neurohw_event.kernels.pending import push_arrival
from neurohw_event.kernels.tracing import has_room, note_message


@leaf
def take_arrived(net, account, wiring, pending, tick, base):
    """Take all deliveries made in a tick that began at cycle ``base``; returns False, and takes none, without room."""
    arrived, pace = net.arrived, net.pace
    n = arrived.size[0]
    if pending.free[1] < n * wiring.widest or not has_room(net.messages, n):
        return False
    arrived.size[0] = 0
    for index in range(n):
        node, fired = arrived.node[index], arrived.fired[index]
        arrival = arrived.sender[index] + net.ends.rank[node]
        tile = account.of_tile[wiring.tile[arrival]]
        if pace.is_barrier:
            _count_step(pace, net.work, tile, wiring.tile[arrival], arrival, tick)
        counts = account.of_arrival[arrival]
        if fired < base:
            if pace.drops_late:
                counts[LATE_DROPPED] += 1
                account.counters[DISCARDED] += 1
                continue
            counts[LATE] += 1
            tile[TILE_LATE] += 1
            _count_cause(net, account.counters, node, arrival)
        cycle = arrived.cycle[index]
        _count_times(account, counts, tile, fired, cycle)
        _count_stages(
            account,
            pace,
            net.ends.zero_load[node],
            fired,
            arrived.entered[index],
            arrived.reached[index],
            cycle,
        )
        events = _count_events(account.counters, wiring, tile, arrival)
        note_message(net.messages, arrived, index, arrival, events, net.work.cycles[arrival], tick)
        push_arrival(pending, wiring, arrival, tick)
    return True


@inlined
def _count_step(pace, work, tile, which, arrival, tick):
    """Add to the work of a tile in this step, of which the busiest tile says how long it takes."""
    if tile[STEP] != tick:
        tile[STEP] = tick
        tile[STEP_WORK] = pace.update_cycles[which]
    tile[STEP_WORK] += work.cycles[arrival]
    pace.clock[COMPUTE] = max(pace.clock[COMPUTE], tile[STEP_WORK])


@inlined
def _count_cause(net, counters, node, arrival):
    alone = net.pace.encode_cycles + net.ends.zero_load[node] + net.work.cycles[arrival]
    counters[LATE_DISTANCE if alone >= net.pace.per_tick else LATE_CONTENTION] += 1


@inlined
def _count_times(account, counts, tile, fired, cycle):
    """Count the latency, how it changes from one delivery of an arrival to the next, and packets out of order."""
    latency = cycle - fired
    counts[MADE] += 1
    counts[LATENCY_SUM] += latency
    counts[SQUARE_SUM] += latency * latency
    if counts[LAST_FIRED] >= 0:
        interval = cycle - counts[LAST_CYCLE] - abs(fired - counts[LAST_FIRED])
        _record(account, INTERVAL, abs(interval))
    counts[LAST_FIRED] = fired
    counts[LAST_CYCLE] = cycle
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
def _count_events(counters, wiring, tile, arrival):
    events = (
        wiring.synapses_of_segment[wiring.segments_of_arrival[arrival + 1]]
        - wiring.synapses_of_segment[wiring.segments_of_arrival[arrival]]
    )
    counters[DELIVERED] += 1
    counters[EVENTS] += events
    counters[ROW_READS] += wiring.rows[arrival]
    tile[PACKETS] += 1
    tile[TILE_EVENTS] += events
    return events


@inlined
def _record(account, measure, cycles):
    account.histogram[measure, bin_of(cycles)] += 1
    total = account.total[measure]
    total[SUM] += cycles
    total[MAX] = max(total[MAX], cycles)

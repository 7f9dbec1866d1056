"""The interconnect as the loop over ticks sees it: packets enter, move on to a cycle, and are delivered.

Of the two kernels that move packets the one that is not used is None, and then not compiled. With a barrier a tick
lasts until all its packets have been delivered or lost, and the neurons of every tile have been computed.
"""

import numpy as np

from neurohw.jit import inlined, leaf
from neurohw_event.account import BASE, COMPUTE, SENT, TICK
from neurohw_event.kernels.arrivals import take_arrived
from neurohw_event.kernels.credit.advance import advance as advance_credit
from neurohw_event.kernels.credit.advance import enter_at as enter_credit
from neurohw_event.kernels.credit.queues import is_empty as credit_is_empty
from neurohw_event.kernels.credit.state import N_FREE, NOW
from neurohw_event.kernels.fcfs import advance as advance_fcfs
from neurohw_event.kernels.fcfs import enter_at as enter_fcfs
from neurohw_event.kernels.fetching import fetch_targets
from neurohw_event.kernels.wheel import holds_nothing

DONE, NO_ROOM, DEADLOCK = range(3)
_FAR = 2**62


@leaf
def packets_of(net, fired):
    """Count the packets that the spikes on hand make."""
    packets = np.int64(0)
    for index in range(fired.size[0]):
        cell = np.uint64(fired.cell[index])
        packets += np.int64(net.reach[cell].n_packets) * fired.times[cell]
    return packets


@leaf
def free_packets(fcfs, credit):
    """Return how many packets more there is room for."""
    free = 0
    if fcfs is not None:
        free = fcfs.wheel.free[1]
    if credit is not None:
        free = credit.clock[N_FREE]
    return free


@leaf
def is_empty(fcfs, credit):
    """True when no packet is under way."""
    empty = True
    if fcfs is not None:
        empty = holds_nothing(fcfs.wheel)
    if credit is not None:
        empty = credit_is_empty(credit)
    return empty


@inlined
def begin_of(pace, tick):
    """Return the cycle in which a tick begins."""
    return pace.clock[BASE] + (tick - pace.clock[TICK]) * (pace.per_tick + pace.sync_cycles)


@inlined
def send(net, account, wiring, fired, tick):
    """Let the spikes on hand enter in the first cycle of their tick; there must be room for their packets."""
    senders, now = net.senders, begin_of(net.pace, tick)
    for index in range(fired.size[0]):
        cell = np.uint64(fired.cell[index])
        reach = net.reach[cell]
        first, last = np.int64(reach.packet), np.int64(reach.packet) + reach.n_packets
        if first == last:
            continue
        for _ in range(fired.times[cell]):
            account.counters[SENT] += reach.n_arrivals
            for packet in range(first, last):
                start, rank = reach.start, reach.rank
                if packet > first:  # most spikes make one, which is in the record
                    start, rank = senders.start[packet], senders.rank[packet]
                _enter(net.fcfs, net.credit, start, reach.arrival + rank, now)
    fetch_targets(net, account, wiring, fired)


@inlined
def move(net, account, wiring, pending, tick):
    """Move all packets to the end of the tick; returns the status of the kernel that does it."""
    pace, base = net.pace, begin_of(net.pace, tick)
    status = _move_to(net, account, wiring, pending, tick, base, _end_of(pace, base))
    if pace.is_barrier and status == DONE:
        _end_step(pace, tick, base, _clock(net.fcfs, net.credit))
    return status


@inlined
def _end_step(pace, tick, base, moved):
    """Let the next tick begin behind the barrier; ``moved`` is the cycle behind the last in which a packet moved."""
    clock = pace.clock
    passed = max(pace.per_tick, clock[COMPUTE], moved - base)
    clock[TICK] = tick + 1
    clock[BASE] = base + passed + pace.sync_cycles
    clock[COMPUTE] = 0


@inlined
def _move_to(net, account, wiring, pending, tick, base, until):
    """Move all packets up to a cycle, that one not included; with a barrier the clock stops with the last packet."""
    while True:
        status = _advance(net.fcfs, net.credit, net.arrived, until, net.pace.is_barrier)
        stuck = net.arrived.size[0] == 0
        if not take_arrived(net, account, wiring, pending, tick, base):
            return NO_ROOM
        if status != NO_ROOM or stuck:
            return status


@inlined
def _end_of(pace, base):
    """Return the cycle behind a tick that begins at ``base``; with a barrier nobody knows it yet."""
    return _FAR if pace.is_barrier else base + pace.per_tick


@inlined
def _enter(fcfs, credit, start, sender, now):
    if fcfs is not None:
        enter_fcfs(fcfs, start, sender, now, now)
    if credit is not None:
        enter_credit(credit, start, sender, now, now)


@inlined
def _advance(fcfs, credit, arrived, until, only_to_last):
    status = DONE
    if fcfs is not None:
        status = advance_fcfs(fcfs, arrived, until, only_to_last)
    if credit is not None:
        status = advance_credit(credit, arrived, until, only_to_last)
    return status


@inlined
def _clock(fcfs, credit):
    """Return the cycle up to which packets have been moved."""
    cycle = 0
    if fcfs is not None:
        cycle = fcfs.wheel.clock[0]
    if credit is not None:
        cycle = credit.clock[NOW]
    return cycle

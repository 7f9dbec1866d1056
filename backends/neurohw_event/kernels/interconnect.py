"""The interconnect as the loop over ticks sees it: packets enter, move on to a cycle, and are delivered.

Of the two kernels that move packets the one that is not used is None, and then not compiled. With a barrier a tick
lasts until all its packets have been delivered or lost, and the neurons of every tile have been computed.
"""

from neurohw.jit import inlined, leaf
from neurohw_event.account import BASE, COMPUTE, LAST_ARRIVAL, MOVED, SENT, TICK
from neurohw_event.kernels.arrivals import take_arrived
from neurohw_event.kernels.credit.advance import advance as advance_credit
from neurohw_event.kernels.credit.advance import enter as enter_credit
from neurohw_event.kernels.credit.state import N_FREE, N_READY, NOW
from neurohw_event.kernels.credit.wheel import next_occupied
from neurohw_event.kernels.fcfs import advance as advance_fcfs
from neurohw_event.kernels.fcfs import enter as enter_fcfs
from neurohw_event.kernels.wheel import N_SLOTS, move_clock

DONE, NO_ROOM, DEADLOCK = range(3)
_FAR = 2**62
_STRIDE = 4096  # cycles moved at once where it is known afterwards which was the last


@leaf
def packets_of(net, fired):
    """Count the packets that the spikes on hand make."""
    senders = net.senders
    packets = 0
    for index in range(fired.size[0]):
        cell = fired.cell[index]
        bundle = senders.bundle_of_cell[cell]
        if bundle >= 0:
            starts = senders.starts_of_bundle
            packets += (starts[bundle + 1] - starts[bundle]) * fired.times[cell]
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
        empty = fcfs.wheel.free[1] == fcfs.wheel.next.size - N_SLOTS
    if credit is not None:
        empty = credit.clock[N_FREE] == credit.wheel.next.size - first_packet(credit)
    return empty


@inlined
def first_packet(credit):
    """Return the first id of a packet on the wheel of a credit kernel, behind those of links and queues."""
    return credit.link.shape[0] + 2 * credit.queue.shape[0]


@leaf
def begin_of(pace, tick):
    """Return the cycle in which a tick begins."""
    return pace.clock[BASE] + (tick - pace.clock[TICK]) * (pace.per_tick + pace.sync_cycles)


@leaf
def send(net, account, wiring, fired, tick):
    """Let the spikes on hand enter in the first cycle of their tick; there must be room for their packets."""
    senders, now = net.senders, begin_of(net.pace, tick)
    for index in range(fired.size[0]):
        cell = fired.cell[index]
        bundle = senders.bundle_of_cell[cell]
        if bundle < 0:
            continue
        deliveries = wiring.arrivals_of_cell[cell + 1] - wiring.arrivals_of_cell[cell]
        for _ in range(fired.times[cell]):
            account.counters[SENT] += deliveries
            for packet in range(senders.starts_of_bundle[bundle], senders.starts_of_bundle[bundle + 1]):
                _enter(net.fcfs, net.credit, senders.start[packet], cell, now)


@leaf
def move(net, account, wiring, pending, tick):
    """Move all packets to the end of the tick; returns the status of the kernel that does it."""
    base = begin_of(net.pace, tick)
    if net.pace.is_barrier:
        return _move_all(net, account, wiring, pending, tick, base)
    return _move_to(net, account, wiring, pending, tick, base, base + net.pace.per_tick)


@leaf
def _move_all(net, account, wiring, pending, tick, base):
    """Move packets until none is left, and let the next tick begin behind the barrier."""
    pace = net.pace
    clock = pace.clock
    stride = _stride(net.fcfs, pace.loses)
    while True:
        if not is_empty(net.fcfs, net.credit):
            clock[MOVED] = _next_cycle(net.fcfs, net.credit, base) + stride
        elif net.arrived.size[0] == 0:
            break
        status = _move_to(net, account, wiring, pending, tick, base, clock[MOVED])
        if status != DONE:
            return status
    if stride > 1 and clock[MOVED] > base:
        clock[MOVED] = clock[LAST_ARRIVAL] + 1
        _turn_back(net.fcfs, clock[MOVED])
    passed = max(pace.per_tick, clock[COMPUTE], clock[MOVED] - base)
    clock[TICK] = tick + 1
    clock[BASE] = base + passed + pace.sync_cycles
    clock[COMPUTE] = 0
    return DONE


@inlined
def _stride(fcfs, loses):
    """Return the cycles to move at once: one where a loss may come last, or the clock cannot be turned back."""
    stride = 1
    if fcfs is not None and not loses:
        stride = _STRIDE
    return stride


@inlined
def _turn_back(fcfs, cycle):
    """Set the clock of an empty network to the cycle after its last delivery."""
    if fcfs is not None:
        fcfs.wheel.clock[0] = cycle


@leaf
def _move_to(net, account, wiring, pending, tick, base, until):
    """Move all packets up to a cycle, that one not included."""
    while True:
        status = _advance(net.fcfs, net.credit, net.arrived, until)
        stuck = net.arrived.size[0] == 0
        if not take_arrived(net, account, wiring, pending, tick, base):
            return NO_ROOM
        if status != NO_ROOM or stuck:
            return status


@inlined
def _enter(fcfs, credit, node, cell, now):
    if fcfs is not None:
        enter_fcfs(fcfs, node, cell, now, now)
    if credit is not None:
        enter_credit(credit, node, cell, now, now)


@leaf
def _advance(fcfs, credit, arrived, until):
    status = DONE
    if fcfs is not None:
        status = advance_fcfs(fcfs, arrived, until)
    if credit is not None:
        status = advance_credit(credit, arrived, until)
    return status


@leaf
def _next_cycle(fcfs, credit, base):
    """Return a cycle from ``base`` on before which no packet moves; there must be packets."""
    cycle = 0
    if fcfs is not None:
        cycle = move_clock(fcfs.wheel, _FAR)
    if credit is not None:
        cycle = max(credit.clock[NOW], base)
        if credit.clock[N_READY] == 0:
            cycle = next_occupied(credit.wheel, cycle, cycle + 2 * credit.wheel.head.size)
    return cycle

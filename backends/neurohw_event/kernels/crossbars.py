"""Crossbars at the ends of links that are taken in order of arrival: when each works on a packet, and who is lost."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.arrived import deliver, is_full
from neurohw_event.kernels.fcfs_steps import FLAG_BITS, NOBODY
from neurohw_event.kernels.standing import stand, stand_listed
from neurohw_event.kernels.tracing import note_transfer
from neurohw_event.kernels.wheel import give_back, take_free


@inlined
def comes_next(fcfs, step, cycle, now, until):
    """True where nothing comes to a crossbar before the packet that stands before this step of its from ``cycle`` on.

    Packets that enter could come sooner, or those that are on the wheel already.
    """
    line = fcfs.lines[np.uint32(fcfs.steps[step].code >> FLAG_BITS)]
    if cycle < until and fcfs.latest[1] < now and line.next_packet < now:
        fcfs.latest[0] = max(fcfs.latest[0], cycle)
        return True
    line.next_packet = cycle
    return False


@inlined
def read_at_once(fcfs, arrived, step, spike, at, now, until):
    """Deliver a packet that need not wait for its crossbar, where that can be done now; returns False elsewhere."""
    link, end = np.uint32(fcfs.steps[step].code >> FLAG_BITS), ~fcfs.steps[step].next
    line = fcfs.lines[link]
    work = _cycles(fcfs, spike[0], end)
    cycle = at + work
    if line.free_at > at or not _is_next(fcfs, arrived, line, cycle, now, until):
        return False
    line.free_at = at + work * fcfs.contention
    line.begun += 1
    line.busy += work
    note(fcfs, link, step, spike, at, at, cycle)
    fcfs.latest[0] = max(fcfs.latest[0], cycle)
    arrive(arrived, spike, end, at, cycle)
    return True


@inlined
def read_crossbar(fcfs, arrived, step, spike, at, now, until):
    """Book a crossbar for a packet that stands there ``at`` a cycle, or lose it.

    Each holds the crossbar as long as it has work to do there.
    """
    link, end = np.uint32(fcfs.steps[step].code >> FLAG_BITS), ~fcfs.steps[step].next
    line = fcfs.lines[link]
    forget_begun(fcfs, line, at)
    start = max(at, line.free_at)
    wait = start - at
    if wait > line.patience or (wait > 0 and line.waiting >= line.limit):
        lose(fcfs, link, step, spike, now)
        return
    work = _cycles(fcfs, spike[0], end)
    cycle = start + work
    line.free_at = start + work * fcfs.contention
    line.begun += 1
    line.waited += wait
    line.busy += work
    note(fcfs, link, step, spike, at, start, cycle)
    is_next = _is_next(fcfs, arrived, line, cycle, now, until)
    if is_next:
        fcfs.latest[0] = max(fcfs.latest[0], cycle)
        arrive(arrived, spike, end, at, cycle)
        if wait == 0:
            return
        entry = take_free(fcfs.wheel)  # it stays in the queue until its turn comes
        fcfs.packets[entry].step = NOBODY
        fcfs.wheel.free[2] += 1
    else:
        line.next_arrival = cycle
        entry = stand_listed(fcfs, ~end, spike, cycle, now)
    packet = fcfs.packets[entry]
    packet.start, packet.link, packet.reached = start, link, at
    if wait > 0:
        _stand_in_queue(fcfs, line, entry)


@inlined
def _cycles(fcfs, sender, end):
    """Return how long a crossbar works on a packet."""
    if fcfs.work.stride == 0:
        return fcfs.work.cycles[0]
    return fcfs.work.cycles[sender + fcfs.ranks[end]]


@inlined
def _is_next(fcfs, arrived, line, cycle, now, until):
    """True where a packet can be delivered as it comes to its crossbar, ahead of the cycle of its arrival.

    Nothing can change that cycle, but deliveries of a crossbar are made in the order of their cycles, and no later
    than they are due.
    """
    is_due = cycle < until and line.next_arrival < now
    in_order = fcfs.contention != 0 or fcfs.work.stride == 0
    return is_due and in_order and not is_full(arrived)


@inlined
def _stand_in_queue(fcfs, line, entry):
    if line.waiting == 0:
        line.first = entry
    else:
        fcfs.packets[np.uint32(line.last)].behind = entry
    line.last = entry
    line.waiting += 1
    line.longest = max(line.longest, line.waiting)


@inlined
def forget_begun(fcfs, line, now):
    """Take those out of a crossbar's queue whose turn has come."""
    while line.waiting > 0 and fcfs.packets[np.uint32(line.first)].start <= now:
        entry = np.uint64(line.first)
        packet = fcfs.packets[entry]
        line.first = packet.behind
        line.waiting -= 1
        if packet.step == NOBODY:
            fcfs.wheel.free[2] -= 1
            give_back(fcfs.wheel, entry)


@inlined
def lose(fcfs, link, step, spike, now):
    """Count the deliveries of a packet that must not wait as lost, or have it enter again before the same link."""
    line = fcfs.lines[link]
    line.refused += 1
    if fcfs.reinject_cycles < 0:
        line.lost += fcfs.leaves[step]
        return
    n_edges = fcfs.steps.size // 2
    alone = np.int64(step) % n_edges + n_edges
    stand(fcfs, alone, spike, now + fcfs.reinject_cycles, now)


@inlined
def note(fcfs, link, step, spike, since, start, end):
    if fcfs.transfers is not None:
        node = fcfs.node_behind[step]
        note_transfer(fcfs.transfers, link, node, spike[0], spike[1], since, start, end)


@inlined
def arrive(arrived, spike, end, reached, cycle):
    sender, fired, entered = spike
    deliver(arrived, sender, end, fired, entered, reached, cycle)

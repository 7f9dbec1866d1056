"""Packets on links that are taken in order of arrival: no buffers, each link keeps the cycle from which it is free.

A packet that stands before a link at cycle t starts at t or when the link is free, whichever is later, holds it for
``service`` cycles and stands at its end ``latency`` cycles after the start. Where it would wait longer than the line
allows, it is lost with all deliveries beyond, or enters again before the same link. Its waiting, and the link's time,
are booked as it arrives; ``neurohw_event.fcfs_counts`` says what of it has not happened yet.

What a crossbar does with a packet nothing can change any more once it stands there: it is delivered at once, with the
cycle of its arrival, if that is one of those for which the kernel was called.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.tracing import note_transfer
from neurohw_event.kernels.wheel import (
    give_back,
    holds_nothing,
    move_clock,
    put,
    slot_of_now,
    take_first,
    take_free,
)

DONE, NO_ROOM = 0, 1

# what a packet does on a link
HEAD, TAIL, ENCODE, READ = range(4)  # TAIL: only with its tail it is where it goes
KIND_BITS = 2
LAST = 1 << KIND_BITS  # of the steps that packets at one place take, each of them a copy
FLAG_BITS = KIND_BITS + 1
NOBODY = -(2**31)  # step of an entry without packet

_KIND = (1 << KIND_BITS) - 1


@inlined
def enter(fcfs, node, sender, fired, cycle):
    """Have a packet made at cycle ``fired`` stand at ``node``, no end, at ``cycle``, not before the clock.

    Returns False, and does nothing, when the pool is full.
    """
    return enter_at(fcfs, fcfs.first_step[np.uint32(node)], sender, fired, cycle)


@inlined
def enter_at(fcfs, step, sender, fired, cycle):
    """Have it stand before a step, the first of its node."""
    wheel = fcfs.wheel
    if wheel.free[1] <= 0:
        return False
    _put_packet(fcfs, take_free(wheel), step, (sender, fired, cycle), cycle, wheel.clock[0])
    return True


@inner
def advance(fcfs, arrived, until, only_to_last):
    """Move all packets up to cycle ``until``, that cycle not included.

    With ``only_to_last`` the clock stops behind the cycle in which no packet is left, or stays where none is under way.

    Returns ``DONE``, or ``NO_ROOM`` where ``arrived`` is full or the pool has no room for the copies of a fork: the
    caller makes room and calls again.
    """
    wheel = fcfs.wheel
    room = arrived.sender.size
    while not (only_to_last and holds_nothing(wheel)):
        now = move_clock(wheel, until)
        if now >= until:
            break
        slot = slot_of_now(now)
        while wheel.last[slot] != slot:
            if arrived.size[0] == room or wheel.free[1] < fcfs.most_copies:
                return NO_ROOM
            entry = take_first(wheel, slot)
            packet = fcfs.packets[entry]
            if packet.step < 0:
                _end(fcfs, arrived, entry, packet, now)
            else:
                _take_links(fcfs, arrived, entry, packet, now, until)
        if only_to_last and holds_nothing(wheel):
            wheel.clock[0] = now + 1
    if only_to_last and holds_nothing(wheel):
        wheel.clock[0] = max(wheel.clock[0], fcfs.latest[0] + 1)
    return DONE


@inlined
def _end(fcfs, arrived, entry, packet, now):
    """Deliver a packet whose way ends."""
    forget_begun(fcfs, fcfs.queues[np.uint32(packet.link)], now)
    _arrive(arrived, _spike(packet), ~packet.step, packet.reached, now)
    _give_back(fcfs, entry)


@inlined
def _spike(packet):
    """Return the packet's sender, and the cycles in which it was made and had left the encoder."""
    return packet.sender, packet.fired, packet.entered


@inlined
def _take_links(fcfs, arrived, entry, packet, now, until):
    """Have a packet take the links of the steps from its own to the last of its fork.

    The first copy that stays under way keeps the packet's entry.
    """
    step, spike = np.uint32(packet.step), _spike(packet)
    has_entry = True
    while True:
        if not has_entry:
            entry = take_free(fcfs.wheel)
        has_entry = not _take_link(fcfs, arrived, entry, step, spike, now, until)
        if fcfs.steps[step].code & LAST:
            break
        step += np.uint32(1)
    if has_entry:
        _give_back(fcfs, entry)


@inlined
def _take_link(fcfs, arrived, entry, step, spike, now, until):
    """Take the link of a step; returns whether the packet's entry is in use."""
    code, following = fcfs.steps[step].code, fcfs.steps[step].next
    kind = code & _KIND
    if kind == READ:
        return _read_crossbar(fcfs, arrived, entry, step, ~following, spike, now, until)
    link = np.uint32(code >> FLAG_BITS)
    line = fcfs.lines[link]
    start = max(now, line.free_at)
    wait = start - now
    if wait > line.patience:
        return _lose(fcfs, link, entry, step, spike, now)
    line.free_at = start + line.service * fcfs.contention
    line.begun += 1
    line.waited += wait
    line.longest_wait = max(line.longest_wait, wait)
    _note(fcfs, link, step, spike, now, start, start + line.service)
    cycle = start + line.latency + (kind == TAIL) * line.tail
    if following < 0:
        packet = fcfs.packets[entry]
        packet.reached = cycle
        packet.link = link
    sender, fired, entered = spike
    if kind == ENCODE:
        entered = cycle
    _put_packet(fcfs, entry, following, (sender, fired, entered), cycle, now)
    return True


@inlined
def _put_packet(fcfs, entry, step, spike, cycle, now):
    """Have a packet stand before a step at ``cycle``."""
    packet = fcfs.packets[entry]
    packet.step = step
    packet.sender, packet.fired, packet.entered = spike
    put(fcfs.wheel, entry, cycle, now)


@inlined
def _read_crossbar(fcfs, arrived, entry, step, end, spike, now, until):
    """Book a crossbar, or lose the packet: each holds it as long as it has work to do there."""
    link = np.uint32(fcfs.steps[step].code >> FLAG_BITS)
    line, queue = fcfs.lines[link], fcfs.queues[link]
    forget_begun(fcfs, queue, now)
    start = max(now, line.free_at)
    wait = start - now
    if wait > line.patience or (wait > 0 and queue.waiting >= queue.limit):
        return _lose(fcfs, link, entry, step, spike, now)
    work = _cycles(fcfs, spike[0], end)
    cycle = start + work
    line.free_at = start + work * fcfs.contention
    line.begun += 1
    line.waited += wait
    queue.busy += work
    _note(fcfs, link, step, spike, now, start, cycle)
    packet = fcfs.packets[entry]
    packet.start = start
    if wait > 0:
        _stand_in_queue(fcfs, queue, entry)
    if _is_next(fcfs, arrived, queue, cycle, now, until):
        fcfs.latest[0] = max(fcfs.latest[0], cycle)
        _arrive(arrived, spike, end, now, cycle)
        if wait > 0:  # the entry stays in the queue until its turn comes
            packet.step = NOBODY
            fcfs.wheel.free[2] += 1
        return wait > 0
    queue.next_arrival = cycle
    packet.link = link
    packet.reached = now
    _put_packet(fcfs, entry, ~end, spike, cycle, now)
    return True


@inlined
def _cycles(fcfs, sender, end):
    """Return how long a crossbar works on a packet."""
    if fcfs.work.stride == 0:
        return fcfs.work.cycles[0]
    return fcfs.work.cycles[sender + fcfs.ranks[end]]


@inlined
def _note(fcfs, link, step, spike, since, start, end):
    if fcfs.transfers is not None:
        node = fcfs.node_behind[step]
        note_transfer(fcfs.transfers, link, node, spike[0], spike[1], since, start, end)


@inlined
def _is_next(fcfs, arrived, queue, cycle, now, until):
    """True where a packet can be delivered as it comes to its crossbar, ahead of the cycle of its arrival.

    Nothing can change that cycle, but deliveries of a crossbar are made in the order of their cycles, and no later
    than they are due.
    """
    is_due = cycle < until and queue.next_arrival < now
    return is_due and fcfs.contention != 0 and arrived.size[0] < arrived.sender.size


@inlined
def _stand_in_queue(fcfs, queue, entry):
    if queue.waiting == 0:
        queue.first = entry
    else:
        fcfs.packets[np.uint32(queue.last)].behind = entry
    queue.last = entry
    queue.waiting += 1
    queue.longest = max(queue.longest, queue.waiting)


@inlined
def forget_begun(fcfs, queue, now):
    """Take those out of a crossbar's queue whose turn has come."""
    while queue.waiting > 0 and fcfs.packets[np.uint32(queue.first)].start <= now:
        entry = np.uint64(queue.first)
        packet = fcfs.packets[entry]
        queue.first = packet.behind
        queue.waiting -= 1
        if packet.step == NOBODY:
            fcfs.wheel.free[2] -= 1
            give_back(fcfs.wheel, entry)


@inlined
def _lose(fcfs, link, entry, step, spike, now):
    """Count the deliveries of a packet that must not wait as lost, or have it enter again before the same link.

    Returns whether its entry is in use.
    """
    queue = fcfs.queues[link]
    queue.refused += 1
    if fcfs.reinject_cycles < 0:
        queue.lost += fcfs.leaves[step]
        return False
    n_edges = fcfs.steps.size // 2
    alone = np.int64(step) % n_edges + n_edges
    _put_packet(fcfs, entry, alone, spike, now + fcfs.reinject_cycles, now)
    return True


@inlined
def _arrive(arrived, spike, end, reached, cycle):
    n = arrived.size[0]
    arrived.sender[n], arrived.fired[n], arrived.entered[n] = spike
    arrived.node[n] = end
    arrived.reached[n] = reached
    arrived.cycle[n] = cycle
    arrived.size[0] = n + 1


@inlined
def _give_back(fcfs, entry):
    fcfs.packets[entry].step = NOBODY
    give_back(fcfs.wheel, entry)

"""Packets on links that are taken in order of arrival: no buffers, each link keeps the cycle from which it is free.

A packet that stands before a link at cycle t starts at t or when the link is free, whichever is later, holds it for
``service`` cycles and stands at its end ``latency`` cycles after the start. Where it would wait longer than the line
allows, it is lost with all deliveries beyond, or enters again before the same link. Its waiting, and the link's time,
are booked as it arrives; ``neurohw_event.fcfs_counts`` says what of it has not happened yet.
"""

import numpy as np

from neurohw.jit import inlined, leaf
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

# what a packet does where it stands; plain links first
HEAD, TAIL, ENCODE, READ, FORK, END = range(
    6
)  # TAIL: over a link, and only with its tail it is where it goes
KIND_BITS = 3
NOBODY = -(2**31)  # node of an entry without packet

_KIND = (1 << KIND_BITS) - 1


@inlined
def enter(fcfs, node, sender, fired, cycle):
    """Have a packet made at cycle ``fired`` stand at ``node`` at ``cycle``, not before the clock.

    Returns False, and does nothing, when the pool is full.
    """
    wheel = fcfs.wheel
    if wheel.free[1] <= 0:
        return False
    entry = take_free(wheel)
    packet = fcfs.packets[entry]
    packet.node = node
    packet.sender = sender
    packet.fired = fired
    packet.entered = cycle
    put(wheel, entry, cycle, wheel.clock[0])
    return True


@leaf
def advance(fcfs, arrived, until, only_to_last=False):
    """Move all packets up to cycle ``until``, that cycle not included.

    With ``only_to_last`` the clock stops behind the cycle in which no packet is left, or stays where none is under way.

    Returns ``DONE``, or ``NO_ROOM`` where ``arrived`` is full or the pool has no room for the copies of a fork: the
    caller makes room and calls again.
    """
    wheel, packets, steps, lines = fcfs.wheel, fcfs.packets, fcfs.steps, fcfs.lines
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
            packet = packets[entry]
            node = packet.node
            if node < 0:
                _forget_begun(fcfs, fcfs.queues[np.uint32(packet.link)], now)
                _arrive(fcfs, arrived, entry, packet, ~node, packet.reached, now)
                continue
            step = steps[np.uint32(node)]
            kind = step.code & _KIND
            if kind <= TAIL:
                link = np.uint32(step.code >> KIND_BITS)
                _cross(fcfs, lines[link], link, step.node, entry, packet, kind, now)
            elif kind == END:
                _arrive(fcfs, arrived, entry, packet, node, now, now)
            elif kind == FORK:
                _fork(fcfs, step, entry, packet, now)
            else:
                _take_link(fcfs, entry, packet, now)
        if only_to_last and holds_nothing(wheel):
            wheel.clock[0] = now + 1
    return DONE


@inlined
def _cross(fcfs, line, link, target, entry, packet, with_tail, now):
    """Book a link that is no crossbar, or lose the packet; returns whether it goes on."""
    start = max(now, line.free_at)
    wait = start - now
    if wait > line.patience:
        _lose(fcfs, link, entry, packet, now)
        return False
    line.free_at = start + line.service * fcfs.contention
    line.begun += 1
    line.waited += wait
    line.longest_wait = max(line.longest_wait, wait)
    note_transfer(fcfs.transfers, link, target, packet.sender, packet.fired, now, start, start + line.service)
    packet.node = target
    put(fcfs.wheel, entry, start + line.latency + with_tail * line.tail, now)
    return True


@inlined
def _fork(fcfs, step, entry, packet, now):
    """Copy a packet to the branches of a fork, which are the steps from ``step.node`` on; it takes the last itself."""
    last = step.node + (step.code >> KIND_BITS) - 1
    for branch in range(step.node, last):
        copy = take_free(fcfs.wheel)
        other = fcfs.packets[copy]
        other.node = branch
        other.sender = packet.sender
        other.fired = packet.fired
        other.entered = packet.entered
        _take_link(fcfs, copy, other, now)
    packet.node = last
    _take_link(fcfs, entry, packet, now)


@leaf
def _take_link(fcfs, entry, packet, now):
    """Take the link of a step that is no fork."""
    step = fcfs.steps[np.uint32(packet.node)]
    kind = step.code & _KIND
    link = np.uint32(step.code >> KIND_BITS)
    line = fcfs.lines[link]
    if kind == READ:
        _read_crossbar(fcfs, line, link, step.node, entry, packet, now)
    elif kind <= TAIL:
        _cross(fcfs, line, link, step.node, entry, packet, kind, now)
    elif _cross(fcfs, line, link, step.node, entry, packet, 0, now):
        packet.entered = fcfs.wheel.cycle[entry]


@inlined
def _read_crossbar(fcfs, line, link, end, entry, packet, now):
    """Book a crossbar, or lose the packet: each holds it as long as it has work to do there."""
    queue = fcfs.queues[link]
    _forget_begun(fcfs, queue, now)
    start = max(now, line.free_at)
    wait = start - now
    if wait > line.patience or (wait > 0 and queue.waiting >= queue.limit):
        _lose(fcfs, link, entry, packet, now)
        return
    work = fcfs.work.cycles[packet.sender + fcfs.ranks[end]]
    line.free_at = start + work * fcfs.contention
    line.begun += 1
    line.waited += wait
    queue.busy += work
    note_transfer(fcfs.transfers, link, end, packet.sender, packet.fired, now, start, start + work)
    packet.node = ~end
    packet.link = link
    packet.reached = now
    packet.start = start
    if wait > 0:
        _stand_in_queue(fcfs, queue, entry)
    put(fcfs.wheel, entry, start + work, now)


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
def _forget_begun(fcfs, queue, now):
    """Take those out of a crossbar's queue whose turn has come."""
    while queue.waiting > 0 and fcfs.packets[np.uint32(queue.first)].start <= now:
        queue.first = fcfs.packets[np.uint32(queue.first)].behind
        queue.waiting -= 1


@inlined
def _lose(fcfs, link, entry, packet, now):
    """Count the deliveries of a packet that must not wait as lost, or have it enter again before the same link."""
    queue = fcfs.queues[link]
    queue.refused += 1
    if fcfs.reinject_cycles < 0:
        queue.lost += fcfs.leaves[packet.node]
        packet.node = NOBODY
        give_back(fcfs.wheel, entry)
        return
    put(fcfs.wheel, entry, now + fcfs.reinject_cycles, now)


@inlined
def _arrive(fcfs, arrived, entry, packet, end, reached, now):
    n = arrived.size[0]
    arrived.sender[n] = packet.sender
    arrived.node[n] = end
    arrived.fired[n] = packet.fired
    arrived.entered[n] = packet.entered
    arrived.reached[n] = reached
    arrived.cycle[n] = now
    arrived.size[0] = n + 1
    packet.node = NOBODY
    give_back(fcfs.wheel, entry)

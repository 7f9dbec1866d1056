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


@inlined
def can_start(fcfs, cycle):
    """Move the clock towards ``cycle``; True where it comes there and nothing is to be done in that cycle."""
    reached = move_clock(fcfs.wheel, cycle)
    slot = slot_of_now(cycle)
    return reached == cycle and fcfs.wheel.last[slot] == slot


@inlined
def start(fcfs, arrived, node, sender, now, until):
    """Have a packet that is made now, at the clock, take its first step at once.

    There must be room for it and its copies, and nothing on the wheel that was to be done before.
    """
    entry = take_free(fcfs.wheel)
    packet = fcfs.packets[entry]
    packet.node = node
    packet.sender = sender
    packet.fired = now
    packet.entered = now
    fcfs.latest[0] = max(fcfs.latest[0], now)
    _take_step(fcfs, arrived, entry, packet, now, until)


@inner
def advance(fcfs, arrived, until, only_to_last=False):
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
            _take_step(fcfs, arrived, entry, fcfs.packets[entry], now, until)
        if only_to_last and holds_nothing(wheel):
            wheel.clock[0] = now + 1
    if only_to_last and holds_nothing(wheel):
        wheel.clock[0] = max(wheel.clock[0], fcfs.latest[0] + 1)
    return DONE


@inlined
def _take_step(fcfs, arrived, entry, packet, now, until):
    """Do what a packet does where it stands."""
    node = packet.node
    if node < 0:
        forget_begun(fcfs, fcfs.queues[np.uint32(packet.link)], now)
        _arrive(arrived, packet, ~node, packet.reached, now)
        _give_back(fcfs, entry, packet)
        return
    step = fcfs.steps[np.uint32(node)]
    kind = step.code & _KIND
    if kind <= TAIL:
        link = np.uint32(step.code >> KIND_BITS)
        _cross(fcfs, fcfs.lines[link], link, step.node, entry, packet, kind, now)
    elif kind == END:
        _arrive(arrived, packet, node, now, now)
        _give_back(fcfs, entry, packet)
    else:
        _take_links(fcfs, arrived, step, entry, packet, now, until)


@inlined
def _take_links(fcfs, arrived, step, entry, packet, now, until):
    """Take the link of a step, or the links of all branches of a fork, which are the steps from ``step.node`` on.

    The last branch gets the packet itself, those before it copies.
    """
    first, n = packet.node, 1
    if step.code & _KIND == FORK:
        first, n = step.node, step.code >> KIND_BITS
    for branch in range(first, first + n):
        own, other = entry, packet
        if branch < first + n - 1:
            own = take_free(fcfs.wheel)
            other = fcfs.packets[own]
            other.sender = packet.sender
            other.fired = packet.fired
            other.entered = packet.entered
        other.node = branch
        _take_link(fcfs, arrived, fcfs.steps[np.uint32(branch)], own, other, now, until)


@inlined
def _take_link(fcfs, arrived, step, entry, packet, now, until):
    """Take the link of a step that is no fork."""
    kind = step.code & _KIND
    link = np.uint32(step.code >> KIND_BITS)
    line = fcfs.lines[link]
    if kind == READ:
        _read_crossbar(fcfs, arrived, line, link, step.node, entry, packet, now, until)
    elif _cross(fcfs, line, link, step.node, entry, packet, kind == TAIL, now) and kind == ENCODE:
        packet.entered = fcfs.wheel.cycle[entry]


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
def _read_crossbar(fcfs, arrived, line, link, end, entry, packet, now, until):
    """Book a crossbar, or lose the packet: each holds it as long as it has work to do there."""
    queue = fcfs.queues[link]
    forget_begun(fcfs, queue, now)
    start = max(now, line.free_at)
    wait = start - now
    if wait > line.patience or (wait > 0 and queue.waiting >= queue.limit):
        _lose(fcfs, link, entry, packet, now)
        return
    work = fcfs.work.cycles[packet.sender + fcfs.ranks[end]]
    cycle = start + work
    line.free_at = start + work * fcfs.contention
    line.begun += 1
    line.waited += wait
    queue.busy += work
    note_transfer(fcfs.transfers, link, end, packet.sender, packet.fired, now, start, cycle)
    packet.start = start
    if wait > 0:
        _stand_in_queue(fcfs, queue, entry)
    if _is_next(fcfs, arrived, queue, cycle, now, until):
        fcfs.latest[0] = max(fcfs.latest[0], cycle)
        _arrive(arrived, packet, end, now, cycle)
        _let_go(fcfs, entry, packet, wait > 0)
        return
    queue.next_arrival = cycle
    packet.node = ~end
    packet.link = link
    packet.reached = now
    put(fcfs.wheel, entry, cycle, now)


@inlined
def _is_next(fcfs, arrived, queue, cycle, now, until):
    """True where a packet can be delivered as it comes to its crossbar, ahead of the cycle of its arrival.

    Nothing can change that cycle, but deliveries of a crossbar are made in the order of their cycles, and no later
    than they are due.
    """
    is_due = cycle < until and queue.next_arrival < now
    return is_due and fcfs.contention != 0 and arrived.size[0] < arrived.sender.size


@inlined
def _let_go(fcfs, entry, packet, waits):
    """Free a packet that has been delivered; one that still waits for its crossbar stays in the queue until then."""
    if waits:
        packet.node = NOBODY
        fcfs.wheel.free[2] += 1
    else:
        _give_back(fcfs, entry, packet)


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
        if packet.node == NOBODY:
            fcfs.wheel.free[2] -= 1
            give_back(fcfs.wheel, entry)


@inlined
def _lose(fcfs, link, entry, packet, now):
    """Count the deliveries of a packet that must not wait as lost, or have it enter again before the same link."""
    queue = fcfs.queues[link]
    queue.refused += 1
    if fcfs.reinject_cycles < 0:
        queue.lost += fcfs.leaves[packet.node]
        _give_back(fcfs, entry, packet)
        return
    put(fcfs.wheel, entry, now + fcfs.reinject_cycles, now)


@inlined
def _arrive(arrived, packet, end, reached, cycle):
    n = arrived.size[0]
    arrived.sender[n] = packet.sender
    arrived.node[n] = end
    arrived.fired[n] = packet.fired
    arrived.entered[n] = packet.entered
    arrived.reached[n] = reached
    arrived.cycle[n] = cycle
    arrived.size[0] = n + 1


@inlined
def _give_back(fcfs, entry, packet):
    packet.node = NOBODY
    give_back(fcfs.wheel, entry)

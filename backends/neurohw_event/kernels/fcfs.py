"""Packets on links that are taken in order of arrival: no buffers, each link keeps the cycle from which it is free.

A packet that stands before a link at cycle t starts at t or when the link is free, whichever is later, holds it for
``service`` cycles and stands at its end ``latency`` cycles after the start. Where it would wait longer than the line
allows, it is lost with all deliveries beyond, or enters again before the same link. Its waiting, and the link's time,
are booked as it arrives; ``neurohw_event.fcfs_counts`` says what of it has not happened yet.

What a crossbar does with a packet nothing can change any more once it stands there: it is delivered at once, with the
cycle of its arrival, if that is one of those for which the kernel was called. And where packets come to a crossbar over
one link alone, they come in the order in which they took it: the crossbar is booked with the link.
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
# TAIL: only with its tail it is where it goes; ENTER: so, before a crossbar to which nothing else leads from there on
HEAD, TAIL, ENTER, ENCODE, READ = range(5)
KIND_BITS = 3
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
    fcfs.latest[1] = max(fcfs.latest[1], cycle)
    _put_packet(fcfs, step, (sender, fired, cycle), cycle, wheel.clock[0])
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

    Each copy that stays under way takes an entry of its own, the first of them most likely that of the packet.
    """
    step, spike = np.uint32(packet.step), _spike(packet)
    _give_back(fcfs, entry)
    while True:
        _take_link(fcfs, arrived, step, spike, now, until)
        if fcfs.steps[step].code & LAST:
            break
        step += np.uint32(1)


@inlined
def _take_link(fcfs, arrived, step, spike, now, until):
    """Take the link of a step."""
    code, following = fcfs.steps[step].code, fcfs.steps[step].next
    kind = code & _KIND
    if kind == READ:
        _read_crossbar(fcfs, arrived, step, spike, now, now, until)
        return
    link = np.uint32(code >> FLAG_BITS)
    line = fcfs.lines[link]
    start = max(now, line.free_at)
    wait = start - now
    if wait > line.patience:
        _lose(fcfs, link, step, spike, now)
        return
    line.free_at = start + line.service * fcfs.contention
    line.begun += 1
    line.waited += wait
    line.longest_wait = max(line.longest_wait, wait)
    _note(fcfs, link, step, spike, now, start, start + line.service)
    cycle = start + line.latency + ((kind == TAIL) | (kind == ENTER)) * line.tail
    if kind == ENTER and _comes_next(fcfs, following, cycle, now, until):
        _read_crossbar(fcfs, arrived, np.uint32(following), spike, cycle, now, until)
        return
    sender, fired, entered = spike
    if kind == ENCODE:
        entered = cycle
    entry = _put_packet(fcfs, following, (sender, fired, entered), cycle, now)
    if following < 0:
        packet = fcfs.packets[entry]
        packet.reached = cycle
        packet.link = link


@inlined
def _put_packet(fcfs, step, spike, cycle, now):
    """Have a packet stand before a step at ``cycle``; returns its entry."""
    entry = take_free(fcfs.wheel)
    packet = fcfs.packets[entry]
    packet.step = step
    packet.sender, packet.fired, packet.entered = spike
    put(fcfs.wheel, entry, cycle, now)
    return entry


@inlined
def _comes_next(fcfs, step, cycle, now, until):
    """True where nothing comes to a crossbar before the packet that stands before this step of its from ``cycle`` on.

    Packets that enter could come sooner, or those that are on the wheel already.
    """
    queue = fcfs.queues[np.uint32(fcfs.steps[step].code >> FLAG_BITS)]
    if cycle < until and fcfs.latest[1] < now and queue.next_packet < now:
        fcfs.latest[0] = max(fcfs.latest[0], cycle)
        return True
    queue.next_packet = cycle
    return False


@inlined
def _read_crossbar(fcfs, arrived, step, spike, at, now, until):
    """Book a crossbar for a packet that stands there ``at`` a cycle, or lose it.

    Each holds the crossbar as long as it has work to do there.
    """
    link, end = np.uint32(fcfs.steps[step].code >> FLAG_BITS), ~fcfs.steps[step].next
    line, queue = fcfs.lines[link], fcfs.queues[link]
    forget_begun(fcfs, queue, at)
    start = max(at, line.free_at)
    wait = start - at
    if wait > line.patience or (wait > 0 and queue.waiting >= queue.limit):
        _lose(fcfs, link, step, spike, now)
        return
    work = _cycles(fcfs, spike[0], end)
    cycle = start + work
    line.free_at = start + work * fcfs.contention
    line.begun += 1
    line.waited += wait
    queue.busy += work
    _note(fcfs, link, step, spike, at, start, cycle)
    is_next = _is_next(fcfs, arrived, queue, cycle, now, until)
    if is_next:
        fcfs.latest[0] = max(fcfs.latest[0], cycle)
        _arrive(arrived, spike, end, at, cycle)
        if wait == 0:
            return
        entry = take_free(fcfs.wheel)  # it stays in the queue until its turn comes
        fcfs.packets[entry].step = NOBODY
        fcfs.wheel.free[2] += 1
    else:
        queue.next_arrival = cycle
        entry = _put_packet(fcfs, ~end, spike, cycle, now)
    packet = fcfs.packets[entry]
    packet.start, packet.link, packet.reached = start, link, at
    if wait > 0:
        _stand_in_queue(fcfs, queue, entry)


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
    in_order = fcfs.contention != 0 or fcfs.work.stride == 0
    return is_due and in_order and arrived.size[0] < arrived.sender.size


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
def _lose(fcfs, link, step, spike, now):
    """Count the deliveries of a packet that must not wait as lost, or have it enter again before the same link."""
    queue = fcfs.queues[link]
    queue.refused += 1
    if fcfs.reinject_cycles < 0:
        queue.lost += fcfs.leaves[step]
        return
    n_edges = fcfs.steps.size // 2
    alone = np.int64(step) % n_edges + n_edges
    _put_packet(fcfs, alone, spike, now + fcfs.reinject_cycles, now)


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

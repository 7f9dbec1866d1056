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
from neurohw_event.kernels.arrived import is_full
from neurohw_event.kernels.crossbars import (
    arrive,
    comes_next,
    forget_begun,
    lose,
    note,
    read_at_once,
    read_crossbar,
)
from neurohw_event.kernels.fcfs_steps import ENCODE, ENTER, FLAG_BITS, KIND_BITS, LAST, NOBODY, READ, TAIL
from neurohw_event.kernels.standing import (
    ROOM,
    be_found,
    begin_list,
    leave,
    move_to_next,
    n_near,
    place_near,
    stand,
    stand_listed,
    stand_near,
)
from neurohw_event.kernels.wheel import give_back, holds_nothing, slot_of_now, take_first

DONE, NO_ROOM = 0, 1

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
    stand(fcfs, step, (sender, fired, cycle), cycle, wheel.clock[0])
    return True


@inner
def advance(fcfs, arrived, until, only_to_last):
    """Move all packets up to cycle ``until``, that cycle not included.

    With ``only_to_last`` the clock stops behind the cycle in which no packet is left, or stays where none is under way.

    Returns ``DONE``, or ``NO_ROOM`` where ``arrived`` is full or the pool has no room for the copies of a fork: the
    caller makes room and calls again.
    """
    wheel = fcfs.wheel
    while not (only_to_last and holds_nothing(wheel)):
        now = move_to_next(fcfs, until)
        if now >= until:
            break
        slot = slot_of_now(now)
        if not _take_all(fcfs, arrived, slot, now, until):
            return NO_ROOM
        leave(fcfs, slot)
        if only_to_last and holds_nothing(wheel):
            wheel.clock[0] = now + 1
    if only_to_last and holds_nothing(wheel):
        wheel.clock[0] = max(wheel.clock[0], fcfs.latest[0] + 1)
    return DONE


@inlined
def _take_all(fcfs, arrived, slot, now, until):
    """Move all packets of the clock's cycle, or deliver them; returns False where there is no room.

    Of those on its list all that are to go on came after those side by side, and are put there when these have been
    taken. What comes to its end may have been put before them.
    """
    near, wheel = fcfs.near, fcfs.wheel
    index, has_room = near.taken[0], True
    while has_room:
        first = index
        while index < n_near(near, slot):
            if wheel.free[1] + (index - first) < fcfs.most_copies:
                has_room = False
                break
            standing = near.packets[place_near(slot, index)]
            spike = standing.sender, standing.fired, standing.entered
            index += 1
            _take_links(fcfs, arrived, np.uint32(standing.step), spike, now, until)
        near.taken[0] = index
        wheel.free[1] += index - first
        if not has_room or wheel.last[slot] == slot:
            break
        has_room = _take_listed(fcfs, arrived, slot, now)
        index = 0
    return has_room


@inlined
def _take_listed(fcfs, arrived, slot, now):
    """Deliver packets on the list of the clock's cycle that come to their ends, and put others side by side.

    Returns False where there is no room.
    """
    near, wheel = fcfs.near, fcfs.wheel
    begin_list(near, slot)
    has_room = True
    while wheel.last[slot] != slot and n_near(near, slot) < ROOM:
        has_room = not is_full(arrived)
        if not has_room:
            break
        entry = take_first(wheel, slot)
        packet = fcfs.packets[entry]
        if packet.step < 0:
            _end(fcfs, arrived, entry, packet, now)
        else:
            stand_near(fcfs, slot, packet.step, packet.sender, packet.fired, packet.entered)
            _give_back(fcfs, entry)
    be_found(fcfs, slot)
    return has_room


@inlined
def _end(fcfs, arrived, entry, packet, now):
    """Deliver a packet whose way ends."""
    forget_begun(fcfs, fcfs.lines[np.uint32(packet.link)], now)
    arrive(arrived, _spike(packet), ~packet.step, packet.reached, now)
    _give_back(fcfs, entry)


@inlined
def _spike(packet):
    """Return the packet's sender, and the cycles in which it was made and had left the encoder."""
    return packet.sender, packet.fired, packet.entered


@inlined
def _take_links(fcfs, arrived, step, spike, now, until):
    """Have a packet take the links of the steps from its own to the last of its fork."""
    while True:
        _take_link(fcfs, arrived, step, spike, now, until)
        if fcfs.steps[step].code & LAST:
            break
        step += np.uint32(1)


@inlined
def _take_link(fcfs, arrived, step, spike, now, until):
    """Take the link of a step."""
    code, following = fcfs.steps[step].code, fcfs.steps[step].next
    kind, link = code & _KIND, np.uint32(code >> FLAG_BITS)
    at = now
    if kind != READ:
        line = fcfs.lines[link]
        start = max(now, line.free_at)
        wait = start - now
        if wait > line.patience:
            lose(fcfs, link, step, spike, now)
            return
        line.free_at = start + line.service * fcfs.contention
        line.begun += 1
        line.waited += wait
        line.longest_wait = max(line.longest_wait, wait)
        note(fcfs, link, step, spike, now, start, start + line.service)
        at = start + line.latency
        if kind != ENTER:
            _go_on(fcfs, kind, link, following, spike, at, now)
            return
        at += line.tail
        step = np.uint32(following)
        if not comes_next(fcfs, step, at, now, until):
            stand(fcfs, following, spike, at, now)
            return
    if not read_at_once(fcfs, arrived, step, spike, at, now, until):
        read_crossbar(fcfs, arrived, step, spike, at, now, until)


@inlined
def _go_on(fcfs, kind, link, following, spike, at, now):
    """Have a packet whose head comes to the end of a link at a cycle stand there, or come to its end."""
    sender, fired, entered = spike
    if kind == TAIL:
        at += fcfs.lines[link].tail
    if kind == ENCODE:
        entered = at
    if following >= 0:
        stand(fcfs, following, (sender, fired, entered), at, now)
        return
    entry = stand_listed(fcfs, following, (sender, fired, entered), at, now)
    packet = fcfs.packets[entry]
    packet.reached = at
    packet.link = link


@inlined
def _give_back(fcfs, entry):
    fcfs.packets[entry].step = NOBODY
    give_back(fcfs.wheel, entry)

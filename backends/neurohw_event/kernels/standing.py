"""Packets that stand before a step until a cycle: those of near cycles side by side, the others on a wheel.

Most links let a packet stand before the next one a few cycles later. What comes in one cycle then is written, and read,
one behind the other, and needs no entry of its own. A cycle has room for some; what comes when it is full, or to a
cycle that was far away when the first of its packets were put, goes to the list that the wheel has for this cycle, and
so does all that follows: packets that go on are taken in the order in which they were put. Those that come to their
ends then are on the list from the first, and are taken behind all that stand side by side: they take no link from
others.
"""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.kernels.wheel import SLOTS_PER_LEVEL, move_clock, put, take_free

ROOM = 32  # packets side by side in a cycle

_ROOM_BITS = np.uint64(5)
_LISTED = 2 * ROOM  # added to the number of packets: what comes to the cycle goes to its list
_MASK = np.uint64(SLOTS_PER_LEVEL - 1)
_ONE = np.uint64(1)
_WORD = np.uint64(6)  # bits of the number of a bit in a word of 64
_IN_WORD = np.uint64(63)


@inlined
def stand(fcfs, step, spike, cycle, now):
    """Have a packet stand before a step at ``cycle``, not before the clock's, ``now``."""
    near, at = fcfs.near, np.uint64(cycle)
    slot = at & _MASK
    if at ^ np.uint64(now) > _MASK or near.size[slot] >= ROOM:
        stand_listed(fcfs, step, spike, cycle, now)
        return
    sender, fired, entered = spike
    stand_near(fcfs, slot, step, sender, fired, entered)


@inlined
def stand_near(fcfs, slot, step, sender, fired, entered):
    """Put a packet beside those of a slot; there must be room."""
    near = fcfs.near
    packet = near.packets[place_near(slot, n_near(near, slot))]
    packet.step = step
    packet.sender, packet.fired, packet.entered = sender, fired, entered
    near.size[slot] += 1
    fcfs.wheel.occupied[slot >> _WORD] |= _ONE << (slot & _IN_WORD)
    fcfs.wheel.free[1] -= 1  # there is room on the wheel for all


@inlined
def stand_listed(fcfs, step, spike, cycle, now):
    """Have a packet stand on the wheel, or come to its end at ``cycle``; returns its entry."""
    entry = take_free(fcfs.wheel)
    packet = fcfs.packets[entry]
    packet.step = step
    packet.sender, packet.fired, packet.entered = spike
    put(fcfs.wheel, entry, cycle, now)
    return entry


@inlined
def place_near(slot, index):
    """Return where a packet of a slot stands among all that stand side by side."""
    return slot << _ROOM_BITS | np.uint64(index)


@inlined
def n_near(near, slot):
    """Return how many packets stand side by side in a slot, or have stood there."""
    return near.size[slot] & (_LISTED - 1)


@inlined
def move_to_next(fcfs, until):
    """Advance the clock to the next cycle in which a packet stands, at most to ``until``; returns it."""
    before = fcfs.wheel.clock[0]
    now = move_clock(fcfs.wheel, until)
    if np.uint64(before) ^ np.uint64(now) > _MASK:
        _keep_listed(fcfs)
    return now


@inlined
def _keep_listed(fcfs):
    """Have all packets of a cycle go to its list that has packets from the time when it was far away."""
    for at in range(SLOTS_PER_LEVEL >> 6):
        word = fcfs.wheel.occupied[at]
        while word:
            slot = np.uint64(at << 6) + np.uint64(lowest_bit(word))
            begin_list(fcfs.near, slot)
            word &= word - _ONE


@inlined
def begin_list(near, slot):
    """Have what comes to a cycle, of which none stand side by side, go to its list from now on."""
    near.size[slot] = _LISTED
    near.taken[0] = 0


@inlined
def be_found(fcfs, slot):
    """Have the clock find the packets that stand side by side in a slot, whatever was taken from its list."""
    if n_near(fcfs.near, slot) > 0:
        fcfs.wheel.occupied[slot >> _WORD] |= _ONE << (slot & _IN_WORD)


@inlined
def leave(fcfs, slot):
    """Leave the clock's cycle, of which all packets have been taken."""
    fcfs.near.size[slot] = 0
    fcfs.near.taken[0] = 0
    fcfs.wheel.occupied[slot >> _WORD] &= ~(_ONE << (slot & _IN_WORD))

"""A hierarchical wheel of events in hardware cycles; cycles in which nothing happens cost nothing.

Varghese and Lauck (1987), scheme 7. Level k has a slot for each value of the k-th digit of a cycle. An event is kept
on the level of the highest digit in which its cycle differs from the clock's; as the clock comes to that digit, the
slot is emptied into lower levels. A slot of level 0 holds one cycle, and its events are taken in the order in which
they were put, whatever the level on which they waited.
"""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.bits import lowest_bit

DIGIT = 8  # bits
LEVELS = 8  # digits of a cycle in 64 bits
SLOTS_PER_LEVEL = 1 << DIGIT
N_SLOTS = LEVELS * SLOTS_PER_LEVEL

_DIGIT = np.uint64(DIGIT)
_MASK = np.uint64(SLOTS_PER_LEVEL - 1)
_ONE = np.uint64(1)
_WORD = np.uint64(6)  # bits of the number of a bit in a word of 64
_IN_WORD = np.uint64(63)


@inlined
def slot_of_now(now):
    """Return the slot of the events of the clock's cycle."""
    return np.uint64(now) & _MASK


@inlined
def take_free(wheel):
    """Return an entry that nothing uses; there must be one."""
    entry = wheel.free[0]
    wheel.free[0] = wheel.next[entry]
    wheel.free[1] -= 1
    return np.uint64(entry)


@inlined
def give_back(wheel, entry):
    """Free an entry that is in no slot."""
    wheel.next[entry] = wheel.free[0]
    wheel.free[0] = entry
    wheel.free[1] += 1


@inlined
def holds_nothing(wheel):
    """True when no entry is an event."""
    return wheel.free[1] + wheel.free[2] == wheel.next.size - N_SLOTS


@inlined
def put(wheel, entry, cycle, now):
    """Add an entry in no slot as an event at ``cycle``, not before ``now``, which is the clock."""
    wheel.cycle[entry] = cycle
    at = np.uint64(cycle)
    differ = at ^ np.uint64(now)
    slot = at & _MASK
    if differ > _MASK:
        slot = _higher_slot(at, differ)
    wheel.next[wheel.last[slot]] = entry
    wheel.last[slot] = entry
    wheel.occupied[slot >> _WORD] |= _ONE << (slot & _IN_WORD)


@inlined
def take_first(wheel, slot):
    """Remove and return the first entry of a slot that is not empty."""
    entry = np.uint64(wheel.next[slot])
    if entry == wheel.last[slot]:
        wheel.last[slot] = slot
        wheel.occupied[slot >> _WORD] &= ~(_ONE << (slot & _IN_WORD))
    else:
        wheel.next[slot] = wheel.next[entry]
    return entry


@inlined
def move_clock(wheel, until):
    """Advance the clock to the next cycle with an event, at most to ``until``; returns it."""
    now = wheel.clock[0]
    while now < until:
        begin = slot_of_now(now)
        # whole words of slots, up to that of ``until``
        end = min((begin + np.uint64(until - now) | _IN_WORD) + _ONE, np.uint64(SLOTS_PER_LEVEL))
        slot = _first_occupied(wheel.occupied, begin, end)
        if slot < end:
            now = min(now + np.int64(slot - begin), until)
            break
        if end < SLOTS_PER_LEVEL:
            now = until
            break
        level, slot, begin = _next_block(wheel, now)
        if level == LEVELS or begin > until:
            now = until
            break
        now = begin
        _empty_into_lower(wheel, slot, now)
    wheel.clock[0] = now
    return now


@inlined
def _next_block(wheel, now):
    """Return the lowest level with events ahead (``LEVELS``: none), their first slot and the cycle it begins with."""
    for level in range(1, LEVELS):
        shift = np.uint64(level) * _DIGIT
        digits = np.uint64(now) >> shift
        origin = np.uint64(level * SLOTS_PER_LEVEL)
        end = origin + np.uint64(SLOTS_PER_LEVEL)
        slot = _first_occupied(wheel.occupied, origin + (digits & _MASK), end)
        if slot < end:
            return level, slot, np.int64(((digits & ~_MASK) | (slot - origin)) << shift)
    return LEVELS, np.uint64(0), now


@inlined
def _empty_into_lower(wheel, slot, now):
    """Put the events of a slot whose first cycle is ``now`` where they belong from now on."""
    entry, last = np.uint64(wheel.next[slot]), np.uint64(wheel.last[slot])
    wheel.last[slot] = slot
    wheel.occupied[slot >> _WORD] &= ~(_ONE << (slot & _IN_WORD))
    while True:
        following = np.uint64(wheel.next[entry])
        put(wheel, entry, wheel.cycle[entry], now)
        if entry == last:
            break
        entry = following


@inlined
def _higher_slot(at, differ):
    """Return the slot, above level 0, of a cycle that differs from the clock's in the bits ``differ``."""
    origin = np.uint64(0)
    while differ > _MASK:
        at >>= _DIGIT
        differ >>= _DIGIT
        origin += np.uint64(SLOTS_PER_LEVEL)
    return origin + (at & _MASK)


@inlined
def _first_occupied(occupied, slot, end):
    """Return the first slot from ``slot`` on that holds something, ``end`` (a multiple of 64) where there is none."""
    while slot < end:
        word = occupied[slot >> _WORD] >> (slot & _IN_WORD)
        if word != 0:
            return slot + np.uint64(lowest_bit(word))
        slot = (slot | _IN_WORD) + _ONE
    return end

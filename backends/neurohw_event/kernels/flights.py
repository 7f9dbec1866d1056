"""The wheel of packet heads under way, in hardware cycles; cycles in which nothing happens cost nothing.

Events of one cycle are taken in the order in which they were put there. A slot holds all cycles that are equal
modulo the size of the wheel.
"""

import math

import numpy as np

from neurohw.jit import inlined

_ONE = np.uint64(1)
_WORD = 64


@inlined
def put(flights, cycle, tick, node, cell):
    """Add an event at ``cycle``, not before the present one; there must be room."""
    entry = flights.free[0]
    flights.free[0] = flights.next[entry]
    flights.free[1] -= 1
    flights.cycle[entry] = cycle
    flights.tick[entry] = tick
    flights.node[entry] = node
    flights.cell[entry] = cell
    flights.next[entry] = -1
    slot = cycle & (flights.head.size - 1)
    if flights.head[slot] < 0:
        flights.head[slot] = entry
        flights.occupied[slot // _WORD] |= _ONE << np.uint64(slot % _WORD)
    else:
        flights.next[flights.tail[slot]] = entry
    flights.tail[slot] = entry


@inlined
def take(flights, now):
    """Remove and return the first entry of cycle ``now``, -1 where there is none; others may share its slot."""
    slot = now & (flights.head.size - 1)
    before = np.int32(-1)
    entry = flights.head[slot]
    while entry >= 0 and flights.cycle[entry] != now:
        before = entry
        entry = flights.next[entry]
    if entry < 0:
        return entry
    after = flights.next[entry]
    if before >= 0:
        flights.next[before] = after
    else:
        flights.head[slot] = after
    if after < 0:
        flights.tail[slot] = before
    if flights.head[slot] < 0:
        flights.occupied[slot // _WORD] &= ~(_ONE << np.uint64(slot % _WORD))
    flights.next[entry] = flights.free[0]
    flights.free[0] = entry
    flights.free[1] += 1
    return entry


@inlined
def next_occupied(flights, now, end):
    """Return the first cycle from ``now`` on whose slot holds an entry, ``end`` where there is none before it."""
    n_slots = flights.head.size
    left = min(end - now, n_slots)
    while left > 0:
        slot = now & (n_slots - 1)
        word = flights.occupied[slot // _WORD] >> np.uint64(slot % _WORD)
        if word != 0:
            lowest = word & (~word + _ONE)
            return min(now + np.int64(math.log2(np.float64(lowest))), end)
        step = _WORD - slot % _WORD
        now += step
        left -= step
    return end

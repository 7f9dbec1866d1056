"""The wheel of packet heads under way, in hardware cycles; cycles in which nothing happens cost nothing.

Events of one cycle are taken in the order in which they were put there.
"""

import math

import numpy as np

from neurohw.jit import leaf

_ONE = np.uint64(1)
_WORD = 64


@leaf
def put(flights, now, cycle, tick, node, cell):
    """Add an event at ``cycle`` (not before ``now``); there must be room."""
    entry = flights.free[0]
    flights.free[0] = flights.next[entry]
    flights.free[1] += 1
    flights.cycle[entry] = cycle
    flights.tick[entry] = tick
    flights.node[entry] = node
    flights.cell[entry] = cell
    _append(flights, now, entry)


@leaf
def take(flights, now):
    """Remove and return the first entry at cycle ``now``, -1 where there is none."""
    n_slots = flights.head.size
    slot = now & (n_slots - 1)
    entry = flights.head[slot]
    while entry >= 0:
        following = flights.next[entry]
        flights.head[slot] = following
        if following < 0:
            flights.occupied[slot // _WORD] &= ~(_ONE << np.uint64(slot % _WORD))
        if flights.cycle[entry] == now:
            flights.next[entry] = flights.free[0]
            flights.free[0] = entry
            flights.free[1] -= 1
            return entry
        _append(flights, now, entry)  # it lay beyond the wheel when it was put
        entry = flights.head[slot]
    return -1


@leaf
def next_cycle(flights, now, end):
    """Return the first cycle from ``now`` on that holds an entry, ``end`` where there is none before it."""
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


@leaf
def _append(flights, now, entry):
    n_slots = flights.head.size
    slot = min(flights.cycle[entry], now + n_slots - 1) & (n_slots - 1)
    flights.next[entry] = -1
    if flights.head[slot] < 0:
        flights.head[slot] = entry
        flights.occupied[slot // _WORD] |= _ONE << np.uint64(slot % _WORD)
    else:
        flights.next[flights.tail[slot]] = entry
    flights.tail[slot] = entry

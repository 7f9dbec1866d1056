"""Cells on the grid that are refractory: a byte for each cell says so, and a queue of them when that ends.

An entry of a queue is the last tick of a refractory time, followed by the number of the cell in the lowest bits. As the
cells of a population have equal refractory times, entries come in ascending order.

Cells that are stepped over several ticks at a time have these ticks in a column instead, and no queue meanwhile.
"""

from neurohw.jit import inlined, inner
from neurohw_event.kernels.sort import sort_ascending
from neurohw_event.layout import HELD_UNTIL, NEVER


@inlined
def hold(held, group, cell, until):
    """Keep a cell from moving up to the tick ``until``, which is ahead."""
    end = held.end[group]
    if end == held.first[group + 1]:
        end = _to_front(held, group)
    held.free[cell] = False
    held.entry[end] = _entry(held, cell, until)
    held.end[group] = end + 1


@inlined
def release(held, group, tick):
    """Let the cells move at ``tick`` whose refractory time is over."""
    begin, end, mask = held.begin[group], held.end[group], (1 << held.bits) - 1
    while begin < end and held.entry[begin] >> held.bits < tick:
        held.free[held.entry[begin] & mask] = True
        begin += 1
    held.begin[group] = begin


@inner
def leave_queue(held, group, clock, first, end):
    """Have the column instead of the queue say of the cells of a population up to when they are refractory."""
    if held.has_queue[group]:
        held.has_queue[group] = False
        for cell in range(first, end):
            held.until[cell] = clock[cell, HELD_UNTIL]


@inlined
def begin_queue(held, group, clock, first, end, tick):
    """Have the queue of a population, before it is advanced to ``tick``, if the column was kept instead."""
    if not held.has_queue[group]:
        hold_all(held, group, clock, first, end, tick - 1)


@inner
def hold_all(held, group, clock, first, end, tick):
    """Begin the queue of a population whose cells come onto the grid in their state at ``tick``."""
    begin = held.first[group]
    n = begin
    for cell in range(first, end):
        until = clock[cell, HELD_UNTIL]
        held.free[cell] = until <= tick
        if until > tick:
            held.entry[n] = _entry(held, cell, until)
            n += 1
    sort_ascending(held.entry[begin:n])
    held.begin[group], held.end[group] = begin, n
    held.has_queue[group] = True


@inlined
def _entry(held, cell, until):
    """Return an entry of a queue; what no run lasts long enough for is ``NEVER``, so that it fits."""
    return (min(until, NEVER >> held.bits) << held.bits) | cell


@inner
def _to_front(held, group):
    """Move the queue of a population to the beginning of its room, twice what it can fill; returns where it ends."""
    first, begin = held.first[group], held.begin[group]
    n = held.end[group] - begin
    for i in range(n):
        held.entry[first + i] = held.entry[begin + i]
    held.begin[group] = first
    return first + n

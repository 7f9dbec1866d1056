"""Delta cells on the grid: all cells of a population stepped by one tick, and those that fire."""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.kernels.grid import CHUNK
from neurohw_event.kernels.holding import hold, release
from neurohw_event.kernels.rows import weights_at
from neurohw_event.layout import (
    DRIVE,
    HELD_UNTIL,
    IN_EXC,
    IN_INH,
    REFRACTORY,
    RESET,
    THRESHOLD,
    TIMES_BITS,
    V_V,
    V,
)

_LINE = 8  # cells in a cache line
_WORD = 8  # cells whose flags are looked at together
_BYTE = np.uint64(3)  # bits of the number of a bit in a byte
_ONE = np.uint64(1)


@inlined
def step_delta(group, first, tick, rows, are_few, block, wiring, due, clock, grid, spikes):
    """Advance the cells of a population to ``tick``, write down the spikes of those that fire; returns how many.

    Where few rows (entries of ``due``) are all that arrives, the step adds them; else inputs stand in their columns.
    """
    columns, constant, fires = grid.state, grid.constant[group], grid.fires
    weight, zeros = wiring.weight, block.zeros
    keep, threshold = grid.step[group, V_V], constant[THRESHOLD]
    n_fired, begin, end = np.int64(0), first, grid.end[group]
    release(grid.held, group, tick)
    while begin < end:
        own = slice(begin, min(begin - begin % _LINE + CHUNK, end))  # further ones begin where cache lines do
        v, free = columns[V, own], grid.held.free[own]
        # equal drives are read where they are in the cache
        from_ = begin if grid.drives_vary[group] else first
        drive = columns[DRIVE, from_ : from_ + v.size]
        if not are_few:
            in_exc, in_inh = columns[IN_EXC, own], columns[IN_INH, own]
            n = _step(v, drive, in_exc, in_inh, free, keep, threshold, fires)
        else:
            cell = begin - first
            a = weight[weights_at(wiring, due, rows[0], cell) :] if rows.size > 0 else zeros
            b = weight[weights_at(wiring, due, rows[1], cell) :] if rows.size > 1 else zeros
            if rows.size <= 2:
                n = _step_two(v, drive, a, b, free, keep, threshold, fires)
            else:
                c = weight[weights_at(wiring, due, rows[2], cell) :]
                d = weight[weights_at(wiring, due, rows[3], cell) :] if rows.size > 3 else zeros
                n = _step_four(v, drive, a, b, c, d, free, keep, threshold, fires)
        if n > 0:
            _fire(n, group, begin, v, tick, constant, clock, grid, spikes[n_fired:])
            n_fired += n
        begin = own.stop
    grid.events[group] += grid.looks[group] * n_fired
    return n_fired


@inner
def _step(v, drive, in_exc, in_inh, free, keep, threshold, fires):
    """Step cells and add their inputs; returns how many are to fire, and flags these."""
    n = 0
    for i in range(v.size):
        moved = drive[i] + (v[i] - drive[i]) * keep
        moved += in_exc[i] + in_inh[i]
        moved = moved if free[i] else v[i]
        v[i] = moved
        in_exc[i] = 0.0
        in_inh[i] = 0.0
        fires[i] = free[i] & (moved >= threshold)
        n += np.int64(free[i] & (moved >= threshold))
    return n


@inner
def _step_two(v, drive, a, b, free, keep, threshold, fires):
    """Do what ``_step`` does where the sum of two rows is all that arrives."""
    n = 0
    for i in range(v.size):
        moved = drive[i] + (v[i] - drive[i]) * keep
        moved += 0.0 + a[i] + b[i]
        moved = moved if free[i] else v[i]
        v[i] = moved
        fires[i] = free[i] & (moved >= threshold)
        n += np.int64(free[i] & (moved >= threshold))
    return n


@inner
def _step_four(v, drive, a, b, c, d, free, keep, threshold, fires):
    """Do what ``_step`` does where the sum of four rows is all that arrives."""
    n = 0
    for i in range(v.size):
        moved = drive[i] + (v[i] - drive[i]) * keep
        moved += 0.0 + a[i] + b[i] + c[i] + d[i]
        moved = moved if free[i] else v[i]
        v[i] = moved
        fires[i] = free[i] & (moved >= threshold)
        n += np.int64(free[i] & (moved >= threshold))
    return n


@inner
def _fire(n, group, first, v, tick, constant, clock, grid, spikes):
    """Fire the first ``n`` cells that are flagged."""
    words, reset, until = grid.words, constant[RESET], tick + np.int64(constant[REFRACTORY])
    word, found = 0, 0
    while found < n:
        while words[word] == 0:
            word += 1
        flags = words[word]
        while flags != 0 and found < n:
            i = word * _WORD + np.int64(np.uint64(lowest_bit(flags)) >> _BYTE)
            flags &= flags - _ONE
            v[i] = reset
            clock[first + i, HELD_UNTIL] = until
            if until > tick:
                hold(grid.held, group, first + i, until)
            spikes[found] = (first + i) << TIMES_BITS | 1
            found += 1
        word += 1

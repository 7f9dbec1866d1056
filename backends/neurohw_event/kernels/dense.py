"""Delta cells to which nothing but rows of dense layers comes: stepped over several ticks, 32 cells at a time.

The state of 32 cells stays in registers for all ticks, and so does the sum of what arrives at them in a tick. Which of
them fire is written down as bits, which are looked up when all is done: nothing in the loop over ticks depends on them.
Up to when cells are refractory is kept from block to block, without the queue that cells stepped tick by tick have.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw.jit.vectors import LANES, bits, fetch, load, spread, store, where
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.kernels.holding import leave_queue
from neurohw_event.kernels.prefetch import prefetch
from neurohw_event.layout import (
    DRIVE,
    HELD_UNTIL,
    NEVER,
    REFRACTORY,
    RESET,
    THRESHOLD,
    TIMES_BITS,
    V_V,
    V,
)

_CELL_BITS = 32  # of the first cell of a vector, before which stands the number of a tick
_CELL = (1 << _CELL_BITS) - 1
_ONE = np.uint64(1)
_SLOWEST = 1.0 - 1e-9  # what is left in a tick of a distance that shrinks by more than rounding adds to it


@inlined
def step_dense(group, first, tick, rows, begins, ends, spikes, n_fired, dense, weight, clock, grid):
    """Advance the cells of a population over some ticks from ``tick`` on, and write down who fires.

    In each of them arrive the ``rows`` (places in ``weight``) from ``begins`` to ``ends``. Spikes are put behind the
    ``n_fired`` that there are of each tick. Where weights are numbers of levels, no rows arrive.
    """
    size = grid.end[group] - first
    if size == 0:  # a share may have none of a population's cells
        return
    for index in range(begins[0], ends[begins.size - 1]):
        prefetch(weight, rows[index])
        fetch(weight, rows[index])
    leave_queue(grid.held, group, clock, first, grid.end[group])
    n_words = _step_all(group, first, tick, rows, begins, ends, dense, weight, grid)
    n = _fire(
        n_words, first, tick + np.int64(grid.constant[group, REFRACTORY]), spikes, n_fired, dense, clock
    )
    grid.events[group] += grid.looks[group] * n + (ends[begins.size - 1] - begins[0]) * size


@inner
def _step_all(group, first, tick, rows, begins, ends, dense, weight, grid):
    """Step the cells of a population, and flag in each tick those that fire; returns how many words of flags there are.

    The last cells, fewer than a vector has, are stepped where there is room for one.
    """
    own, n = slice(first, grid.end[group]), np.int64(0)
    v, until, drive, vary = (
        grid.state[V, own],
        grid.held.until[own],
        grid.state[DRIVE, own],
        grid.drives_vary[group],
    )
    numbers, due = (grid.step[group, V_V], grid.constant[group]), (begins, ends, rows, weight)
    whole = v.size - v.size % LANES
    for at in range(0, whole, LANES):
        # equal drives take one register in place of four, which the loop over ticks is short of
        if vary:
            n = _step(v[at:], until[at:], load(drive, at), at, tick, due, numbers, dense, n)
        else:
            n = _step(v[at:], until[at:], spread(drive[0]), at, tick, due, numbers, dense, n)
    if whole < v.size:
        _copy_last(v[whole:], until[whole:], drive[whole:], dense)
        own_drive = load(dense.last_drive, 0)
        n = _step(dense.last_v, dense.last_until, own_drive, whole, tick, due, numbers, dense, n)
        for i in range(v.size - whole):
            v[whole + i], until[whole + i] = dense.last_v[i], dense.last_until[i]
    return n


@inner
def _copy_last(v, until, drive, dense):
    """Copy the last cells of a population to where there is room for a vector; those that fill it up never move."""
    for i in range(LANES):
        at = min(i, v.size - 1)
        dense.last_v[i], dense.last_drive[i] = v[at], drive[at]
        dense.last_until[i] = until[at] if i < v.size else NEVER


@inlined
def _step(v_of_cell, until_of_cell, drive, cell, tick, due, numbers, dense, n):
    """Advance 32 cells, which in rows are those from ``cell`` on; returns how many words of flags there are then.

    In a tick in which nothing arrives none fires if all are below the threshold, and drawn to below it.
    """
    begins, ends, rows, weight = due
    keep, constant = numbers
    v, until, flags, words = load(v_of_cell, 0), load(until_of_cell, 0), dense.flags, dense.words
    kept, threshold, reset = spread(keep), spread(constant[THRESHOLD]), spread(constant[RESET])
    refractory, nothing = np.int64(constant[REFRACTORY]), spread(np.nan)
    stays_below = ((bits(v >= threshold) | bits(drive >= threshold)) == 0) & (keep < _SLOWEST)
    for k in range(begins.size):
        is_free = until < spread(np.float64(tick + k))
        moved = drive + (v - drive) * kept
        if stays_below & (begins[k] == ends[k]):
            v = where(is_free, moved, v)
            continue
        total = spread(0.0)
        for index in range(begins[k], ends[k]):
            row = rows[np.uint64(index)] + cell
            fetch(weight, row + LANES)  # of the cells that come next
            total = total + load(weight, row)
        v = where(is_free, moved + total, v)
        fires = where(is_free, v, nothing) >= threshold
        v = where(fires, reset, v)
        until = where(fires, spread(np.float64(tick + k + refractory)), until)
        # nothing here depends on the flags but a number: the processor need not guess
        word, at = bits(fires), np.uint64(n)
        flags[at], words[at] = word, k << _CELL_BITS | cell
        n += np.int64(word != 0)
    store(v_of_cell, 0, v)
    store(until_of_cell, 0, until)
    return n


@inner
def _fire(n_words, first, refractory_to, spikes, n_fired, dense, clock):
    """Write down the spikes of the cells that are flagged; returns how many they are.

    Those that fire in the first tick are refractory up to ``refractory_to``.
    """
    n_spikes = 0
    for index in range(n_words):
        k, origin = dense.words[index] >> _CELL_BITS, first + (dense.words[index] & _CELL)
        left, n = dense.flags[index], n_fired[k]
        n_spikes -= n
        while left != 0:
            cell = origin + lowest_bit(left)
            left &= left - _ONE
            spikes[k, n] = cell << TIMES_BITS | 1
            clock[cell, HELD_UNTIL] = refractory_to + k
            n += 1
        n_spikes += n
        n_fired[k] = n
    return n_spikes

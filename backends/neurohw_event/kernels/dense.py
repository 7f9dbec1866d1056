"""Delta cells to which nothing but rows of dense layers comes: stepped over several ticks, 32 cells at a time.

The state of 32 cells stays in registers for all ticks, and so does the sum of what arrives at them in a tick. Which of
them fire is written down as bits, which are looked up when all is done: nothing in the loop over ticks depends on them.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw.jit.vectors import LANES, bits, fetch, load, spread, store, where
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.kernels.holding import hold, release
from neurohw_event.layout import (
    DRIVE,
    HELD_UNTIL,
    LONG_AGO,
    NEVER,
    REFRACTORY,
    RESET,
    THRESHOLD,
    TIMES_BITS,
    V_V,
    V,
)

_TICK_AT = 32  # bits of the number of a vector, before which stands that of a tick
_VECTOR = (1 << _TICK_AT) - 1
_ONE = np.uint64(1)


@inlined
def can_be_vectors(row, n_cells, weight):
    """True when all weights of a row can be read as vectors, the last of which may reach beyond its end."""
    return row + (n_cells + LANES - 1) // LANES * LANES <= weight.size


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
        fetch(weight, rows[index])
    _take_held(grid.held, group, first, dense.until[:size])
    release(grid.held, group, tick + begins.size - 1)
    _step_all(group, first, tick, rows, begins, ends, dense, weight, grid)
    n_words = _list_flags(dense, (size + LANES - 1) // LANES, begins.size)
    n = _fire(group, n_words, first, tick, begins.size, spikes, n_fired, dense, clock, grid)
    grid.events[group] += grid.looks[group] * n + (ends[begins.size - 1] - begins[0]) * size


@inner
def _take_held(held, group, first, until):
    """Note of the cells of a population until when they are held."""
    free, mask = held.free[first : first + until.size], (1 << held.bits) - 1
    for i in range(until.size):
        until[i] = LONG_AGO if free[i] else until[i]
    for at in range(held.begin[group], held.end[group]):
        until[(held.entry[at] & mask) - first] = held.entry[at] >> held.bits


@inner
def _step_all(group, first, tick, rows, begins, ends, dense, weight, grid):
    """Step the cells of a population; the last ones, fewer than a vector has, where there is room for one."""
    own, keep, constant = slice(first, grid.end[group]), grid.step[group, V_V], grid.constant[group]
    v, until, drive, vary = (
        grid.state[V, own],
        dense.until[: grid.end[group] - first],
        grid.state[DRIVE, own],
        grid.drives_vary[group],
    )
    one_drive, whole = dense.one_drive, v.size - v.size % LANES
    for i in range(LANES):
        one_drive[i] = drive[0]
    for at in range(0, whole, LANES):
        flags = dense.flags[:, at // LANES]
        now = drive[at:] if vary else one_drive
        _step(v[at:], until[at:], now, flags, at, tick, rows, begins, ends, keep, constant, weight)
    if whole < v.size:
        for i in range(LANES):
            at = min(whole + i, v.size - 1)
            dense.last_v[i], dense.last_drive[i] = v[at], drive[at]
            dense.last_until[i] = until[at] if whole + i < v.size else NEVER
        flags = dense.flags[:, whole // LANES]
        last_v, last_until, now = dense.last_v, dense.last_until, dense.last_drive
        _step(last_v, last_until, now, flags, whole, tick, rows, begins, ends, keep, constant, weight)
        for i in range(v.size - whole):
            v[whole + i] = last_v[i]


@inner
def _step(
    v_of_cell, until_of_cell, drive_of_cell, flags, cell, tick, rows, begins, ends, keep, constant, weight
):
    """Advance 32 cells, which in rows are those from ``cell`` on, and flag in each tick those that fire."""
    v, until, drive = load(v_of_cell, 0), load(until_of_cell, 0), load(drive_of_cell, 0)
    kept, threshold, reset = spread(keep), spread(constant[THRESHOLD]), spread(constant[RESET])
    refractory, nothing = np.int64(constant[REFRACTORY]), spread(np.nan)
    for k in range(begins.size):
        total = spread(0.0)
        for index in range(begins[k], ends[k]):
            row = rows[index] + cell
            fetch(weight, row + LANES)  # of the cells that come next
            total = total + load(weight, row)
        is_free = until < spread(np.float64(tick + k))
        moved = drive + (v - drive) * kept
        v = where(is_free, moved + total, v)
        fires = where(is_free, v, nothing) >= threshold
        v = where(fires, reset, v)
        until = where(fires, spread(np.float64(tick + k + refractory)), until)
        flags[k] = bits(fires)
    store(v_of_cell, 0, v)


@inner
def _list_flags(dense, n_vectors, n_ticks):
    """List where flags are set; returns how many such words there are."""
    words, n = dense.words, 0
    # nothing here depends on the flags but a number: the processor need not guess
    for k in range(n_ticks):
        for vector in range(n_vectors):
            words[n] = k << _TICK_AT | vector
            n += np.int64(dense.flags[k, vector] != 0)
    return n


@inner
def _fire(group, n_words, first, tick, n_ticks, spikes, n_fired, dense, clock, grid):
    """Write down the spikes of the cells that are flagged, and hold those; returns how many they are."""
    refractory, last, n_spikes = np.int64(grid.constant[group, REFRACTORY]), tick + n_ticks - 1, 0
    for index in range(n_words):
        k, vector = dense.words[index] >> _TICK_AT, dense.words[index] & _VECTOR
        until, left, n = tick + k + refractory, dense.flags[k, vector], n_fired[k]
        while left != 0:
            cell = first + vector * LANES + lowest_bit(left)
            left &= left - _ONE
            spikes[k, n] = cell << TIMES_BITS | 1
            clock[cell, HELD_UNTIL] = until
            if until >= last and refractory > 0:
                hold(grid.held, group, cell, until)
            n += 1
        n_spikes += n - n_fired[k]
        n_fired[k] = n
    return n_spikes

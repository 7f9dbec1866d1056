"""Cells with conductances on the grid: the step of ``opening``, written over whole columns as in ``grid``."""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.conductance import NEGLIGIBLE, after_tick
from neurohw_event.kernels.grid import CHUNK, decay, fire_in_chunk, step_on_grid
from neurohw_event.kernels.holding import release
from neurohw_event.kernels.opening import MOST, as_tuple, moved
from neurohw_event.layout import CLASS, DRIVE, RESISTANCE, THRESHOLD, X_EXC, X_INH, Kind, V

_CONDUCTANCE = int(Kind.CONDUCTANCE)
_DELTA = int(Kind.DELTA)


@inlined
def step_currents(tick, cells, groups, grid, extras, fired):
    """Step the populations on the grid of cells that inputs reach in the tick after they came."""
    for group in range(groups.kind.size):
        kind = groups.kind[group]
        if not grid.on[group] or kind == _DELTA:
            continue
        if kind == _CONDUCTANCE:
            if extras is not None:
                step_open_cells(group, tick, cells, groups, grid, fired)
        else:
            step_on_grid(kind, group, tick, cells, groups, grid, extras, fired)


@inner
def step_open_cells(group, tick, cells, groups, grid, fired):
    """Advance the cells of a population to ``tick`` and fire; what arrives is added after the step, by its sender.

    A cell with an open conductance counts as an event: as one that would be advanced on its own.
    """
    columns, constant, left = grid.state, grid.constant[group], grid.left[group]
    first, end = groups.first[group], grid.end[group]
    class_ = cells.clock[first, CLASS]
    opening, of_class = cells.opening[class_], cells.constants_of_class[class_]
    limits = constant[THRESHOLD], NEGLIGIBLE / constant[RESISTANCE]
    release(grid.held, group, tick)
    begin = first
    while begin < end:
        own = slice(begin, min((begin // CHUNK + 1) * CHUNK, end))  # from where cache lines begin
        v, free = columns[V, own], grid.held.free[own]
        # equal drives are read where they are in the cache
        from_ = begin if grid.drives_vary[group] else first
        drive = columns[DRIVE, from_ : from_ + v.size]
        x_exc, x_inh = columns[X_EXC, own], columns[X_INH, own]
        n, n_open, n_long = _step(v, x_exc, x_inh, drive, free, as_tuple(opening), left[0], left[1], limits)
        if n_long > 0:
            n += _step_long(
                v, x_exc, x_inh, drive, free, opening, left, of_class, cells.timestep_ms, limits[0]
            )
        grid.events[group] += n_open
        if n > 0:
            fire_in_chunk(n, group, begin, v, free, tick, constant, cells.clock, grid, fired)
        begin = own.stop
    for receptor in range(2):
        decay(_CONDUCTANCE, group, receptor, first, end, grid)


@inlined
def _step(v, x_exc, x_inh, drive, free, opening, left_exc, left_inh, limits):
    """Step the cells for which one step is short enough.

    Returns how many of them are to fire, how many of all have open conductances, and how many free ones need more
    steps.
    """
    most = opening[MOST]
    threshold, negligible = limits
    n = n_open = n_long = 0
    for i in range(v.size):
        g_exc, g_inh = x_exc[i] * left_exc, x_inh[i] * left_inh
        open_us = abs(g_exc) + abs(g_inh)
        goes = free[i] & (open_us <= most)
        after = moved(v[i], g_exc, g_inh, drive[i], opening)
        after = after if goes else v[i]
        v[i] = after
        n += np.int64(goes & (after >= threshold))
        n_open += np.int64(open_us > negligible)
        n_long += np.int64(free[i] & (open_us > most))
    return n, n_open, n_long


@inner
def _step_long(v, x_exc, x_inh, drive, free, opening, left, of_class, timestep_ms, threshold):
    """Step the free cells that need several steps; returns how many of them are to fire."""
    n = 0
    for i in range(v.size):
        g_exc, g_inh = x_exc[i] * left[0], x_inh[i] * left[1]
        if free[i] and abs(g_exc) + abs(g_inh) > opening[MOST]:
            v[i] = after_tick(v[i], g_exc, g_inh, drive[i], of_class, opening, timestep_ms)
            n += np.int64(v[i] >= threshold)
    return n

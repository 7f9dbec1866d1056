"""Populations stepped on the grid: all cells of a population advanced by one tick at once.

Each step is the same expression as a step of one tick in ``linear``, in the same order, written over whole columns so
that the compiler works on several cells at a time. Columns are cut into chunks that stay in the first cache.

What moves between caches is what takes the time, so that little is to be read and less to be written. Currents decay by
a factor that all cells of a population share: that factor is kept once, columns hold what is to be multiplied by it,
and what arrives is divided by it. Whether a cell is refractory is a byte.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.drive_delivery import add_next_to, next_to
from neurohw_event.kernels.holding import begin_queue, hold, release
from neurohw_event.kernels.sources import fire
from neurohw_event.layout import (
    CURRENT,
    DRIVE,
    HELD_UNTIL,
    IN_EXC,
    IN_INH,
    REFRACTORY,
    RESET,
    RESISTANCE,
    REST,
    ROW,
    SCALE_EXC,
    SPAN_MS,
    THRESHOLD,
    V_V,
    V_X_EXC,
    V_X_INH,
    V_Y_EXC,
    V_Y_INH,
    X_EXC,
    X_INH,
    X_X_EXC,
    Y_EXC,
    Y_INH,
    Kind,
    V,
)

_ALPHA = int(Kind.ALPHA)
_DELTA = int(Kind.DELTA)
CHUNK = 512  # cells
_WORD = 8  # cells whose flags are looked at together
# A current this small (nA) adds nothing to a potential; further down, numbers of reduced precision are slow.
_TINY = 1e-200
_LEAST_LEFT = 2.0**-10  # of a current since its column was last written as a whole


@inner
def step_on_grid(kind, group, tick, cells, groups, grid, extras, fired):
    """Advance the cells of a population to ``tick`` and fire.

    Inputs of delta cells are added too; what reaches others at ``tick`` is added after the step, by its sender. Only
    the drive that is ``next_to`` a population is added to its cells here, while a step has them in the first cache.
    """
    columns, constant, step = grid.state, grid.constant[group], grid.step[group]
    left, first, end = grid.left[group], groups.first[group], grid.end[group]
    if kind == _DELTA:
        begin_queue(grid.held, group, cells.clock, first, end, tick)
    release(grid.held, group, tick)
    source = np.int64(-1) if kind == _DELTA else next_to(extras, group)
    unit = _unit_then(kind, group, source, extras, grid)
    begin = first
    while begin < end:
        own = slice(begin, min((begin // CHUNK + 1) * CHUNK, end))  # from where cache lines begin
        v, free = columns[V, own], grid.held.free[own]
        # equal drives are read where they are in the cache
        from_ = begin if grid.drives_vary[group] else first
        drive = columns[DRIVE, from_ : from_ + v.size]
        x_exc, x_inh = columns[X_EXC, own], columns[X_INH, own]
        if kind == _DELTA:
            n = _step_delta(v, drive, columns[IN_EXC, own], columns[IN_INH, own], free, constant, step)
        elif kind == _ALPHA:
            y_exc, y_inh = columns[Y_EXC, own], columns[Y_INH, own]
            n = _step_alpha(v, x_exc, x_inh, y_exc, y_inh, drive, free, constant, step, left)
        else:
            n = _step_exponential(v, x_exc, x_inh, drive, free, constant, step, left)
        if n > 0:
            fire_in_chunk(n, group, begin, v, free, tick, constant, cells.clock, grid, fired)
            grid.events[group] += grid.looks[group] * n
        if unit > 0.0:
            add_next_to(extras, source, own, grid, unit, tick)
        begin = own.stop
    if kind != _DELTA:
        for receptor in range(2):
            decay(kind, group, receptor, first, end, grid)


@inlined
def _unit_then(kind, group, source, extras, grid):
    """Return by what the inputs of a drive are multiplied after the tick; 0: there is none, or columns change."""
    if extras is None or source < 0:
        return 0.0
    receptor = extras.drives.origin[source] - IN_EXC
    left = grid.left[group, receptor] * grid.step[group, X_X_EXC + receptor]
    return _unit(kind, group, receptor, left, grid) if left >= _LEAST_LEFT else 0.0


@inlined
def on_grid(grid, group, column, cell):
    """Return a state variable of a cell on the grid."""
    value = grid.state[column, cell]
    return value * grid.left[group, (column - X_EXC) % 2] if X_EXC <= column <= Y_INH else value


@inlined
def decay(kind, group, receptor, first, end, grid):
    """Let a tick pass for the currents of a receptor, and say by what the inputs that come now are multiplied."""
    left = grid.left[group, receptor] * grid.step[group, X_X_EXC + receptor]
    if left < _LEAST_LEFT:
        _multiply(grid.state[X_EXC + receptor, first:end], left)
        if kind == _ALPHA:
            _multiply(grid.state[Y_EXC + receptor, first:end], left)
        left = 1.0
    grid.left[group, receptor] = left
    grid.unit[group, receptor] = _unit(kind, group, receptor, left, grid)


@inlined
def _unit(kind, group, receptor, left, grid):
    scale = grid.constant[group, SCALE_EXC + receptor] if kind == _ALPHA else 1.0
    return scale / left


@inner
def _multiply(currents, left):
    for i in range(currents.size):
        now = currents[i] * left
        currents[i] = now if abs(now) > _TINY else 0.0


@inner
def fire_in_chunk(n, group, first, v, free, tick, constant, clock, grid, fired):
    """Fire the ``n`` cells at or above their threshold that are not refractory."""
    fires, words, reset = grid.fires, grid.words, constant[RESET]
    until = tick + np.int64(constant[REFRACTORY])
    _flag(fires[: v.size], v, free, constant[THRESHOLD])
    word = 0
    while n > 0:
        while words[word] == 0:
            word += 1
        for i in range(word * _WORD, min((word + 1) * _WORD, v.size)):
            if fires[i]:
                v[i] = reset
                clock[first + i, HELD_UNTIL] = until
                if until > tick:
                    hold(grid.held, group, first + i, until)
                fire(fired, first + i, 1)
                n -= 1
        word += 1


@inner
def _flag(fires, v, free, threshold):
    for i in range(v.size):
        fires[i] = free[i] & (v[i] >= threshold)


@inner
def take_currents(group, touched, cells, grid, steps):
    """Let the currents that wait for the touched cells flow from this tick on."""
    for index in range(touched.size):
        cell = touched[index]
        if steps.waiting_na[cell] != 0.0:
            cells.state[cell, CURRENT] += steps.waiting_na[cell]
            steps.waiting_na[cell] = 0.0
            grid.state[DRIVE, cell] = drive_of(cells, cell)
            grid.drives_vary[group] = True


@inner
def drive_of(cells, cell):
    """Return the potential that a cell without synaptic input would end at."""
    row = cells.clock[cell, ROW]
    return cells.constant[row, REST] + cells.constant[row, RESISTANCE] * cells.state[cell, CURRENT]


@inner
def _step_delta(v, drive, in_exc, in_inh, free, constant, step):
    """Step delta cells and add their inputs; returns how many are to fire."""
    keep, threshold = step[V_V], constant[THRESHOLD]
    n = 0
    for i in range(v.size):
        moved = drive[i] + (v[i] - drive[i]) * keep
        moved += in_exc[i] + in_inh[i]
        moved = moved if free[i] else v[i]
        v[i] = moved
        in_exc[i] = 0.0
        in_inh[i] = 0.0
        n += np.int64(free[i] & (moved >= threshold))
    return n


@inner
def _step_exponential(v, x_exc, x_inh, drive, free, constant, step, left):
    """Step cells with exponential currents; returns how many are to fire."""
    keep, threshold = step[V_V], constant[THRESHOLD]
    from_exc, from_inh = step[V_X_EXC] * left[0], step[V_X_INH] * left[1]
    n = 0
    for i in range(v.size):
        moved = drive[i] + (v[i] - drive[i]) * keep
        moved += x_exc[i] * from_exc + x_inh[i] * from_inh
        is_free = free[i]
        moved = moved if is_free else v[i]
        v[i] = moved
        n += np.int64(is_free & (moved >= threshold))
    return n


@inner
def _step_alpha(v, x_exc, x_inh, y_exc, y_inh, drive, free, constant, step, left):
    """Step cells with alpha currents; returns how many are to fire."""
    keep, span_ms, threshold = step[V_V], step[SPAN_MS], constant[THRESHOLD]
    from_exc, from_inh = step[V_X_EXC] * left[0], step[V_X_INH] * left[1]
    by_exc, by_inh = step[V_Y_EXC] * left[0], step[V_Y_INH] * left[1]
    n = 0
    for i in range(v.size):
        moved = drive[i] + (v[i] - drive[i]) * keep
        moved += x_exc[i] * from_exc + x_inh[i] * from_inh
        moved += y_exc[i] * by_exc + y_inh[i] * by_inh
        moved = moved if free[i] else v[i]
        v[i] = moved
        x_exc[i] += span_ms * y_exc[i]
        x_inh[i] += span_ms * y_inh[i]
        n += np.int64(free[i] & (moved >= threshold))
    return n

"""Populations stepped on the grid: all cells of a population advanced by one tick at once.

Each step is the same expression as a step of one tick in ``linear``, in the same order, written over whole columns so
that the compiler works on several cells at a time. Columns are cut into chunks that stay in the first cache.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.sources import fire
from neurohw_event.layout import (
    CURRENT,
    DRIVE,
    HELD,
    IN_EXC,
    IN_INH,
    REFRACTORY,
    RESET,
    RESISTANCE,
    REST,
    ROW,
    SCALE_EXC,
    SCALE_INH,
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
    X_X_INH,
    Y_EXC,
    Y_INH,
    Kind,
    V,
)

_ALPHA = int(Kind.ALPHA)
_DELTA = int(Kind.DELTA)
CHUNK = 512  # cells
_WORD = 8  # cells whose flags are looked at together
_LOOKS = 2  # a cell on its own would be looked at after its refractory time, and when it fires
# A current this small (nA) adds nothing to a potential; further down, numbers of reduced precision are slow. A look
# at a few ticks is enough: in between, no current decays that far.
_TINY = 1e-200
_TICKS_BETWEEN_LOOKS = 32


@inner
def step_on_grid(kind, group, first, end, tick, grid, fired):
    """Advance the cells ``first`` to ``end - 1`` of a population to ``tick`` and fire.

    Inputs are added too, but for those of receptors at which few events arrive: these wait for ``add_few``.
    """
    columns, constant, step = grid.state, grid.constant[group], grid.step[group]
    now, until = np.float64(tick), np.float64(tick) + constant[REFRACTORY]
    has_exc, has_inh = has_many(grid, group, 0, end - first), has_many(grid, group, 1, end - first)
    begin = first
    while begin < end:
        cells = slice(begin, min((begin // CHUNK + 1) * CHUNK, end))  # from where cache lines begin
        v, held = columns[V, cells], columns[HELD, cells]
        from_ = (
            begin if grid.drives_vary[group] else first
        )  # equal drives are read where they are in the cache
        drive = columns[DRIVE, from_ : from_ + v.size]
        in_exc, in_inh = columns[IN_EXC, cells], columns[IN_INH, cells]
        x_exc, x_inh = columns[X_EXC, cells], columns[X_INH, cells]
        if kind == _DELTA:
            n = _step_delta(v, drive, in_exc, in_inh, held, now, constant, step)
        elif kind == _ALPHA:
            y_exc, y_inh = columns[Y_EXC, cells], columns[Y_INH, cells]
            n = _cross_alpha(v, x_exc, x_inh, y_exc, y_inh, drive, held, now, constant, step)
            _decay_alpha(x_exc, y_exc, step[X_X_EXC], step[SPAN_MS])
            _decay_alpha(x_inh, y_inh, step[X_X_INH], step[SPAN_MS])
            if has_exc:
                _add_inputs(y_exc, in_exc, constant[SCALE_EXC])
            if has_inh:
                _add_inputs(y_inh, in_inh, constant[SCALE_INH])
        else:
            n = _step_exponential(v, x_exc, x_inh, drive, held, now, constant, step)
            if has_exc:
                _add_inputs(x_exc, in_exc, 1.0)
            if has_inh:
                _add_inputs(x_inh, in_inh, 1.0)
        grid.events[group] += _LOOKS * n
        if n > 0:
            _fire(n, grid, fired, v, held, begin, now, until, constant)
        begin = cells.stop
    if kind != _DELTA and tick % _TICKS_BETWEEN_LOOKS == 0:
        for row in range(X_EXC, Y_INH + 1 if kind == _ALPHA else Y_EXC):
            _drop_tiny(columns[row, first:end])


@inlined
def has_many(grid, group, receptor, n_cells):
    """True when so many events arrive at a receptor in this tick that inputs are added cell by cell."""
    return grid.arrived[group, receptor] > grid.bounds[2] * n_cells


@inlined
def add_few(kind, group, receptor, targets, grid):
    """Add the inputs of targets at a receptor at which few events arrive; done twice, it adds nothing more."""
    inputs = grid.state[IN_EXC + receptor]
    if kind == _ALPHA:
        currents, scale = grid.state[Y_EXC + receptor], grid.constant[group, SCALE_EXC + receptor]
    else:
        currents, scale = grid.state[X_EXC + receptor], 1.0
    for i in range(targets.size):
        cell = np.uint32(targets[i])
        currents[cell] += inputs[cell] * scale
        inputs[cell] = 0.0


@inner
def _fire(n, grid, fired, v, held, first, now, until, constant):
    """Fire the ``n`` cells at or above their threshold that are not held."""
    fires, words, reset = grid.fires, grid.words, constant[RESET]
    _flag(fires[: v.size], v, held, now, constant[THRESHOLD])
    word = 0
    while n > 0:
        while words[word] == 0:
            word += 1
        for i in range(word * _WORD, min((word + 1) * _WORD, v.size)):
            if fires[i]:
                v[i] = reset
                held[i] = until
                fire(fired, first + i, 1)
                n -= 1
        word += 1


@inner
def _flag(fires, v, held, now, threshold):
    for i in range(v.size):
        fires[i] = (held[i] < now) & (v[i] >= threshold)


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
def _step_delta(v, drive, in_exc, in_inh, held, now, constant, step):
    """Step delta cells and add their inputs; returns how many are to fire."""
    keep, threshold = step[V_V], constant[THRESHOLD]
    n = 0
    for i in range(v.size):
        free = held[i] < now
        moved = drive[i] + (v[i] - drive[i]) * keep
        moved += in_exc[i] + in_inh[i]
        moved = moved if free else v[i]
        v[i] = moved
        in_exc[i] = 0.0
        in_inh[i] = 0.0
        n += np.int64(free & (moved >= threshold))
    return n


@inner
def _step_exponential(v, x_exc, x_inh, drive, held, now, constant, step):
    """Step cells with exponential currents; returns how many are to fire."""
    keep, threshold = step[V_V], constant[THRESHOLD]
    from_exc, from_inh, keep_exc, keep_inh = step[V_X_EXC], step[V_X_INH], step[X_X_EXC], step[X_X_INH]
    n = 0
    for i in range(v.size):
        free = held[i] < now
        exc, inh = x_exc[i], x_inh[i]
        moved = drive[i] + (v[i] - drive[i]) * keep
        moved += exc * from_exc + inh * from_inh
        moved = moved if free else v[i]
        v[i] = moved
        x_exc[i] = exc * keep_exc
        x_inh[i] = inh * keep_inh
        n += np.int64(free & (moved >= threshold))
    return n


@inner
def _cross_alpha(v, x_exc, x_inh, y_exc, y_inh, drive, held, now, constant, step):
    """Step the potentials of cells with alpha currents; returns how many are to fire."""
    keep, threshold = step[V_V], constant[THRESHOLD]
    from_exc, from_inh, by_exc, by_inh = step[V_X_EXC], step[V_X_INH], step[V_Y_EXC], step[V_Y_INH]
    n = 0
    for i in range(v.size):
        free = held[i] < now
        moved = drive[i] + (v[i] - drive[i]) * keep
        moved += x_exc[i] * from_exc + x_inh[i] * from_inh
        moved += y_exc[i] * by_exc + y_inh[i] * by_inh
        moved = moved if free else v[i]
        v[i] = moved
        n += np.int64(free & (moved >= threshold))
    return n


@inner
def _decay_alpha(x, y, keep, span_ms):
    """Step the currents of one receptor."""
    for i in range(x.size):
        x[i] = (x[i] + span_ms * y[i]) * keep
        y[i] = y[i] * keep


@inner
def _add_inputs(currents, inputs, scale):
    for i in range(currents.size):
        currents[i] += inputs[i] * scale
        inputs[i] = 0.0


@inner
def _drop_tiny(currents):
    for i in range(currents.size):
        currents[i] = currents[i] if abs(currents[i]) > _TINY else 0.0

"""Conductance-based integrate-and-fire cells: stepped every tick while a conductance is open, exact otherwise.

An active cell is advanced by the formula of ``opening``, in one step a tick where that is short against its time
constants, else in more. Once the conductances are negligible they are set to zero and the cell is as lazy as a
current-based one without input. Where most cells of a population are active, all are stepped at once.
"""

import math

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.agenda import schedule
from neurohw_event.kernels.opening import EXC, INH, LEFT, MOST, coefficients, moved
from neurohw_event.kernels.sources import fire
from neurohw_event.layout import (
    CLASS,
    CURRENT,
    HELD_UNTIL,
    IN_EXC,
    IN_INH,
    LAST,
    REFRACTORY,
    RESET,
    RESISTANCE,
    REST,
    ROW,
    TAU_M,
    THRESHOLD,
    X_EXC,
    X_INH,
    V,
)

# Steps in a tick, at most: they are doubled until they are short enough.
_MOST_STEPS = 1 << 20
# Conductances below this part of the leak conductance move v by less than rounding does.
NEGLIGIBLE = 1e-16
_MARGIN = 1e-9


@inner
def update_conductance(touched, active, tick, cells, agenda, steps, fired):
    """Advance the touched cells to ``tick``, active ones among them; add inputs, fire, decide who stays active.

    Cells to step in the next tick are written to ``active``; returns how many.
    """
    n_active = 0
    for index in range(touched.size):
        cell = touched[index]
        x = cells.state[cell]
        clock = cells.clock[cell]
        constant = cells.constant[clock[ROW]]
        of_class = cells.constants_of_class[clock[CLASS]]
        _advance(x, constant, clock, of_class, cells.opening[clock[CLASS]], tick, cells.timestep_ms)
        clock[LAST] = tick
        x[X_EXC] += x[IN_EXC]
        x[X_INH] += x[IN_INH]
        x[IN_EXC] = 0.0
        x[IN_INH] = 0.0
        x[CURRENT] += steps.waiting_na[cell]
        steps.waiting_na[cell] = 0.0
        if tick > clock[HELD_UNTIL] and x[V] >= constant[THRESHOLD]:
            x[V] = constant[RESET]
            clock[HELD_UNTIL] = tick + np.int64(constant[REFRACTORY])
            fire(fired, cell, 1)
        if _stays_active(x, constant):
            active[n_active] = cell
            n_active += 1
        else:
            _schedule_lazy(x, constant, clock, of_class, cell, tick, cells, agenda)
    return n_active


@inner
def look_conductance(cell, tick, cells, out):
    """Write the state of a cell at ``tick`` into ``out`` (float64 [8]) and leave the cell alone."""
    for column in range(out.size):
        out[column] = cells.state[cell, column]
    clock = cells.clock[cell]
    constant = cells.constant[clock[ROW]]
    class_ = clock[CLASS]
    of_class = cells.constants_of_class[class_]
    _advance(out, constant, clock, of_class, cells.opening[class_], tick, cells.timestep_ms)


@inlined
def _advance(x, constant, clock, of_class, opening, tick, timestep_ms):
    if x[X_EXC] == 0.0 and x[X_INH] == 0.0:
        span = tick - max(clock[LAST], clock[HELD_UNTIL])
        if span > 0:
            rest = constant[REST] + constant[RESISTANCE] * x[CURRENT]
            x[V] = rest + (x[V] - rest) * math.exp(-span * timestep_ms / of_class[TAU_M])
        return
    for at in range(clock[LAST] + 1, tick + 1):
        if at > clock[HELD_UNTIL]:
            drive = constant[REST] + constant[RESISTANCE] * x[CURRENT]
            x[V] = after_tick(x[V], x[X_EXC], x[X_INH], drive, of_class, opening, timestep_ms)
        x[X_EXC] *= opening[EXC + LEFT]
        x[X_INH] *= opening[INH + LEFT]


@inlined
def _stays_active(x, constant):
    leak = 1.0 / constant[RESISTANCE]
    if abs(x[X_EXC]) + abs(x[X_INH]) > NEGLIGIBLE * leak:
        return True
    x[X_EXC] = 0.0
    x[X_INH] = 0.0
    return False


@inlined
def after_tick(v, g_exc, g_inh, drive, of_class, opening, timestep_ms):
    """Return v after a tick, in as many steps as it takes."""
    open_us = abs(g_exc) + abs(g_inh)
    if open_us <= opening[MOST]:
        return moved(v, g_exc, g_inh, drive, opening)
    return _after_steps(v, g_exc, g_inh, drive, of_class, timestep_ms)


@inner
def _after_steps(v, g_exc, g_inh, drive, of_class, timestep_ms):
    n_steps = 2
    steps = coefficients(of_class, timestep_ms / n_steps)
    while abs(g_exc) + abs(g_inh) > steps[MOST] and n_steps < _MOST_STEPS:
        n_steps *= 2
        steps = coefficients(of_class, timestep_ms / n_steps)
    for _ in range(n_steps):
        v = moved(v, g_exc, g_inh, drive, steps)
        g_exc *= steps[EXC + LEFT]
        g_inh *= steps[INH + LEFT]
    return v


@inlined
def _schedule_lazy(x, constant, clock, of_class, cell, tick, cells, agenda):
    """Have a cell without input looked at before the drive alone can take it over the threshold."""
    if tick < clock[HELD_UNTIL]:
        schedule(agenda.head, agenda.next, agenda.previous, agenda.due, cell, clock[HELD_UNTIL], tick)
        return
    threshold = constant[THRESHOLD]
    drive = constant[REST] + constant[RESISTANCE] * x[CURRENT]
    margin = _MARGIN * (abs(threshold) + abs(x[V]) + abs(drive))
    if max(drive, x[V]) < threshold - margin:
        return
    wait = 1.0  # so near, a long step might round onto the threshold, which single steps never reach
    if drive > threshold + margin and drive > x[V]:
        slope = (drive - x[V]) * cells.timestep_ms / of_class[TAU_M]
        wait = min((threshold - x[V]) / slope * (1.0 - _MARGIN), cells.horizon)
    schedule(agenda.head, agenda.next, agenda.previous, agenda.due, cell, tick + max(1, np.int64(wait)), tick)

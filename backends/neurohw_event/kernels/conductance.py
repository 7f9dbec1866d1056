"""Conductance-based integrate-and-fire cells: stepped every tick while a conductance is open, exact otherwise.

An active cell is advanced by the classical fourth-order Runge-Kutta method with exactly decaying conductances, in
steps short against its time constants. Once the conductances are negligible they are set to zero and the
cell is as lazy as a current-based one without input.
"""

import math

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.agenda import schedule
from neurohw_event.kernels.sources import fire
from neurohw_event.layout import (
    CLASS,
    CM,
    CURRENT,
    E_EXC,
    E_INH,
    HELD_UNTIL,
    IN_EXC,
    IN_INH,
    LAST,
    REFRACTORY,
    RESET,
    RESISTANCE,
    REST,
    ROW,
    TAU_EXC,
    TAU_INH,
    TAU_M,
    THRESHOLD,
    X_EXC,
    X_INH,
    V,
)

# Largest product of a step and the fastest rate of the cell: keeps v within 1e-4 mV of the solution.
_LONGEST_STEP = 0.1
# Conductances below this part of the leak conductance move v by less than rounding does.
_NEGLIGIBLE = 1e-16
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
        _advance(x, constant, clock, of_class, tick, cells.timestep_ms)
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
    _advance(out, constant, clock, cells.constants_of_class[clock[CLASS]], tick, cells.timestep_ms)


@inlined
def _advance(x, constant, clock, of_class, tick, timestep_ms):
    if x[X_EXC] == 0.0 and x[X_INH] == 0.0:
        span = tick - max(clock[LAST], clock[HELD_UNTIL])
        if span > 0:
            rest = constant[REST] + constant[RESISTANCE] * x[CURRENT]
            x[V] = rest + (x[V] - rest) * math.exp(-span * timestep_ms / of_class[TAU_M])
        return
    for at in range(clock[LAST] + 1, tick + 1):
        _tick(x, constant, of_class, timestep_ms, at > clock[HELD_UNTIL])


@inlined
def _stays_active(x, constant):
    leak = 1.0 / constant[RESISTANCE]
    if abs(x[X_EXC]) + abs(x[X_INH]) > _NEGLIGIBLE * leak:
        return True
    x[X_EXC] = 0.0
    x[X_INH] = 0.0
    return False


@inlined
def _tick(x, constant, of_class, timestep_ms, free):
    leak = 1.0 / constant[RESISTANCE]
    fastest = max(1.0 / of_class[TAU_EXC], 1.0 / of_class[TAU_INH])
    rate = max(fastest, (leak + abs(x[X_EXC]) + abs(x[X_INH])) / of_class[CM])
    n_steps = 1 + np.int64(timestep_ms * rate / _LONGEST_STEP)
    h = timestep_ms / n_steps
    half_exc = math.exp(-0.5 * h / of_class[TAU_EXC])
    half_inh = math.exp(-0.5 * h / of_class[TAU_INH])
    drive = leak * constant[REST] + x[CURRENT]
    for _ in range(n_steps):
        g_exc, g_inh = x[X_EXC], x[X_INH]
        mid_exc, mid_inh = g_exc * half_exc, g_inh * half_inh
        end_exc, end_inh = mid_exc * half_exc, mid_inh * half_inh
        if free:
            v = x[V]
            a = _slope(v, g_exc, g_inh, leak, drive, of_class)
            b = _slope(v + 0.5 * h * a, mid_exc, mid_inh, leak, drive, of_class)
            c = _slope(v + 0.5 * h * b, mid_exc, mid_inh, leak, drive, of_class)
            d = _slope(v + h * c, end_exc, end_inh, leak, drive, of_class)
            x[V] = v + h / 6.0 * (a + 2.0 * b + 2.0 * c + d)
        x[X_EXC], x[X_INH] = end_exc, end_inh


@inlined
def _slope(v, g_exc, g_inh, leak, drive, of_class):
    return (drive - leak * v + g_exc * (of_class[E_EXC] - v) + g_inh * (of_class[E_INH] - v)) / of_class[CM]


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

"""Current-based integrate-and-fire cells: exact steps over any number of ticks, and a bound on the next crossing.

A cell is advanced only when something reaches it or when its bound says that it might cross the threshold.
The hot loop works on numbers and whole arrays: a view of a row would cost more than the arithmetic.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.agenda import schedule
from neurohw_event.kernels.propagators import fill_propagators
from neurohw_event.kernels.sources import fire
from neurohw_event.layout import (
    CLASS,
    CURRENT,
    HELD_UNTIL,
    IN_EXC,
    IN_INH,
    KEEP_EXC,
    KEEP_INH,
    LAST,
    REFRACTORY,
    RESET,
    RESISTANCE,
    REST,
    RISE,
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
_EXPONENTIAL = int(Kind.EXPONENTIAL)
# A bound within this relative distance of the threshold is not trusted to stay below it.
_MARGIN = 1e-9
# mV per tick: slower than this, a potential reaches nothing within the horizon.
_FLAT = 1e-30


@inner
def update_linear(kind, touched, tick, cells, agenda, steps, fired):
    """Advance the touched cells to ``tick``, add their inputs, fire, and say when to look again."""
    state, constant, clock = cells.state, cells.constant, cells.clock
    table, of_class = cells.table, cells.constants_of_class
    timestep_ms, horizon = cells.timestep_ms, cells.horizon
    waiting_na = steps.waiting_na
    head, following, previous, due = agenda.head, agenda.next, agenda.previous, agenda.due
    for index in range(touched.size):
        cell = np.uint32(touched[index])
        row = np.uint64(clock[cell, ROW])
        rest = constant[row, REST] + constant[row, RESISTANCE] * state[cell, CURRENT]
        v, x_exc, x_inh, y_exc, y_inh = _advanced(
            kind == _ALPHA, state, np.int64(cell), rest, clock, tick, table, of_class, timestep_ms
        )
        clock[cell, LAST] = tick
        free = tick > clock[cell, HELD_UNTIL]
        if kind == _EXPONENTIAL:
            x_exc += state[cell, IN_EXC]
            x_inh += state[cell, IN_INH]
        elif kind == _DELTA:
            v += state[cell, IN_EXC] + state[cell, IN_INH] if free else 0.0
        else:
            y_exc += state[cell, IN_EXC] * constant[row, SCALE_EXC]
            y_inh += state[cell, IN_INH] * constant[row, SCALE_INH]
        state[cell, IN_EXC] = 0.0
        state[cell, IN_INH] = 0.0
        if waiting_na[cell] != 0.0:
            state[cell, CURRENT] += waiting_na[cell]
            waiting_na[cell] = 0.0
            rest = constant[row, REST] + constant[row, RESISTANCE] * state[cell, CURRENT]
        if free and v >= constant[row, THRESHOLD]:
            v = constant[row, RESET]
            clock[cell, HELD_UNTIL] = tick + np.int64(constant[row, REFRACTORY])
            fire(fired, touched[index], 1)
        state[cell, V] = v
        state[cell, X_EXC], state[cell, X_INH] = x_exc, x_inh
        if kind == _ALPHA:
            state[cell, Y_EXC], state[cell, Y_INH] = y_exc, y_inh
        if tick < clock[cell, HELD_UNTIL]:
            look = clock[cell, HELD_UNTIL]
        else:
            class_ = clock[cell, CLASS]
            highest = max(x_exc, 0.0) + max(x_inh, 0.0)
            if kind == _ALPHA:
                highest += (
                    max(y_exc, 0.0) / constant[row, SCALE_EXC] + max(y_inh, 0.0) / constant[row, SCALE_INH]
                )
            fading = (
                min(x_exc, 0.0) * of_class[class_, KEEP_EXC] + min(x_inh, 0.0) * of_class[class_, KEEP_INH]
            )
            resistance = constant[row, RESISTANCE]
            wait = _ticks_below(
                v,
                constant[row, THRESHOLD],
                rest + resistance * highest,
                resistance * fading,
                constant[row, RISE],
                horizon,
            )
            if wait == 0:
                continue
            look = tick + wait
        if look < due[cell]:
            schedule(head, following, previous, due, np.int64(cell), look, tick)


@inner
def look_linear(cell, tick, cells, out):
    """Write the state of a cell at ``tick`` into ``out`` (float64 [8]); the cell stays as it is."""
    state = cells.state
    row = cells.clock[cell, ROW]
    rest = cells.constant[row, REST] + cells.constant[row, RESISTANCE] * state[cell, CURRENT]
    v, x_exc, x_inh, y_exc, y_inh = _advanced(
        True, state, cell, rest, cells.clock, tick, cells.table, cells.constants_of_class, cells.timestep_ms
    )
    for column in range(out.size):
        out[column] = state[cell, column]
    out[V] = v
    out[X_EXC], out[X_INH] = x_exc, x_inh
    out[Y_EXC], out[Y_INH] = y_exc, y_inh


@inlined
def _advanced(has_y, state, cell, rest, clock, tick, table, of_class, timestep_ms):
    """Return (v, x_exc, x_inh, y_exc, y_inh) of a cell at ``tick``, v held while refractory."""
    v = state[cell, V]
    x_exc, x_inh = state[cell, X_EXC], state[cell, X_INH]
    y_exc = state[cell, Y_EXC] if has_y else 0.0
    y_inh = state[cell, Y_INH] if has_y else 0.0
    class_ = np.uint64(clock[cell, CLASS])
    span = tick - clock[cell, LAST]
    held = min(span, clock[cell, HELD_UNTIL] - clock[cell, LAST])
    if held > 0:
        k = _row(table, class_, held, of_class, timestep_ms)
        x_exc, y_exc = _decayed(has_y, x_exc, y_exc, table[class_, k, X_X_EXC], table[class_, k, SPAN_MS])
        x_inh, y_inh = _decayed(has_y, x_inh, y_inh, table[class_, k, X_X_INH], table[class_, k, SPAN_MS])
        span -= held
    if span > 0:
        k = _row(table, class_, span, of_class, timestep_ms)
        v = rest + (v - rest) * table[class_, k, V_V]
        v += x_exc * table[class_, k, V_X_EXC] + x_inh * table[class_, k, V_X_INH]
        if has_y:
            v += y_exc * table[class_, k, V_Y_EXC] + y_inh * table[class_, k, V_Y_INH]
        x_exc, y_exc = _decayed(has_y, x_exc, y_exc, table[class_, k, X_X_EXC], table[class_, k, SPAN_MS])
        x_inh, y_inh = _decayed(has_y, x_inh, y_inh, table[class_, k, X_X_INH], table[class_, k, SPAN_MS])
    return v, x_exc, x_inh, y_exc, y_inh


@inlined
def _decayed(has_y, x, y, keep, span_ms):
    return ((x + span_ms * y) * keep, y * keep) if has_y else (x * keep, 0.0)


@inlined
def _row(table, class_, span, of_class, timestep_ms):
    """Return the row of the table for a span; its last row is filled for spans that it does not hold."""
    last = table.shape[1] - 1
    if span >= last:
        fill_propagators(table[class_, last], span * timestep_ms, of_class[class_])
        span = last
    return np.uint64(span)


@inlined
def _ticks_below(v, threshold, drive, fading, rise, horizon):
    """Return for how many ticks v surely stays below the threshold, at least 1; 0: for ever, unless touched.

    While the drive (rest plus resistance times current) is at most D, v rises no faster than (D - v) / tau_m.
    ``drive`` bounds it for ever, with negative currents counted as none; within the horizon what is left of these
    at its end, ``fading``, counts too.
    """
    margin = _MARGIN * (abs(threshold) + abs(v) + abs(drive))
    if max(drive, v) < threshold - margin:
        return 0
    if drive <= threshold + margin:
        return 1  # a long step might round onto the threshold, which single steps never reach
    slope = max((drive + fading - v) * rise, _FLAT)
    return np.int64(max(1.0, min((threshold - v) / slope * (1.0 - _MARGIN), horizon)))

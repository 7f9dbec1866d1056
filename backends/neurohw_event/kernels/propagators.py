"""Exact propagators of the linear membrane equation over any number of ticks.

For tau dv/dt = E - v + R (x_exc + x_inh), with x' = -x / tau_syn + y and y' = -y / tau_syn (y = 0 for exponential
currents), one step multiplies (v - E, x, y) by constants (Rotter & Diesmann 1999, doi:10.1007/s004220050570). The
forms here are stable where tau_syn equals tau_m.
"""

import math

from neurohw.jit import inner, leaf
from neurohw_event.layout import (
    CM,
    SPAN_MS,
    TAU_EXC,
    TAU_INH,
    TAU_M,
    V_V,
    V_X_EXC,
    V_X_INH,
    V_Y_EXC,
    V_Y_INH,
    X_X_EXC,
    X_X_INH,
)


@leaf
def fill_propagators(row, span_ms, constants):
    """Write the propagators over ``span_ms`` into ``row`` (float64 [8])."""
    a = 1.0 / constants[TAU_M]
    capacitance = constants[CM]
    row[V_V] = math.exp(-a * span_ms)
    row[SPAN_MS] = span_ms
    exc = 1.0 / constants[TAU_EXC]
    inh = 1.0 / constants[TAU_INH]
    row[X_X_EXC] = math.exp(-exc * span_ms)
    row[X_X_INH] = math.exp(-inh * span_ms)
    row[V_X_EXC] = _response(a, exc, span_ms) / capacitance
    row[V_X_INH] = _response(a, inh, span_ms) / capacitance
    row[V_Y_EXC] = _ramp_response(a, exc, span_ms) / capacitance
    row[V_Y_INH] = _ramp_response(a, inh, span_ms) / capacitance


@leaf
def fill_table(table, constants_of_class, timestep_ms):
    """Fill ``table[c, k]`` with the propagators of class c over k ticks."""
    for c in range(table.shape[0]):
        for k in range(table.shape[1]):
            fill_propagators(table[c, k], k * timestep_ms, constants_of_class[c])


@inner
def _response(a, b, t):
    """Return the integral of exp(-a (t - s)) exp(-b s) over s in [0, t]."""
    d = abs(b - a)
    if d * t < 1e-300:
        return t * math.exp(-a * t)
    return math.exp(-min(a, b) * t) * -math.expm1(-d * t) / d


@inner
def _ramp_response(a, b, t):
    """Return the integral of exp(-a (t - s)) s exp(-b s) over s in [0, t]."""
    y = (a - b) * t
    if abs(y) < 0.5:
        total = 0.0
        term = 1.0
        for n in range(16):
            total += term / (n + 2)
            term *= y / (n + 1)
        return math.exp(-a * t) * t * t * total
    # integral of s exp((a - b) s), in the form that cannot overflow
    if y > 0:
        return t * t * math.exp(-b * t) * (1.0 / y - (1.0 - math.exp(-y)) / (y * y))
    return t * t * math.exp(-a * t) * (1.0 - math.exp(y) * (1.0 - y)) / (y * y)

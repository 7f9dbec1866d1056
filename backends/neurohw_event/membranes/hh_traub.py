"""Hodgkin-Huxley with the rates of Traub and Miles (1991, Neuronal Networks of the Hippocampus).

The rates are functions of v - v_offset, in the form of Brette et al. 2007 (doi:10.1007/s10827-007-0038-6, benchmark
3). A spike is an upward crossing of 10 mV, as on PyNN's NEURON backend; nothing is reset.
"""

import math

from neurohw.jit import inlined
from neurohw_event.membranes.declaration import Array, Membrane, Parameters
from neurohw_event.stepped_layout import CAPACITY, MEMBRANE, ON_CROSSING

HH_EQUATION = 3
_G_NA, _G_K, _G_LEAK, _E_NA, _E_K, _E_LEAK, _OFFSET = range(MEMBRANE, MEMBRANE + 7)
# A stage of too long a step may lie anywhere; rates are not followed to where exp() overflows.
_FURTHEST_MV = 1000.0
_EXP_MINUS_5 = math.exp(-5.0)


@inlined
def hh_slopes(x: Array, current_na: float, p: Array, out: Array) -> None:
    """Write dv/dt (mV/ms) and the rates of change of m, h and n (1/ms)."""
    v, m, h, n = x[0], x[1], x[2], x[3]
    sodium = p[_G_NA] * m * m * m * h * (p[_E_NA] - v)
    potassium = p[_G_K] * n * n * n * n * (p[_E_K] - v)
    out[0] = (sodium + potassium + p[_G_LEAK] * (p[_E_LEAK] - v) + current_na) / p[CAPACITY]
    u = min(max(v - p[_OFFSET], -_FURTHEST_MV), _FURTHEST_MV)
    rising = math.exp((u - 40.0) / 5.0)  # three of the rates need it
    opening = 0.32 * _ratio(13.0 - u, 4.0, math.exp((13.0 - u) / 4.0))
    closing = 0.28 * _ratio(u - 40.0, 5.0, rising)
    out[1] = opening - (opening + closing) * m
    opening, closing = 0.128 * math.exp((17.0 - u) / 18.0), 4.0 * rising / (rising + 1.0)
    out[2] = opening - (opening + closing) * h
    opening, closing = 0.032 * _ratio(15.0 - u, 5.0, _EXP_MINUS_5 / rising), 0.5 * math.exp((10.0 - u) / 40.0)
    out[3] = opening - (opening + closing) * n


@inlined
def _ratio(x: float, y: float, exponential: float) -> float:
    """Return x / (exp(x / y) - 1), which is y at x = 0, from exp(x / y)."""
    z = x / y
    return y * (1.0 - z * (0.5 - z / 12.0)) if abs(z) < 1e-3 else x / (exponential - 1.0)


def _constants(p: Parameters) -> tuple[Array, ...]:
    names = ("gbar_Na", "gbar_K", "g_leak", "e_rev_Na", "e_rev_K", "e_rev_leak", "v_offset")
    return tuple(p[name] for name in names)


HH_TRAUB = Membrane(
    HH_EQUATION,
    ON_CROSSING,
    _constants,
    level=10.0,
    reset="",
    variables=("v", "m", "h", "n"),
    initial={"v": -65.0, "h": 1.0},
)

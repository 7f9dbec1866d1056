"""Adaptive exponential integrate and fire (Brette & Gerstner 2005, doi:10.1152/jn.00686.2005).

C dv/dt = g_L (v_rest - v) + g_L delta_T exp((v - v_thresh) / delta_T) - w + I, tau_w dw/dt = a (v - v_rest) - w. Where
delta_T is 0 there is no exponential, and v_thresh is the level at which a cell fires.
"""

import math

import numpy as np

from neurohw.jit import inlined
from neurohw_event.membranes.declaration import Array, Membrane, Parameters
from neurohw_event.stepped_layout import CAPACITY, MEMBRANE, ON_REACHING

ADEXP_EQUATION = 1
_LEAK, _REST, _SHARPNESS, _THRESHOLD, _COUPLING, _TAU_W = range(MEMBRANE, MEMBRANE + 6)
# The upstroke is steeper than any input long before, and exp() far from overflow.
_LARGEST_EXPONENT = 80.0


@inlined
def adexp_slopes(x: Array, current_na: float, p: Array, out: Array) -> None:
    """Write dv/dt (mV/ms) and dw/dt (nA/ms)."""
    v, w = x[0], x[1]
    upstroke = 0.0
    if p[_SHARPNESS] > 0.0:
        exponent = min((v - p[_THRESHOLD]) / p[_SHARPNESS], _LARGEST_EXPONENT)
        upstroke = p[_LEAK] * p[_SHARPNESS] * math.exp(exponent)
    out[0] = (p[_LEAK] * (p[_REST] - v) + upstroke - w + current_na) / p[CAPACITY]
    out[1] = (p[_COUPLING] * (v - p[_REST]) - w) / p[_TAU_W]


def _constants(p: Parameters) -> tuple[Array, ...]:
    coupling_us = 1e-3 * p["a"]
    return p["cm"] / p["tau_m"], p["v_rest"], p["delta_T"], p["v_thresh"], coupling_us, p["tau_w"]


def _level_mv(p: Parameters) -> Array:
    return np.where(p["delta_T"] > 0, p["v_spike"], p["v_thresh"])


ADEXP = Membrane(
    ADEXP_EQUATION,
    ON_REACHING,
    _constants,
    level=_level_mv,
    variables=("v", "w"),
    jump="b",
    scale="cm",
)

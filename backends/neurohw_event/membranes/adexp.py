"""Adaptive exponential integrate and fire (Brette & Gerstner 2005, doi:10.1152/jn.00686.2005).

C dv/dt = g_L (v_rest - v) + g_L delta_T exp((v - v_thresh) / delta_T) - w + I, tau_w dw/dt = a (v - v_rest) - w. Where
delta_T is 0 there is no exponential, and v_thresh is the level at which a cell fires.
"""

import numpy as np

from neurohw.jit import inner
from neurohw_event.kernels.exponential import exponential
from neurohw_event.kernels.fused import fma
from neurohw_event.kernels.stage import current_na, potential_mv, unless_held
from neurohw_event.membranes.declaration import Array, Membrane, Parameters, leak_ms
from neurohw_event.stepped_layout import AT_STAGE, MEMBRANE, ON_REACHING, ROW, constant_row

ADEXP_EQUATION = 1
_LEAK, _REST, _UPSTROKE, _PER_SHARPNESS, _THRESHOLD, _COUPLING, _PER_TAU_W, _PER_CAPACITY = (
    constant_row(MEMBRANE + k) for k in range(8)
)
# The upstroke is followed as far as here (mV/ms): at this slope v takes 1e-5 ms to any level, and goes by some mV in
# the shortest step. Much steeper, the stages of that step would lie far from all that a cell can be.
_STEEPEST = 1e7


@inner
def adexp_slopes(batch: Array, stage: int, out: int, n_lanes: int) -> None:
    """Write dv/dt (mV/ms) and dw/dt (nA/ms)."""
    for i in range(n_lanes):
        v, w = potential_mv(batch, i), batch[AT_STAGE + ROW + i]
        grown = exponential((v - batch[_THRESHOLD + i]) * batch[_PER_SHARPNESS + i])
        upstroke = min(batch[_UPSTROKE + i] * grown, _STEEPEST)
        depth_mv = batch[_REST + i] - v
        total_na = fma(batch[_LEAK + i], depth_mv, current_na(batch, stage, v, i) - w)
        slope = fma(total_na, batch[_PER_CAPACITY + i], upstroke)
        batch[out + i] = unless_held(batch, slope, i)
        batch[out + ROW + i] = fma(-batch[_COUPLING + i], depth_mv, -w) * batch[_PER_TAU_W + i]


def _constants(p: Parameters) -> tuple[Array, ...]:
    """Return leak (uS), rest (mV), size of the upstroke (mV/ms), 1 / delta_T (both 0 where that is 0), and so on."""
    leak_us, is_sharp = p["cm"] / p["tau_m"], p["delta_T"] > 0
    per_sharpness = is_sharp / np.where(is_sharp, p["delta_T"], 1.0)
    upstroke = p["delta_T"] / p["tau_m"]
    coupling_us = 1e-3 * p["a"]
    rates = 1.0 / p["tau_w"], 1.0 / p["cm"]
    return leak_us, p["v_rest"], upstroke, per_sharpness, p["v_thresh"], coupling_us, *rates


def _times_ms(p: Parameters) -> dict[str, Array]:
    return leak_ms(p) | {"tau_w": p["tau_w"]}


def _level_mv(p: Parameters) -> Array:
    return np.where(p["delta_T"] > 0, p["v_spike"], p["v_thresh"])


ADEXP = Membrane(
    ADEXP_EQUATION,
    ON_REACHING,
    _constants,
    _times_ms,
    level=_level_mv,
    variables=("v", "w"),
    jump="b",
    scale="cm",
)

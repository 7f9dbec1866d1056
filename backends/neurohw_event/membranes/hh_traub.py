"""Hodgkin-Huxley with the rates of Traub and Miles (1991, Neuronal Networks of the Hippocampus).

The rates are functions of v - v_offset, in the form of Brette et al. 2007 (doi:10.1007/s10827-007-0038-6, benchmark
3). A spike is an upward crossing of 10 mV, as on PyNN's NEURON backend; nothing is reset.
"""

import math

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.exponential import exponential
from neurohw_event.kernels.fused import fma
from neurohw_event.kernels.stage import current_na, potential_mv, unless_held
from neurohw_event.membranes.declaration import Array, Membrane, Parameters
from neurohw_event.stepped_layout import AT_STAGE, MEMBRANE, ON_CROSSING, ROW, constant_row

HH_EQUATION = 3
_G_NA, _G_K, _G_LEAK, _E_NA, _E_K, _E_LEAK, _OFFSET, _PER_CAPACITY = (
    constant_row(MEMBRANE + k) for k in range(8)
)
_M, _H, _N = (AT_STAGE + ROW * k for k in (1, 2, 3))
_OUT_M, _OUT_H, _OUT_N = ROW, ROW * 2, ROW * 3
# A stage of too long a step may lie anywhere; rates are not followed to where products of exp() overflow.
_FURTHEST_MV = 600.0
_NEARLY_0 = 1e-3  # of x / y: x / (exp(x / y) - 1) is taken from its series
_EXP_13_4, _EXP_40_5, _EXP_15_5 = math.exp(13 / 4), math.exp(40 / 5), math.exp(15 / 5)
_EXP_17_18, _EXP_10_40 = math.exp(17 / 18), math.exp(10 / 40)


@inner
def hh_slopes(batch: Array, stage: int, out: int, n_lanes: int) -> None:
    """Write dv/dt (mV/ms) and the rates of change of m, h and n (1/ms)."""
    for i in range(n_lanes):
        v, m, h, n = potential_mv(batch, i), batch[_M + i], batch[_H + i], batch[_N + i]
        total_na = fma(batch[_G_LEAK + i], batch[_E_LEAK + i] - v, current_na(batch, stage, v, i))
        total_na = fma(batch[_G_K + i] * (n * n) * (n * n), batch[_E_K + i] - v, total_na)
        total_na = fma(batch[_G_NA + i] * (m * m) * (m * h), batch[_E_NA + i] - v, total_na)
        batch[out + i] = unless_held(batch, total_na * batch[_PER_CAPACITY + i], i)
        u = min(max(v - batch[_OFFSET + i], -_FURTHEST_MV), _FURTHEST_MV)
        decay = exponential(u * -(1 / 40))  # its powers are all exponentials but one
        decay_2 = decay * decay
        decay_4 = decay_2 * decay_2
        decay_8 = decay_4 * decay_4
        falling = decay_8 * _EXP_40_5  # exp((40 - u) / 5)
        m_grown, n_grown = decay_8 * decay_2 * _EXP_13_4, decay_8 * _EXP_15_5
        # one division for all: it takes as long as some twenty products
        a, b = _denominator(13.0 - u, 1 / 4, m_grown), _denominator(40.0 - u, 1 / 5, falling)
        c, d = 1.0 + falling, _denominator(15.0 - u, 1 / 5, n_grown)
        ab, cd = a * b, c * d
        quotient = 1.0 / (ab * cd)
        per_ab, per_cd = quotient * cd, quotient * ab
        opening = 0.32 * _ratio(13.0 - u, 4.0, per_ab * b)
        closing = 0.28 * falling * _ratio(40.0 - u, 5.0, per_ab * a)
        batch[out + _OUT_M + i] = fma(-(opening + closing), m, opening)
        opening, closing = (0.128 * _EXP_17_18) * exponential(u * -(1 / 18)), 4.0 * (per_cd * d)
        batch[out + _OUT_H + i] = fma(-(opening + closing), h, opening)
        opening, closing = 0.032 * _ratio(15.0 - u, 5.0, per_cd * c), (0.5 * _EXP_10_40) * decay
        batch[out + _OUT_N + i] = fma(-(opening + closing), n, opening)


@inlined
def _denominator(x: float, per_y: float, grown: float) -> float:
    """Return exp(x / y) - 1, from 1 / y and exp(x / y), but 1 where the series is taken."""
    return grown - 1.0 if abs(x * per_y) >= _NEARLY_0 else 1.0


@inlined
def _ratio(x: float, y: float, per_denominator: float) -> float:
    """Return x / (exp(x / y) - 1), which is y at x = 0."""
    z = x * (1.0 / y)
    series = y * fma(-z, fma(-z, 1 / 12, 0.5), 1.0)
    return x * per_denominator if abs(z) >= _NEARLY_0 else series


def _constants(p: Parameters) -> tuple[Array, ...]:
    names = ("gbar_Na", "gbar_K", "g_leak", "e_rev_Na", "e_rev_K", "e_rev_leak", "v_offset")
    return *(p[name] for name in names), 1.0 / p["cm"]


def _times_ms(p: Parameters) -> dict[str, Array]:
    open_us = p["gbar_Na"] + p["gbar_K"] + p["g_leak"]
    with np.errstate(divide="ignore"):
        return {"cm / (gbar_Na + gbar_K + g_leak)": p["cm"] / open_us}


HH_TRAUB = Membrane(
    HH_EQUATION,
    ON_CROSSING,
    _constants,
    _times_ms,
    level=10.0,
    reset="",
    variables=("v", "m", "h", "n"),
    initial={"v": -65.0, "h": 1.0},
)

"""The embedded Runge-Kutta method of Cash and Karp (1990, doi:10.1145/79505.79507): order 5, with an error of order 4.

Channels enter the stages exactly, so that only the membrane's own variables are integrated. Each loop is over the
lanes of a batch, and does the same for all of them in the same order.
"""

import math

import numpy as np

from neurohw.jit import inner
from neurohw_event.kernels.fused import fma
from neurohw_event.membranes.equations import write_slopes
from neurohw_event.stepped_layout import (
    AT_END,
    AT_STAGE,
    ERROR,
    N_STAGES,
    NOW,
    ROW,
    SCALE,
    SLOPES,
    SPAN_MS,
    STAGE,
    constant_row,
)

_SCALE = constant_row(SCALE)
# slopes at the stages, one behind the other
_K0, _K1, _K2, _K3, _K4, _K5 = (SLOPES + STAGE * k for k in range(N_STAGES))
_TO_1 = 1 / 5
_TO_2 = 3 / 40, 9 / 40
_TO_3 = 3 / 10, -9 / 10, 6 / 5
_TO_4 = -11 / 54, 5 / 2, -70 / 27, 35 / 27
_TO_5 = 1631 / 55296, 175 / 512, 575 / 13824, 44275 / 110592, 253 / 4096
_FIFTH = 37 / 378, 250 / 621, 125 / 594, 512 / 1771  # of stages 0, 2, 3 and 5
_ERROR = (
    _FIFTH[0] - 2825 / 27648,
    _FIFTH[1] - 18575 / 48384,
    _FIFTH[2] - 13525 / 55296,
    -277 / 14336,  # stage 4
    _FIFTH[3] - 1 / 4,
)
# Part of a variable's size, and of its scale, that a step may be wrong by.
_TOLERANCE = 1e-7


@inner
def take_step(equation, n_variables, batch, n_lanes):
    """Write the variables after a step of each lane's length, and its error over what is allowed.

    Drive and pull at the stages are given. Where a lane is not free, v stays.
    """
    for stage in range(N_STAGES):
        stage_now = np.uint64(stage)
        for k in range(n_variables):
            _go_to_stage(stage, np.uint64(k) * ROW, batch, n_lanes)
        write_slopes(equation, batch, stage_now * ROW, SLOPES + stage_now * STAGE, n_lanes)
    for k in range(n_variables):
        _finish(k == 0, np.uint64(k) * ROW, batch, n_lanes)


@inner
def _go_to_stage(stage, of, batch, n_lanes):
    """Write a variable's value at a stage; its rows are ``of`` behind those of the first."""
    now, out, k0, k1 = NOW + of, AT_STAGE + of, _K0 + of, _K1 + of
    k2, k3, k4 = _K2 + of, _K3 + of, _K4 + of
    if stage == 0:
        for i in range(n_lanes):
            batch[out + i] = batch[now + i]
    elif stage == 1:
        for i in range(n_lanes):
            batch[out + i] = fma(batch[SPAN_MS + i], _TO_1 * batch[k0 + i], batch[now + i])
    elif stage == 2:
        for i in range(n_lanes):
            total = fma(_TO_2[1], batch[k1 + i], _TO_2[0] * batch[k0 + i])
            batch[out + i] = fma(batch[SPAN_MS + i], total, batch[now + i])
    elif stage == 3:
        for i in range(n_lanes):
            total = fma(_TO_3[1], batch[k1 + i], _TO_3[0] * batch[k0 + i])
            total = fma(_TO_3[2], batch[k2 + i], total)
            batch[out + i] = fma(batch[SPAN_MS + i], total, batch[now + i])
    elif stage == 4:
        for i in range(n_lanes):
            total = fma(_TO_4[1], batch[k1 + i], _TO_4[0] * batch[k0 + i])
            total = fma(_TO_4[3], batch[k3 + i], fma(_TO_4[2], batch[k2 + i], total))
            batch[out + i] = fma(batch[SPAN_MS + i], total, batch[now + i])
    else:
        for i in range(n_lanes):
            total = fma(_TO_5[1], batch[k1 + i], _TO_5[0] * batch[k0 + i])
            total = fma(_TO_5[3], batch[k3 + i], fma(_TO_5[2], batch[k2 + i], total))
            total = fma(_TO_5[4], batch[k4 + i], total)
            batch[out + i] = fma(batch[SPAN_MS + i], total, batch[now + i])


@inner
def _finish(is_first, of, batch, n_lanes):
    """Write a variable after the step; make the error that of this one where it is the first, or larger."""
    now, out, k0, k2 = NOW + of, AT_END + of, _K0 + of, _K2 + of
    k3, k4, k5 = _K3 + of, _K4 + of, _K5 + of
    for i in range(n_lanes):
        first, third, fourth, last = batch[k0 + i], batch[k2 + i], batch[k3 + i], batch[k5 + i]
        total = fma(_FIFTH[1], third, _FIFTH[0] * first)
        total = fma(_FIFTH[3], last, fma(_FIFTH[2], fourth, total))
        error = fma(_ERROR[1], third, _ERROR[0] * first)
        error = fma(_ERROR[3], batch[k4 + i], fma(_ERROR[2], fourth, error))
        error = fma(_ERROR[4], last, error)
        x, span_ms = batch[now + i], batch[SPAN_MS + i]
        batch[out + i] = fma(span_ms, total, x)
        scale = 1.0 if is_first else batch[_SCALE + i]
        error = abs(span_ms * error) / (_TOLERANCE * (scale + abs(x)))
        error = error if error >= 0.0 else math.inf  # not a number: too long a step
        batch[ERROR + i] = error if is_first else max(batch[ERROR + i], error)

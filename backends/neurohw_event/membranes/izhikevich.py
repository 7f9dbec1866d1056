"""Quadratic integrate and fire with recovery (Izhikevich 2003, doi:10.1109/TNN.2003.820440).

dv/dt = 0.04 v^2 + 5 v + 140 - u + I, du/dt = a (b v - u). I is in mV/ms: as on PyNN's NEST and NEURON backends 1 nA
is 1000 mV/ms, the current into a capacity of 1 pF.
"""

import numpy as np

from neurohw.jit import inner
from neurohw_event.kernels.fused import fma
from neurohw_event.kernels.stage import current_na, potential_mv, unless_held
from neurohw_event.membranes.declaration import Array, Membrane, Parameters
from neurohw_event.stepped_layout import AT_STAGE, MEMBRANE, ON_REACHING, ROW, constant_row

IZHIKEVICH_EQUATION = 2
_CAPACITY_NF = 1e-3
_PER_CAPACITY = 1.0 / _CAPACITY_NF
_A, _B = constant_row(MEMBRANE), constant_row(MEMBRANE + 1)


@inner
def izhikevich_slopes(batch: Array, stage: int, out: int, n_lanes: int) -> None:
    """Write dv/dt and du/dt (mV/ms and mV/ms2)."""
    for i in range(n_lanes):
        v, u = potential_mv(batch, i), batch[AT_STAGE + ROW + i]
        slope = fma(fma(0.04, v, 5.0), v, 140.0 - u)
        slope = fma(current_na(batch, stage, v, i), _PER_CAPACITY, slope)
        batch[out + i] = unless_held(batch, slope, i)
        batch[out + ROW + i] = batch[_A + i] * fma(batch[_B + i], v, -u)


def _constants(p: Parameters) -> tuple[Array, ...]:
    return p["a"], p["b"]


def _times_ms(p: Parameters) -> dict[str, Array]:
    with np.errstate(divide="ignore"):
        return {"1 / a": 1.0 / np.abs(p["a"])}


IZHIKEVICH = Membrane(
    IZHIKEVICH_EQUATION,
    ON_REACHING,
    _constants,
    _times_ms,
    capacity=_CAPACITY_NF,
    level=30.0,
    reset="c",
    variables=("v", "u"),
    initial={"v": -70.0, "u": -14.0},
    jump="d",
)

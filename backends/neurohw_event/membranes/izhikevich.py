"""Quadratic integrate and fire with recovery (Izhikevich 2003, doi:10.1109/TNN.2003.820440).

dv/dt = 0.04 v^2 + 5 v + 140 - u + I, du/dt = a (b v - u). I is in mV/ms: as on PyNN's NEST and NEURON backends 1 nA
is 1000 mV/ms, the current into a capacity of 1 pF.
"""

from neurohw.jit import inlined
from neurohw_event.membranes.declaration import Array, Membrane, Parameters
from neurohw_event.stepped_layout import CAPACITY, MEMBRANE, ON_REACHING

IZHIKEVICH_EQUATION = 2
_A, _B = range(MEMBRANE, MEMBRANE + 2)


@inlined
def izhikevich_slopes(x: Array, current_na: float, p: Array, out: Array) -> None:
    """Write dv/dt and du/dt (mV/ms and mV/ms2)."""
    v, u = x[0], x[1]
    out[0] = (0.04 * v + 5.0) * v + 140.0 - u + current_na / p[CAPACITY]
    out[1] = p[_A] * (p[_B] * v - u)


def _constants(p: Parameters) -> tuple[Array, ...]:
    return p["a"], p["b"]


IZHIKEVICH = Membrane(
    IZHIKEVICH_EQUATION,
    ON_REACHING,
    _constants,
    capacity=1e-3,
    level=30.0,
    reset="c",
    variables=("v", "u"),
    initial={"v": -70.0, "u": -14.0},
    jump="d",
)

"""Leaky integrate and fire: C dv/dt = g_L (v_rest - v) + I."""

from neurohw.jit import inlined
from neurohw_event.membranes.declaration import Array, Membrane, Parameters
from neurohw_event.stepped_layout import AT_TICK, CAPACITY, MEMBRANE

LINEAR = 0
_LEAK, _REST = range(MEMBRANE, MEMBRANE + 2)


@inlined
def linear_slopes(x: Array, current_na: float, p: Array, out: Array) -> None:
    """Write dv/dt (mV/ms) for the variables ``x``, a current and the constants ``p``."""
    out[0] = (p[_LEAK] * (p[_REST] - x[0]) + current_na) / p[CAPACITY]


def linear_constants(p: Parameters) -> tuple[Array, ...]:
    """Return the leak conductance (uS) and the resting potential."""
    return p["cm"] / p["tau_m"], p["v_rest"]


LIF = Membrane(LINEAR, AT_TICK, linear_constants)

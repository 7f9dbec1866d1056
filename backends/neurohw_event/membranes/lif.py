"""Leaky integrate and fire: C dv/dt = g_L (v_rest - v) + I."""

from neurohw.jit import inner
from neurohw_event.membranes.declaration import Array, Membrane, Parameters
from neurohw_event.stepped_layout import AT_STAGE, AT_TICK, CURRENT_NA, MEMBRANE, constant_row

LINEAR = 0
_LEAK, _REST, _PER_CAPACITY = (constant_row(MEMBRANE + k) for k in range(3))


@inner
def linear_slopes(batch: Array, out: int, n_lanes: int) -> None:
    """Write dv/dt (mV/ms)."""
    for i in range(n_lanes):
        v = batch[AT_STAGE + i]
        current_na = batch[_LEAK + i] * (batch[_REST + i] - v) + batch[CURRENT_NA + i]
        batch[out + i] = current_na * batch[_PER_CAPACITY + i]


def linear_constants(p: Parameters) -> tuple[Array, ...]:
    """Return the leak conductance (uS), the resting potential and 1 / C (1/nF)."""
    return p["cm"] / p["tau_m"], p["v_rest"], 1.0 / p["cm"]


LIF = Membrane(LINEAR, AT_TICK, linear_constants)

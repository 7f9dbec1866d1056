"""Leaky integrate and fire: C dv/dt = g_L (v_rest - v) + I."""

from neurohw.jit import inner
from neurohw_event.kernels.fused import fma
from neurohw_event.kernels.stage import current_na, potential_mv, unless_held
from neurohw_event.membranes.declaration import Array, Membrane, Parameters
from neurohw_event.stepped_layout import AT_TICK, MEMBRANE, constant_row

LINEAR = 0
_LEAK, _REST, _PER_CAPACITY = (constant_row(MEMBRANE + k) for k in range(3))


@inner
def linear_slopes(batch: Array, stage: int, out: int, n_lanes: int) -> None:
    """Write dv/dt (mV/ms)."""
    for i in range(n_lanes):
        v = potential_mv(batch, i)
        total_na = fma(batch[_LEAK + i], batch[_REST + i] - v, current_na(batch, stage, v, i))
        batch[out + i] = unless_held(batch, total_na * batch[_PER_CAPACITY + i], i)


def linear_constants(p: Parameters) -> tuple[Array, ...]:
    """Return the leak conductance (uS), the resting potential and 1 / C (1/nF)."""
    return p["cm"] / p["tau_m"], p["v_rest"], 1.0 / p["cm"]


LIF = Membrane(LINEAR, AT_TICK, linear_constants)

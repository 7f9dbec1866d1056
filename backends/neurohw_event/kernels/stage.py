"""What the equations of membranes read at a stage of a step, and how they write what v does."""

from neurohw.jit import inlined
from neurohw_event.kernels.fused import fma
from neurohw_event.stepped_layout import AT_STAGE, DRIVE_ROW, FREE, HIGHEST_MV, PULL_ROW


@inlined
def potential_mv(batch, i):
    """Return v at a stage, no higher than where the equation is followed."""
    return min(batch[AT_STAGE + i], batch[HIGHEST_MV + i])


@inlined
def current_na(batch, stage, v, i):
    """Return what flows into a cell at v, by its channels and from outside, ``stage`` numbers behind the first."""
    return fma(-batch[PULL_ROW + stage + i], v, batch[DRIVE_ROW + stage + i])


@inlined
def unless_held(batch, slope, i):
    """Return dv/dt, which is 0 where v is held."""
    return slope if batch[FREE + i] != 0.0 else 0.0

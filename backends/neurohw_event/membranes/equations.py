"""The table of equations for the integrator: a membrane with a new one adds its two lines here."""

from neurohw.jit import inner
from neurohw_event.membranes.adexp import ADEXP_EQUATION, adexp_slopes
from neurohw_event.membranes.declaration import Array
from neurohw_event.membranes.hh_traub import HH_EQUATION, hh_slopes
from neurohw_event.membranes.izhikevich import IZHIKEVICH_EQUATION, izhikevich_slopes
from neurohw_event.membranes.lif import linear_slopes


@inner
def write_slopes(equation: int, batch: Array, stage: int, out: int, n_lanes: int) -> None:
    """Write the derivatives of the variables at a stage into the rows of ``batch`` from ``out`` on, per ms.

    What flows in at the stage is ``stage`` behind that at the first.
    """
    if equation == ADEXP_EQUATION:
        adexp_slopes(batch, stage, out, n_lanes)
    elif equation == HH_EQUATION:
        hh_slopes(batch, stage, out, n_lanes)
    elif equation == IZHIKEVICH_EQUATION:
        izhikevich_slopes(batch, stage, out, n_lanes)
    else:
        linear_slopes(batch, stage, out, n_lanes)

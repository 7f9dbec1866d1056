"""The table of equations for the integrator: a membrane with a new one adds its two lines here."""

from neurohw.jit import inlined
from neurohw_event.membranes.adexp import ADEXP_EQUATION, adexp_slopes
from neurohw_event.membranes.declaration import Array
from neurohw_event.membranes.hh_traub import HH_EQUATION, hh_slopes
from neurohw_event.membranes.izhikevich import IZHIKEVICH_EQUATION, izhikevich_slopes
from neurohw_event.membranes.lif import linear_slopes


@inlined
def write_slopes(equation: int, x: Array, current_na: float, p: Array, out: Array) -> None:
    """Write the derivatives of the variables ``x`` into ``out``, per ms.

    ``current_na`` is all that flows into the cell from outside its equation, ``p`` its row of constants.
    """
    if equation == ADEXP_EQUATION:
        adexp_slopes(x, current_na, p, out)
    elif equation == HH_EQUATION:
        hh_slopes(x, current_na, p, out)
    elif equation == IZHIKEVICH_EQUATION:
        izhikevich_slopes(x, current_na, p, out)
    else:
        linear_slopes(x, current_na, p, out)

"""The cell models as Brian2 equations: one entry a model.

Potentials, currents and conductances are plain numbers in mV, nA and uS; times carry Brian2's unit. The
capacitance is called ``c_m``, as ``cm`` is a unit, and ``i_in`` is the offset plus whatever is injected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from neurohw.network import MODELS

_MEMBRANE = "dv/dt = (v_rest - v)/tau_m + ({current})/(c_m*ms) : 1 (unless refractory)\n"
_EXPONENTIAL = """
d{x}_exc/dt = -{x}_exc/tau_syn_E : 1
d{x}_inh/dt = -{x}_inh/tau_syn_I : 1
"""
_ALPHA = """
disyn_exc/dt = (rise_exc - isyn_exc)/tau_syn_E : 1
disyn_inh/dt = (rise_inh - isyn_inh)/tau_syn_I : 1
drise_exc/dt = -rise_exc/tau_syn_E : 1
drise_inh/dt = -rise_inh/tau_syn_I : 1
"""


@dataclass(frozen=True)
class CellEquations:
    """What Brian2 needs to know of a cell model beyond its parameters.

    Attributes
    ----------
    dynamics : differential equations.
    states : the variables that they move on.
    arrival : per receptor, what a synapse of weight ``w`` does to its target.
    is_linear : whether a closed form exists.
    time_constants : names of all parameters that are time constants; ``tau_m`` comes first.
    """

    dynamics: str
    states: tuple[str, ...]
    arrival: Mapping[str, str]
    is_linear: bool = True
    time_constants: tuple[str, ...] = ("tau_m", "tau_syn_E", "tau_syn_I")


EQUATIONS: Mapping[str, CellEquations] = {
    "IF_curr_delta": CellEquations(
        _MEMBRANE.format(current="i_in"),
        ("v",),
        dict.fromkeys(("excitatory", "inhibitory"), "v_post += w*int(not_refractory_post)"),
        time_constants=("tau_m",),
    ),
    "IF_curr_exp": CellEquations(
        _MEMBRANE.format(current="isyn_exc + isyn_inh + i_in") + _EXPONENTIAL.format(x="isyn"),
        ("v", "isyn_exc", "isyn_inh"),
        {"excitatory": "isyn_exc_post += w", "inhibitory": "isyn_inh_post += w"},
    ),
    "IF_curr_alpha": CellEquations(
        _MEMBRANE.format(current="isyn_exc + isyn_inh + i_in") + _ALPHA,
        ("v", "isyn_exc", "isyn_inh", "rise_exc", "rise_inh"),
        {"excitatory": "rise_exc_post += w*e", "inhibitory": "rise_inh_post += w*e"},
    ),
    "IF_cond_exp": CellEquations(
        _MEMBRANE.format(current="gsyn_exc*(e_rev_E - v) + gsyn_inh*(e_rev_I - v) + i_in")
        + _EXPONENTIAL.format(x="gsyn"),
        ("v", "gsyn_exc", "gsyn_inh"),
        {"excitatory": "gsyn_exc_post += w", "inhibitory": "gsyn_inh_post += w"},
        is_linear=False,
    ),
}

# PyNN's name -> ours, where they differ
_RENAMED = {"cm": "c_m"}
# written by the session: a current that changes, a time on the grid
_NOT_DECLARED = ("i_offset", "tau_refrac")


def constants(model: str) -> dict[str, tuple[str, bool]]:
    """Return PyNN's parameters of a model as {name: (name in the equations, is a time)}."""
    return {
        name: (_RENAMED.get(name, name), parameter.unit == "ms")
        for name, parameter in MODELS[model].parameters.items()
        if name not in _NOT_DECLARED
    }

"""The membranes as Brian2 equations: one entry a membrane.

Potentials, currents and conductances are plain numbers in mV, nA and uS; times carry Brian2's unit. ``{current}`` is
the sum of the synaptic currents and of ``i_in``: the offset plus whatever is injected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

Array = np.ndarray
Parameters = Mapping[str, Array]

IZHIKEVICH_PEAK_MV = 30.0  # Izhikevich 2003, doi:10.1109/TNN.2003.820440
TRAUB_LEVEL_MV = 10.0  # PyNN's NEURON backend reports an upward crossing of 10 mV as the spike
# beyond it the upstroke is steeper than any input, and exp() is far from overflow
_EXPONENT = "clip({}, -inf, 80)"


@dataclass(frozen=True)
class Membrane:
    """What Brian2 needs to know of a membrane beyond the cell's parameters.

    Attributes
    ----------
    dynamics : differential equations, with ``{current}`` for what flows into the cell.
    states : the variables that they move on, ``v`` first.
    potential : the name of the potential in ``{current}``.
    threshold, reset : as Brian2 takes them.
    is_linear : whether a closed form exists as long as no conductance is open.
    is_steep : whether v moves so fast that the time constants do not tell how short a step must be.
    time_constants : names of parameters that are time constants.
    variables : declared variable -> the state that it is, or that its initial value goes to, where called otherwise.
    sums : declared variable -> what adds up to it, where that is not one state.
    not_set : declared variables whose initial value follows from others.
    initial : what states start from, a number or a parameter; others start at 0.
    derived : constants computed from the parameters.
    after_substep : what follows on each substep of the integration; ``_before`` is ``v`` before it.
    """

    dynamics: str
    states: tuple[str, ...] = ("v",)
    potential: str = "v"
    threshold: str = "v >= v_thresh"
    reset: str = "v = v_reset"
    is_linear: bool = False
    is_steep: bool = False
    time_constants: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_set: tuple[str, ...] = ()
    initial: Mapping[str, str | float] = field(default_factory=lambda: {"v": "v_rest"})
    derived: Mapping[str, Callable[[Parameters], Array]] = field(default_factory=dict)
    after_substep: str = ""


_LEAK = "dv/dt = (v_rest - v)/tau_m + ({current})/(c_m*ms) : 1 (unless refractory)\n"
# what arrives at the tick may lower v again, but not take back that it was there
_STOP_AT_PEAK = (
    "v = clip(_before + int(_before < v_peak)*(v - _before), -inf, v_peak)\nreached = int(v >= v_peak)"
)
_UP_TO_PEAK = "v_s = clip(v, -inf, v_peak) : 1\nreached : 1\n"
_AT_PEAK = "reached > 0 or v >= v_peak"

_LIF = Membrane(_LEAK, is_linear=True, time_constants=("tau_m",))
# Muller et al. 2007, doi:10.1162/neco.2007.19.11.2958; g_s and g_r in nS
_LIF_SFA_RR = Membrane(
    _LEAK.format(current="{current} + 1e-3*g_s*(e_rev_sfa - v) + 1e-3*g_r*(e_rev_rr - v)")
    + "dg_s/dt = -g_s/tau_sfa : 1\ndg_r/dt = -g_r/tau_rr : 1\n",
    ("v", "g_s", "g_r"),
    reset="v = v_reset\ng_s += q_sfa\ng_r += q_rr",
    time_constants=("tau_m", "tau_sfa", "tau_rr"),
)
# Brette & Gerstner 2005, doi:10.1152/jn.00686.2005; a in nS
_ADEXP = Membrane(
    _UP_TO_PEAK
    + "upstroke = delta_T*exp("
    + _EXPONENT.format("(v_s - v_thresh)/sharpness")
    + ") : 1\n"
    + "dv/dt = (v_rest - v_s + upstroke)/tau_m + ({current} - w_adapt)/(c_m*ms) : 1 (unless refractory)\n"
    + "dw_adapt/dt = (1e-3*a*(v_s - v_rest) - w_adapt)/tau_w : 1\n",
    ("v", "w_adapt"),
    potential="v_s",
    threshold=_AT_PEAK,
    reset="v = v_reset\nw_adapt += b",
    time_constants=("tau_m", "tau_w"),
    variables={"w": "w_adapt"},
    derived={
        # without the exponential a cell is a leaky one with the threshold v_thresh
        "v_peak": lambda p: np.where(p["delta_T"] > 0, p["v_spike"], p["v_thresh"]),
        "sharpness": lambda p: np.where(p["delta_T"] > 0, p["delta_T"], 1.0),
    },
    is_steep=True,
    after_substep=_STOP_AT_PEAK,
)
# 1 nA is 1000 mV/ms, as on PyNN's NEST and NEURON backends: the current into 1 pF
_IZHIKEVICH = Membrane(
    _UP_TO_PEAK
    + "dv/dt = (0.04*v_s**2 + 5*v_s + 140 - u + 1e3*({current}))/ms : 1\n"
    + "du/dt = a*(b*v_s - u)/ms : 1\n",
    ("v", "u"),
    potential="v_s",
    threshold=_AT_PEAK,
    reset="v = c\nu += d",
    initial={"v": -70.0, "u": -14.0},
    derived={"v_peak": lambda p: np.full(len(p["a"]), IZHIKEVICH_PEAK_MV)},
    is_steep=True,
    after_substep=_STOP_AT_PEAK,
)
# rates of Traub & Miles 1991 in the form of Brette et al. 2007, doi:10.1007/s10827-007-0038-6, benchmark 3
_HH_TRAUB = Membrane(
    "u_off = v - v_offset : 1\n"
    "i_na = gbar_Na*m_gate**3*h_gate*(e_rev_Na - v) : 1\n"
    "i_k = gbar_K*n_gate**4*(e_rev_K - v) : 1\n"
    "dv/dt = (i_na + i_k + g_leak*(e_rev_leak - v) + {current})/(c_m*ms) : 1\n"
    "dm_gate/dt = (0.32*4/exprel((13 - u_off)/4)*(1 - m_gate) - 0.28*5/exprel((u_off - 40)/5)*m_gate)/ms : 1\n"
    "dh_gate/dt = (0.128*exp((17 - u_off)/18)*(1 - h_gate) - 4/(1 + exp((40 - u_off)/5))*h_gate)/ms : 1\n"
    "dn_gate/dt = (0.032*5/exprel((15 - u_off)/5)*(1 - n_gate) - 0.5*exp((10 - u_off)/40)*n_gate)/ms : 1\n"
    "crossed : 1\n",
    ("v", "m_gate", "h_gate", "n_gate"),
    threshold="crossed > 0",
    reset="crossed = 0",
    variables={"m": "m_gate", "h": "h_gate", "n": "n_gate"},
    initial={"v": -65.0, "h_gate": 1.0},
    is_steep=True,
    after_substep=f"crossed = crossed + int(_before < {TRAUB_LEVEL_MV})*int(v >= {TRAUB_LEVEL_MV})",
)
_KERNELS = (1, 2, 3)
# Mensi et al. 2012, doi:10.1152/jn.00408.2011; Pozzorini et al. 2015, doi:10.1371/journal.pcbi.1004275
_GIF = Membrane(
    _LEAK.format(current="{current} - eta1 - eta2 - eta3")
    + "".join(f"d{x}{k}/dt = -{x}{k}/tau_{x}{k} : 1\n" for x in ("eta", "gamma") for k in _KERNELS)
    + "v_t = v_t_star + gamma1 + gamma2 + gamma3 : 1\n"
    + "hazard = 1e-3*lambda0*exp("
    + _EXPONENT.format("(v - v_t)/delta_v")
    + ") : 1\n"
    + "luck : 1\n",
    ("v", *(f"{x}{k}" for x in ("eta", "gamma") for k in _KERNELS)),
    threshold="luck < -expm1(-hazard*dt/ms)",
    reset="\n".join(["v = v_reset", *(f"{x}{k} += a_{x}{k}" for x in ("eta", "gamma") for k in _KERNELS)]),
    time_constants=("tau_m", *(f"tau_{x}{k}" for x in ("eta", "gamma") for k in _KERNELS)),
    variables={"i_eta": "eta1"},
    sums={"i_eta": ("eta1", "eta2", "eta3"), "v_t": ("v_t_star", "gamma1", "gamma2", "gamma3")},
    not_set=("v_t",),
)

MEMBRANES: Mapping[str, Membrane] = {
    "lif": _LIF,
    "lif_sfa_rr": _LIF_SFA_RR,
    "adexp": _ADEXP,
    "izhikevich": _IZHIKEVICH,
    "hh_traub": _HH_TRAUB,
    "gif": _GIF,
}

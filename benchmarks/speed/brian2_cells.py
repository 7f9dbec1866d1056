"""The cell models of a described network as Brian2 groups.

Cells with currents are advanced by Brian2's closed form. Those with conductances take one step a tick, as Brian2's own
examples do: exponential Euler where each equation is linear in its own variable, else Euler.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import brian2
import numpy as np
from brian2 import ms, mV, nA, nF, nS, uS

from benchmarks.speed.description import Array, Description

DELTA = "IF_curr_delta"
CURRENT_BASED = ("IF_curr_exp", DELTA)
_UNIT_OF = (  # of parameters: what one is, and its dimension
    (ms, "second", ("tau_m", "tau_syn_E", "tau_syn_I", "tau_w")),
    (mV, "volt", ("v_rest", "v_reset", "v_thresh", "v_spike", "v_offset", "delta_T", "drive")),
    (mV, "volt", ("e_rev_E", "e_rev_I", "e_rev_Na", "e_rev_K", "e_rev_leak")),
    (nA, "amp", ("i_offset", "b")),
    (uS, "siemens", ("gbar_Na", "gbar_K", "g_leak")),
    (nS, "siemens", ("a",)),
    (nF, "farad", ("cap",)),
    (1, "1", ("mid_E", "mid_I")),
)
UNITS = {name: (unit, dimension) for unit, dimension, names in _UNIT_OF for name in names}
_DECAY = "\n".join(
    f"dg_{name}/dt = -g_{name} / tau_syn_{end} : {{unit}}"
    for name, end in (("excitatory", "E"), ("inhibitory", "I"))
)
# conductances stand still within a step: as they are in its middle, which takes no more time and is of order 2
_OPEN = "g_excitatory * mid_E * (e_rev_E - v) + g_inhibitory * mid_I * (e_rev_I - v)"
_WHEN_FREE = ": volt (unless refractory)\n"


@dataclass(frozen=True)
class Model:
    """A cell model in Brian2; parameters are called as in PyNN, but for the capacity ``cap``, ``cm`` being a unit."""

    equations: str
    method: str
    reset: str = "v = v_reset"
    threshold: str = "v >= v_thresh"
    refractory: str = ""  # empty: for a time
    start: Mapping[str, tuple[str, Any]] = field(default_factory=lambda: {"v": ("v", mV)})


_CONDUCTANCES = {"v": ("v", mV), "gsyn_exc": ("g_excitatory", uS), "gsyn_inh": ("g_inhibitory", uS)}
MODELS = {
    "IF_curr_exp": Model(
        "dv/dt = (g_excitatory + g_inhibitory + drive - v) / tau_m "
        + _WHEN_FREE
        + _DECAY.format(unit="volt"),
        "exact",
    ),
    DELTA: Model("dv/dt = (drive - v) / tau_m " + _WHEN_FREE, "exact"),
    "IF_cond_exp": Model(
        f"dv/dt = (v_rest - v) / tau_m + ({_OPEN} + i_offset) / cap {_WHEN_FREE}"
        + _DECAY.format(unit="siemens"),
        "exponential_euler",
        start=_CONDUCTANCES,
    ),
    "EIF_cond_exp_isfa_ista": Model(
        "dv/dt = (v_rest - v + delta_T * exp((v - v_thresh) / delta_T)) / tau_m"
        f" + ({_OPEN} + i_offset - w) / cap {_WHEN_FREE}"
        "dw/dt = (a * (v - v_rest) - w) / tau_w : amp\n" + _DECAY.format(unit="siemens"),
        "euler",
        reset="v = v_reset\nw += b",
        threshold="v >= v_spike",
        start=_CONDUCTANCES | {"w": ("w", nA)},
    ),
    "HH_cond_exp": Model(
        f"dv/dt = (gbar_Na * m**3 * h * (e_rev_Na - v) + gbar_K * n**4 * (e_rev_K - v)"
        f" + g_leak * (e_rev_leak - v) + {_OPEN} + i_offset) / cap : volt\n"
        "u = (v - v_offset) / mV : 1\n"
        "dm/dt = (1.28 / exprel((13 - u) / 4) * (1 - m) - 1.4 / exprel((u - 40) / 5) * m) / ms : 1\n"
        "dh/dt = (0.128 * exp((17 - u) / 18) * (1 - h) - 4 / (1 + exp((40 - u) / 5)) * h) / ms : 1\n"
        "dn/dt = (0.16 / exprel((15 - u) / 5) * (1 - n) - 0.5 * exp((10 - u) / 40) * n) / ms : 1\n"
        + _DECAY.format(unit="siemens"),
        "exponential_euler",
        reset="",
        threshold="v >= 10*mV",
        refractory="v >= 10*mV",  # an upward crossing is the spike
        start=_CONDUCTANCES | {gate: (gate, 1) for gate in "mhn"},
    ),
}


def make_cells(given: Description, members: list[int], model: str) -> Any:
    """Return all cells as one group; what is not the same for all is kept for each."""
    of, values = MODELS[model], parameters(given, members)
    words = re.findall(r"\w+", f"{of.equations} {of.reset} {of.threshold}")
    used = {name: values[name] for name in values if name in words and name in UNITS}
    vary = [name for name, value in used.items() if (value != value[0]).any()]
    # a time is one step longer, as Brian2 counts it
    refractory = of.refractory or (values["tau_refrac"][0] + given.timestep_ms) * ms
    cells = brian2.NeuronGroup(
        len(values["cap"]),
        of.equations + "".join(f"\n{name} : {UNITS[name][1]} (constant)" for name in vary),
        threshold=of.threshold,
        reset=of.reset,
        refractory=refractory,
        method=of.method,
        namespace={name: value[0] * UNITS[name][0] for name, value in used.items() if name not in vary},
    )
    for name in vary:
        setattr(cells, name, values[name] * UNITS[name][0])
    for name, (variable, unit) in of.start.items():
        if name in given.populations[members[0]]["parameters"]:
            setattr(cells, variable, joined(given, members, name) * unit)
        elif name == "v":
            cells.v = values["v_rest"] * mV
    return cells


def parameters(given: Description, members: list[int]) -> dict[str, Array]:
    """Return all parameters of all cells, and the potential ``drive`` that leaky ones without input would end at."""
    values = {name: joined(given, members, name) for name in given.populations[members[0]]["parameters"]}
    values["cap"] = values.pop("cm")
    if given.populations[members[0]]["model"] in CURRENT_BASED:
        values["drive"] = values["v_rest"] + values["i_offset"] * values["tau_m"] / values["cap"]
    else:
        for end in "EI":
            values[f"mid_{end}"] = np.exp(-0.5 * given.timestep_ms / values[f"tau_syn_{end}"])
    return values


def joined(given: Description, members: list[int], name: str) -> Array:
    """Return one number a cell, of all populations that are cells."""
    sizes = [given.populations[i]["size"] for i in members]
    values = [given.of_cells(i, name) for i in members]
    return np.concatenate([np.broadcast_to(value, n) for value, n in zip(values, sizes, strict=True)])

"""The parameters of synapses that are not static, as rows of constants."""

from __future__ import annotations

import numpy as np

from neurohw.network import Synapses
from neurohw.network.csr import is_constant
from neurohw_event.plastic_layout import (
    A_MINUS,
    A_PLUS,
    ALPHA,
    FRACTION,
    MU_MINUS,
    MU_PLUS,
    N_CONSTANTS,
    PROBABILITY,
    SITES,
    TAU_FACIL,
    TAU_MINUS,
    TAU_PLUS,
    TAU_PSC,
    TAU_REC,
    W_MAX,
    W_MIN,
    Array,
    U,
)

_COLUMNS = {
    "U": (U,),
    "tau_rec": (TAU_REC,),
    "tau_facil": (TAU_FACIL,),
    "tau_psc": (TAU_PSC,),
    "n": (SITES,),
    "p": (PROBABILITY,),
    "dendritic_delay_fraction": (FRACTION,),
    "tau_plus": (TAU_PLUS,),
    "tau_minus": (TAU_MINUS,),
    "tau": (TAU_PLUS, TAU_MINUS),
    "A_plus": (A_PLUS,),
    "A_minus": (A_MINUS,),
    "eta": (A_PLUS, A_MINUS),
    "rho": (ALPHA,),
    "w_min": (W_MIN,),
    "w_max": (W_MAX,),
    "mu_plus": (MU_PLUS,),
    "mu_minus": (MU_MINUS,),
}


def constants(synapses: Synapses, timestep_ms: float) -> Array:
    """Return the parameters of a group as rows: one for all where they are equal, else one a synapse."""
    uniform = all(is_constant(v) or (v == v[:1]).all() for v in synapses.parameters.values())
    rows = np.zeros((min(1, synapses.size) if uniform else synapses.size, N_CONSTANTS))
    rows[:, SITES] = 1  # unless there is an "n"
    for name, values in synapses.parameters.items():
        scale = timestep_ms if name.startswith("tau") else 1.0
        for column in _COLUMNS[name]:
            rows[:, column] = values[: len(rows)] / scale
    if "rho" in synapses.parameters:
        rows[:, ALPHA] *= 2 * synapses.parameters["tau"][: len(rows)]
    return rows


def longest_dendritic(synapses: Synapses) -> int:
    """Return the longest dendritic part of a delay (ticks) of a group, 0 where it does not learn."""
    if not synapses.model.learns:
        return 0
    dendritic = np.rint(synapses.parameters["dendritic_delay_fraction"] * synapses.delay)
    return int(dendritic.max(initial=0))

"""The current-based network of Vogels and Abbott."""

from __future__ import annotations

import numpy as np

from benchmarks.workloads.parts import all_spikes, cells, connect, random_pairs
from neurohw.network import Network

# Vogels & Abbott 2005 (doi:10.1523/JNEUROSCI.3508-05.2005) with current synapses, as benchmark 2 of
# Brette et al. 2007 (doi:10.1007/s10827-007-0038-6); potentials in mV, weights as jumps in mV.
CUBA_CELL = {
    "v_rest": -49.0,
    "v_reset": -60.0,
    "v_thresh": -50.0,
    "tau_m": 20.0,
    "tau_refrac": 5.0,
    "tau_syn_E": 5.0,
    "tau_syn_I": 10.0,
    "cm": 0.2,
    "i_offset": 0.0,
}
CUBA_JUMPS_MV = {"excitatory": 1.62, "inhibitory": -9.0}
CUBA_CONNECTIVITY = 0.02
CUBA_DELAY_MS = 0.1


def cuba(
    n_cells: int = 4000,
    seed: int = 1,
    timestep_ms: float = 0.1,
    connectivity: float = CUBA_CONNECTIVITY,
) -> Network:
    """Return the current-based Vogels-Abbott network, 4 excitatory cells to 1 inhibitory, all spikes recorded."""
    rng = np.random.default_rng(seed)
    n_exc = n_cells * 4 // 5
    low, high = CUBA_CELL["v_reset"], CUBA_CELL["v_thresh"]
    sizes = {"excitatory": (0, n_exc), "inhibitory": (n_exc, n_cells - n_exc)}
    populations = [
        cells(name, "IF_curr_exp", *size, CUBA_CELL, rng.uniform(low, high, size[1]))
        for name, size in sizes.items()
    ]
    synapses = []
    for i, pre in enumerate(populations):
        # a current of g * cm / tau_m moves v as a jump of g in the synaptic potential does
        weight = CUBA_JUMPS_MV[pre.name] * CUBA_CELL["cm"] / CUBA_CELL["tau_m"]
        for j, post in enumerate(populations):
            pairs = random_pairs(pre.size, post.size, connectivity, rng)
            delay = round(CUBA_DELAY_MS / timestep_ms)
            synapses.append(connect(populations, i, j, pre.name, pairs, weight, delay))
    return Network(timestep_ms, tuple(populations), tuple(synapses), probes=all_spikes(populations, (0, 1)))

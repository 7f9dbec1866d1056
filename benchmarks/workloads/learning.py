"""Poisson sources that drive cells through synapses with additive spike-timing-dependent plasticity.

As in Song, Miller & Abbott 2000 (doi:10.1038/78829), with many cells in place of one: depression is stronger than
potentiation by 5 %.
"""

from __future__ import annotations

import numpy as np

from benchmarks.workloads.parts import all_spikes, cells, connect, poisson, random_pairs
from neurohw.network import Network

TIMESTEP_MS = 0.1
CONNECTIVITY = 0.2
DELAY_MS = 0.1
CELL = {
    "v_rest": -65.0,
    "v_reset": -65.0,
    "v_thresh": -50.0,
    "tau_m": 20.0,
    "tau_refrac": 2.0,
    "tau_syn_E": 5.0,
    "tau_syn_I": 5.0,
    "cm": 0.2,
    "i_offset": 0.0,
}
MOST_NA = 0.02  # w_max: half of it in all synapses keeps a cell at its threshold
RULE = {
    "tau_plus": 20.0,
    "tau_minus": 20.0,
    "A_plus": 0.005,
    "A_minus": 0.00525,
    "w_min": 0.0,
    "w_max": MOST_NA,
}


def stdp(n_cells: int = 1000, rate_hz: float = 15.0, seed: int = 1) -> Network:
    """Return as many sources as cells; weights are drawn from 0 to the largest, all spikes of cells are recorded."""
    rng = np.random.default_rng(seed)
    populations = [
        cells("cells", "IF_curr_exp", 0, n_cells, CELL, rng.uniform(-65.0, -50.0, n_cells)),
        poisson("sources", n_cells, np.full(n_cells, rate_hz)),
    ]
    pairs = random_pairs(n_cells, n_cells, CONNECTIVITY, rng)
    weights_na = rng.uniform(0.0, MOST_NA, len(pairs[0]))
    delay = round(DELAY_MS / TIMESTEP_MS)
    synapses = connect(
        populations, 1, 0, "excitatory", pairs, weights_na, delay, "stdp_spike_pair_additive", RULE
    )
    return Network(TIMESTEP_MS, tuple(populations), (synapses,), probes=all_spikes(populations, (0,)))

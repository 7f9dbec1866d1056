"""The sparsely connected network of N. Brunel (2000), with a Poisson drive or a constant current.

J. Comput. Neurosci. 8:183, doi:10.1023/A:1008925309027; model A, here with 800 + 200 inputs a cell, J = 0.1 mV, g = 6
and a drive of 20 kHz, twice what takes a cell to its threshold.
"""

from __future__ import annotations

import numpy as np

from benchmarks.workloads.parts import all_spikes, cells, connect, one_to_one, poisson
from neurohw.network import Network

CELL = {
    "v_rest": 0.0,
    "v_reset": 10.0,
    "v_thresh": 20.0,
    "tau_m": 20.0,
    "tau_refrac": 2.0,
    "cm": 1.0,
    "i_offset": 0.0,
}
JUMP_MV = 0.1
INHIBITION = -6.0
TIMESTEP_MS = 0.1
DELAY_MS = 1.5
DRIVE_HZ = 20_000.0


def brunel(n_cells: int = 10_000, inputs: int = 1000, poisson_drive: bool = True, seed: int = 1) -> Network:
    """Return the network, all its spikes recorded; without Poisson drive a current has its mean."""
    rng = np.random.default_rng(seed)
    n_exc = n_cells * 4 // 5
    current_na = 0.0 if poisson_drive else DRIVE_HZ * 1e-3 * JUMP_MV * CELL["cm"]
    cell = {**CELL, "i_offset": current_na}
    v_mv = rng.uniform(0.0, CELL["v_thresh"], n_cells)
    populations = [
        cells("excitatory", "IF_curr_delta", 0, n_exc, cell, v_mv[:n_exc]),
        cells("inhibitory", "IF_curr_delta", n_exc, n_cells - n_exc, cell, v_mv[n_exc:]),
    ]
    delay = round(DELAY_MS / TIMESTEP_MS)
    synapses = []
    for i, n, weight in ((0, inputs * 4 // 5, JUMP_MV), (1, inputs // 5, INHIBITION * JUMP_MV)):
        for j, post in enumerate(populations):
            pre = rng.integers(0, populations[i].size, post.size * n)
            pairs = pre, np.repeat(np.arange(post.size), n)
            synapses.append(connect(populations, i, j, populations[i].name, pairs, weight, delay))
    if poisson_drive:
        for j in (0, 1):
            post = populations[j]
            rates_hz = np.full(post.size, DRIVE_HZ)
            populations.append(poisson(f"drive of {post.name}", n_cells + post.first, rates_hz))
            ends = len(populations) - 1, j
            synapses.append(connect(populations, *ends, "excitatory", one_to_one(post.size), JUMP_MV, delay))
    return Network(TIMESTEP_MS, tuple(populations), tuple(synapses), probes=all_spikes(populations, (0, 1)))

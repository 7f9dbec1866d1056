"""Layers connected all to all, as a trained classifier of digits has them, on Poisson input."""

from __future__ import annotations

import itertools

import numpy as np

from benchmarks.workloads.parts import all_spikes, cells, connect, poisson
from neurohw.network import Network

SIZES = (784, 500, 500, 10)
HIGHEST_INPUT_HZ = 60.0
CELL = {
    "v_rest": 0.0,
    "v_reset": 0.0,
    "v_thresh": 20.0,
    "tau_m": 20.0,
    "tau_refrac": 2.0,
    "cm": 1.0,
    "i_offset": 0.0,
}
JUMP_MV = (0.06, 0.8)  # mean and standard deviation
TIMESTEP_MS = 0.1
DELAY_MS = 1.0


def layers(seed: int = 1) -> Network:
    """Return the layers; all spikes but those of the input are recorded."""
    rng = np.random.default_rng(seed)
    firsts = [0, *itertools.accumulate(SIZES)]
    populations = [poisson("input", 0, rng.uniform(0.0, HIGHEST_INPUT_HZ, SIZES[0]))]
    for k in range(1, len(SIZES)):
        populations.append(cells(f"layer {k}", "IF_curr_delta", firsts[k], SIZES[k], CELL))
    synapses = []
    for k, (n_pre, n_post) in enumerate(itertools.pairwise(SIZES)):
        pairs = np.repeat(np.arange(n_pre), n_post), np.tile(np.arange(n_post), n_pre)
        weight = rng.normal(*JUMP_MV, n_pre * n_post)
        synapses.append(
            connect(populations, k, k + 1, "excitatory", pairs, weight, round(DELAY_MS / TIMESTEP_MS))
        )
    recorded = range(1, len(SIZES))
    return Network(TIMESTEP_MS, tuple(populations), tuple(synapses), probes=all_spikes(populations, recorded))

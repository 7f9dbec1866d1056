"""The cortical microcircuit of Potjans & Diesmann, at a part of its size.

T. C. Potjans and M. Diesmann, Cereb. Cortex 24:785 (2014), doi:10.1093/cercor/bhs358; parameters of tables 4 and 5.
With fewer inputs a cell, weights grow and a constant current replaces the mean input that is missing (S. J. van
Albada, M. Helias and M. Diesmann, PLoS Comput. Biol. 11:e1004490 (2015), doi:10.1371/journal.pcbi.1004490), so that
the rates stay near those of the full model. Weights and delays are drawn for each synapse.
"""

from __future__ import annotations

import numpy as np

from benchmarks.workloads.parts import all_spikes, cells, connect, one_to_one, poisson
from neurohw.network import Network

Array = np.ndarray

NAMES = ("L2/3e", "L2/3i", "L4e", "L4i", "L5e", "L5i", "L6e", "L6i")
SIZES = np.array([20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948])
CONNECTION_PROBABILITY = np.array(  # [target, source]
    [
        [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
        [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
        [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0],
        [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
        [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
        [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0],
        [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
        [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443],
    ]
)
EXTERNAL_INDEGREE = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100])
BACKGROUND_HZ = 8.0
# of the full network, as NEST's implementation of the model uses them to scale it down
FULL_RATES_HZ = np.array([0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829])
CELL = {
    "cm": 0.25,
    "tau_m": 10.0,
    "tau_refrac": 2.0,
    "tau_syn_E": 0.5,
    "tau_syn_I": 0.5,
    "v_rest": -65.0,
    "v_reset": -65.0,
    "v_thresh": -50.0,
}
V_START_MV = (-58.0, 5.0)  # mean and standard deviation
WEIGHT_NA = 0.0878
INHIBITION = -4.0
WEIGHT_SPREAD = 0.1
DELAY_MS = {"e": (1.5, 0.75), "i": (0.75, 0.375)}
TIMESTEP_MS = 0.1


def microcircuit(scale: float = 0.1, indegrees: float = 0.1, seed: int = 1) -> Network:
    """Return the network with a share of its cells and of the inputs of each, the spikes of all cells recorded."""
    rng = np.random.default_rng(seed)
    sizes = np.rint(SIZES * scale).astype(int)
    firsts = np.cumsum(sizes) - sizes
    weights, inputs = mean_weights(), mean_inputs()
    growth = indegrees**-0.5
    missing_na = missing_currents(weights, inputs, 1 - indegrees * growth)
    populations = [
        cells(name, "IF_curr_exp", first, size, {**CELL, "i_offset": current}, rng.normal(*V_START_MV, size))
        for name, first, size, current in zip(
            NAMES, firsts.tolist(), sizes.tolist(), missing_na.tolist(), strict=True
        )
    ]
    synapses = []
    for j, target in enumerate(NAMES):
        for i, source in enumerate(NAMES):
            n = round(inputs[j, i] * indegrees * sizes[j])
            pairs = rng.integers(0, sizes[i], n), rng.integers(0, sizes[j], n)
            weight = weights[j, i] * growth
            spread = weight_spread(source, target) * abs(weight)
            drawn = np.copysign(above(0.0, abs(weight), spread, n, rng), weight)
            delay_ms = above(TIMESTEP_MS, *DELAY_MS[source[-1]], n, rng)
            delay = np.rint(delay_ms / TIMESTEP_MS).astype(np.int32)
            receptor = "excitatory" if weight > 0 else "inhibitory"
            synapses.append(connect(populations, i, j, receptor, pairs, drawn, delay))
    for j, target in enumerate(NAMES):
        size, first = populations[j].size, int(firsts[-1] + sizes[-1] + firsts[j])
        rate_hz = BACKGROUND_HZ * EXTERNAL_INDEGREE[j] * indegrees
        populations.append(poisson(f"background of {target}", first, np.full(size, rate_hz)))
        ends, delay = (len(populations) - 1, j), round(DELAY_MS["e"][0] / TIMESTEP_MS)
        weight = WEIGHT_NA * growth
        synapses.append(connect(populations, *ends, "excitatory", one_to_one(size), weight, delay))
    recorded = range(len(NAMES))
    return Network(TIMESTEP_MS, tuple(populations), tuple(synapses), probes=all_spikes(populations, recorded))


def above(lowest: float, mean: float, spread: float, n: int, rng: np.random.Generator) -> Array:
    """Return normal numbers; those below ``lowest`` are drawn again."""
    drawn = rng.normal(mean, spread, n)
    while (too_low := drawn < lowest).any():
        drawn[too_low] = rng.normal(mean, spread, np.count_nonzero(too_low))
    return drawn


def weight_spread(source: str, target: str) -> float:
    """Return the standard deviation of a weight, relative to its mean; where that is doubled, half as large."""
    return WEIGHT_SPREAD / 2 if (source, target) == ("L4e", "L2/3e") else WEIGHT_SPREAD


def mean_weights() -> Array:
    """Return the mean weights in nA, [target, source]."""
    weights = np.tile([WEIGHT_NA, INHIBITION * WEIGHT_NA], (8, 4))
    weights[NAMES.index("L2/3e"), NAMES.index("L4e")] *= 2
    return weights


def mean_inputs() -> Array:
    """Return the inputs a cell of the full network has from each population, [target, source].

    The connection probability is that of one synapse or more between two cells: equation 1 of the paper.
    """
    pairs = np.outer(SIZES, SIZES)
    return np.rint(np.log1p(-CONNECTION_PROBABILITY) / np.log1p(-1 / pairs)) / SIZES[:, np.newaxis]


def missing_currents(weights: Array, inputs: Array, share: float) -> Array:
    """Return the current in nA that stands for a share of each population's mean input."""
    arriving = (weights * inputs) @ FULL_RATES_HZ + WEIGHT_NA * EXTERNAL_INDEGREE * BACKGROUND_HZ
    return share * arriving * CELL["tau_syn_E"] * 1e-3

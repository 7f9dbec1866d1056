"""The cortical microcircuit of Potjans & Diesmann at a tenth of its size, built, opened and run through PyNN.

    python -m benchmarks.microcircuit [--scale 0.1] [--indegrees 0.1] [--seconds 1] [--json]

T. C. Potjans and M. Diesmann, Cereb. Cortex 24:785 (2014), doi:10.1093/cercor/bhs358; parameters of tables 4 and 5.
With fewer inputs a cell, weights grow and a constant current replaces the mean input that is missing (S. J. van
Albada, M. Helias and M. Diesmann, PLoS Comput. Biol. 11:e1004490 (2015), doi:10.1371/journal.pcbi.1004490), so that
the rates stay near those of the full model. Weights and delays are drawn for each synapse.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyNN.neurohw as sim
from pyNN.random import NumpyRNG, RandomDistribution

GOAL_S = 10.0  # to build it at a tenth of its size
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


def main() -> None:
    """Run the benchmark and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=0.1, help="share of the cells")
    parser.add_argument("--indegrees", type=float, default=0.1, help="share of the inputs of each cell")
    parser.add_argument("--seconds", type=float, default=1.0, help="simulated time")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    started = time.perf_counter()
    populations, n_synapses = build(options.scale, options.indegrees)
    built = time.perf_counter()
    sim.run(0.0)
    opened = time.perf_counter()
    sim.run(1000 * options.seconds)
    ran = time.perf_counter()
    rates = [cells.mean_spike_count() / options.seconds for cells in populations]
    times = {"build_s": built - started, "open_s": opened - built, "run_s": ran - opened}
    show(options, {"synapses": n_synapses, **times, "rates_hz": dict(zip(NAMES, rates, strict=True))})


def build(scale: float, indegrees: float, seed: int = 1) -> tuple[list[Any], int]:
    """Build the network; returns its populations and the number of synapses."""
    sim.setup(timestep=TIMESTEP_MS, min_delay=TIMESTEP_MS)
    # a generator each: PyNN draws from copies, so that one for all would tie weights to delays
    generators = (NumpyRNG(seed=number) for number in itertools.count(1000 * seed))
    sizes = np.rint(SIZES * scale).astype(int)
    weights, inputs = mean_weights(), mean_inputs()
    growth = indegrees**-0.5
    missing = missing_currents(weights, inputs, 1 - indegrees * growth)

    populations = []
    for name, size, current in zip(NAMES, sizes, missing, strict=True):
        cells = sim.Population(int(size), sim.IF_curr_exp(i_offset=current, **CELL), label=name)
        cells.initialize(v=RandomDistribution("normal", V_START_MV, rng=next(generators)))
        cells.record("spikes")
        populations.append(cells)
    n_synapses = 0
    for j, target in enumerate(populations):
        rate = BACKGROUND_HZ * EXTERNAL_INDEGREE[j] * indegrees
        background = sim.Population(target.size, sim.SpikeSourcePoisson(rate=rate))
        synapse = sim.StaticSynapse(weight=WEIGHT_NA * growth, delay=DELAY_MS["e"][0])
        sim.Projection(background, target, sim.OneToOneConnector(), synapse)
        for i, source in enumerate(populations):
            n = round(inputs[j, i] * indegrees * target.size)
            connect(source, target, n, weights[j, i] * growth, generators)
            n_synapses += n
    return populations, n_synapses


def mean_weights() -> np.ndarray:
    """Return the mean weights in nA, [target, source]."""
    weights = np.tile([WEIGHT_NA, INHIBITION * WEIGHT_NA], (8, 4))
    weights[NAMES.index("L2/3e"), NAMES.index("L4e")] *= 2
    return weights


def mean_inputs() -> np.ndarray:
    """Return the inputs a cell of the full network has from each population, [target, source].

    The connection probability is that of one synapse or more between two cells: equation 1 of the paper.
    """
    pairs = np.outer(SIZES, SIZES)
    return np.rint(np.log1p(-CONNECTION_PROBABILITY) / np.log1p(-1 / pairs)) / SIZES[:, np.newaxis]


def missing_currents(weights: np.ndarray, inputs: np.ndarray, share: float) -> np.ndarray:
    """Return the current in nA that stands for a share of each population's mean input."""
    arriving = (weights * inputs) @ FULL_RATES_HZ + WEIGHT_NA * EXTERNAL_INDEGREE * BACKGROUND_HZ
    return share * arriving * CELL["tau_syn_E"] * 1e-3


def connect(source: Any, target: Any, n: int, weight: float, generators: Iterator[NumpyRNG]) -> None:
    """Connect two populations by ``n`` synapses between random cells."""
    kind = source.label[-1]
    spread = WEIGHT_SPREAD * abs(weight) / (2 if (source.label, target.label) == ("L4e", "L2/3e") else 1)
    limits = (0.0, np.inf) if weight > 0 else (-np.inf, 0.0)
    synapse = sim.StaticSynapse(
        weight=RandomDistribution("normal_clipped", (weight, spread, *limits), rng=next(generators)),
        delay=RandomDistribution(
            "normal_clipped", (*DELAY_MS[kind], TIMESTEP_MS, np.inf), rng=next(generators)
        ),
    )
    receptor = "excitatory" if weight > 0 else "inhibitory"
    connector = sim.FixedTotalNumberConnector(n, rng=next(generators))
    sim.Projection(source, target, connector, synapse, receptor_type=receptor)


def show(options: argparse.Namespace, measured: dict[str, Any]) -> None:
    """Print what was measured."""
    if options.json:
        print(json.dumps({"goal_s": GOAL_S, **measured}))
        return
    print(f"microcircuit, {options.scale:g} of the cells, {options.indegrees:g} of the inputs of each\n")
    for name in ("synapses", "build_s", "open_s", "run_s"):
        print(f"{name:10s}{measured[name]:12,.6g}")
    verdict = "reached" if measured["build_s"] < GOAL_S else "not reached"
    print(f"\nto be built in {GOAL_S:g} s: {verdict}\n\n{'spikes/s':10s}{'here':>8s}{'full':>8s}")
    for (name, rate), full in zip(measured["rates_hz"].items(), FULL_RATES_HZ, strict=True):
        print(f"{name:10s}{rate:8.2f}{full:8.2f}")


if __name__ == "__main__":
    main()

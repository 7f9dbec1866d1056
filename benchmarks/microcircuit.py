"""The cortical microcircuit of Potjans & Diesmann at a tenth of its size, built, opened and run through PyNN.

    python -m benchmarks.microcircuit [--scale 0.1] [--indegrees 0.1] [--seconds 1] [--json]

The network and its sources stand in ``benchmarks.workloads.microcircuit``.
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

from benchmarks.workloads.microcircuit import (
    BACKGROUND_HZ,
    CELL,
    DELAY_MS,
    EXTERNAL_INDEGREE,
    FULL_RATES_HZ,
    NAMES,
    SIZES,
    TIMESTEP_MS,
    V_START_MV,
    WEIGHT_NA,
    mean_inputs,
    mean_weights,
    missing_currents,
    weight_spread,
)

GOAL_S = 10.0  # to build it at a tenth of its size


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


def connect(source: Any, target: Any, n: int, weight: float, generators: Iterator[NumpyRNG]) -> None:
    """Connect two populations by ``n`` synapses between random cells."""
    kind = source.label[-1]
    spread = weight_spread(source.label, target.label) * abs(weight)
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

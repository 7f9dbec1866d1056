"""A network as large as memory allows: built, opened and run, with what each step takes.

    python -m benchmarks.large [--neurons 1e6] [--inputs 1000] [--seconds 1.0] [--pynn] [--json]

Leaky cells with exponential currents that fire at 2 Hz, driven by a constant current from random potentials. Each sends
to as many cells, drawn at random, as each has inputs on average; all synapses have the same small weight and a delay
of 1.5 ms. Times are of the processor; "memory" is the peak of the process up to then. With ``--pynn`` it is a PyNN
script that builds and runs them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from benchmarks.speed.clock import peak_mb
from benchmarks.workloads.parts import all_spikes, cells
from neurohw.backend import load
from neurohw.network import Network, Synapses
from neurohw.program import Program
from neurohw.progress import with_progress

CELL = {
    "v_rest": -60.0,
    "v_reset": -60.0,
    "v_thresh": -50.0,
    "cm": 1.0,
    "tau_m": 100.0,
    "tau_refrac": 5.0,
    "tau_syn_E": 5.0,
    "tau_syn_I": 5.0,
    "i_offset": 0.1005,  # settles 0.05 mV above the threshold: a spike every 535 ms
}
TIMESTEP_MS = 0.1
DELAY_TICKS = 15
WEIGHT_NA = 1e-5
DRAWN_AT_ONCE = 2**22  # targets
SEED = 1

Steps = dict[str, dict[str, float]]  # what each took


def main() -> None:
    """Build, open and run the network, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--neurons", type=float, default=1e6)
    parser.add_argument("--inputs", type=int, default=1000, help="of each neuron, on average")
    parser.add_argument("--seconds", type=float, default=1.0, help="simulated")
    parser.add_argument("--pynn", action="store_true", help="build and run by a PyNN script")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    steps: Steps = {}
    run = run_pynn if options.pynn else run_network
    events, spikes = run(int(options.neurons), options.inputs, 1000 * options.seconds, steps)
    show(options, steps, events, spikes)


def run_network(n: int, inputs: int, duration_ms: float, steps: Steps) -> tuple[int, int]:
    """Build, open and run the network; returns synaptic events and spikes."""
    with measured(steps, "build"):
        network = large_network(n, inputs)
    with measured(steps, "open"):
        session = load("event").open(Program(network), fidelity="ideal")
    with session:
        with measured(steps, "run"):
            session.advance(network.tick(duration_ms))
        result = session.result()
    return result.report.traffic.synaptic_events, len(result.spikes.ticks)


def run_pynn(n: int, inputs: int, duration_ms: float, steps: Steps) -> tuple[int, int]:
    """Do what ``run_network`` does by a PyNN script, whose first tick opens the network."""
    import pyNN.neurohw as sim
    from pyNN.random import NumpyRNG

    start = np.random.default_rng(SEED).uniform(CELL["v_reset"], CELL["v_thresh"], n)
    with measured(steps, "build"):
        sim.setup(timestep=TIMESTEP_MS)
        population = sim.Population(n, sim.IF_curr_exp(**CELL), initial_values={"v": start})
        population.record("spikes")
        connector = sim.FixedNumberPostConnector(inputs, with_replacement=True, rng=NumpyRNG(seed=SEED))
        synapse = sim.StaticSynapse(weight=WEIGHT_NA, delay=DELAY_TICKS * TIMESTEP_MS)
        sim.Projection(population, population, connector, synapse)
    with measured(steps, "open"):
        sim.run(TIMESTEP_MS)
    with measured(steps, "run"):
        sim.run_until(duration_ms)
    return sim.hardware_report().traffic.synaptic_events, round(population.mean_spike_count() * n)


def large_network(n: int, inputs: int) -> Network:
    """Return cells with ``inputs`` synapses each, to targets drawn at random."""
    rng = np.random.default_rng(SEED)
    start = rng.uniform(CELL["v_reset"], CELL["v_thresh"], n)
    population = cells("cells", "IF_curr_exp", 0, n, CELL, start)
    size = n * inputs
    target = np.empty(size, np.int32)
    for begin in with_progress(range(0, size, DRAWN_AT_ONCE), "drawing synapses"):
        part = target[begin : begin + DRAWN_AT_ONCE]
        part[:] = rng.integers(0, n, len(part), np.int32)
    synapses = Synapses(
        "to all",
        0,
        0,
        "excitatory",
        np.arange(n + 1) * inputs,
        target,
        np.broadcast_to(WEIGHT_NA, size),
        np.broadcast_to(np.int32(DELAY_TICKS), size),
    )
    return Network(TIMESTEP_MS, (population,), (synapses,), probes=all_spikes((population,), (0,)))


@contextmanager
def measured(steps: Steps, name: str) -> Iterator[None]:
    """Note the seconds of a step, and the peak of memory at its end."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    taken = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
    steps[name] = {**taken, "memory_gb": peak_mb() / 1024}


def show(options: Any, steps: Steps, events: int, spikes: int) -> None:
    """Print the table, or one JSON object."""
    n_cells, n_synapses = int(options.neurons), int(options.neurons) * options.inputs
    rate_hz = spikes / n_cells / options.seconds
    if options.json:
        found = {"neurons": n_cells, "synapses": n_synapses, "rate_hz": rate_hz, "events": events}
        print(json.dumps({**found, "steps": steps}))
        return
    print(f"{n_cells:,} neurons, {n_synapses:,} synapses, {rate_hz:.2f} Hz, {events:,} synaptic events")
    print(f"{'':8s}{'s (processor)':>16s}{'s (wall)':>12s}{'memory (GB)':>14s}")
    for name, step in steps.items():
        print(f"{name:8s}{step['cpu_s']:16.1f}{step['wall_s']:12.1f}{step['memory_gb']:14.2f}")
    print(f"{1e9 * steps['run']['cpu_s'] / max(events, 1):.1f} ns an event")


if __name__ == "__main__":
    main()

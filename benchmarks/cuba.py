"""Vogels-Abbott CUBA, 1 s at dt 0.1 ms: neurohw (ideal, and on a chip) against Brian2's C++ standalone mode.

    python -m benchmarks.cuba [--cells 4000] [--seconds 1] [--repeats 5] [--json]

Both simulate the same connections and initial values with exact integration on the same grid, and their spikes are
compared. Timed is the simulation alone, after compilation, best and median of several runs taken in turn. Brian2 gets
its synapses sorted by source and its delay as one number, which makes it several times faster.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time

import numpy as np

import neurohw
from benchmarks.workloads import CUBA_CELL, cuba
from neurohw.backend import load
from neurohw.network import Network
from neurohw.program import Program


def main() -> None:
    """Run the benchmark and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=4000)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    network = cuba(options.cells)
    until_tick = network.tick(1000 * options.seconds)
    chip_program = neurohw.compile(network, "mesh") if options.cells <= 4000 else None

    runs = {"neurohw ideal": lambda: run_neurohw(Program(network), "ideal", until_tick)}
    if chip_program is not None:
        runs["neurohw fcfs on mesh"] = lambda: run_neurohw(chip_program, "fcfs", until_tick)
    runs["neurohw ideal"]()  # compiles
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tempfile.TemporaryDirectory() as folder:
        device = build_brian2(network, folder, options.seconds)
        runs["Brian2 cpp_standalone"] = lambda: run_brian2(device, network, folder)
        times: dict[str, list[float]] = {name: [] for name in runs}
        spikes = {}
        for name in [*runs] * (options.repeats + 1):
            seconds, spikes[name] = runs[name]()
            times[name].append(seconds)
    show(options, times, spikes, memory_mb)


def run_neurohw(program: Program, fidelity: str, until_tick: int) -> tuple[float, set[tuple[int, int]]]:
    """Return (seconds of the simulation, spikes as (tick, cell))."""
    with load("event").open(program, fidelity=fidelity) as session:
        started = time.perf_counter()
        session.advance(until_tick)
        seconds = time.perf_counter() - started
        spikes = session.result().spikes
    return seconds, set(zip(spikes.ticks.tolist(), spikes.ids.tolist(), strict=True))


def build_brian2(network: Network, folder: str, seconds: float) -> object:
    """Write and compile the C++ project of the same network; returns Brian2's device."""
    import brian2
    from brian2 import ms, mV

    brian2.set_device("cpp_standalone", build_on_run=False, directory=folder)
    brian2.defaultclock.dt = network.timestep_ms * ms
    # refractory one step longer and spikes reported one step later: Brian2 tests thresholds before it delivers
    cells = brian2.NeuronGroup(
        network.n_cells,
        """dv/dt = (g_exc + g_inh - (v - v_rest)) / tau_m : volt (unless refractory)
           dg_exc/dt = -g_exc / tau_exc : volt
           dg_inh/dt = -g_inh / tau_inh : volt""",
        threshold="v >= v_thresh",
        reset="v = v_reset",
        refractory=(CUBA_CELL["tau_refrac"] + network.timestep_ms) * ms,
        method="exact",
        namespace={
            "tau_m": CUBA_CELL["tau_m"] * ms,
            "tau_exc": CUBA_CELL["tau_syn_E"] * ms,
            "tau_inh": CUBA_CELL["tau_syn_I"] * ms,
            **{name: CUBA_CELL[name] * mV for name in ("v_rest", "v_reset", "v_thresh")},
        },
    )
    cells.v = np.concatenate([p.initial["v"] for p in network.populations]) * mV
    objects = [cells]
    for receptor, variable in (("excitatory", "g_exc"), ("inhibitory", "g_inh")):
        groups = [s for s in network.synapses if s.receptor == receptor]
        pre, post = (np.concatenate(ends) for ends in zip(*(_pairs(network, s) for s in groups), strict=True))
        order = np.argsort(pre, kind="stable")
        jump_mv = groups[0].weight[0] * CUBA_CELL["tau_m"] / CUBA_CELL["cm"]
        delay = int(groups[0].delay[0]) * network.timestep_ms * ms
        synapses = brian2.Synapses(
            cells, cells, on_pre=f"{variable}_post += jump", delay=delay, namespace={"jump": jump_mv * mV}
        )
        synapses.connect(i=pre[order], j=post[order])
        objects.append(synapses)
    monitor = brian2.SpikeMonitor(cells)
    brian2_network = brian2.Network(*objects, monitor)
    brian2_network.run(seconds * brian2.second)
    brian2.device.build(directory=folder, compile=True, run=False)
    brian2.device.monitor = monitor
    return brian2.device


def run_brian2(device: object, network: Network, folder: str) -> tuple[float, set[tuple[int, int]]]:
    """Return (seconds of the simulation loop as Brian2's own program measures it, spikes as (tick, cell))."""
    device.run(directory=folder, with_output=False)
    monitor = device.monitor
    ticks = np.rint(np.asarray(monitor.t_) * 1000 / network.timestep_ms).astype(int) + 1
    return device._last_run_time, set(zip(ticks.tolist(), np.asarray(monitor.i).tolist(), strict=True))


def _pairs(network: Network, synapses) -> tuple[np.ndarray, np.ndarray]:
    pre, post = network.populations[synapses.pre], network.populations[synapses.post]
    return np.repeat(np.arange(pre.size), np.diff(synapses.indptr)) + pre.first, synapses.target + post.first


def show(options, times, spikes, memory_mb) -> None:
    """Print what was measured."""
    best = {name: min(taken[1:]) for name, taken in times.items()}
    median = {name: statistics.median(taken[1:]) for name, taken in times.items()}
    peer = "Brian2 cpp_standalone"
    same = len(spikes["neurohw ideal"] & spikes[peer])
    report = {
        "cells": options.cells,
        "best_s": best,
        "median_s": median,
        "spikes": {name: len(found) for name, found in spikes.items()},
        "spikes_equal_to_brian2": same,
        "ratio_to_brian2": median["neurohw ideal"] / median[peer],
        "peak_memory_mb_neurohw": memory_mb,
    }
    if options.json:
        print(json.dumps(report))
        return
    print(
        f"CUBA {options.cells} cells, {options.seconds:g} s, simulation only, {options.repeats} runs in turn\n"
    )
    for name in times:
        print(f"{name:24s} best {best[name]:.4f} s  median {median[name]:.4f} s  {len(spikes[name])} spikes")
    print(f"\nspikes equal in cell and tick: {same} of {len(spikes[peer])}")
    print(f"time of neurohw ideal over Brian2: {report['ratio_to_brian2']:.2f} (below 1: neurohw is faster)")
    print(f"peak memory of the process after neurohw's run: {memory_mb:.0f} MB")


if __name__ == "__main__":
    main()

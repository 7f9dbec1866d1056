"""How long the least takes that any simulator must do for a workload on this machine.

    python -m benchmarks.speed.limits run WORKLOAD SECONDS

Takes the spikes of a run and times three kernels, float64 and one thread: one adds the weights of all synapses that the
spikes reach to the inputs of the targets, in the order of the spikes; one steps all cells once a tick; one draws the
spikes of Poisson drives, of one train a cell, and adds their weights. The third is reported apart.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import poisson

from benchmarks.speed import limit_kernels as kernels
from benchmarks.speed.clock import timed
from benchmarks.speed.workloads import WORKLOADS
from benchmarks.workloads.parts import all_spikes
from neurohw.backend import load
from neurohw.network import Network, Population, Synapses
from neurohw.program import Program
from neurohw.result import Spikes

Array = np.ndarray
NUMBERS = 2**16  # that a drive draws from
LIVELY = 1e-6  # mV and nA: nothing decays into numbers of reduced precision


def main(task: str, workload: str, seconds: str) -> None:
    """Simulate, then time the kernels."""
    if task != "run":
        raise SystemExit(f"unknown task {task!r}; it is 'run'")
    network = WORKLOADS[workload].build()
    n_ticks = network.tick(1000 * float(seconds))
    deliver_s, n = time_delivery(network, spikes_of(network, n_ticks))
    found = {"deliver_s": deliver_s, "delivered": n, "update_s": time_update(network, n_ticks)}
    print(json.dumps(found | {"drives_s": time_drives(network, n_ticks)}))


def is_drive(network: Network, s: Synapses) -> bool:
    """True for Poisson sources of which each has one synapse."""
    pre = network.populations[s.pre]
    return pre.model.is_source and s.size == pre.size == network.populations[s.post].size


def spikes_of(network: Network, n_ticks: int) -> Spikes:
    """Return the spikes of all cells that are not drives, in order."""
    senders = sorted({s.pre for s in network.synapses if not is_drive(network, s)})
    probed = dataclasses.replace(network, probes=all_spikes(network.populations, senders))
    with load("event").open(Program(probed), fidelity="ideal") as session:
        session.advance(n_ticks)
        return session.result().spikes


def time_delivery(network: Network, spikes: Spikes) -> tuple[float, int]:
    """Return the seconds that delivering the spikes takes, and how many events that are."""
    seconds, n = 0.0, 0
    for s in network.synapses:
        if is_drive(network, s):
            continue
        pre = network.populations[s.pre]
        own = spikes.ids[(spikes.ids >= pre.first) & (spikes.ids < pre.first + pre.size)] - pre.first
        run, _ = delivery(s, network.populations[s.post].size)
        run(own[:1])
        seconds += timed(lambda run=run, own=own: run(own))["cpu_s"]
        n += int(np.diff(s.indptr)[own].sum())
    return seconds, n


def delivery(s: Synapses, n_targets: int) -> tuple[Callable[[Array], None], Array]:
    """Return what delivers the spikes of rows, by the kernel that suits the synapses, and the inputs it adds to."""
    inputs = np.zeros(n_targets)
    if is_dense(s, n_targets):
        matrix = np.array(s.weight).reshape(-1, n_targets)
        return lambda rows: kernels.deliver_dense(rows, matrix, inputs), inputs
    indptr, target = np.array(s.indptr), np.array(s.target)
    if (s.weight == s.weight[:1]).all():
        weight = float(s.weight[0]) if s.size else 0.0
        return lambda rows: kernels.deliver_equal(rows, indptr, target, weight, inputs), inputs
    weights = np.array(s.weight)
    return lambda rows: kernels.deliver(rows, indptr, target, weights, inputs), inputs


def is_dense(s: Synapses, n_targets: int) -> bool:
    """True when each row has all targets in order."""
    n_rows = len(s.indptr) - 1
    return s.size == n_rows * n_targets and bool((s.target.reshape(n_rows, -1) == np.arange(n_targets)).all())


def time_update(network: Network, n_ticks: int) -> float:
    """Return the seconds that stepping all cells takes."""
    seconds = 0.0
    for population in network.populations:
        if population.model.is_source:
            continue
        update = stepping(population, network.timestep_ms)
        update(1)
        seconds += timed(lambda update=update: update(n_ticks))["cpu_s"]
    return seconds


def stepping(population: Population, timestep_ms: float) -> Callable[[int], Any]:
    """Return what steps the cells of a population for some ticks."""
    value = {name: float(array[0]) for name, array in population.parameters.items()}
    size, keep = population.size, float(np.exp(-timestep_ms / value["tau_m"]))
    v = np.full(size, value["v_reset"])
    drive, inputs = np.full(size, value["v_reset"] + LIVELY), np.zeros(size)
    limits = value["v_thresh"], value["v_reset"]
    if "tau_syn_E" not in value:
        return lambda n: kernels.step_delta(n, v, drive, inputs, keep, *limits)
    decays = [float(np.exp(-timestep_ms / value[name])) for name in ("tau_syn_E", "tau_syn_I")]
    keeps = (keep, *decays, LIVELY, LIVELY)
    exc, inh = np.full(size, LIVELY), np.full(size, LIVELY)
    return lambda n: kernels.step_exponential(n, v, exc, inh, drive, inputs, keeps, *limits)


def time_drives(network: Network, n_ticks: int) -> float:
    """Return the seconds that drawing and adding the spikes of all drives takes."""
    seconds = 0.0
    for s in network.synapses:
        if s.size and is_drive(network, s):
            run, _ = driving(network, s)
            run(1)
            seconds += timed(lambda run=run: run(n_ticks))["cpu_s"]
    return seconds


def driving(network: Network, s: Synapses) -> tuple[Callable[[int], Any], Array]:
    """Return what adds the spikes of drives that are all like the first, and the inputs it adds to."""
    in_tick = float(network.populations[s.pre].parameters["rate"][0]) * network.timestep_ms / 1000.0
    up_to = poisson.cdf(
        np.arange(poisson.isf(1 / NUMBERS, in_tick) + 1), in_tick
    )  # P(count <= 0), P(count <= 1), ...
    bounds = np.rint(NUMBERS * up_to)
    bounds = bounds[bounds < NUMBERS].astype(np.uint16)
    numbers = np.random.default_rng(1).integers(1, NUMBERS, s.size).astype(np.uint16)
    counts, inputs = np.zeros(kernels.CHUNK, np.uint16), np.zeros(s.size)
    return lambda n: kernels.add_drives(n, numbers, counts, bounds, float(s.weight[0]), inputs), inputs


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Workloads of networks: a run on representative input tells how often each cell fires."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from neurohw.api import run
from neurohw.compiler.incoming import incoming, neuron_mask
from neurohw.network import Network, Probe
from neurohw.program import Program
from neurohw.result import Spikes
from neurohw.workload import NeuronGraph

Array = np.ndarray


def capture(network: Network, duration_ms: float, *, backend: str = "event", seed: int = 0) -> NeuronGraph:
    """Run a network without a chip, and keep who sends to whom and how often each cell fires.

    Parameters
    ----------
    network : what to run, with the stimuli that are to be representative; its own probes do not matter.
    duration_ms : biological time to simulate.
    backend : name of an installed backend.
    seed : seed of the Poisson sources.

    Returns
    -------
    The graph of the network's cells, in the order of their ids. Its ``spikes`` are what ``neurohw.compile`` takes to
    weigh traffic by; ``neurohw.workload.save_workload`` writes it as JSON.

    Raises
    ------
    SettingError
        For a duration that is not a number of at least 0.
    UnsupportedError
        For a network that the backend cannot run.
    """
    spikes = record(network, duration_ms, backend=backend, seed=seed)
    return workload_of(network, np.bincount(spikes.ids, minlength=network.n_cells))


def record(network: Network, duration_ms: float, *, backend: str = "event", seed: int = 0) -> Spikes:
    """Run a network without a chip and return the spikes of all its cells; parameters and errors as of ``capture``."""
    probes = (
        Probe(index, "spikes", np.arange(population.size))
        for index, population in enumerate(network.populations)
    )
    program = Program(replace(network, probes=tuple(probes)))
    return run(program, duration_ms, backend=backend, fidelity="ideal", seed=seed).spikes


def workload_of(network: Network, spikes: Array) -> NeuronGraph:
    """Return who sends to whom, and how often each cell fires: int [n_cells]."""
    inputs = incoming(network)
    return NeuronGraph(inputs.indptr, inputs.pre, neuron_mask(network), spikes)


def most_spikes(spikes: Spikes, n_cells: int, window_ticks: int) -> Array:
    """Return how often each cell fires in a window of so many ticks, at most, int64 [n_cells].

    A window may begin at any tick; a spike of tick 0 counts as one of tick 1, the first that is simulated.
    """
    ticks = np.maximum(spikes.ticks, 1)
    order = np.lexsort((ticks, spikes.ids))
    ids, ticks = spikes.ids[order].astype(np.int64), ticks[order]
    date = ids * (int(ticks.max(initial=0)) + window_ticks) + ticks  # no window reaches the next cell
    counts = np.searchsorted(date, date + window_ticks) - np.arange(date.size)
    most = np.zeros(n_cells, np.int64)
    np.maximum.at(most, ids, counts)
    return most

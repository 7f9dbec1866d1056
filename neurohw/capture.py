"""Workloads of networks: a run on representative input tells how often each cell fires."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from neurohw.api import run
from neurohw.compiler.incoming import incoming, neuron_mask
from neurohw.network import Network, Probe
from neurohw.program import Program
from neurohw.workload import NeuronGraph


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
    probes = (
        Probe(index, "spikes", np.arange(population.size))
        for index, population in enumerate(network.populations)
    )
    program = Program(replace(network, probes=tuple(probes)))
    result = run(program, duration_ms, backend=backend, fidelity="ideal", seed=seed)
    spikes = np.bincount(result.spikes.ids, minlength=network.n_cells)
    inputs = incoming(network)
    return NeuronGraph(inputs.indptr, inputs.pre, neuron_mask(network), spikes.astype(np.int64))

"""Networks whose synapses are too many to be simulated: cells fire by themselves, and packets go where they would.

Whatever a mapping is, packets depend on who fires when, and on which clusters each cell sends to. So cells are driven
by currents at which they fire at their modelled rates, and a cell has one synapse without weight to each cluster.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from benchmarks.workloads.applications import stimuli
from benchmarks.workloads.applications.feed_forward import leaky_cells
from benchmarks.workloads.applications.rates import TAU_M_MS, TAU_REFRAC_MS, THRESHOLD_MV
from benchmarks.workloads.parts import all_spikes, connect
from neurohw.network import MODELS, Network, Population
from neurohw.workload import NeuronGraph

Array = np.ndarray

TIMESTEP_MS = 1.0
_INPUT, _CELLS = 0, 1  # populations


def driven_cells(rates_hz: Array, n_inputs: int, duration_ms: float, seed: int) -> Network:
    """Return a network without synapses: inputs that fire at random, and cells that fire regularly.

    Parameters
    ----------
    rates_hz : float64 [n_cells], inputs first.
    """
    rng = np.random.default_rng(seed)
    n_ticks = round(duration_ms / TIMESTEP_MS)
    trains = stimuli.poisson_trains(rates_hz[:n_inputs], n_ticks, TIMESTEP_MS, rng)
    size = rates_hz.size - n_inputs
    inputs = Population("input", MODELS["SpikeSourceArray"], 0, n_inputs, {}, trains=trains)
    resting = leaky_cells("cells", inputs, size)
    driven = replace(
        resting,
        parameters={**resting.parameters, "i_offset": drive_na(rates_hz[n_inputs:])},
        initial={"v": rng.uniform(0.0, THRESHOLD_MV, size)},
    )
    populations = [inputs, driven]
    return Network(TIMESTEP_MS, tuple(populations), (), probes=all_spikes(populations, (_INPUT, _CELLS)))


def drive_na(rates_hz: Array) -> Array:
    """Return the currents, in nA, under which cells of 1 nF fire at rates: the inverse of ``lif_rates_hz``."""
    current, fires = np.zeros(rates_hz.shape), rates_hz > 0
    between_ms = np.maximum(1000.0 / rates_hz[fires] - TAU_REFRAC_MS, TIMESTEP_MS)
    current[fires] = THRESHOLD_MV / -np.expm1(-between_ms / TAU_M_MS) / TAU_M_MS
    return current


def stand_in(driven: Network, graph: NeuronGraph, clusters: Array) -> Network:
    """Return the driven cells with a synapse from each cell to one neuron of each cluster that it sends to.

    Parameters
    ----------
    clusters : [n_cells], cluster of each neuron, -1 for inputs.
    """
    pre, post = _one_to_each_cluster(graph, clusters)
    n_inputs = driven.populations[_INPUT].size
    synapses = []
    for population, chosen in ((_INPUT, pre < n_inputs), (_CELLS, pre >= n_inputs)):
        pairs = pre[chosen] - driven.populations[population].first, post[chosen] - n_inputs
        synapses.append(connect(driven.populations, population, _CELLS, "excitatory", pairs, 0.0, 1))
    return Network(driven.timestep_ms, driven.populations, tuple(synapses), probes=driven.probes)


def _one_to_each_cluster(graph: NeuronGraph, clusters: Array) -> tuple[Array, Array]:
    """Return pairs (pre, post): for each cluster, who sends to any of its neurons, and the first neuron of it."""
    neurons = np.flatnonzero(clusters >= 0)
    by_cluster = neurons[np.argsort(clusters[neurons], kind="stable")]
    bounds = np.searchsorted(clusters[by_cluster], np.arange(int(clusters.max()) + 2))
    sends, pre, post = np.zeros(graph.n_cells, np.bool_), [], []
    for begin, end in pairwise(bounds):
        members = by_cluster[begin:end]
        for member in members:
            sends[graph.pre[graph.indptr[member] : graph.indptr[member + 1]]] = True
        senders = np.flatnonzero(sends)
        pre.append(senders)
        post.append(np.full(senders.size, members[0]))
        sends[senders] = False
    return np.concatenate(pre), np.concatenate(post)

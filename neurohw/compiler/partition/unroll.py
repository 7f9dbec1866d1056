"""Unrolling: neurons with many inputs become chains of relays with few, so that they fit small crossbars."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.settings import check_whole
from neurohw.errors import SettingError
from neurohw.hardware.quantities import COUNT_LIMIT
from neurohw.workload import NeuronGraph

Array = np.ndarray


def unroll(graph: NeuronGraph, fan_in: int) -> NeuronGraph:
    """Split every neuron with more than ``fan_in`` inputs into a chain (Song et al. 2020, doi:10.1145/3372799.3394364).

    The first relay takes ``fan_in`` inputs, each of the others the relay before it and ``fan_in - 1`` more; the
    neuron itself ends the chain. A relay fires once for every spike of its inputs, which changes what the network
    computes: the neuron no longer sees which spikes come together.

    Parameters
    ----------
    fan_in : of relays, also the most inputs of a neuron that stays as it is; at least 2.

    Raises
    ------
    SettingError
        For a smaller one.
    """
    check_whole("unroll", fan_in, 2, COUNT_LIMIT)
    spikes = graph.spikes.tolist()
    pre: list[Array] = []
    post: list[Array] = []
    for cell in np.flatnonzero(graph.is_neuron).tolist():
        row = graph.pre[graph.indptr[cell] : graph.indptr[cell + 1]]
        inputs = row[np.sort(np.unique(row, return_index=True)[1])]
        while inputs.size > fan_in:
            relay = len(spikes)
            spikes.append(sum(spikes[other] for other in inputs[:fan_in].tolist()))
            pre.append(inputs[:fan_in])
            post.append(np.full(fan_in, relay))
            inputs = np.concatenate([[relay], inputs[fan_in:]]).astype(np.int32)
        pre.append(inputs)
        post.append(np.full(inputs.size, cell))
    nothing = [np.empty(0, np.int64)]
    pairs = np.concatenate(pre + nothing), np.concatenate(post + nothing)
    return with_relays(graph, *pairs, np.array(spikes, np.int64))


def with_relays(graph: NeuronGraph, pre: Array, post: Array, spikes: Array) -> NeuronGraph:
    """Return a graph with relays behind its cells: neurons without presynaptic cells stay neurons.

    Parameters
    ----------
    pre, post : int [n_synapses], all synapses, also those of relays.
    spikes : int64 [n_cells], of all cells, relays last.
    """
    wired = NeuronGraph.of_pairs(pre, post, spikes)
    is_relay = np.ones(wired.n_cells - graph.n_cells, np.bool_)
    return NeuronGraph(wired.indptr, wired.pre, np.concatenate([graph.is_neuron, is_relay]), spikes)


def check_unroll(fan_in: int, rows: int) -> None:
    """Refuse a number of inputs of a relay that cannot be.

    Raises
    ------
    SettingError
        For less than 2, or more than a crossbar has rows.
    """
    if not 2 <= fan_in <= rows:
        raise SettingError(f"unroll = {fan_in} must be from 2 to the rows of a crossbar, {rows}")

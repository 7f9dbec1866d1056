"""Firing rates of layers by mean drive: how weights are scaled, and how often cells too many to simulate fire."""

from __future__ import annotations

import numpy as np

from benchmarks.workloads.applications.layers import Connections

Array = np.ndarray

TAU_M_MS = 20.0
TAU_REFRAC_MS = 2.0
THRESHOLD_MV = 1.0  # above rest


def lif_rates_hz(mean_mv: Array) -> Array:
    """Return rates of leaky cells that a constant drive would hold at ``mean_mv`` (Gerstner et al. 2014, sec. 1.3)."""
    rates = np.zeros(mean_mv.shape)
    fires = mean_mv > THRESHOLD_MV
    drive = mean_mv[fires]
    rates[fires] = 1000.0 / (TAU_REFRAC_MS + TAU_M_MS * np.log(drive / (drive - THRESHOLD_MV)))
    return rates


def scaled_weights(
    connections: Connections, rates_hz: Array, mean_hz: float, rng: np.random.Generator
) -> Array:
    """Draw the weights of a layer, in mV, so that its cells fire ``mean_hz`` on average.

    Weights are normal with a mean of half their deviation, so that about a third are inhibitory; a layer with one
    weight for all has it positive. The common factor is found by bisection on the rates of ``lif_rates_hz``.
    """
    shape = np.maximum(rng.normal(0.5, 1.0, connections.n_weights), -2.0)
    if connections.n_weights == 1:
        shape[:] = 1.0
    drive_mv = TAU_M_MS / 1000.0 * summed(connections, shape, rates_hz)
    if not (drive_mv > 0).any():
        raise ValueError(
            "no cell of the layer is driven: its stimulus is silent or its weights are all inhibitory"
        )
    low, high = 0.0, 2.0 * THRESHOLD_MV / drive_mv.max()
    while lif_rates_hz(high * drive_mv).mean() < mean_hz:
        low, high = high, 2.0 * high
    for _ in range(50):
        middle = 0.5 * (low + high)
        if lif_rates_hz(middle * drive_mv).mean() < mean_hz:
            low = middle
        else:
            high = middle
    return high * shape


def summed(connections: Connections, weights: Array, rates_hz: Array) -> Array:
    """Return the sum of weight and presynaptic rate over the synapses of each cell, a few million at a time."""
    indptr, n_post = connections.indptr, len(connections.indptr) - 1
    total = np.zeros(n_post)
    first = 0
    while first < n_post:
        last = max(first + 1, int(np.searchsorted(indptr, indptr[first] + 2**22, "right")) - 1)
        part = slice(indptr[first], indptr[last])
        post = np.repeat(np.arange(last - first), np.diff(indptr[first : last + 1]))
        product = weights[connections.weight[part]] * rates_hz[connections.pre[part]]
        total[first:last] = np.bincount(post, product, last - first)
        first = last
    return total

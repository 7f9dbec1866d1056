"""The least that a simulator can do for a network: deliver each event once, and step all cells once a tick.

No delays, no queue, no refractory time, no record: what remains is memory traffic and arithmetic in float64.
"""

import numpy as np

from neurohw.jit import leaf


@leaf
def deliver_equal(rows, indptr, target, weight, inputs):
    """Add one weight to the targets of the rows of all spikes."""
    for k in range(rows.size):
        own = target[indptr[rows[k]] : indptr[rows[k] + 1]]
        for i in range(own.size):
            inputs[np.uint32(own[i])] += weight


@leaf
def deliver(rows, indptr, target, weight, inputs):
    """Add the weights of the rows of all spikes to their targets."""
    for k in range(rows.size):
        begin, end = indptr[rows[k]], indptr[rows[k] + 1]
        own, weights = target[begin:end], weight[begin:end]
        for i in range(own.size):
            inputs[np.uint32(own[i])] += weights[i]


@leaf
def deliver_dense(rows, weight, inputs):
    """Add the rows of a matrix (float64 [n_rows, n_targets]) of all spikes."""
    for k in range(rows.size):
        own = weight[rows[k]]
        for i in range(inputs.size):
            inputs[i] += own[i]


@leaf
def step_delta(n_ticks, v, drive, inputs, keep, threshold, reset):
    """Step cells without synaptic currents; returns how often one fired."""
    n = 0
    for _ in range(n_ticks):
        for i in range(v.size):
            moved = drive[i] + (v[i] - drive[i]) * keep + inputs[i]
            fires = moved >= threshold
            v[i] = reset if fires else moved
            inputs[i] = 0.0
            n += np.int64(fires)
    return n


@leaf
def step_exponential(n_ticks, v, exc, inh, drive, inputs, keeps, threshold, reset):
    """Step cells with two exponential currents; ``keeps`` is what a tick leaves of v, of each, and what each adds."""
    keep, keep_exc, keep_inh, from_exc, from_inh = keeps
    n = 0
    for _ in range(n_ticks):
        for i in range(v.size):
            moved = drive[i] + (v[i] - drive[i]) * keep + (exc[i] * from_exc + inh[i] * from_inh)
            fires = moved >= threshold
            v[i] = reset if fires else moved
            exc[i] = exc[i] * keep_exc + inputs[i]
            inh[i] = inh[i] * keep_inh
            inputs[i] = 0.0
            n += np.int64(fires)
    return n

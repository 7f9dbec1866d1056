"""The least that a simulator can do for a network: deliver each event once, and step all cells once a tick.

No delays, no queue, no refractory time, no record: what remains is memory traffic and arithmetic in float64.

Where each cell has a Poisson drive of its own, a third kernel draws how many spikes come in a tick and adds them.
"""

import numpy as np

from neurohw.jit import leaf

CHUNK = 1024  # drives at once: their counts stay in the first cache
_SHIFTS = np.uint16(7), np.uint16(9), np.uint16(8)  # of a xorshift generator with a period of 2^16 - 1


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


@leaf
def add_drives(n_ticks, numbers, counts, bounds, weight, inputs):
    """Draw a number of 16 bits for each drive and tick, and add as many weights as there are bounds that it reaches.

    ``numbers`` (uint16, not 0) are the generators' states, too: the cheapest there are, too short for a simulation.
    ``counts`` (uint16 [CHUNK]) is room to work in.
    """
    left, right, again = _SHIFTS
    for _ in range(n_ticks):
        for first in range(0, numbers.size, CHUNK):
            own, to = numbers[first : first + CHUNK], inputs[first : first + CHUNK]
            for i in range(own.size):
                number = own[i]
                number ^= np.uint16(number << left)
                number ^= np.uint16(number >> right)
                number ^= np.uint16(number << again)
                own[i] = number
                counts[i] = 0
            for k in range(bounds.size):
                bound = bounds[k]
                for i in range(own.size):
                    counts[i] += np.uint16(own[i] >= bound)
            for i in range(own.size):
                to[i] += weight * counts[i]

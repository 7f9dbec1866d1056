"""Products of an analog matrix unit, straight from their definition."""

from __future__ import annotations

from math import exp, floor, inf

import numpy as np
from scipy.integrate import solve_ivp


def mock(inputs, weights, *, num_sends=1, gain=0.002, rows=128, dtype=np.float32):
    """Return hxtorch's mock without noise, result by result; the gain is multiplied in ``dtype``."""
    factor = dtype(num_sends * gain)
    codes = np.zeros((len(inputs), weights.shape[1]), np.int64)
    for vector, column in np.ndindex(codes.shape):
        total = 0
        for first in range(0, len(weights), rows):
            part = slice(first, first + rows)
            products = (
                int(x) * int(w) for x, w in zip(inputs[vector, part], weights[part, column], strict=True)
            )
            total += clamp(floor(factor * dtype(sum(products))))
        codes[vector, column] = clamp(total)
    return codes


def clamp(code):
    """Return a code of 8 bits."""
    return max(-128, min(127, code))


def events(inputs, wait_us, num_sends):
    """Return (row, time before the last event's slot ends in us) of one vector's events, the first one first."""
    rows = [row for _ in range(num_sends) for row, x in enumerate(inputs) if x > 0]
    return [(row, (len(rows) - k) * wait_us) for k, row in enumerate(rows)]


def share(age_us, tau_mem_us=None, tau_syn_us=None):
    """Return what is on the membrane of one unit of charge, ``age_us`` after its event."""
    mem, syn = (inf if tau is None else tau for tau in (tau_mem_us, tau_syn_us or 0.0))
    if syn == 0.0:
        return exp(-age_us / mem)
    if mem == inf:
        return 1.0 - exp(-age_us / syn)
    if mem == syn:
        return age_us / mem * exp(-age_us / mem)
    return mem / (mem - syn) * (exp(-age_us / mem) - exp(-age_us / syn))


def membrane(inputs, weights, *, wait_us=0.04, delay_us=0.0, num_sends=1, **taus):
    """Return the membranes of one vector (input*weight) [columns], without saturation."""
    total = np.zeros(weights.shape[1])
    for row, age_us in events(inputs, wait_us, num_sends):
        total += inputs[row] * weights[row] * share(age_us + delay_us, **taus)
    return total


def saturated_membrane(
    inputs, weights, *, i_max, tau_syn_us, tau_mem_us=None, wait_us=0.04, delay_us=0.0, num_sends=1
):
    """Return the same with the current of each side limited (input*weight per us), by a general solver."""
    n = weights.shape[1]
    charges = np.maximum([weights, -weights], 0)  # [2, rows, columns]

    def flow(_, state):
        exc, inh, v = state.reshape(3, n)
        limited = [i / np.sqrt(1 + (i / i_max) ** 2) for i in (exc, inh)]
        leak = 0.0 if tau_mem_us is None else v / tau_mem_us
        return np.concatenate([-exc / tau_syn_us, -inh / tau_syn_us, limited[0] - limited[1] - leak])

    state = np.zeros((3, n))
    sent = events(inputs, wait_us, num_sends)
    for k, (row, _) in enumerate(sent):
        state[:2] += inputs[row] * charges[:, row] / tau_syn_us
        until = wait_us + (delay_us if k == len(sent) - 1 else 0.0)
        state = solve_ivp(flow, (0, until), state.ravel(), rtol=1e-10, atol=1e-10).y[:, -1].reshape(3, n)
    return state[2]

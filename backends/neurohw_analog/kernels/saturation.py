"""A run with synaptic inputs that saturate, event by event, by the classical Runge-Kutta method of order four."""

from __future__ import annotations

import math

import numpy as np

from neurohw.jit import kernel


@kernel
def saturating_run(is_event, x, exc, inh, sends, slot_us, delay_us, steps, tau_mem_us, tau_syn_us, limit):
    """Return the membranes (LSB, float64 [n, columns]) at the end of each vector's run.

    Parameters
    ----------
    is_event : bool [n, rows], whether a row sends an event.
    x : float64 [n, rows], inputs as driven.
    exc, inh : float64 [rows, columns], charge (LSB) for an input step, both at least 0.
    sends : how often the rows are gone through.
    slot_us, delay_us : from event to event, and from the slot of the last one to the reading.
    steps : of the integration in a slot; the delay has as many for each of its slots, rounded up.
    tau_mem_us, tau_syn_us : time constants; ``tau_mem_us`` may be infinite.
    limit : LSB per us, the largest current of an input.
    """
    n, rows = x.shape
    columns = exc.shape[1]
    out = np.zeros((n, columns))
    current = np.empty((2, columns))
    for vector in range(n):
        v = out[vector]
        current[:] = 0.0
        for _ in range(sends):
            for row in range(rows):
                if not is_event[vector, row]:
                    continue
                _jump(current[0], x[vector, row] / tau_syn_us, exc[row])
                _jump(current[1], x[vector, row] / tau_syn_us, inh[row])
                _advance(v, current, slot_us, steps, tau_mem_us, tau_syn_us, limit)
        if delay_us > 0.0:
            more = math.ceil(delay_us / slot_us * steps)
            _advance(v, current, delay_us, more, tau_mem_us, tau_syn_us, limit)
    return out


@kernel
def _jump(current, factor, charge):
    for i in range(current.size):
        current[i] += factor * charge[i]


@kernel
def _limited(current, limit):
    ratio = current / limit
    return current / math.sqrt(1.0 + ratio * ratio)


@kernel
def _advance(v, current, duration_us, steps, tau_mem_us, tau_syn_us, limit):
    h = duration_us / steps
    leak = 1.0 / tau_mem_us
    decay = math.exp(-0.5 * h / tau_syn_us)
    exc, inh = current[0], current[1]
    for i in range(v.size):
        e, c, u = exc[i], inh[i], v[i]
        for _ in range(steps):
            start = _limited(e, limit) - _limited(c, limit)
            e *= decay
            c *= decay
            middle = _limited(e, limit) - _limited(c, limit)
            e *= decay
            c *= decay
            end = _limited(e, limit) - _limited(c, limit)
            k_1 = start - leak * u
            k_2 = middle - leak * (u + 0.5 * h * k_1)
            k_3 = middle - leak * (u + 0.5 * h * k_2)
            k_4 = end - leak * (u + h * k_3)
            u += h / 6.0 * (k_1 + 2.0 * k_2 + 2.0 * k_3 + k_4)
        exc[i], inh[i], v[i] = e, c, u

"""Spike sources: cells that are due when they fire next."""

import numpy as np

from neurohw.jit import kernel
from neurohw.network.kernels import poisson_next, poisson_tick
from neurohw_event.kernels.agenda import schedule
from neurohw_event.layout import COUNT, NEXT_MS, RATE_HZ, STOP_MS, TRAIN_END


@kernel
def update_poisson(touched, tick, cells, agenda, now, n_now):
    """Fire the Poisson sources whose time has come, as often as their intervals say."""
    for cell in touched:
        x = cells.state[cell]
        clock = cells.clock[cell]
        while x[NEXT_MS] < np.inf:
            due = poisson_tick(x[NEXT_MS], cells.timestep_ms)
            if due > tick:
                schedule(agenda.head, agenda.next, agenda.previous, agenda.due, cell, due, tick)
                break
            now, n_now = append_spike(now, n_now, cell)
            x[NEXT_MS] = poisson_next(cells.seed, cell, clock[COUNT], x[NEXT_MS], x[RATE_HZ], x[STOP_MS])
            clock[COUNT] += 1
    return now, n_now


@kernel
def update_trains(touched, tick, cells, agenda, now, n_now):
    """Fire the array sources whose trains have a spike at ``tick``."""
    for cell in touched:
        clock = cells.clock[cell]
        while clock[COUNT] < clock[TRAIN_END]:
            due = cells.train[clock[COUNT]]
            if due > tick:
                schedule(agenda.head, agenda.next, agenda.previous, agenda.due, cell, due, tick)
                break
            now, n_now = append_spike(now, n_now, cell)
            clock[COUNT] += 1
    return now, n_now


@kernel
def append_spike(now, n_now, cell):
    """Append to the spikes of this tick, in a larger array where the old one is full."""
    if n_now == now.size:
        now = np.concatenate((now, np.empty(now.size, np.int32)))
    now[n_now] = cell
    return now, n_now + 1

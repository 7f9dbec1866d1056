"""Spike sources: cells that are due when they fire next."""

import numpy as np

from neurohw.jit import inner
from neurohw.network.sources.columns import LAST_MS, NEXT_MS
from neurohw.network.sources.processes import draw_next, spike_tick
from neurohw_event.kernels.agenda import schedule
from neurohw_event.layout import COUNT, TRAIN_END


@inner
def update_random(touched, tick, cells, bins, agenda, fired):
    """Fire the random sources whose time has come, as often as their intervals say; ``bins`` as in ``draw_next``."""
    for index in range(touched.size):
        cell = touched[index]
        times = 0
        while cells.state[cell, NEXT_MS] < np.inf:
            now_ms = cells.state[cell, NEXT_MS]
            due = spike_tick(now_ms, cells.timestep_ms)
            if due > tick:
                schedule(agenda.head, agenda.next, agenda.previous, agenda.due, cell, due, tick)
                break
            times += 1
            cells.state[cell, LAST_MS] = now_ms
            draw_next(cells.state, cells.clock, cell, cells.seed, cell, now_ms, bins)
        fire(fired, cell, times)


@inner
def update_trains(touched, tick, cells, agenda, fired):
    """Fire the array sources whose trains have a spike at ``tick``."""
    for index in range(touched.size):
        cell = touched[index]
        times = 0
        while cells.clock[cell, COUNT] < cells.clock[cell, TRAIN_END]:
            due = cells.train[cells.clock[cell, COUNT]]
            if due > tick:
                schedule(agenda.head, agenda.next, agenda.previous, agenda.due, cell, due, tick)
                break
            times += 1
            cells.clock[cell, COUNT] += 1
        fire(fired, cell, times)


@inner
def fire(fired, cell, times):
    """Put a cell on the list of this tick's spikes, ``times`` spikes at once; none where that is 0."""
    if times > 0:
        fired.cell[fired.size[0]] = cell
        fired.times[cell] = times
        fired.size[0] += 1
        fired.size[1] += times

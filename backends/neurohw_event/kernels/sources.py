"""Spike sources: cells that are due when they fire next."""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw.network.sources.columns import LAST_MS, NEXT_MS
from neurohw.network.sources.counts import count_at, place_of
from neurohw.network.sources.processes import draw_next, spike_tick
from neurohw_event.kernels.agenda import schedule
from neurohw_event.layout import COUNT, TRAIN_END


@inner
def update_random(touched, tick, cells, bins, agenda, fired):
    """Fire the random sources whose time has come, as often as their intervals say; ``bins`` as in ``draw_next``."""
    for index in range(touched.size):
        cell = touched[index]
        place = place_of(cells.clock, cell)
        if place >= 0:
            fire(fired, cell, _count(place, cell, tick, cells, agenda))
            continue
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


@inlined
def _count(place, cell, tick, cells, agenda):
    """Return the spikes of a source that is counted, and have it looked at in the next tick with any."""
    due = max(tick + 1, cells.tables.first_tick[place])
    if due <= cells.tables.last_tick[place]:
        schedule(agenda.head, agenda.next, agenda.previous, agenda.due, cell, due, tick)
    return count_at(cells.tables, place, cells.seed, cell, tick)


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

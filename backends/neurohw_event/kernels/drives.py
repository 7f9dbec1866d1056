"""Busy Poisson sources: the spikes of many ticks drawn at once.

Counts and trains are those of ``neurohw.network.sources``, number by number. A window of them is drawn at a time,
never beyond the end of a run, so that between runs a source stands where one would that is looked at spike by spike.
"""

import math

import numpy as np

from neurohw.jit import inlined, inner, leaf
from neurohw.network.kernels import fill_exponentials
from neurohw.network.sources.columns import COUNT, FIRST, LAST_MS, NEXT_MS, STOP_MS
from neurohw.network.sources.counts import BLOCK
from neurohw.network.sources.processes import spike_tick
from neurohw_event.account import DELIVERED, EVENTS, SENT
from neurohw_event.kernels.counted import add_counts, count_drive
from neurohw_event.kernels.pending import push_arrival
from neurohw_event.kernels.sources import fire
from neurohw_event.layout import NEVER


@inlined
def are_to_draw(drives, tick):
    """True when it is not known what the sources do at ``tick``; a call of ``draw_drives`` costs more than to ask."""
    return drives.first.size > 0 and tick > drives.drawn[0]


@inner
def draw_drives(drives, cells, log, account, tick, last_tick):
    """Draw what the sources do from ``tick`` on, up to ``last_tick`` at most."""
    # to the end of a block of random words
    last = min(last_tick, (tick + drives.n_ticks) // BLOCK * BLOCK - 1)
    is_done = True
    for drive in range(drives.first.size):
        count_drive(drives, drive, cells.tables, cells.seed, tick, last)
        if drives.has_intervals[drive]:
            _draw_trains(drives, drive, cells, tick, last)
        if drives.segment[drive] >= 0:
            n = add_counts(drives, drive, log.spikes, tick, last)
            account.counters[SENT] += n
            account.counters[DELIVERED] += n
            account.counters[EVENTS] += n
        is_done = is_done and _is_done(drives, drive, cells, last)
    if is_done and drives.busy_until[0] == NEVER:
        drives.busy_until[0] = last + drives.lingers
    drives.drawn[0] = last


@inner
def fire_drive(drives, drive, tick, fired):
    """Fire the sources whose spikes are sent one by one."""
    if drives.segment[drive] >= 0:
        return
    row = tick & (drives.counts.shape[0] - 1)
    for cell in range(drives.first[drive], drives.end[drive]):
        fire(fired, cell, np.int64(drives.counts[row, drives.place[drive] + cell - drives.first[drive]]))


@leaf
def hand_back(drives, wiring, pending, tick):
    """Put what is under way after ``tick`` on the wheel of segments, where it is as if sent one by one."""
    mask = drives.counts.shape[0] - 1
    for drive in range(drives.first.size):
        if drives.segment[drive] < 0:
            continue
        for sent in range(max(0, tick - drives.delay[drive] + 1), tick + 1):
            for cell in range(drives.first[drive], drives.end[drive]):
                for _ in range(drives.counts[sent & mask, drives.place[drive] + cell - drives.first[drive]]):
                    push_arrival(pending, wiring, wiring.arrivals_of_cell[cell], sent)


@inlined
def _is_done(drives, drive, cells, tick):
    """True when no source fires after ``tick``."""
    tables, place = cells.tables, drives.place[drive] - drives.first[drive]
    for cell in range(drives.first[drive], drives.end[drive]):
        counted = drives.counted[place + cell]
        if counted < 0 and cells.state[cell, NEXT_MS] < np.inf:
            return False
        if counted >= 0 and tables.last_tick[counted] > tick:
            return False
    return True


@inlined
def _draw_trains(drives, drive, cells, tick, last):
    """Draw the intervals of the sources that are not counted."""
    place = drives.place[drive] - drives.first[drive]
    for cell in range(drives.first[drive], drives.end[drive]):
        if drives.counted[place + cell] < 0 and cells.state[cell, NEXT_MS] < np.inf:
            _draw_train(drives, cells, cell, place + cell, tick, last)


@inner
def _draw_train(drives, cells, cell, column, tick, last):
    """Count the spikes of a source in each tick up to ``last``."""
    counts, intervals = drives.counts, drives.intervals
    mask = counts.shape[0] - 1
    timestep_ms, rate_hz, stop_ms = cells.timestep_ms, cells.state[cell, FIRST], cells.state[cell, STOP_MS]
    next_ms, last_ms = cells.state[cell, NEXT_MS], cells.state[cell, LAST_MS]
    used = cells.clock[cell, COUNT]
    at = size = _intervals_needed(rate_hz * timestep_ms * 1e-3, last - tick + 1, intervals.size)
    while next_ms < np.inf:
        due = max(spike_tick(next_ms, timestep_ms), tick)
        if due > last:
            break
        counts[due & mask, column] += np.uint8(1)
        if at == size:
            fill_exponentials(intervals[:size], cells.seed, cell, used)
            _scale(intervals[:size], rate_hz)
            at = 0
        last_ms = next_ms
        next_ms += intervals[at]
        at += 1
        used += 1
        if next_ms > stop_ms:
            next_ms = np.inf
    cells.state[cell, NEXT_MS], cells.state[cell, LAST_MS] = next_ms, last_ms
    cells.clock[cell, COUNT] = used


@inlined
def _scale(intervals, rate_hz):
    """Turn standard deviates into ms, in the steps in which a source alone does."""
    for i in range(intervals.size):
        intervals[i] = intervals[i] * 1000.0 / rate_hz


@inlined
def _intervals_needed(per_tick, n_ticks, most):
    """Return how many intervals to draw at once: as many as are likely to be used, in eights."""
    likely = per_tick * n_ticks
    return min(most, (np.int64(likely + math.sqrt(likely)) & ~7) + 8)

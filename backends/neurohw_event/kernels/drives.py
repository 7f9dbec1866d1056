"""Busy Poisson sources: the spikes of many ticks drawn at once.

The trains are those of ``neurohw.network.sources``, number by number. A window of them is drawn at a time, never beyond
the end of a run, so that between runs a source stands where one would that is looked at spike by spike.
"""

import math

import numpy as np

from neurohw.jit import inlined, inner, leaf
from neurohw.network.kernels import fill_exponentials
from neurohw.network.sources.columns import COUNT, FIRST, LAST_MS, NEXT_MS, STOP_MS
from neurohw.network.sources.processes import spike_tick
from neurohw_event.account import DELIVERED, EVENTS, SENT
from neurohw_event.kernels.pending import push_arrival
from neurohw_event.kernels.sources import fire
from neurohw_event.layout import NEVER

DRAWN_TICKS = 64  # at once


@inner
def draw_drives(drives, cells, log, account, tick, last_tick):
    """Draw what the sources do from ``tick`` on where that is not known yet, up to ``last_tick`` at most."""
    if drives.first.size == 0 or tick <= drives.drawn[0]:
        return
    last = min(last_tick, tick + DRAWN_TICKS - 1)
    mask = drives.counts.shape[0] - 1
    for later in range(tick, last + 1):
        for column in range(drives.counts.shape[1]):
            drives.counts[later & mask, column] = 0
    is_done = True
    for drive in range(drives.first.size):
        for cell in range(drives.first[drive], drives.end[drive]):
            if cells.state[cell, NEXT_MS] == np.inf:
                continue
            column = drives.place[drive] + cell - drives.first[drive]
            n = _draw_train(drives, cells, cell, column, tick, last)
            if drives.segment[drive] >= 0:
                log.spikes[cell] += n
                account.counters[SENT] += n
                account.counters[DELIVERED] += n
                account.counters[EVENTS] += n
            is_done = is_done and cells.state[cell, NEXT_MS] == np.inf
    if is_done and drives.busy_until[0] == NEVER:
        drives.busy_until[0] = last + drives.counts.shape[0]
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


@inner
def _draw_train(drives, cells, cell, column, tick, last):
    """Count the spikes of a source in each tick up to ``last``; returns how many there are."""
    counts, intervals = drives.counts, drives.intervals
    mask = counts.shape[0] - 1
    timestep_ms, rate_hz, stop_ms = cells.timestep_ms, cells.state[cell, FIRST], cells.state[cell, STOP_MS]
    next_ms, last_ms = cells.state[cell, NEXT_MS], cells.state[cell, LAST_MS]
    used = cells.clock[cell, COUNT]
    at = size = _intervals_needed(rate_hz * timestep_ms * 1e-3, last - tick + 1, intervals.size)
    n = 0
    while next_ms < np.inf:
        due = max(spike_tick(next_ms, timestep_ms), tick)
        if due > last:
            break
        counts[due & mask, column] += np.uint16(1)
        n += 1
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
    return n


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

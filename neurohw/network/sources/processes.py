"""The next spike of a source, compiled: one function a process, the choice between them, and loops over sources.

A process returns (time in ms, random numbers used so far), an infinite time where no spike comes.
"""

from __future__ import annotations

import math

import numpy as np

from neurohw.jit import inner, kernel
from neurohw.network.kernels import STREAM_TRAIN, exponential, fill_exponentials_of, uniform
from neurohw.network.sources.columns import (
    COUNT,
    END_BIN,
    FIRST,
    FIRST_BIN,
    LAST_MS,
    NEXT_MS,
    PROCESS,
    SECOND,
    START_MS,
    STOP_MS,
    Process,
)
from neurohw.network.sources.counts import count_at, place_of
from neurohw.network.sources.gamma import gamma_deviate, gamma_hazard

_POISSON = int(Process.POISSON)
_REFRACTORY = int(Process.REFRACTORY)
_GAMMA = int(Process.GAMMA)
ROUNDING_TICKS = 1e-9
NO_TICK = np.int64(2**62)
# No run comes so far, which is 30 years: a source that starts later has no spike. Much later its ticks would pass 64
# bits, and an interval added to a time would not change it.
LAST_TIME_MS = 1e12


@inner
def spike_tick(time_ms, timestep_ms):
    """Return the tick at which a spike at ``time_ms`` stands on the grid: the first one not before it."""
    return np.int64(math.ceil(time_ms / timestep_ms - ROUNDING_TICKS))


@inner
def draw_next(state, clock, row, seed, cell, now_ms, bins):
    """Set the next spike after ``now_ms`` of the source ``cell`` (global id), whose numbers stand in ``row``.

    A source that is counted tick by tick has no next time, nor has one after ``LAST_TIME_MS``.
    ``bins`` is None where all sources are Poisson processes: the others are then not compiled.
    """
    if place_of(clock, row) >= 0:
        state[row, NEXT_MS] = np.inf
        return
    count = clock[row, COUNT]
    process = clock[row, PROCESS]
    first, second = state[row, FIRST], state[row, SECOND]
    last_ms, stop_ms = max(state[row, LAST_MS], state[row, START_MS]), state[row, STOP_MS]
    if process == _POISSON or bins is None:
        time_ms, count = poisson_next(seed, cell, count, now_ms, first)
    elif now_ms > LAST_TIME_MS:
        time_ms = np.inf
    elif process == _REFRACTORY:
        time_ms, count = refractory_next(seed, cell, count, last_ms, now_ms, first, second)
    elif process == _GAMMA:
        time_ms, count = gamma_next(seed, cell, count, last_ms, now_ms, stop_ms, first, 1000.0 / second)
    else:
        begin, end = clock[row, FIRST_BIN], clock[row, END_BIN]
        time_ms, count = inh_gamma_next(seed, cell, count, last_ms, now_ms, stop_ms, begin, end, bins)
    state[row, NEXT_MS] = time_ms if time_ms <= min(stop_ms, LAST_TIME_MS) else np.inf
    clock[row, COUNT] = count


@inner
def poisson_next(seed, cell, count, now_ms, rate_hz):
    """Return the next spike of a process without memory."""
    if rate_hz <= 0.0:
        return np.inf, count + 1
    return now_ms + exponential(seed, cell, count) * 1000.0 / rate_hz, count + 1


@inner
def fill_poisson_next(next_ms, seed, cell, count, now_ms, rate_hz, stop_ms):
    """Write the next spikes of sources without memory, as ``draw_next`` does, several at a time; ``count`` grows."""
    fill_exponentials_of(next_ms, seed, cell, count)
    for i in range(next_ms.size):
        time_ms = now_ms[i] + next_ms[i] * 1000.0 / rate_hz[i]
        last_ms = min(stop_ms[i], LAST_TIME_MS)
        next_ms[i] = time_ms if rate_hz[i] > 0.0 and time_ms <= last_ms else np.inf
        count[i] += 1


@inner
def fill_ticks(ticks, time_ms, timestep_ms):
    """Write the ticks of spikes, as ``spike_tick`` does, several at a time; ``NO_TICK`` where no spike comes."""
    for i in range(ticks.size):
        finite_ms = time_ms[i] if time_ms[i] < np.inf else 0.0
        tick = np.int64(math.ceil(finite_ms / timestep_ms - ROUNDING_TICKS))
        ticks[i] = tick if time_ms[i] < np.inf else NO_TICK


@inner
def refractory_next(seed, cell, count, last_ms, now_ms, rate_hz, dead_ms):
    """Return the next spike of a Poisson process with dead time; ``rate_hz`` includes it."""
    if rate_hz <= 0.0:
        return np.inf, count + 1
    free_ms = max(now_ms, last_ms + dead_ms)
    return free_ms + exponential(seed, cell, count) * (1000.0 / rate_hz - dead_ms), count + 1


@inner
def gamma_next(seed, cell, count, last_ms, now_ms, stop_ms, shape, scale_ms):
    """Return the next spike of a gamma process: a whole interval, or the rest of one that is under way."""
    if now_ms <= last_ms:
        deviate, count = gamma_deviate(seed, cell, count, shape)
        return last_ms + deviate * scale_ms, count
    return _thinned(seed, cell, count, last_ms, now_ms, stop_ms, shape, scale_ms)


@inner
def inh_gamma_next(seed, cell, count, last_ms, now_ms, stop_ms, begin, end, bins):
    """Return the next spike of a gamma process whose shape and scale follow the bins ``begin`` to ``end - 1``."""
    at = _bin_at(bins.start_ms, begin, end, now_ms)
    while at < end and now_ms <= stop_ms:
        until_ms = bins.start_ms[at + 1] if at + 1 < end else stop_ms
        until_ms = min(until_ms, stop_ms)
        time_ms, count = _thinned(
            seed, cell, count, last_ms, now_ms, until_ms, bins.shape[at], bins.scale_ms[at]
        )
        if time_ms <= until_ms:
            return time_ms, count
        now_ms = until_ms
        at += 1
    return np.inf, count


@inner
def _thinned(seed, cell, count, last_ms, now_ms, until_ms, shape, scale_ms):
    """Draw candidates at the largest hazard to come, and keep each with the hazard's share of it.

    Shapes of at least 1 have a hazard that rises to 1 / scale, others one that falls with the time since the spike.
    """
    while True:
        highest = 1.0 if shape >= 1.0 else gamma_hazard(shape, (now_ms - last_ms) / scale_ms)
        now_ms += exponential(seed, cell, count) * scale_ms / highest
        accept = uniform(seed, STREAM_TRAIN, cell, count + 1) * highest
        count += 2
        if now_ms > until_ms:
            return np.inf, count
        if accept < gamma_hazard(shape, (now_ms - last_ms) / scale_ms):
            return now_ms, count


@inner
def _bin_at(start_ms, begin, end, time_ms):
    """Return the last bin that starts at ``time_ms`` or before, by bisection; ``begin`` where there is none."""
    low, high = begin, end
    while high - low > 1:
        middle = (low + high) // 2
        if start_ms[middle] <= time_ms:
            low = middle
        else:
            high = middle
    return low


@kernel
def draw_all(state, clock, seed, first, now_ms, bins):
    """Draw the next spike of each row's source after its ``now_ms``; the first is cell ``first``."""
    for row in range(now_ms.size):
        draw_next(state, clock, row, seed, first + row, now_ms[row], bins)


@kernel
def take_spikes(state, clock, seed, first, timestep_ms, from_tick, until_tick, tables, bins):
    """Emit (rows, ticks) of all spikes from ``from_tick`` to ``until_tick``, source by source."""
    rows = np.empty(1024, np.int64)
    ticks = np.empty(1024, np.int64)
    n = 0
    for row in range(len(state)):
        place = place_of(clock, row)
        if place >= 0:
            begin = max(from_tick, tables.first_tick[place])
            for tick in range(begin, min(until_tick, tables.last_tick[place]) + 1):
                times = count_at(tables, place, seed, first + row, tick)
                if n + times > rows.size:
                    rows = np.concatenate((rows, np.empty(n + times, np.int64)))
                    ticks = np.concatenate((ticks, np.empty(n + times, np.int64)))
                rows[n : n + times] = row
                ticks[n : n + times] = tick
                n += times
            continue
        while state[row, NEXT_MS] < np.inf:
            tick = spike_tick(state[row, NEXT_MS], timestep_ms)
            if tick > until_tick:
                break
            if n == rows.size:
                rows = np.concatenate((rows, np.empty(n, np.int64)))
                ticks = np.concatenate((ticks, np.empty(n, np.int64)))
            rows[n] = row
            ticks[n] = tick
            n += 1
            state[row, LAST_MS] = state[row, NEXT_MS]
            draw_next(state, clock, row, seed, first + row, state[row, LAST_MS], bins)
    return rows[:n].copy(), ticks[:n].copy()

"""Cells without a closed form: stepped tick by tick while anything moves, and dormant otherwise."""

import math

import numpy as np

from neurohw.jit import inlined, inner
from neurohw.network.kernels import STREAM_FIRING, uniform
from neurohw_event.kernels.lanes import AT_REST
from neurohw_event.kernels.sources import fire
from neurohw_event.kernels.step_tick import step_cells
from neurohw_event.layout import CURRENT, ROW
from neurohw_event.stepped_layout import (
    ADAPTATION,
    ARRIVED,
    AT_RANDOM,
    AT_TICK,
    CAPACITY,
    CHANNEL_CONSTANTS,
    CHANNEL_STATE,
    COMMON,
    CONDUCTANCE,
    COURSE,
    DRIVE,
    FEED,
    FEED_RATE,
    FIRST_CHANNEL,
    FIRST_CONSTANTS,
    GAIN,
    HAZARD,
    HELD_UNTIL,
    IN_ADAPTATION,
    IN_THRESHOLD,
    INJECTED_NA,
    JUMP,
    JUMP_OF_CHANNEL,
    LANES,
    LENGTH,
    LEVEL,
    N_CHANNELS,
    OFFSET,
    ON_CROSSING,
    ON_REACHING,
    PER_MV,
    RATE,
    REACHED,
    REFRACTORY_TICKS,
    RESET,
    RULE,
    STOOD_STILL,
    THRESHOLD_NOW,
    VALUE,
    WENT_ON,
)

# A cell so far above its threshold fires for certain; exp() of more might overflow.
_LARGEST_EXPONENT = 100.0
# how a tick went at whose end v or the current jumps; after which a cell is dormant
_JUMPS, _ASLEEP = 3.0, 4.0


@inner
def update_stepped(group, first, touched, active, tick, cells, steps, fired):
    """Advance the touched cells to ``tick``, add inputs, fire, decide who stays active.

    ``first`` is the first id of the population. Cells to step in the next tick are written to ``active``; returns how
    many. A cell that was dormant is as it was left: it is advanced by the last tick only.
    """
    block = cells.stepped.block[group]
    if tick > 0:
        step_cells(block, first, touched, tick, cells)
    if block[COMMON] != 0 and block[RULE] != AT_RANDOM and _is_run_from(first, touched):
        return _look_after_all(block, first, touched, active, tick, cells, steps, fired)
    n_active = 0
    for index in range(touched.size):
        if _look_after(block, first, touched[index], tick, cells, steps, fired):
            active[n_active] = touched[index]
            n_active += 1
    return n_active


@inner
def _is_run_from(first, touched):
    """Return whether cells are one after the other from ``first`` on."""
    n = 0
    for index in range(touched.size):
        n += np.int64(touched[index] == first + index)
    return n == touched.size


@inner
def _look_after_all(block, first, touched, active, tick, cells, steps, fired):
    """Look after cells that are one after the other: after those alone for which more is to be done than add inputs."""
    n_busy, n_asleep = _list_busy(block, first, touched.size, cells, steps), 0
    course = block[OFFSET] + COURSE * block[LENGTH]
    for index in range(n_busy):
        local = cells.stepped.queue[index]
        if not _look_after(block, first, first + local, tick, cells, steps, fired):
            cells.values[course + local] = _ASLEEP
            n_asleep += 1
    p = cells.stepped.constant[block[COMMON] :]
    for channel in range(block[N_CHANNELS]):
        of = FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
        if p[of + RATE] != 0.0:
            at = block[OFFSET] + (FIRST_CHANNEL + channel * CHANNEL_STATE) * block[LENGTH]
            to = at + (VALUE if p[of + FEED_RATE] == 0.0 else FEED) * block[LENGTH]
            arrived = at + ARRIVED * block[LENGTH]
            own = cells.values[to : to + touched.size], cells.values[arrived : arrived + touched.size]
            _add_inputs(own[0], own[1], p[of + GAIN])
    if n_asleep == 0:
        for index in range(touched.size):
            active[index] = touched[index]
        return touched.size
    n_active = 0
    for index in range(touched.size):
        active[n_active] = touched[index]
        n_active += np.int64(cells.values[course + index] != _ASLEEP)
    return n_active


@inner
def _list_busy(block, first, n, cells, steps):
    """Write the cells to ``Stepped.queue`` that may fire or fall asleep or get another current; returns how many."""
    constant, values, queue = cells.stepped.constant, cells.values, cells.stepped.queue
    at, length, n_busy, begin = block[OFFSET], block[LENGTH], 0, 0
    course = values[at + COURSE * length : at + COURSE * length + n]
    _mark(course, steps.waiting_na[first : first + n])
    for channel in range(block[N_CHANNELS]):
        if constant[block[COMMON] + FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS + RATE] == 0.0:
            arrived = at + (FIRST_CHANNEL + channel * CHANNEL_STATE + ARRIVED) * length
            _mark(course, values[arrived : arrived + n])
    while begin < n:
        end = min(begin + LANES, n)
        if _count(course[begin:end]) > 0:
            for local in range(begin, end):
                queue[n_busy] = local
                n_busy += np.int64(course[local] != WENT_ON)
        begin = end
    return n_busy


@inner
def _mark(course, sizes):
    """Mark the cells to which something comes."""
    for i in range(course.size):
        course[i] = _JUMPS if (sizes[i] != 0.0) & (course[i] == WENT_ON) else course[i]


@inlined
def _count(course):
    n = 0
    for i in range(course.size):
        n += np.int64(course[i] != WENT_ON)
    return n


@inner
def _add_inputs(values, arrived, gain):
    for i in range(values.size):
        values[i] += arrived[i] * gain
        arrived[i] = 0.0


@inner
def _look_after(block, first, cell, tick, cells, steps, fired):
    """Add what arrived at a cell that stands at ``tick``, and have it fire; returns whether it stays active."""
    values, length, at = cells.values, block[LENGTH], block[OFFSET] + (cell - first)
    p = cells.stepped.constant[cells.clock[cell, ROW] :]
    is_random, free = block[RULE] == AT_RANDOM, tick > values[at + HELD_UNTIL * length]
    course = values[at + COURSE * length]
    moved = _take_inputs(values, at, p, block, free)
    if steps.waiting_na[cell] != 0.0:
        cells.state[cell, CURRENT] += steps.waiting_na[cell]
        steps.waiting_na[cell] = 0.0
        values[at + INJECTED_NA * length] = cells.state[cell, CURRENT]
        moved = True
    if is_random:
        _sum_up(values, at, p, block)
    if free and _fires(values, at, p, block, course == REACHED, cells.seed, cell, tick):
        _spike(values, at, p, block)
        if is_random:
            _sum_up(values, at, p, block)
        values[at + HELD_UNTIL * length] = tick + p[REFRACTORY_TICKS]
        fire(fired, cell, 1)
        moved = True
    stood = course == STOOD_STILL and not (moved or is_random or not free)
    return not (stood and _falls_asleep(values, at, p, block, cells.timestep_ms))


@inlined
def _take_inputs(values, at, p, block, free):
    """Add what arrived to the channels, or to v unless it is held; return whether anything did."""
    moved, length = False, block[LENGTH]
    for channel in range(block[N_CHANNELS]):
        own = at + (FIRST_CHANNEL + channel * CHANNEL_STATE) * length
        size = values[own + ARRIVED * length]
        if size == 0.0:
            continue
        moved = True
        values[own + ARRIVED * length] = 0.0
        of = FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
        if p[of + RATE] == 0.0:
            values[at] += size if free else 0.0
        elif p[of + FEED_RATE] == 0.0:
            values[own + VALUE * length] += size * p[of + GAIN]
        else:
            values[own + FEED * length] += size * p[of + GAIN]
    return moved


@inlined
def _sum_up(values, at, p, block):
    """Sum what spikes have added to the threshold and to the adaptation current, for the hazard and for probes."""
    threshold, adaptation, length = p[LEVEL], 0.0, block[LENGTH]
    for channel in range(block[N_CHANNELS]):
        value = values[at + (FIRST_CHANNEL + channel * CHANNEL_STATE + VALUE) * length]
        of = FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
        threshold += p[of + IN_THRESHOLD] * value
        adaptation += p[of + IN_ADAPTATION] * value
    values[at + THRESHOLD_NOW * length], values[at + ADAPTATION * length] = threshold, adaptation


@inlined
def _fires(values, at, p, block, reached, seed, cell, tick):
    rule, v = block[RULE], values[at]
    if rule == AT_TICK:
        return v >= p[LEVEL]
    if rule == ON_REACHING:
        return reached or v >= p[LEVEL]
    if rule == ON_CROSSING:
        return reached
    above = v - values[at + THRESHOLD_NOW * block[LENGTH]]
    hazard = p[HAZARD] * math.exp(min(above * p[PER_MV], _LARGEST_EXPONENT))
    return uniform(seed, STREAM_FIRING, cell, tick) < -math.expm1(-hazard)


@inlined
def _spike(values, at, p, block):
    """Reset v, and add what a spike adds."""
    length = block[LENGTH]
    if block[RULE] != ON_CROSSING:
        values[at] = p[RESET]
    values[at + length] += p[JUMP]
    for channel in range(block[N_CHANNELS]):
        of = FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
        values[at + (FIRST_CHANNEL + channel * CHANNEL_STATE + VALUE) * length] += p[of + JUMP_OF_CHANNEL]


@inlined
def _falls_asleep(values, at, p, block, timestep_ms):
    """Return whether channels move a cell that stood still no more; what remains in them is then dropped."""
    length = block[LENGTH]
    for channel in range(block[N_CHANNELS]):
        own = at + (FIRST_CHANNEL + channel * CHANNEL_STATE) * length
        of = FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
        size = abs(values[own + VALUE * length])
        if values[own + FEED * length] != 0.0:
            size += abs(values[own + FEED * length]) / p[of + FEED_RATE]
        current_na = size * (abs(p[of + DRIVE]) + abs(p[of + CONDUCTANCE] * values[at]))
        if current_na * timestep_ms > AT_REST * p[CAPACITY]:
            return False
    for channel in range(block[N_CHANNELS]):
        own = at + (FIRST_CHANNEL + channel * CHANNEL_STATE) * length
        values[own + VALUE * length] = values[own + FEED * length] = 0.0
    return True

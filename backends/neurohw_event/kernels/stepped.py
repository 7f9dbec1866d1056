"""Cells without a closed form: stepped tick by tick while anything moves, and dormant otherwise."""

import math

import numpy as np

from neurohw.jit import inlined, inner
from neurohw.network.kernels import STREAM_FIRING, uniform
from neurohw_event.kernels.lanes import AT_REST
from neurohw_event.kernels.sources import fire
from neurohw_event.kernels.step_tick import step_cells
from neurohw_event.layout import CURRENT, HELD_UNTIL, ROW
from neurohw_event.stepped_layout import (
    ADAPTATION,
    ARRIVED,
    AT_RANDOM,
    AT_TICK,
    CAPACITY,
    CHANNEL_CONSTANTS,
    CHANNEL_STATE,
    CONDUCTANCE,
    COURSE,
    DRIVE,
    FEED,
    FEED_RATE,
    FIRST_CHANNEL,
    FIRST_CONSTANTS,
    GAIN,
    HAZARD,
    IN_ADAPTATION,
    IN_THRESHOLD,
    JUMP,
    JUMP_OF_CHANNEL,
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
)

# A cell so far above its threshold fires for certain; exp() of more might overflow.
_LARGEST_EXPONENT = 100.0


@inner
def update_stepped(group, first, touched, active, tick, cells, steps, fired):
    """Advance the touched cells to ``tick``, add inputs, fire, decide who stays active.

    ``first`` is the first id of the population. Cells to step in the next tick are written to ``active``; returns how
    many. A cell that was dormant is as it was left: it is advanced by the last tick only.
    """
    block, constant, values = cells.stepped.block[group], cells.stepped.constant, cells.values
    if tick > 0:
        step_cells(block, first, touched, tick, cells)
    n_active, length, rule = 0, block[LENGTH], block[RULE]
    is_random = rule == AT_RANDOM
    for index in range(touched.size):
        cell = touched[index]
        clock = cells.clock[cell]
        at = block[OFFSET] + (cell - first)
        p = constant[clock[ROW] :]
        free = tick > clock[HELD_UNTIL]
        course = values[at + COURSE * length]
        moved = _take_inputs(values, at, p, block, free)
        if steps.waiting_na[cell] != 0.0:
            cells.state[cell, CURRENT] += steps.waiting_na[cell]
            steps.waiting_na[cell] = 0.0
            moved = True
        if is_random:
            _sum_up(values, at, p, block)
        if free and _fires(values, at, p, block, course == REACHED, cells.seed, cell, tick):
            _spike(values, at, p, block)
            if is_random:
                _sum_up(values, at, p, block)
            clock[HELD_UNTIL] = tick + np.int64(p[REFRACTORY_TICKS])
            fire(fired, cell, 1)
            moved = True
        stood = course == STOOD_STILL and not (moved or is_random or not free)
        if not (stood and _falls_asleep(values, at, p, block, cells.timestep_ms)):
            active[n_active] = cell
            n_active += 1
    return n_active


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

"""Cells without a closed form: stepped tick by tick while anything moves, and dormant otherwise."""

import math

import numpy as np

from neurohw.jit import inlined, inner
from neurohw.network.kernels import STREAM_FIRING, uniform
from neurohw_event.kernels.sources import fire
from neurohw_event.kernels.step_tick import step_tick
from neurohw_event.layout import CURRENT, HELD_UNTIL, LAST, ROW
from neurohw_event.stepped_layout import (
    ADAPTATION,
    ARRIVED,
    AT_RANDOM,
    AT_TICK,
    BEFORE,
    CAPACITY,
    CHANNEL_CONSTANTS,
    CHANNEL_STATE,
    CONDUCTANCE,
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
    LEVEL,
    N_CHANNELS,
    N_VARIABLES,
    OFFSET,
    OFFSET_NA,
    ON_CROSSING,
    ON_REACHING,
    PER_MV,
    RATE,
    REFRACTORY_TICKS,
    RESET,
    RULE,
    SCALE,
    THRESHOLD_NOW,
    VALUE,
    WIDTH,
)

# A cell whose variables move by less than this part of their size in a tick is at rest.
_AT_REST = 1e-13
# A cell so far above its threshold fires for certain; exp() of more might overflow.
_LARGEST_EXPONENT = 100.0


@inner
def update_stepped(group, first, touched, active, tick, cells, steps, fired):
    """Advance the touched cells to ``tick``, add inputs, fire, decide who stays active.

    ``first`` is the first id of the population. Cells to step in the next tick are written to ``active``; returns how
    many. A cell that was dormant is as it was left: it is advanced by the last tick only.
    """
    block, constant = cells.stepped.block[group], cells.stepped.constant
    n_active = 0
    for index in range(touched.size):
        cell = touched[index]
        clock = cells.clock[cell]
        at = block[OFFSET] + (cell - first) * block[WIDTH]
        row = cells.values[at : at + block[WIDTH]]
        p = constant[clock[ROW] :]
        free = tick > clock[HELD_UNTIL]
        reached = False
        if tick > clock[LAST]:
            current_na = p[OFFSET_NA] + cells.state[cell, CURRENT]
            reached = step_tick(row, p, block, current_na, free, cells.timestep_ms, cells.stepped)
            clock[LAST] = tick
        moved = _take_inputs(row, p, block, free)
        if steps.waiting_na[cell] != 0.0:
            cells.state[cell, CURRENT] += steps.waiting_na[cell]
            steps.waiting_na[cell] = 0.0
            moved = True
        is_random = block[RULE] == AT_RANDOM
        if is_random:
            _sum_up(row, p, block)
        if free and _fires(row, p, block[RULE], reached, cells.seed, cell, tick):
            _spike(row, p, block)
            if is_random:
                _sum_up(row, p, block)
            clock[HELD_UNTIL] = tick + np.int64(p[REFRACTORY_TICKS])
            fire(fired, cell, 1)
            moved = True
        if moved or is_random or not free or _moves(row, p, block, cells):
            active[n_active] = cell
            n_active += 1
    return n_active


@inlined
def _take_inputs(row, p, block, free):
    """Add what arrived to the channels, or to v unless it is held; return whether anything did."""
    moved = False
    for channel in range(block[N_CHANNELS]):
        at = FIRST_CHANNEL + channel * CHANNEL_STATE
        of = FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
        size = row[at + ARRIVED]
        if size == 0.0:
            continue
        moved = True
        row[at + ARRIVED] = 0.0
        if p[of + RATE] == 0.0:
            row[0] += size if free else 0.0
        elif p[of + FEED_RATE] == 0.0:
            row[at + VALUE] += size * p[of + GAIN]
        else:
            row[at + FEED] += size * p[of + GAIN]
    return moved


@inlined
def _sum_up(row, p, block):
    """Sum what spikes have added to the threshold and to the adaptation current, for the hazard and for probes."""
    threshold, adaptation = p[LEVEL], 0.0
    for channel in range(block[N_CHANNELS]):
        value = row[FIRST_CHANNEL + channel * CHANNEL_STATE + VALUE]
        of = FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
        threshold += p[of + IN_THRESHOLD] * value
        adaptation += p[of + IN_ADAPTATION] * value
    row[THRESHOLD_NOW], row[ADAPTATION] = threshold, adaptation


@inlined
def _fires(row, p, rule, reached, seed, cell, tick):
    if rule == AT_TICK:
        return row[0] >= p[LEVEL]
    if rule == ON_REACHING:
        return reached or row[0] >= p[LEVEL]
    if rule == ON_CROSSING:
        return reached
    hazard = p[HAZARD] * math.exp(min((row[0] - row[THRESHOLD_NOW]) * p[PER_MV], _LARGEST_EXPONENT))
    return uniform(seed, STREAM_FIRING, cell, tick) < -math.expm1(-hazard)


@inlined
def _spike(row, p, block):
    """Reset v, and add what a spike adds."""
    if block[RULE] != ON_CROSSING:
        row[0] = p[RESET]
    row[1] += p[JUMP]
    for channel in range(block[N_CHANNELS]):
        of = FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
        row[FIRST_CHANNEL + channel * CHANNEL_STATE + VALUE] += p[of + JUMP_OF_CHANNEL]


@inlined
def _moves(row, p, block, cells):
    """Return whether the last tick changed a free cell; one at rest is left without what remains in its channels."""
    before = cells.stepped.x[BEFORE]
    for i in range(block[N_VARIABLES]):
        scale = 1.0 if i == 0 else p[SCALE]
        if not abs(row[i] - before[i]) <= _AT_REST * (scale + abs(row[i])):
            return True
    for channel in range(block[N_CHANNELS]):
        at = FIRST_CHANNEL + channel * CHANNEL_STATE
        of = FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
        size = abs(row[at + VALUE])
        if row[at + FEED] != 0.0:
            size += abs(row[at + FEED]) / p[of + FEED_RATE]
        current_na = size * (abs(p[of + DRIVE]) + abs(p[of + CONDUCTANCE] * row[0]))
        if current_na * cells.timestep_ms > _AT_REST * p[CAPACITY]:
            return True
    for channel in range(block[N_CHANNELS]):
        at = FIRST_CHANNEL + channel * CHANNEL_STATE
        row[at + VALUE] = row[at + FEED] = 0.0
    return False

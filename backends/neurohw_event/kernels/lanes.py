"""Cells into the lanes of a batch and back: many at once, or one by one."""

import math

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.layout import ROW as CONSTANTS_OF_CELL
from neurohw_event.stepped_layout import (
    AT_END,
    AT_TICK,
    BEFORE,
    CHANNEL_CONSTANT_ROWS,
    CHANNEL_CONSTANTS,
    CHANNEL_ROWS,
    CHANNEL_STATE,
    COMMON,
    CONSTANTS,
    COURSE,
    COURSE_ROW,
    END_VALUE,
    FEED,
    FEED_RATE,
    FEED_ROW,
    FIRST_CHANNEL,
    FIRST_CHANNEL_ROW,
    FIRST_CONSTANTS,
    FREE,
    HAS_REACHED,
    HELD_UNTIL,
    HIGHEST_MV,
    INJECTED_NA,
    INPUT_NA,
    IS_FAST,
    LANE_WORD,
    LEFT_MS,
    LENGTH,
    LEVEL,
    N_CHANNELS,
    N_VARIABLES,
    NEXT_MS,
    NOW,
    OFFSET,
    OFFSET_NA,
    ON_REACHING,
    RATE,
    REACHED,
    RISE_MS,
    ROW,
    RULE,
    SCALE,
    STEP_MS,
    STOOD_STILL,
    VALUE,
    WENT_ON,
    constant_row,
)

_LEVEL, _OFFSET_NA, _SCALE = constant_row(LEVEL), constant_row(OFFSET_NA), constant_row(SCALE)
_RATE_ROW, _FEED_RATE_ROW = (CHANNEL_CONSTANT_ROWS + ROW * k for k in (RATE, FEED_RATE))
# A cell whose variables move by less than this part of their size in a tick is at rest.
AT_REST = 1e-13


@inlined
def whole_words(n):
    """Return how many lanes are used for ``n`` cells."""
    return np.uint64((n + LANE_WORD - 1) // LANE_WORD * LANE_WORD)


@inner
def fill_common(block, stepped, n_lanes):
    """Write the constants that all cells of a population share into as many lanes, unless they are there."""
    at, filled = block[COMMON], stepped.filled
    if filled[0] == at and filled[1] >= n_lanes:
        return
    filled[0], filled[1] = at, n_lanes
    for k in range(FIRST_CONSTANTS):
        _fill(CONSTANTS + np.uint64(k) * ROW, stepped.constant[at + k], stepped.batch, n_lanes)
    for channel in range(block[N_CHANNELS]):
        of = at + FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
        to = FIRST_CHANNEL_ROW + np.uint64(channel) * CHANNEL_ROWS + CHANNEL_CONSTANT_ROWS
        for k in range(CHANNEL_CONSTANTS):
            _fill(to + np.uint64(k) * ROW, stepped.constant[of + k], stepped.batch, n_lanes)


@inlined
def _fill(to, number, batch, n_lanes):
    for i in range(n_lanes):
        batch[to + i] = number


@inner
def fill_lane(block, constant, batch, lane):
    """Write the constants of a cell, from ``constant`` on, into a lane."""
    for k in range(FIRST_CONSTANTS):
        batch[CONSTANTS + np.uint64(k) * ROW + lane] = constant[k]
    for channel in range(block[N_CHANNELS]):
        of = FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
        to = FIRST_CHANNEL_ROW + np.uint64(channel) * CHANNEL_ROWS + CHANNEL_CONSTANT_ROWS + lane
        for k in range(CHANNEL_CONSTANTS):
            batch[to + np.uint64(k) * ROW] = constant[of + k]


@inner
def load(block, first, tick, n, is_run, cells):
    """Load the cells that ``Stepped.lane`` names; where ``is_run``, one stands after the other in the columns."""
    stepped, batch, lane = cells.stepped, cells.stepped.batch, cells.stepped.lane
    if block[COMMON] == 0:
        for i in range(n):
            row = cells.clock[first + lane[i], CONSTANTS_OF_CELL]
            fill_lane(block, stepped.constant[row:], batch, np.uint64(i))
    for k in range(block[N_VARIABLES]):
        at, to = block[OFFSET] + k * block[LENGTH], np.uint64(k) * ROW
        _load_column(cells.values, at, lane, n, is_run, batch, NOW + to)
    for channel in range(block[N_CHANNELS]):
        at = block[OFFSET] + (FIRST_CHANNEL + channel * CHANNEL_STATE) * block[LENGTH]
        to = FIRST_CHANNEL_ROW + np.uint64(channel) * CHANNEL_ROWS
        _load_column(cells.values, at + VALUE * block[LENGTH], lane, n, is_run, batch, to)
        if batch[to + _FEED_RATE_ROW] != 0.0:
            _load_column(cells.values, at + FEED * block[LENGTH], lane, n, is_run, batch, to + FEED_ROW)
    at = block[OFFSET]
    _load_column(cells.values, at + HELD_UNTIL * block[LENGTH], lane, n, is_run, batch, FREE)
    _load_column(cells.values, at + INJECTED_NA * block[LENGTH], lane, n, is_run, batch, INPUT_NA)
    _begin(block[RULE], np.float64(tick), np.uint64(0), np.uint64(n), batch)


@inner
def _begin(rule, tick, begin, end, batch):
    """Begin a tick of lanes whose input is the injected current, and free the last tick in which v is held."""
    stops = rule == ON_REACHING
    for i in range(begin, end):
        level_mv, is_free = batch[_LEVEL + i], batch[FREE + i] < tick
        reached = is_free & stops & (batch[NOW + i] >= level_mv)
        moves = is_free & (not reached)
        batch[INPUT_NA + i] = batch[_OFFSET_NA + i] + batch[INPUT_NA + i]
        batch[HIGHEST_MV + i] = level_mv if stops else math.inf
        batch[HAS_REACHED + i] = 1.0 if reached else 0.0
        batch[FREE + i] = 1.0 if moves else 0.0


@inner
def _load_column(values, at, lane, n, is_run, batch, to):
    n_lanes = np.uint64(n)
    if is_run:
        begin = np.uint64(at + lane[0])
        for i in range(n_lanes):
            batch[to + i] = values[begin + i]
    else:
        for i in range(n_lanes):
            batch[to + i] = values[np.uint64(at + lane[i])]


@inner
def store(block, n, is_run, is_plain, cells):
    """Write the cells that ``Stepped.lane`` names back after a step of a tick.

    ``is_plain``: as they are at the end of the step; else as they are now, with the length of the next step.
    """
    batch, lane = cells.stepped.batch, cells.stepped.lane
    now, before, ends = NOW, BEFORE, np.uint64(0)
    if is_plain:
        now, before, ends = AT_END, NOW, END_VALUE
    offset, length = block[OFFSET], block[LENGTH]
    _write_course(block[RULE], block[N_VARIABLES], now, before, batch, np.uint64(n))
    for k in range(block[N_VARIABLES]):
        _store_column(cells.values, offset + k * length, lane, n, is_run, batch, now + np.uint64(k) * ROW)
    for channel in range(block[N_CHANNELS]):
        at = offset + (FIRST_CHANNEL + channel * CHANNEL_STATE) * length
        of = FIRST_CHANNEL_ROW + np.uint64(channel) * CHANNEL_ROWS
        if batch[of + _RATE_ROW] == 0.0:
            continue
        _store_column(cells.values, at + VALUE * length, lane, n, is_run, batch, of + ends)
        if batch[of + _FEED_RATE_ROW] != 0.0:
            _store_column(cells.values, at + FEED * length, lane, n, is_run, batch, of + ends + FEED_ROW)
    if not is_plain:
        _store_column(cells.values, offset + STEP_MS * length, lane, n, is_run, batch, NEXT_MS)
    _store_column(cells.values, offset + COURSE * length, lane, n, is_run, batch, COURSE_ROW)


@inlined
def _stands(now, before, scale):
    """True when a variable hardly moved within a tick."""
    return abs(now - before) <= AT_REST * (scale + abs(now))


@inner
def _write_course(rule, n_variables, now, before, batch, n_lanes):
    """Have v stop where it has to, and write how the tick went.

    Where v matters at ticks alone, it has reached its level whenever it is there.
    """
    n, looks = 0, rule == AT_TICK
    for i in range(n_lanes):
        v = min(batch[now + i], batch[HIGHEST_MV + i])
        batch[now + i] = v
        stands = _stands(v, batch[before + i], 1.0)
        reached = (batch[HAS_REACHED + i] != 0.0) | (looks & (v >= batch[_LEVEL + i]))
        course = STOOD_STILL if stands else WENT_ON
        batch[COURSE_ROW + i] = REACHED if reached else course
        n += np.int64(stands)
    if n == 0:
        return
    for k in range(1, n_variables):
        of = np.uint64(k) * ROW
        for i in range(n_lanes):
            stands = _stands(batch[now + of + i], batch[before + of + i], batch[_SCALE + i])
            course = batch[COURSE_ROW + i]
            batch[COURSE_ROW + i] = course if stands | (course == REACHED) else WENT_ON


@inner
def _store_column(values, at, lane, n, is_run, batch, of):
    n_lanes = np.uint64(n)
    if is_run:
        begin = np.uint64(at + lane[0])
        for i in range(n_lanes):
            values[begin + i] = batch[of + i]
    else:
        for i in range(n_lanes):
            values[np.uint64(at + lane[i])] = batch[of + i]


@inner
def load_lane(block, first, tick, local, cells, i):
    """Load a cell, counted from the first of its population, into lane ``i``, for a tick of several steps."""
    stepped, batch = cells.stepped, cells.stepped.batch
    cell = first + local
    values, at, length = cells.values, block[OFFSET] + local, block[LENGTH]
    stepped.lane[i] = local
    if block[COMMON] == 0:
        fill_lane(block, stepped.constant[cells.clock[cell, CONSTANTS_OF_CELL] :], batch, i)
    for k in range(block[N_VARIABLES]):
        batch[NOW + np.uint64(k) * ROW + i] = values[at + k * length]
        batch[BEFORE + np.uint64(k) * ROW + i] = values[at + k * length]
    for channel in range(block[N_CHANNELS]):
        of, to = at + (FIRST_CHANNEL + channel * CHANNEL_STATE) * length, _lane_of(channel, i)
        batch[to] = values[of + VALUE * length]
        batch[to + FEED_ROW] = values[of + FEED * length]
    batch[NEXT_MS + i] = values[at + STEP_MS * length]
    batch[LEFT_MS + i] = cells.timestep_ms
    batch[RISE_MS + i] = math.inf
    if block[IS_FAST] != 0:
        batch[RISE_MS + i] = _shortest_rise(block[N_CHANNELS], batch, i)
    batch[FREE + i] = values[at + HELD_UNTIL * length]
    batch[INPUT_NA + i] = values[at + INJECTED_NA * length]
    _begin(block[RULE], np.float64(tick), i, i + np.uint64(1), batch)


@inlined
def _lane_of(channel, i):
    return FIRST_CHANNEL_ROW + np.uint64(channel) * CHANNEL_ROWS + i


@inlined
def _shortest_rise(n_channels, batch, i):
    """Return the shortest time constant (ms) of the channels that are being fed.

    A channel that has just been fed is zero at the start of a step and may be over before its first stage: no error
    would tell. So a tick begins with a step no longer than this, and then takes none longer than all before it.
    """
    fastest = 0.0
    for channel in range(n_channels):
        at = _lane_of(channel, i)
        if batch[at + FEED_ROW] != 0.0:
            fastest = max(fastest, batch[at + _RATE_ROW], batch[at + _FEED_RATE_ROW])
    return 1.0 / fastest if fastest > 0.0 else math.inf


@inner
def store_lane(block, cells, i):
    """Write the cell in lane ``i`` back, at the end of a tick."""
    batch, local = cells.stepped.batch, cells.stepped.lane[i]
    values, at, length = cells.values, block[OFFSET] + local, block[LENGTH]
    stands = True
    for k in range(block[N_VARIABLES]):
        of = np.uint64(k) * ROW + i
        scale = 1.0 if k == 0 else batch[_SCALE + i]
        now = batch[NOW + of]
        stands = stands and _stands(now, batch[BEFORE + of], scale)
        values[at + k * length] = now
    for channel in range(block[N_CHANNELS]):
        to, of = at + (FIRST_CHANNEL + channel * CHANNEL_STATE) * length, _lane_of(channel, i)
        values[to + VALUE * length] = batch[of]
        values[to + FEED * length] = batch[of + FEED_ROW]
    values[at + STEP_MS * length] = batch[NEXT_MS + i]
    course = STOOD_STILL if stands else WENT_ON
    reached = batch[HAS_REACHED + i] != 0.0 or (
        block[RULE] == AT_TICK and batch[NOW + i] >= batch[_LEVEL + i]
    )
    values[at + COURSE * length] = REACHED if reached else course

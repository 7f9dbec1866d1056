"""One tick of one stepped cell: as many steps as the error asks for.

The length of the last step is kept in the cell's row, so that steps depend on the cell's past alone.
"""

import math

from neurohw.jit import inlined
from neurohw_event.kernels.cash_karp import take_step
from neurohw_event.kernels.channels import write_drive
from neurohw_event.stepped_layout import (
    AT_END,
    BEFORE,
    CHANNEL_CONSTANTS,
    CHANNEL_STATE,
    EQUATION,
    FEED,
    FEED_RATE,
    FIRST_CHANNEL,
    FIRST_CONSTANTS,
    LEVEL,
    N_CHANNELS,
    N_VARIABLES,
    NOW,
    ON_REACHING,
    RATE,
    RULE,
    STEP_MS,
    VALUE,
)

# A step is never shorter than this part of a tick: v leaves for infinity here, and its level is near.
_SHORTEST = 1e-6
# Where v is to stop at its level, it may be past it by so much (mV) at the end of a step.
_PAST_LEVEL_MV = 1e-4
_SAFETY, _MOST_GROWTH, _MOST_SHRINKING = 0.9, 5.0, 0.1
_SMALL = 0.59  # an error after which the next step may grow: a root that need not be taken where it is a tick already
# Below this a value that decays is nothing; numbers near 1e-308 would be slow.
_NOTHING = 1e-30


@inlined
def step_tick(row, p, block, current_na, free, timestep_ms, cell):
    """Advance a cell's row by a tick; return whether v reached its level from below on the way.

    ``p`` is its row of constants, ``cell`` scratch. Unless ``free``, v is held.
    """
    n_variables, n_channels, rule = block[N_VARIABLES], block[N_CHANNELS], block[RULE]
    x, level = cell.x, p[LEVEL]
    highest = level if rule == ON_REACHING else math.inf
    for i in range(n_variables):
        x[NOW, i] = x[BEFORE, i] = row[i]
    reached = free and rule == ON_REACHING and x[NOW, 0] >= level
    held = reached or not free
    left_ms, span_ms, shortest_ms = timestep_ms, row[STEP_MS], _SHORTEST * timestep_ms
    rise_ms = _shortest_rise(row, p, n_channels)
    while left_ms > 0.0:
        span_ms = min(span_ms, max(rise_ms, timestep_ms - left_ms))
        parts = math.ceil(left_ms / max(span_ms, shortest_ms) * (1.0 - 1e-9))
        span_ms = left_ms / parts
        is_shortest = span_ms <= 2.0 * shortest_ms  # not one times: quotients are rounded
        is_tick = span_ms == timestep_ms
        write_drive(row, p, n_channels, span_ms, is_tick, current_na, cell.drive, cell.ends)
        error = take_step(block[EQUATION], n_variables, p, held, highest, span_ms, cell)
        if error > 1.0 and not is_shortest:
            span_ms *= _growth(error)
            continue
        before, after = x[NOW, 0], x[AT_END, 0]
        if not held and before < level <= after:
            if rule == ON_REACHING and after > level + _PAST_LEVEL_MV and not is_shortest:
                span_ms *= (level + 0.5 * _PAST_LEVEL_MV - before) / (after - before)
                continue
            reached = True
            held = rule == ON_REACHING
        _accept(row, n_variables, n_channels, highest, cell)
        left_ms = left_ms - span_ms if parts > 1 else 0.0
        if not (is_tick and error <= _SMALL):
            span_ms = min(span_ms * _growth(error), timestep_ms)
    row[STEP_MS] = span_ms
    for i in range(n_variables):
        row[i] = x[NOW, i]
    return reached


@inlined
def _shortest_rise(row, p, n_channels):
    """Return the shortest time constant (ms) of the channels that are being fed.

    A channel that has just been fed is zero at the start of a step and may be over before its first stage: no error
    would tell. So a tick begins with a step no longer than this, and then takes none longer than all before it.
    """
    fastest = 0.0
    for channel in range(n_channels):
        if row[FIRST_CHANNEL + channel * CHANNEL_STATE + FEED] != 0.0:
            of = FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
            fastest = max(fastest, p[of + RATE], p[of + FEED_RATE])
    return 1.0 / fastest if fastest > 0.0 else math.inf


@inlined
def _growth(error):
    """Return by how much the next step may be longer."""
    if error < 1e-4:
        return _MOST_GROWTH
    return max(_SAFETY * error**-0.2, _MOST_SHRINKING)


@inlined
def _accept(row, n_variables, n_channels, highest, cell):
    for i in range(n_variables):
        cell.x[NOW, i] = cell.x[AT_END, i]
    cell.x[NOW, 0] = min(cell.x[NOW, 0], highest)
    for channel in range(n_channels):
        at = FIRST_CHANNEL + channel * CHANNEL_STATE
        value, feed = cell.ends[channel, 0], cell.ends[channel, 1]
        row[at + VALUE] = value if abs(value) > _NOTHING else 0.0
        row[at + FEED] = feed if abs(feed) > _NOTHING else 0.0

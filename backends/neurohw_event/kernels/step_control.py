"""How long steps are, and what becomes of a batch after one: taken, or done again with a shorter one."""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.exponential import exponential, rough_logarithm
from neurohw_event.stepped_layout import (
    AT_END,
    CHANNEL_CONSTANT_ROWS,
    CHANNEL_ROWS,
    END_FEED,
    END_VALUE,
    ERROR,
    FEED_RATE,
    FEED_ROW,
    FIRST_CHANNEL_ROW,
    FREE,
    HAS_REACHED,
    HIGHEST_MV,
    LEFT_MS,
    LEVEL,
    NEXT_MS,
    NOW,
    ON_REACHING,
    RATE,
    RISE_MS,
    ROW,
    SPAN_MS,
    TAKEN,
    constant_row,
)

# A step is never shorter than this part of a tick: v leaves for infinity here, and its level is near.
_SHORTEST = 1e-6
# Where v is to stop at its level, it may be past it by so much (mV) at the end of a step.
_PAST_LEVEL_MV = 1e-4
_SAFETY, _MOST_GROWTH, _MOST_SHRINKING = 0.9, 5.0, 0.1
_SMALL = 0.59  # an error after which the next step is no shorter
_LEVEL = constant_row(LEVEL)
_RATE_ROW, _FEED_RATE_ROW = (CHANNEL_CONSTANT_ROWS + ROW * k for k in (RATE, FEED_RATE))


@inner
def divide(timestep_ms, batch, n_lanes):
    """Write the length of the lanes' steps: the next one's, or a little less, for equal parts of what is left."""
    shortest_ms = _SHORTEST * timestep_ms
    for i in range(n_lanes):
        left_ms = batch[LEFT_MS + i]
        span_ms = min(batch[NEXT_MS + i], max(batch[RISE_MS + i], timestep_ms - left_ms))
        parts = np.ceil(left_ms / max(span_ms, shortest_ms) * (1.0 - 1e-9))
        batch[SPAN_MS + i] = left_ms / max(parts, 1.0)


@inner
def judge(rule, n_variables, n_channels, timestep_ms, batch, n_lanes):
    """Take the steps of lanes whose error is small enough, but for those that pass the level at which v stops."""
    _decide(rule == ON_REACHING, timestep_ms, batch, n_lanes)
    for k in range(n_variables):
        of = np.uint64(k) * ROW
        _take(NOW + of, AT_END + of, batch, n_lanes)
    for i in range(n_lanes):
        batch[NOW + i] = min(batch[NOW + i], batch[HIGHEST_MV + i])
    for channel in range(n_channels):
        at = FIRST_CHANNEL_ROW + np.uint64(channel) * CHANNEL_ROWS
        if batch[at + _RATE_ROW] == 0.0:
            continue
        _take(at, at + END_VALUE, batch, n_lanes)
        if batch[at + _FEED_RATE_ROW] != 0.0:
            _take(at + FEED_ROW, at + END_FEED, batch, n_lanes)


@inlined
def is_plain(batch, n_lanes):
    """Return whether all lanes' steps are taken as they are, with no reason for a shorter one next."""
    n = 0
    for i in range(n_lanes):
        level_mv, after_mv = batch[_LEVEL + i], batch[AT_END + i]
        hits = (batch[FREE + i] != 0.0) & (batch[NOW + i] < level_mv) & (level_mv <= after_mv)
        n += np.int64(hits | (batch[ERROR + i] > _SMALL))
    return n == 0


@inner
def _decide(stops, timestep_ms, batch, n_lanes):
    """Write whether steps are taken, the length of the next, what is left of the tick, whether v reached its level."""
    shortest_ms = 2.0 * _SHORTEST * timestep_ms  # not one times: quotients are rounded
    for i in range(n_lanes):
        error, span_ms, left_ms = batch[ERROR + i], batch[SPAN_MS + i], batch[LEFT_MS + i]
        before_mv, after_mv, level_mv = batch[NOW + i], batch[AT_END + i], batch[_LEVEL + i]
        is_shortest = span_ms <= shortest_ms
        fits = (error <= 1.0) | is_shortest
        hits = (batch[FREE + i] != 0.0) & (before_mv < level_mv) & (level_mv <= after_mv)
        too_far = fits & hits & stops & (after_mv > level_mv + _PAST_LEVEL_MV) & (not is_shortest)
        taken = fits & (not too_far)
        next_ms = span_ms * _growth(error)
        next_ms = min(next_ms, timestep_ms) if taken else next_ms
        climb_mv = after_mv - before_mv if too_far else 1.0
        to_level = (level_mv + 0.5 * _PAST_LEVEL_MV - before_mv) / climb_mv
        batch[NEXT_MS + i] = span_ms * to_level if too_far else next_ms
        batch[LEFT_MS + i] = left_ms - span_ms if taken else left_ms
        batch[TAKEN + i] = 1.0 if taken else 0.0
        reached = taken & hits
        batch[HAS_REACHED + i] = 1.0 if reached else batch[HAS_REACHED + i]
        batch[FREE + i] = 0.0 if reached & stops else batch[FREE + i]


@inlined
def _growth(error):
    """Return by how much the next step may be longer."""
    growth = _SAFETY * exponential(-0.2 * rough_logarithm(error))
    growth = max(growth, 1.0) if error <= _SMALL else growth
    return min(max(growth, _MOST_SHRINKING), _MOST_GROWTH)


@inlined
def _take(now, end, batch, n_lanes):
    for i in range(n_lanes):
        if batch[TAKEN + i] != 0.0:
            batch[now + i] = batch[end + i]

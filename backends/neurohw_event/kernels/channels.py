"""Channels of stepped cells: currents and conductances that decay exactly, at the stages of a step.

A channel's value x and its feed y follow x' = -x rate + y and y' = -y feed_rate. The nodes of Cash and Karp are
multiples of 1/40: one exponential a rate gives all stages.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.exponential import exponential
from neurohw_event.kernels.fused import fma
from neurohw_event.stepped_layout import (
    CHANNEL,
    CHANNEL_CONSTANT_ROWS,
    CHANNEL_ROWS,
    CONDUCTANCE,
    DRIVE,
    DRIVE_ROW,
    END_FEED,
    END_VALUE,
    FEED_LEFT,
    FEED_RATE,
    FEED_ROW,
    FIRST_CHANNEL_ROW,
    INPUT_NA,
    LEFT,
    N_STAGES,
    PER_DIFFERENCE,
    POWER,
    PULL_ROW,
    RATE,
    ROW,
    SPAN_MS,
    row,
)

_FIRST, _SECOND = FIRST_CHANNEL_ROW, FIRST_CHANNEL_ROW + CHANNEL_ROWS
_VALUE_NOW, _FEED_NOW, _DRIVE_NOW, _PULL_NOW, _PER_DIFFERENCE_NOW = (CHANNEL + ROW * k for k in range(5))
# Below this a value that decays is nothing; numbers near 1e-308 would be slow.
_NOTHING = 1e-30
_NODE = (0.0, 0.2, 0.3, 0.6, 1.0, 0.875)
_END = 4  # the stage at the end of the step
_RATE, _FEED_RATE, _PER_DIFFERENCE, _DRIVE, _CONDUCTANCE, _LEFT, _FEED_LEFT = (
    CHANNEL_CONSTANT_ROWS + row(k)
    for k in (RATE, FEED_RATE, PER_DIFFERENCE, DRIVE, CONDUCTANCE, LEFT, FEED_LEFT)
)


@inner
def write_drive(n_channels, is_tick, batch, n_lanes):
    """Write what channels and input make at the stages of the lanes' steps, and the channels at their ends.

    Where steps are of a tick, what is left of channels is known and needs no exponential.
    """
    n_done = 0
    if n_channels > 1 and _decays(_FIRST, batch) and _decays(_SECOND, batch):
        if is_tick:
            _write_two(_FIRST + _LEFT, _SECOND + _LEFT, batch, n_lanes)
        else:
            _write_left(_FIRST + _RATE, POWER, batch, n_lanes)
            _write_left(_SECOND + _RATE, POWER + ROW, batch, n_lanes)
            _write_two(POWER, POWER + ROW, batch, n_lanes)
        n_done = 2
    else:
        _begin(batch, n_lanes)
    for channel in range(n_done, n_channels):
        at = FIRST_CHANNEL_ROW + np.uint64(channel) * CHANNEL_ROWS
        if batch[at + _RATE] != 0.0:
            _add_channel(at, is_tick, batch, n_lanes)


@inlined
def _decays(at, batch):
    """Return whether a channel decays and has no feed, which is a matter of its shape, and the same for all cells."""
    return batch[at + _RATE] != 0.0 and batch[at + _FEED_RATE] == 0.0


@inner
def _write_left(rate, out, batch, n_lanes):
    """Write what is left after 1/40 of a step."""
    for i in range(n_lanes):
        batch[out + i] = exponential(-0.025 * batch[SPAN_MS + i] * batch[rate + i])


@inlined
def _write_two(first_left, second_left, batch, n_lanes):
    """Write the drive of two channels that nothing feeds but what arrives at ticks, where most cells have them."""
    for i in range(n_lanes):
        x, kept = batch[_FIRST + i], _powers(batch[first_left + i])
        y, left = batch[_SECOND + i], _powers(batch[second_left + i])
        drives = batch[_FIRST + _DRIVE + i], batch[_SECOND + _DRIVE + i]
        pulls = batch[_FIRST + _CONDUCTANCE + i], batch[_SECOND + _CONDUCTANCE + i]
        input_na = batch[INPUT_NA + i]
        _write(x, y, 0, input_na, drives, pulls, batch, i)
        _write(x * kept[1], y * left[1], 1, input_na, drives, pulls, batch, i)
        _write(x * kept[2], y * left[2], 2, input_na, drives, pulls, batch, i)
        _write(x * kept[3], y * left[3], 3, input_na, drives, pulls, batch, i)
        _write(x * kept[4], y * left[4], 4, input_na, drives, pulls, batch, i)
        _write(x * kept[5], y * left[5], 5, input_na, drives, pulls, batch, i)
        batch[_FIRST + END_VALUE + i] = _or_nothing(x * kept[_END])
        batch[_SECOND + END_VALUE + i] = _or_nothing(y * left[_END])


@inlined
def _write(x, y, stage, input_na, drives, pulls, batch, i):
    at = np.uint64(stage) * ROW + i
    batch[DRIVE_ROW + at] = fma(y, drives[1], fma(x, drives[0], input_na))
    batch[PULL_ROW + at] = fma(y, pulls[1], x * pulls[0])


@inner
def _begin(batch, n_lanes):
    for stage in range(N_STAGES):
        drive, pull = DRIVE_ROW + np.uint64(stage) * ROW, PULL_ROW + np.uint64(stage) * ROW
        for i in range(n_lanes):
            batch[drive + i] = batch[INPUT_NA + i]
            batch[pull + i] = 0.0


@inner
def _add_channel(at, is_tick, batch, n_lanes):
    """Add one channel of any shape, by way of rows with fixed places: else there would be too much to check."""
    has_feed = batch[at + _FEED_RATE] != 0.0
    _copy(at, _VALUE_NOW, batch, n_lanes)
    _copy(at + _DRIVE, _DRIVE_NOW, batch, n_lanes)
    _copy(at + _CONDUCTANCE, _PULL_NOW, batch, n_lanes)
    if is_tick:
        _copy(at + _LEFT, POWER, batch, n_lanes)
    else:
        _write_left(at + _RATE, POWER, batch, n_lanes)
    if has_feed:
        _copy(at + FEED_ROW, _FEED_NOW, batch, n_lanes)
        _copy(at + _PER_DIFFERENCE, _PER_DIFFERENCE_NOW, batch, n_lanes)
        if is_tick:
            _copy(at + _FEED_LEFT, POWER + ROW, batch, n_lanes)
        else:
            _write_left(at + _FEED_RATE, POWER + ROW, batch, n_lanes)
        _add_fed(batch, n_lanes)
        _copy(_FEED_NOW, at + END_FEED, batch, n_lanes)
    else:
        _add_decaying(batch, n_lanes)
    _copy(_VALUE_NOW, at + END_VALUE, batch, n_lanes)


@inner
def _copy(row, out, batch, n_lanes):
    for i in range(n_lanes):
        batch[out + i] = batch[row + i]


@inlined
def _add_decaying(batch, n_lanes):
    """Add a channel that nothing feeds but what arrives at ticks."""
    for i in range(n_lanes):
        value, kept = batch[_VALUE_NOW + i], _powers(batch[POWER + i])
        current, conductance = batch[_DRIVE_NOW + i], batch[_PULL_NOW + i]
        _add(value, 0, current, conductance, batch, i)
        _add(value * kept[1], 1, current, conductance, batch, i)
        _add(value * kept[2], 2, current, conductance, batch, i)
        _add(value * kept[3], 3, current, conductance, batch, i)
        _add(value * kept[4], 4, current, conductance, batch, i)
        _add(value * kept[5], 5, current, conductance, batch, i)
        batch[_VALUE_NOW + i] = _or_nothing(value * kept[_END])


@inlined
def _add_fed(batch, n_lanes):
    """Add a channel that has a feed, which decays too."""
    for i in range(n_lanes):
        value, feed = batch[_VALUE_NOW + i], batch[_FEED_NOW + i]
        kept, fed = _powers(batch[POWER + i]), _powers(batch[POWER + ROW + i])
        current, conductance = batch[_DRIVE_NOW + i], batch[_PULL_NOW + i]
        span_ms, per_difference = batch[SPAN_MS + i], batch[_PER_DIFFERENCE_NOW + i]
        _add(value, 0, current, conductance, batch, i)
        x = fma(value, kept[1], feed * _passed(_NODE[1], kept[1], fed[1], span_ms, per_difference))
        _add(x, 1, current, conductance, batch, i)
        x = fma(value, kept[2], feed * _passed(_NODE[2], kept[2], fed[2], span_ms, per_difference))
        _add(x, 2, current, conductance, batch, i)
        x = fma(value, kept[3], feed * _passed(_NODE[3], kept[3], fed[3], span_ms, per_difference))
        _add(x, 3, current, conductance, batch, i)
        end = fma(value, kept[4], feed * _passed(_NODE[4], kept[4], fed[4], span_ms, per_difference))
        _add(end, 4, current, conductance, batch, i)
        x = fma(value, kept[5], feed * _passed(_NODE[5], kept[5], fed[5], span_ms, per_difference))
        _add(x, 5, current, conductance, batch, i)
        batch[_VALUE_NOW + i] = _or_nothing(end)
        batch[_FEED_NOW + i] = _or_nothing(feed * fed[_END])


@inlined
def _add(x, stage, current, conductance, batch, i):
    """Add a channel's value at a stage to drive and pull."""
    drive, pull = DRIVE_ROW + np.uint64(stage) * ROW + i, PULL_ROW + np.uint64(stage) * ROW + i
    batch[drive] = fma(x, current, batch[drive])
    batch[pull] = fma(x, conductance, batch[pull])


@inlined
def _passed(node, kept, fed, span_ms, per_difference):
    """Return what of a feed of 1 has come to be value at a stage."""
    unequal = (kept - fed) * per_difference
    return unequal if per_difference != 0.0 else node * span_ms * kept


@inlined
def _or_nothing(x):
    return x if abs(x) > _NOTHING else 0.0


@inlined
def _powers(q):
    """Return q to the power of 40 times each node."""
    q2 = q * q
    q8 = q2 * q2
    q8 *= q8
    q12 = q8 * q2 * q2
    q24 = q12 * q12
    q32 = q24 * q8
    return 1.0, q8, q12, q24, q32 * q8, q32 * q2 * q

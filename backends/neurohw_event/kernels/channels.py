"""Channels of stepped cells: currents and conductances that decay exactly, at the stages of a step.

A channel's value x and its feed y follow x' = -x rate + y and y' = -y feed_rate. The nodes of Cash and Karp are
multiples of 1/40: one exponential a rate gives all stages.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.exponential import exponential
from neurohw_event.stepped_layout import (
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

# Below this a value that decays is nothing; numbers near 1e-308 would be slow.
_NOTHING = 1e-30
_NODE = (0.0, 0.2, 0.3, 0.6, 1.0, 0.875)
_RATE, _FEED_RATE, _PER_DIFFERENCE, _DRIVE, _CONDUCTANCE, _LEFT, _FEED_LEFT = (
    CHANNEL_CONSTANT_ROWS + row(k) for k in (RATE, FEED_RATE, PER_DIFFERENCE, DRIVE, CONDUCTANCE, LEFT, FEED_LEFT)
)


@inner
def write_drive(n_channels, is_tick, batch, n_lanes):
    """Write what channels and input make at the stages of the lanes' steps, and the channels at their ends.

    Where steps are of a tick, what is left of channels is known and needs no exponential.
    """
    for stage in range(N_STAGES):
        drive, pull = DRIVE_ROW + np.uint64(stage) * ROW, PULL_ROW + np.uint64(stage) * ROW
        for i in range(n_lanes):
            batch[drive + i] = batch[INPUT_NA + i]
            batch[pull + i] = 0.0
    for channel in range(n_channels):
        at = FIRST_CHANNEL_ROW + np.uint64(channel) * CHANNEL_ROWS
        # which of a channel's rates are none is a matter of its shape, and so the same for all cells
        if batch[at + _RATE] == 0.0:
            continue
        left = at + _LEFT
        if not is_tick:
            left = POWER
            _write_left(at + _RATE, POWER, batch, n_lanes)
        if batch[at + _FEED_RATE] == 0.0:
            _add_decaying(at, left, batch, n_lanes)
            continue
        fed_left = at + _FEED_LEFT
        if not is_tick:
            fed_left = POWER + ROW
            _write_left(at + _FEED_RATE, fed_left, batch, n_lanes)
        _add_fed(at, left, fed_left, batch, n_lanes)


@inner
def _write_left(rate, out, batch, n_lanes):
    """Write what is left after 1/40 of a step."""
    for i in range(n_lanes):
        batch[out + i] = exponential(-0.025 * batch[SPAN_MS + i] * batch[rate + i])


@inner
def _add_decaying(at, left, batch, n_lanes):
    """Add a channel that nothing feeds but what arrives at ticks."""
    for i in range(n_lanes):
        value, kept = batch[at + i], _powers(batch[left + i])
        current, conductance = batch[at + _DRIVE + i], batch[at + _CONDUCTANCE + i]
        _add(value, 0, current, conductance, batch, i)
        _add(value * kept[1], 1, current, conductance, batch, i)
        _add(value * kept[2], 2, current, conductance, batch, i)
        _add(value * kept[3], 3, current, conductance, batch, i)
        _add(value * kept[4], 4, current, conductance, batch, i)
        _add(value * kept[5], 5, current, conductance, batch, i)
        batch[at + END_VALUE + i] = _or_nothing(value * kept[4])


@inner
def _add_fed(at, left, fed_left, batch, n_lanes):
    """Add a channel that has a feed, which decays too."""
    for i in range(n_lanes):
        value, feed = batch[at + i], batch[at + FEED_ROW + i]
        kept, fed = _powers(batch[left + i]), _powers(batch[fed_left + i])
        current, conductance = batch[at + _DRIVE + i], batch[at + _CONDUCTANCE + i]
        span_ms, per_difference = batch[SPAN_MS + i], batch[at + _PER_DIFFERENCE + i]
        _add(value, 0, current, conductance, batch, i)
        x = value * kept[1] + feed * _passed(_NODE[1], kept[1], fed[1], span_ms, per_difference)
        _add(x, 1, current, conductance, batch, i)
        x = value * kept[2] + feed * _passed(_NODE[2], kept[2], fed[2], span_ms, per_difference)
        _add(x, 2, current, conductance, batch, i)
        x = value * kept[3] + feed * _passed(_NODE[3], kept[3], fed[3], span_ms, per_difference)
        _add(x, 3, current, conductance, batch, i)
        end = value * kept[4] + feed * _passed(_NODE[4], kept[4], fed[4], span_ms, per_difference)
        _add(end, 4, current, conductance, batch, i)
        x = value * kept[5] + feed * _passed(_NODE[5], kept[5], fed[5], span_ms, per_difference)
        _add(x, 5, current, conductance, batch, i)
        batch[at + END_VALUE + i] = _or_nothing(end)
        batch[at + END_FEED + i] = _or_nothing(feed * fed[4])


@inlined
def _add(x, stage, current, conductance, batch, i):
    """Add a channel's value at a stage to drive and pull."""
    drive, pull = DRIVE_ROW + np.uint64(stage) * ROW + i, PULL_ROW + np.uint64(stage) * ROW + i
    batch[drive] += x * current
    batch[pull] += x * conductance


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

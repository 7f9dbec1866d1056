"""Channels of a stepped cell: currents and conductances that decay exactly, at the stages of a step.

A channel's value x and its feed y follow x' = -x rate + y and y' = -y feed_rate. The nodes of Cash and Karp are
multiples of 1/40: one exponential a rate gives all stages.
"""

import math

from neurohw.jit import inlined
from neurohw_event.stepped_layout import (
    CHANNEL_CONSTANTS,
    CHANNEL_STATE,
    CONDUCTANCE,
    DRIVE,
    FEED,
    FEED_LEFT,
    FEED_RATE,
    FIRST_CHANNEL,
    FIRST_CONSTANTS,
    LEFT,
    PER_DIFFERENCE,
    RATE,
    VALUE,
)

_NODE = (0.0, 0.2, 0.3, 0.6, 1.0, 0.875)
_END = 4  # the stage at the end of the step


@inlined
def write_drive(row, p, n_channels, span_ms, is_tick, offset_na, drive, ends):
    """Write what the channels and ``offset_na`` make at the stages of a step of ``span_ms``, and the channels' ends.

    The current at stage i is ``drive[i, 0] - drive[i, 1] v``; ``row`` is the cell's row, which stays as it is. Where
    the step is a tick, what is left of channels is known and needs no exponential.
    """
    for stage in range(len(_NODE)):
        drive[stage, 0] = offset_na
        drive[stage, 1] = 0.0
    for channel in range(n_channels):
        at = FIRST_CHANNEL + channel * CHANNEL_STATE
        value, feed = row[at + VALUE], row[at + FEED]
        ends[channel, 0], ends[channel, 1] = value, feed
        if value == 0.0 and feed == 0.0:
            continue
        of = FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
        current, conductance = p[of + DRIVE], p[of + CONDUCTANCE]
        kept = _powers(p[of + LEFT] if is_tick else math.exp(-0.025 * span_ms * p[of + RATE]))
        if feed == 0.0:
            for stage in range(len(_NODE)):
                x = value * kept[stage]
                drive[stage, 0] += x * current
                drive[stage, 1] += x * conductance
            ends[channel, 0] = value * kept[_END]
            continue
        fed = kept
        per_difference = p[of + PER_DIFFERENCE]
        if per_difference != 0.0:
            fed = _powers(p[of + FEED_LEFT] if is_tick else math.exp(-0.025 * span_ms * p[of + FEED_RATE]))
        for stage in range(len(_NODE)):
            passed = (kept[stage] - fed[stage]) * per_difference
            if per_difference == 0.0:
                passed = _NODE[stage] * span_ms * kept[stage]
            x = value * kept[stage] + feed * passed
            drive[stage, 0] += x * current
            drive[stage, 1] += x * conductance
            if stage == _END:
                ends[channel, 0], ends[channel, 1] = x, feed * fed[stage]


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

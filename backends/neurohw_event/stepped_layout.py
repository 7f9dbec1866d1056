"""Where the numbers of stepped cells stand: cells whose membrane has no closed form.

Each stepped population has a block behind ``Cells.state`` in ``Cells.values``, one column a quantity, one entry a cell:
the variables of the membrane, what the integrator remembers, and three columns a channel. A channel is a current, a
conductance or a part of the threshold that decays by itself: one for each receptor, in order, then those that the
cell's own spikes feed.

Cells are stepped in batches: each has a lane of ``Stepped.batch``, where a row holds a quantity of all of them. Rows
have fixed places, so that the compiler knows that they do not overlap, and works on several lanes at a time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

Array = np.ndarray

# columns of a block: up to four variables of the membrane, v first; then the length of the next step, ..., how the last
# tick went, the last tick of a refractory time, and the current that is injected
N_VARIABLES_MAX = 4
STEP_MS, THRESHOLD_NOW, ADAPTATION, COURSE, HELD_UNTIL, INJECTED_NA = range(
    N_VARIABLES_MAX, N_VARIABLES_MAX + 6
)
FIRST_CHANNEL = 10
# columns of a channel there: its value, what still feeds it, and what arrived in this tick
VALUE, FEED, ARRIVED = range(3)
CHANNEL_STATE = 3
# a tick on whose way v reached its level from below; one in which nothing moved
WENT_ON, REACHED, STOOD_STILL = 0.0, 1.0, 2.0

# numbers of a cell's constants, in ``Stepped.constant`` from Cells.clock[cell, ROW] on
CAPACITY, LEVEL, RESET, REFRACTORY_TICKS, OFFSET_NA, JUMP, SCALE, HAZARD, PER_MV = range(9)
MEMBRANE = 9  # the equation's own numbers begin here
MEMBRANE_SIZE = 8
FIRST_CONSTANTS = MEMBRANE + MEMBRANE_SIZE
# numbers of a channel there: rate of decay (1/ms; 0: no channel, what arrives moves v), rate of its feed (1/ms; 0:
# none), 1 / (feed rate - rate) (0: equal), what a weight of 1 adds; its current is DRIVE - CONDUCTANCE v for a value
# of 1; part in the threshold and in the recorded adaptation; what a spike of the cell adds; what is left of it,
# and of its feed, after 1/40 of a tick
RATE, FEED_RATE, PER_DIFFERENCE, GAIN, DRIVE, CONDUCTANCE, IN_THRESHOLD, IN_ADAPTATION, JUMP_OF_CHANNEL = (
    range(9)
)
LEFT, FEED_LEFT = 9, 10
CHANNEL_CONSTANTS = 11

# columns of Stepped.block: where the block begins, its columns, ..., from one column to the next; the row of constants
# that all cells share (0: none); 1 where channels rise within less than a tick
OFFSET, WIDTH, N_VARIABLES, N_CHANNELS, EQUATION, RULE, LENGTH, COMMON, IS_FAST = range(9)
BLOCK_SIZE = 9

# when a cell fires: v is at its level at the tick; v reaches it within the tick and stops there; v crosses it upwards
# within the tick and goes on; at random, with a hazard that grows with v
AT_TICK, ON_REACHING, ON_CROSSING, AT_RANDOM = range(4)

N_STAGES = 6
LANES = 64  # cells of a batch
LANE_WORD = 8  # lanes are used in whole words: what is left over of a loop would be done one by one


def row(number: int) -> np.uint64:
    """Return where a row of a batch begins; the compiler knows that an unsigned index is not one from the end."""
    return np.uint64(number * LANES)


ROW = row(1)  # from one row to the next
# rows of a batch: of the variables now, at the beginning of the tick, at a stage, and at the end of a step; slopes at
# the stages, by stage and variable
NOW, BEFORE, AT_STAGE, AT_END, SLOPES = (row(N_VARIABLES_MAX * k) for k in range(5))
STAGE = row(N_VARIABLES_MAX)  # from the slopes of one stage to those of the next
_NEXT = N_VARIABLES_MAX * (4 + N_STAGES)
# current at stage i is that of DRIVE + i rows minus that of PULL + i rows times v
DRIVE_ROW, PULL_ROW = row(_NEXT), row(_NEXT + N_STAGES)
_NEXT += 2 * N_STAGES
# current from outside (nA); length of a step, what is left of the tick, length of the
# next step, longest step while a channel rises (ms); error over what is allowed; potential above which the equation is
# not followed; 1 where v is not held; 1 where v has reached its level; 1 where the step is taken; how the tick went
(
    INPUT_NA,
    SPAN_MS,
    LEFT_MS,
    NEXT_MS,
    RISE_MS,
    ERROR,
    HIGHEST_MV,
    FREE,
    HAS_REACHED,
    TAKEN,
    COURSE_ROW,
) = (row(_NEXT + k) for k in range(11))
POWER = row(_NEXT + 11)  # scratch: what is left of a channel and of its feed after 1/40 of a step
CHANNEL = row(_NEXT + 13)  # scratch: five rows of a channel
CONSTANTS = row(_NEXT + 18)
FIRST_CHANNEL_ROW = CONSTANTS + row(FIRST_CONSTANTS)
# rows of a channel there: value and feed now and at the end of a step, then its constants
FEED_ROW, END_VALUE, END_FEED, CHANNEL_CONSTANT_ROWS = (row(k) for k in range(1, 5))
CHANNEL_ROWS = row(4 + CHANNEL_CONSTANTS)


def constant_row(number: int) -> np.uint64:
    """Return where the row of a constant of the cells begins in a batch."""
    return CONSTANTS + row(number)


def batch_size(n_channels: int) -> int:
    """Return how many numbers a batch of cells with so many channels takes."""
    return int(FIRST_CHANNEL_ROW) + n_channels * int(CHANNEL_ROWS)


class Stepped(NamedTuple):
    """Blocks and constants of all stepped populations, and scratch for a batch of cells."""

    block: Array  # int64 [n_groups, BLOCK_SIZE], where a population's columns stand and what its cells are
    constant: Array  # float64, rows of constants, one after the other
    batch: Array  # float64 [batch_size]
    filled: Array  # int64 [2]: the row of constants that the batch has in all lanes, and in how many
    lane: Array  # int64 [LANES], the cell in each lane, counted from the first of its population; -1: none
    queue: Array  # int64 [cells of the largest population], those that need more than one step, counted like that

"""Where the numbers of stepped cells stand: cells whose membrane has no closed form.

Each stepped population has a block behind ``Cells.state`` in ``Cells.values``, one row a cell: the variables of the
membrane, what the integrator remembers, and three numbers a channel. A channel is a current, a conductance or a part
of the threshold that decays by itself: one for each receptor, in order, then those that the cell's own spikes feed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

Array = np.ndarray

# columns of a cell's row: up to four variables of the membrane, v first; then
N_VARIABLES_MAX = 4
STEP_MS, THRESHOLD_NOW, ADAPTATION = 4, 5, 6
FIRST_CHANNEL = 7
# numbers of a channel there: its value, what still feeds it, and what arrived in this tick
VALUE, FEED, ARRIVED = range(3)
CHANNEL_STATE = 3

# numbers of a cell's constants, in ``Stepped.constant`` from Cells.clock[cell, ROW] on
CAPACITY, LEVEL, RESET, REFRACTORY_TICKS, OFFSET_NA, JUMP, SCALE, HAZARD, PER_MV = range(9)
MEMBRANE = 9  # the equation's own numbers begin here
MEMBRANE_SIZE = 7
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

# columns of Stepped.block [n_groups, 6]
OFFSET, WIDTH, N_VARIABLES, N_CHANNELS, EQUATION, RULE = range(6)

# when a cell fires: v is at its level at the tick; v reaches it within the tick and stops there; v crosses it upwards
# within the tick and goes on; at random, with a hazard that grows with v
AT_TICK, ON_REACHING, ON_CROSSING, AT_RANDOM = range(4)

N_STAGES = 6


class Stepped(NamedTuple):
    """Blocks and constants of all stepped populations, and scratch for one cell."""

    block: Array  # int64 [n_groups, 6], where a population's rows stand and what its cells are
    constant: Array  # float64, rows of constants, one after the other
    drive: Array  # float64 [N_STAGES, 2]: current is drive[i, 0] - drive[i, 1] v at stage i of a step
    slopes: Array  # float64 [N_STAGES, N_VARIABLES_MAX]
    x: Array  # float64 [4, N_VARIABLES_MAX]: now, at a stage, at the end of a step, at the beginning of the tick
    ends: Array  # float64 [n_channels, 2]: value and feed at the end of a step


NOW, AT_STAGE, AT_END, BEFORE = range(4)

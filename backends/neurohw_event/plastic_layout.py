"""Where the state of synapses that change stands: their rules, columns, and the arrays they are passed in."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

Array = np.ndarray


class Rule(IntEnum):
    """What a synapse does with a spike; all from ``ADDITIVE`` on learn."""

    STATIC = 0
    TSODYKS_MARKRAM = 1
    SIMPLE_STOCHASTIC = 2
    VESICLES = 3  # stochastic_tsodyks_markram is the case of one release site
    ADDITIVE = 4
    MULTIPLICATIVE = 5
    ADDITIVE_UP_MULTIPLICATIVE_DOWN = 6
    GUTIG = 7
    VOGELS = 8


RULE_OF_MODEL = {
    "static": Rule.STATIC,
    "tsodyks_markram": Rule.TSODYKS_MARKRAM,
    "simple_stochastic": Rule.SIMPLE_STOCHASTIC,
    "stochastic_tsodyks_markram": Rule.VESICLES,
    "multi_quantal": Rule.VESICLES,
    "stdp_spike_pair_additive": Rule.ADDITIVE,
    "stdp_spike_pair_multiplicative": Rule.MULTIPLICATIVE,
    "stdp_spike_pair_additive_potentiation_multiplicative_depression": Rule.ADDITIVE_UP_MULTIPLICATIVE_DOWN,
    "stdp_spike_pair_gutig": Rule.GUTIG,
    "stdp_vogels_2011_additive": Rule.VOGELS,
}

# columns of Plastic.constant [n_rows, 9]; time constants are in ticks
U, TAU_REC, TAU_FACIL, TAU_PSC, SITES, PROBABILITY = range(6)
# learning synapses have there instead:
FRACTION, TAU_PLUS, TAU_MINUS, A_PLUS, A_MINUS, W_MIN, W_MAX, MU_PLUS, MU_MINUS = range(9)
ALPHA = MU_PLUS  # of Vogels' rule
N_CONSTANTS = 9

# columns of Plastic.state [n_plastic, 6]; times are ticks
USED, AVAILABLE, ACTIVE, LAST_SPIKE = range(4)
# learning synapses have there instead: a trace is ``before`` + spikes at its last tick, and decays from there on
PRE_BEFORE, PRE_SPIKES, PRE_TICK, POST_BEFORE, POST_TICK, SET_AT = range(6)
N_STATES = 6


class History(NamedTuple):
    """Spikes of the cells that learning synapses end on, one row a cell; old ones are dropped where room runs out."""

    row_of_cell: Array  # int32 [n_cells], -1: no learning synapse ends there
    ticks: Array  # int64 [n_rows, capacity]
    dropped: Array  # int64 [n_rows], spikes dropped so far
    size: Array  # int64 [n_rows], spikes kept
    longest: Array  # int64 [1], spikes kept in the fullest row


class Plastic(NamedTuple):
    """Synapses that are not static, in the order of delivery."""

    rule: Array  # int64 [groups of synapses]
    constant: Array  # float64 [n_rows, 9]
    row: Array  # int32 [n_plastic], of ``constant``
    number: Array  # int64 [n_plastic], among all synapses of the network
    weight: Array  # float64 [n_plastic]
    state: Array  # float64 [n_plastic, 6]
    taken: Array  # int64 [n_plastic], random numbers; learning synapses: spikes of the history
    history: History
    longest_dendritic: int  # ticks
    seed: int

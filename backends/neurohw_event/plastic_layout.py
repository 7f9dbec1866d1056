"""Where the state of synapses that change stands: their rules, columns, and the arrays they are passed in.

Of a group of synapses (``Network.synapses``) there are

- once: its rule, its parameters where they are the same for all its synapses, and tables of their decay;
- per segment, as long as its synapses share time constants and dendritic part of the delay: the presynaptic trace, and
  up to which postsynaptic spike the segment has seen the history. All synapses of a segment are told of the same
  presynaptic spikes, and brought up to date together. Resources of ``tsodyks_markram`` are there, too;
- per cell on which a learning synapse ends, in the history: its spikes, each with the trace that it met. Synapses of
  one time constant that began together share that trace;
- per synapse: its weight. Where parameters differ a row of them; where time constants or dendritic parts differ, or
  time constants have changed during the run, its state; with stochastic transmission its number and how many random
  numbers it has drawn, and for vesicles its state; once weights or parameters of learning synapses have been set
  during the run, when that was, as a synapse has then seen more than its segment.

Synapses, segments, rows, states and draws of one group stand behind each other, in the order of delivery.
"""

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

# columns of Plastic.group [n_groups, 11]
RULE, FIRST, FIRST_SEGMENT = range(3)
ROW, ROWS_DIFFER = 3, 4  # the first row of parameters, and whether each synapse has its own
STATE, STATES_DIFFER = 5, 6  # the first state, and whether each synapse has its own, or each segment
DRAW = 7  # the first of ``number`` and ``drawn``
TRACE, PLUS, MINUS = 8, 9, 10  # which trace of the history, and which tables of decay
N_OF_GROUP = 11

# columns of Plastic.constant [n_rows, 9]; time constants are in ticks
U, TAU_REC, TAU_FACIL, TAU_PSC, SITES, PROBABILITY = range(6)
# learning synapses have there instead:
FRACTION, TAU_PLUS, TAU_MINUS, A_PLUS, A_MINUS, W_MIN, W_MAX, MU_PLUS, MU_MINUS = range(9)
ALPHA = MU_PLUS  # of Vogels' rule
N_CONSTANTS = 9

# columns of Plastic.state [n_states, 6]; times are ticks
USED, AVAILABLE, ACTIVE, LAST_SPIKE = range(4)
# learning synapses have there instead: a trace is ``before`` + spikes at its last tick, and decays from there on;
# ``TAKEN_UNTIL`` is the tick of the last postsynaptic spike that can have been taken. What stands in the history of
# synapses that share a state stands here of those that do not: ``POST_BEFORE`` and ``POST_TICK``
PRE_BEFORE, PRE_SPIKES, PRE_TICK, TAKEN_UNTIL, POST_BEFORE, POST_TICK = range(6)
N_STATES = 6

# of History.spikes and History.latest: the tick, in the latter that of the spike before, and then the traces
TICK, FIRST_TRACE = 0, 1
BEFORE, FIRST_AFTER = 1, 2
# columns of History.trace
TAU, BEGIN = 0, 1


class History(NamedTuple):
    """Spikes of the cells that learning synapses end on, one row a cell; old ones are dropped where room runs out.

    The first spike of a row is the last one that was dropped, at -inf where there is none.
    """

    row_of_cell: Array  # int32 [n_cells], -1: no learning synapse ends there
    spikes: Array  # float64 [n_rows, capacity, 1 + n_traces], ticks, and each trace just before that spike
    latest: Array  # float64 [n_rows, 2 + n_traces], tick of the last spike, of the one before, and traces after it
    size: Array  # int64 [n_rows], spikes kept, the first one among them
    longest: Array  # int64 [1], spikes kept in the fullest row
    trace: Array  # float64 [n_traces, 2], time constant (ticks), and up to which tick spikes leave no trace


class Plastic(NamedTuple):
    """Synapses that are not static, group by group, in the order of delivery."""

    group: Array  # int64 [groups of synapses, 11]
    first: Array  # int64 [n_segments + 1], of the synapses of plastic segments
    constant: Array  # float64 [n_rows, 9]
    weight: Array  # float64 [n_plastic]
    state: Array  # float64 [n_states, 6]
    set_at: Array  # int64 [n_plastic], tick up to which a learning synapse has seen everything, -1: as its segment has
    # ([0]: all have)
    number: Array  # int64 [n_draws], of a synapse among all of the network
    drawn: Array  # int64 [n_draws], random numbers
    amplitude: Array  # float64 [longest segment that does not learn], scratch
    decay: Array  # float64 [n_time_constants, n_ticks], what is left after so many ticks
    history: History
    longest_dendritic: int  # ticks
    seed: int


def span(plastic: Plastic, group: int, column: int) -> slice:
    """Return which entries a group has of those that begin where a column of ``Plastic.group`` says."""
    of_column = {
        FIRST: plastic.weight,
        FIRST_SEGMENT: plastic.first[1:],
        ROW: plastic.constant,
        STATE: plastic.state,
        DRAW: plastic.number,
    }
    behind = group + 1 == len(plastic.group)
    end = len(of_column[column]) if behind else int(plastic.group[group + 1, column])
    return slice(int(plastic.group[group, column]), end)

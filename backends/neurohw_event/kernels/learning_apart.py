"""Learning synapses with time constants or dendritic parts of their own: each has both traces of its own."""

import math

from neurohw.jit import inlined, inner
from neurohw_event.kernels.traces import (
    behind,
    dendritic_ticks,
    last_before,
    pre_trace,
    see_pre,
    taken_until,
)
from neurohw_event.kernels.weight_dependence import depressed, parameters, potentiated
from neurohw_event.plastic_layout import (
    BEGIN,
    FIRST,
    FIRST_SEGMENT,
    FIRST_TRACE,
    POST_BEFORE,
    POST_TICK,
    PRE_BEFORE,
    PRE_SPIKES,
    PRE_TICK,
    ROW,
    ROWS_DIFFER,
    RULE,
    STATE,
    TAKEN_UNTIL,
    TAU_MINUS,
    TAU_PLUS,
    TICK,
    TRACE,
)


@inner
def pass_apart(plastic, group, segment, target, reached, delay, until):
    """Let those synapses of a plastic segment see a spike that reached them at ``reached`` that do by ``until``."""
    none = plastic.decay[0, :0]
    for i in range(target.size):
        k = plastic.first[segment] + i
        constant, state = plastic.constant[_row(group, k)], plastic.state[_place(group, k)]
        dendritic = dendritic_ticks(constant, delay)
        tick = reached + delay - dendritic
        if tick > until or (plastic.set_at.size > 0 and tick <= plastic.set_at[k]):
            continue
        take_apart(plastic, group, k, target[i], dendritic, last_before(tick, dendritic))
        trace = state[POST_BEFORE]
        if state[POST_TICK] < tick:
            trace = (trace + 1.0) * math.exp(-(tick - state[POST_TICK]) / constant[TAU_MINUS])
        plastic.weight[k] = depressed(group[RULE], plastic.weight[k], trace, parameters(constant))
        see_pre(state, tick, none, constant[TAU_PLUS])


@inlined
def take_apart(plastic, group, k, cell, dendritic, last):
    """Let a synapse take the spikes of its target up to ``last``."""
    history, none = plastic.history, plastic.decay[0, :0]
    constant, state = plastic.constant[_row(group, k)], plastic.state[_place(group, k)]
    row = history.row_of_cell[cell]
    own, weight = history.spikes[row], plastic.weight[k]
    end = behind(own, history.size[row], last)
    for at in range(behind(own, end, taken_until(plastic, k, state, dendritic)), end):
        tick = own[at, TICK] + dendritic
        weight = potentiated(
            group[RULE], weight, pre_trace(state, tick, none, constant[TAU_PLUS]), parameters(constant)
        )
        since = tick - state[POST_TICK]
        state[POST_BEFORE] = (state[POST_BEFORE] + 1.0) * math.exp(-since / constant[TAU_MINUS])
        state[POST_TICK] = tick
    plastic.weight[k] = weight
    state[TAKEN_UNTIL] = max(state[TAKEN_UNTIL], last)


@inner
def copy_apart(plastic, group, segment, target, delay, states):
    """Write to ``states``, a row for each synapse of a group, the state of those that share that of a segment."""
    history, trace = plastic.history, plastic.history.trace[group[TRACE]]
    state = plastic.state[group[STATE] + segment - group[FIRST_SEGMENT]]
    for i in range(target.size):
        k = plastic.first[segment] + i
        dendritic = dendritic_ticks(plastic.constant[_row(group, k)], delay)
        row = history.row_of_cell[target[i]]
        own, out = history.spikes[row], states[k - group[FIRST]]
        out[PRE_BEFORE], out[PRE_SPIKES] = state[PRE_BEFORE], state[PRE_SPIKES]
        out[PRE_TICK] = state[PRE_TICK]
        out[TAKEN_UNTIL] = taken_until(plastic, k, state, dendritic)
        last = own[behind(own, history.size[row], out[TAKEN_UNTIL]) - 1]
        met = last[TICK] > trace[BEGIN]
        out[POST_BEFORE] = last[FIRST_TRACE + group[TRACE]] if met else 0.0
        out[POST_TICK] = last[TICK] + dendritic if met else -math.inf


@inlined
def _row(group, k):
    """Return where the parameters of a synapse stand."""
    return group[ROW] + group[ROWS_DIFFER] * (k - group[FIRST])


@inlined
def _place(group, k):
    """Return where the state of a synapse stands that has its own."""
    return group[STATE] + k - group[FIRST]

"""Spike-timing-dependent plasticity, computed when a spike is delivered and not before.

A synapse sees the postsynaptic spike of tick q at q + d_dendritic, and the presynaptic one that reached it at p at
p + d_axonal. Equal times: the postsynaptic spike first, unless the dendritic part is 0 ticks; the pair does not
count. With a dendritic part of 0 a presynaptic spike is passed on in the tick in which it is seen, before any cell
fires, so the postsynaptic spike comes second.

Here are the synapses that share time constants and dendritic part with all of their group: they have one presynaptic
trace a segment, and read postsynaptic ones in the history.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.traces import (
    behind,
    dendritic_ticks,
    last_before,
    left_after,
    pre_trace,
    see_pre,
    taken_until,
)
from neurohw_event.kernels.weight_dependence import depressed, parameters, potentiated
from neurohw_event.plastic_layout import (
    BEFORE,
    BEGIN,
    FIRST,
    FIRST_AFTER,
    FIRST_SEGMENT,
    FIRST_TRACE,
    MINUS,
    PLUS,
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


@inlined
def pass_together(plastic, group, segment, target, reached, delay, until):
    """Let the synapses of a plastic segment see a spike that reached them at ``reached``, if they do by ``until``.

    Their weights are then those with which they pass it on.
    """
    row = _first_row(plastic, group, segment)
    state = plastic.state[group[STATE] + segment - group[FIRST_SEGMENT]]
    dendritic = dendritic_ticks(plastic.constant[row], delay)
    tick = reached + delay - dendritic
    if tick > until:
        return
    if plastic.set_at.size > 0:
        _see_one_by_one(plastic, group, segment, target, row, state, dendritic, tick)
    else:
        _see(plastic, group, segment, target, row, state, dendritic, tick)
    state[TAKEN_UNTIL] = max(state[TAKEN_UNTIL], last_before(tick, dendritic))
    see_pre(state, tick, plastic.decay[group[PLUS]], plastic.constant[row, TAU_PLUS])


@inner
def take_together(plastic, group, segment, target, dendritic, last):
    """Let the synapses of a plastic segment take the spikes of their targets up to ``last``."""
    first, row = plastic.first[segment], _first_row(plastic, group, segment)
    state = plastic.state[group[STATE] + segment - group[FIRST_SEGMENT]]
    for i in range(target.size):
        own = row + group[ROWS_DIFFER] * i
        _take(plastic, group, first + i, target[i], plastic.constant[own], state, dendritic, last)
    state[TAKEN_UNTIL] = max(state[TAKEN_UNTIL], last)


@inlined
def _first_row(plastic, group, segment):
    """Return where the parameters of the first synapse of a segment stand."""
    return group[ROW] + group[ROWS_DIFFER] * (plastic.first[segment] - group[FIRST])


@inner
def _see(plastic, group, segment, target, row, state, dendritic, tick):
    """Let the synapses of a segment take what comes before a spike that they see at ``tick``, and see it.

    Most targets have fired once or not at all since the segment was brought up to date: that is read in few lines of
    a cache.
    """
    first, rule, step = plastic.first[segment], group[RULE], group[ROWS_DIFFER]
    plus, tau_plus = plastic.decay[group[PLUS]], plastic.constant[row, TAU_PLUS]
    minus, tau_minus = plastic.decay[group[MINUS]], plastic.constant[row, TAU_MINUS]
    row_of_cell, latest, after = (
        plastic.history.row_of_cell,
        plastic.history.latest,
        FIRST_AFTER + group[TRACE],
    )
    weights, p = plastic.weight[first : first + target.size], parameters(plastic.constant[row])
    taken, at = state[TAKEN_UNTIL], tick - dendritic
    for i in range(target.size):
        if step > 0:
            p = parameters(plastic.constant[row + i])
        own = np.uint32(row_of_cell[np.uint32(target[i])])
        fired, weight = latest[own, TICK], weights[i]
        if latest[own, BEFORE] > taken or fired >= at:
            constant = plastic.constant[row + step * i]
            _see_one(plastic, group, first + i, target[i], constant, state, dendritic, tick)
            continue
        if fired > taken:
            weight = potentiated(rule, weight, pre_trace(state, fired + dendritic, plus, tau_plus), p)
        weights[i] = depressed(rule, weight, latest[own, after] * left_after(at - fired, minus, tau_minus), p)


@inner
def _see_one_by_one(plastic, group, segment, target, row, state, dendritic, tick):
    """Do the same where some synapses may have seen the spike before their weight was set."""
    first, step = plastic.first[segment], group[ROWS_DIFFER]
    for i in range(target.size):
        if tick > plastic.set_at[first + i]:
            constant = plastic.constant[row + step * i]
            _see_one(plastic, group, first + i, target[i], constant, state, dendritic, tick)


@inner
def _see_one(plastic, group, k, cell, constant, state, dendritic, tick):
    """Let a synapse take what comes before a spike that it sees at ``tick``, and see it."""
    last = last_before(tick, dendritic)
    _take(plastic, group, k, cell, constant, state, dendritic, last)
    trace = _post_trace(plastic, group, cell, constant, tick - dendritic, last)
    plastic.weight[k] = depressed(group[RULE], plastic.weight[k], trace, parameters(constant))


@inlined
def _take(plastic, group, k, cell, constant, state, dendritic, last):
    """Let a synapse take the spikes of its target up to ``last``."""
    history = plastic.history
    row = history.row_of_cell[cell]
    own, weight = history.spikes[row], plastic.weight[k]
    end = behind(own, history.size[row], last)
    for at in range(behind(own, end, taken_until(plastic, k, state, dendritic)), end):
        seen = own[at, TICK] + dendritic
        trace = pre_trace(state, seen, plastic.decay[group[PLUS]], constant[TAU_PLUS])
        weight = potentiated(group[RULE], weight, trace, parameters(constant))
    plastic.weight[k] = weight


@inlined
def _post_trace(plastic, group, cell, constant, tick, last):
    """Return the trace of a cell's spikes up to ``last`` at ``tick``; one of that tick is not in it."""
    history = plastic.history
    row = history.row_of_cell[cell]
    own = history.spikes[row, behind(history.spikes[row], history.size[row], last) - 1]
    if own[TICK] <= history.trace[group[TRACE], BEGIN]:
        return 0.0
    trace = own[FIRST_TRACE + group[TRACE]]
    if own[TICK] < tick:
        return (trace + 1.0) * left_after(tick - own[TICK], plastic.decay[group[MINUS]], constant[TAU_MINUS])
    return trace

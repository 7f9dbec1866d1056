"""Spike-timing-dependent plasticity, computed when a spike is delivered and not before.

A synapse sees the postsynaptic spike of tick q at q + d_dendritic, and the presynaptic one that reached it at p at
p + d_axonal. Equal times: the postsynaptic spike first, unless the dendritic part is 0 ticks; the pair does not
count. With a dendritic part of 0 a presynaptic spike is passed on in the tick in which it is seen, before any cell
fires, so the postsynaptic spike comes second. The papers of the weight dependences and of Vogels' rule are named in
``neurohw.network.synapse_models``.
"""

import math

import numpy as np

from neurohw.jit import inlined
from neurohw_event.plastic_layout import (
    A_MINUS,
    A_PLUS,
    ALPHA,
    FRACTION,
    MU_MINUS,
    MU_PLUS,
    POST_BEFORE,
    POST_TICK,
    PRE_BEFORE,
    PRE_SPIKES,
    PRE_TICK,
    SET_AT,
    TAU_MINUS,
    TAU_PLUS,
    W_MAX,
    W_MIN,
    Rule,
)

_ADDITIVE = int(Rule.ADDITIVE)
_MULTIPLICATIVE = int(Rule.MULTIPLICATIVE)
_GUTIG = int(Rule.GUTIG)
_VOGELS = int(Rule.VOGELS)


@inlined
def pass_learning(plastic, rule, k, cell, reached, delay):
    """Return the weight with which a spike that reached the synapse at ``reached`` is passed on, once it is seen."""
    dendritic = dendritic_ticks(plastic, k, delay)
    tick = reached + delay - dendritic
    if tick <= plastic.state[k, SET_AT]:
        return plastic.weight[k]  # seen before the weight was set
    take_history(plastic, rule, k, cell, dendritic, tick - dendritic if dendritic > 0 else tick - 1)
    constant = plastic.constant[plastic.row[k]]
    state = plastic.state[k]
    _depress(plastic, rule, k, constant, state, tick)
    if state[PRE_TICK] < tick:
        since = tick - state[PRE_TICK]
        trace = state[PRE_BEFORE] + state[PRE_SPIKES]
        state[PRE_BEFORE] = trace * math.exp(-since / constant[TAU_PLUS])
        state[PRE_SPIKES] = 0.0
        state[PRE_TICK] = tick
    state[PRE_SPIKES] += 1.0
    return plastic.weight[k]


@inlined
def take_history(plastic, rule, k, cell, dendritic, last_tick):
    """Let a synapse take the spikes of its target up to ``last_tick`` that it has not taken."""
    history = plastic.history
    row = history.row_of_cell[cell]
    dropped = history.dropped[row]
    end = dropped + history.size[row]
    constant = plastic.constant[plastic.row[k]]
    state = plastic.state[k]
    while plastic.taken[k] < end:
        fired = history.ticks[row, plastic.taken[k] - dropped]
        if fired > last_tick:
            return
        plastic.taken[k] += 1
        _potentiate(plastic, rule, k, constant, state, fired + dendritic)


@inlined
def dendritic_ticks(plastic, k, delay):
    """Return the dendritic part of a delay."""
    return np.int64(np.rint(plastic.constant[plastic.row[k], FRACTION] * delay))


@inlined
def _potentiate(plastic, rule, k, constant, state, tick):
    """Take a postsynaptic spike that is seen at ``tick``."""
    trace = state[PRE_BEFORE]
    if state[PRE_TICK] < tick:
        since = tick - state[PRE_TICK]
        trace = (trace + state[PRE_SPIKES]) * math.exp(-since / constant[TAU_PLUS])
    weight = plastic.weight[k]
    plastic.weight[k] = _changed(weight, constant[A_PLUS] * _up(rule, weight, constant) * trace, constant)
    since = tick - state[POST_TICK]
    state[POST_BEFORE] = (state[POST_BEFORE] + 1.0) * math.exp(-since / constant[TAU_MINUS])
    state[POST_TICK] = tick


@inlined
def _depress(plastic, rule, k, constant, state, tick):
    """Change the weight by a presynaptic spike that is seen at ``tick``."""
    trace = state[POST_BEFORE]
    if state[POST_TICK] < tick:
        since = tick - state[POST_TICK]
        trace = (trace + 1.0) * math.exp(-since / constant[TAU_MINUS])
    weight = plastic.weight[k]
    if rule == _VOGELS:
        change = _direction(constant) * constant[A_MINUS] * (trace - constant[ALPHA])
    else:
        change = -constant[A_MINUS] * _down(rule, weight, constant) * trace
    plastic.weight[k] = _changed(weight, change, constant)


@inlined
def _changed(weight, change, constant):
    """Return the changed weight within its bounds; one that does not change may lie outside."""
    if change == 0.0:
        return weight
    low, high = min(constant[W_MIN], constant[W_MAX]), max(constant[W_MIN], constant[W_MAX])
    return min(max(weight + change, low), high)


@inlined
def _direction(constant):
    """Return -1.0 where weights grow downwards, as those of inhibitory currents do, else 1.0."""
    return math.copysign(1.0, constant[W_MAX] - constant[W_MIN])


@inlined
def _up(rule, weight, constant):
    """Return how much a weight grows, before amplitude and trace."""
    if rule == _VOGELS:
        return _direction(constant)
    if rule == _MULTIPLICATIVE:
        return constant[W_MAX] - weight
    if rule == _GUTIG:
        return _power(constant[W_MAX] - weight, constant[W_MAX] - constant[W_MIN], constant[MU_PLUS])
    return constant[W_MAX]


@inlined
def _down(rule, weight, constant):
    """Return how much a weight shrinks, before amplitude and trace."""
    if rule == _ADDITIVE:
        return constant[W_MAX]
    if rule == _MULTIPLICATIVE:
        return weight - constant[W_MIN]
    if rule == _GUTIG:
        return _power(weight - constant[W_MIN], constant[W_MAX] - constant[W_MIN], constant[MU_MINUS])
    return weight


@inlined
def _power(distance, span, exponent):
    """Return ``span * (distance / span) ** exponent``, 0 without a span; a weight out of bounds counts as at them."""
    if span == 0.0:
        return 0.0
    return span * min(max(distance / span, 0.0), 1.0) ** exponent

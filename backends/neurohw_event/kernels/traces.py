"""The traces that learning synapses keep of spikes, and which spikes of the history they have taken."""

import math

import numpy as np

from neurohw.jit import inlined, leaf
from neurohw_event.plastic_layout import FRACTION, PRE_BEFORE, PRE_SPIKES, PRE_TICK, TAKEN_UNTIL, TICK


@inlined
def see_pre(state, tick, decay, tau):
    """Add a presynaptic spike that is seen at ``tick`` to its trace."""
    if state[PRE_TICK] < tick:
        trace = state[PRE_BEFORE] + state[PRE_SPIKES]
        state[PRE_BEFORE] = trace * left_after(tick - state[PRE_TICK], decay, tau)
        state[PRE_SPIKES] = 0.0
        state[PRE_TICK] = tick
    state[PRE_SPIKES] += 1.0


@inlined
def pre_trace(state, tick, decay, tau):
    """Return the presynaptic trace that a postsynaptic spike meets that is seen at ``tick``."""
    if state[PRE_TICK] < tick:
        return (state[PRE_BEFORE] + state[PRE_SPIKES]) * left_after(tick - state[PRE_TICK], decay, tau)
    return state[PRE_BEFORE]


@leaf
def fill_decay(decay, tau):
    """Write what is left of a trace after 0, 1, 2... ticks."""
    for ticks in range(decay.size):
        decay[ticks] = math.exp(-np.float64(ticks) / tau)


@inlined
def left_after(ticks, decay, tau):
    """Return what is left of a trace after so many ticks; ``decay`` holds the first of these numbers."""
    if ticks < decay.size:
        return decay[np.int64(ticks)]
    return math.exp(-ticks / tau)


@inlined
def last_before(tick, dendritic):
    """Return up to which tick postsynaptic spikes are seen before a presynaptic one that is seen at ``tick``."""
    return tick - dendritic if dendritic > 0 else tick - 1


@inlined
def dendritic_ticks(constant, delay):
    """Return the dendritic part of a delay."""
    return np.int64(np.rint(constant[FRACTION] * delay))


@inlined
def taken_until(plastic, k, state, dendritic):
    """Return the tick up to which a synapse has taken the spikes of its target."""
    if plastic.set_at.size == 0:
        return state[TAKEN_UNTIL]
    return max(state[TAKEN_UNTIL], np.float64(plastic.set_at[k] - dendritic))


@inlined
def behind(own, end, tick):
    """Return how many of the first ``end`` spikes of a row of the history came up to ``tick``."""
    while own[end - 1, TICK] > tick:
        end -= 1
    return end

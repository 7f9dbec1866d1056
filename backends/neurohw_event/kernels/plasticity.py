"""Synapses that are not static: what each passes on when its spike is delivered, and their state as of a tick."""

from neurohw.jit import inlined, inner, leaf
from neurohw_event.kernels.history import drop
from neurohw_event.kernels.learning import pass_together, take_together
from neurohw_event.kernels.learning_apart import copy_apart, pass_apart, take_apart
from neurohw_event.kernels.release import pass_by_chance, pass_vesicles
from neurohw_event.kernels.short_term import pass_tsodyks_markram
from neurohw_event.kernels.traces import dendritic_ticks
from neurohw_event.layout import NEVER
from neurohw_event.plastic_layout import (
    FIRST,
    FIRST_SEGMENT,
    ROW,
    ROWS_DIFFER,
    RULE,
    STATE,
    STATES_DIFFER,
    Rule,
)

_TSODYKS_MARKRAM = int(Rule.TSODYKS_MARKRAM)
_SIMPLE_STOCHASTIC = int(Rule.SIMPLE_STOCHASTIC)
_FIRST_THAT_LEARNS = int(Rule.ADDITIVE)


@inlined
def pass_on(plastic, wiring, segment, reached, until):
    """Let the synapses of a segment see a spike that reached them at tick ``reached``, learning ones up to ``until``.

    Returns whether they learn: what they pass on are their weights then, else what stands in ``Plastic.amplitude``.
    """
    target = wiring.target[wiring.synapses_of_segment[segment] : wiring.synapses_of_segment[segment + 1]]
    group, own, delay = plastic.group[wiring.channel[segment]], wiring.plastic[segment], wiring.delay[segment]
    if group[RULE] < _FIRST_THAT_LEARNS:
        _pass_without_learning(plastic, group, own, reached)
        return False
    if group[STATES_DIFFER]:
        pass_apart(plastic, group, own, target, reached, delay, until)
    else:
        pass_together(plastic, group, own, target, reached, delay, until)
    return True


@leaf
def pass_all(plastic, wiring, segment, reached, amplitude):
    """Write to ``amplitude`` what the synapses of a segment pass on of a spike that reached them at ``reached``."""
    first = plastic.first[wiring.plastic[segment]]
    learns = pass_on(plastic, wiring, segment, reached, NEVER)
    for i in range(amplitude.size):
        amplitude[i] = plastic.weight[first + i] if learns else plastic.amplitude[i]


@leaf
def catch_up(plastic, wiring, due, segments, channel, tick):
    """Let the synapses of a group see everything up to ``tick``, that of segments under way too.

    ``due`` and ``segments`` are the segments under way in order of delivery.
    """
    for entry in range(due.size):
        segment = segments[entry]
        if wiring.channel[segment] == channel:
            pass_on(plastic, wiring, segment, due[entry] - wiring.delay[segment], tick)
    if plastic.group[channel, RULE] >= _FIRST_THAT_LEARNS:
        _take_histories(plastic, wiring, channel, tick, False)


@leaf
def settle_learning(plastic, wiring, tick):
    """Let all learning synapses take what no spike under way can come before, and drop what none of them needs.

    A spike that is delivered after ``tick`` is seen after ``tick - d_dendritic``.
    """
    for channel in range(plastic.group.shape[0]):
        if plastic.group[channel, RULE] >= _FIRST_THAT_LEARNS:
            _take_histories(plastic, wiring, channel, tick, True)
    drop(plastic.history, _last_settled(tick, plastic.longest_dendritic))


@leaf
def copy_states(plastic, wiring, channel, states):
    """Write to ``states`` that of every synapse of a learning group that share it by segments."""
    group = plastic.group[channel]
    for segment in range(wiring.delay.size):
        if wiring.channel[segment] == channel:
            begin, end = wiring.synapses_of_segment[segment], wiring.synapses_of_segment[segment + 1]
            own = wiring.plastic[segment]
            copy_apart(plastic, group, own, wiring.target[begin:end], wiring.delay[segment], states)


@inner
def _pass_without_learning(plastic, group, segment, reached):
    """Write to ``Plastic.amplitude`` what the synapses of a plastic segment pass on of a spike."""
    weight = plastic.weight[plastic.first[segment] : plastic.first[segment + 1]]
    amplitude = plastic.amplitude
    first, rule, released = plastic.first[segment] - group[FIRST], group[RULE], 0.0
    at, step = group[STATE] + segment - group[FIRST_SEGMENT], 0
    if group[STATES_DIFFER]:
        at, step = group[STATE] + first, 1
    for i in range(weight.size):
        constant = plastic.constant[group[ROW] + group[ROWS_DIFFER] * (first + i)]
        if rule == _SIMPLE_STOCHASTIC:
            amplitude[i] = pass_by_chance(plastic, group, first + i, constant, weight[i])
        elif rule != _TSODYKS_MARKRAM:
            state = plastic.state[at + i]
            amplitude[i] = pass_vesicles(plastic, group, first + i, constant, state, weight[i], reached)
        else:
            if i == 0 or step > 0:
                released = pass_tsodyks_markram(constant, plastic.state[at + step * i], reached)
            amplitude[i] = weight[i] * released


@inner
def _take_histories(plastic, wiring, channel, tick, only_settled):
    """Let the synapses of a group take what they have seen by ``tick``, or what no spike to come changes."""
    group = plastic.group[channel]
    for segment in range(wiring.delay.size):
        if wiring.channel[segment] != channel:
            continue
        begin, end = wiring.synapses_of_segment[segment], wiring.synapses_of_segment[segment + 1]
        target, own, delay = wiring.target[begin:end], wiring.plastic[segment], wiring.delay[segment]
        if group[STATES_DIFFER]:
            for i in range(target.size):
                k = plastic.first[own] + i
                constant = plastic.constant[group[ROW] + group[ROWS_DIFFER] * (k - group[FIRST])]
                dendritic = dendritic_ticks(constant, delay)
                last = _last_seen(tick, dendritic, only_settled)
                take_apart(plastic, group, k, target[i], dendritic, last)
        else:
            row = group[ROW] + group[ROWS_DIFFER] * (plastic.first[own] - group[FIRST])
            dendritic = dendritic_ticks(plastic.constant[row], delay)
            last = _last_seen(tick, dendritic, only_settled)
            take_together(plastic, group, own, target, dendritic, last)


@inlined
def _last_seen(tick, dendritic, only_settled):
    return _last_settled(tick, dendritic) if only_settled else tick - dendritic


@inlined
def _last_settled(tick, dendritic):
    """Return up to which tick postsynaptic spikes are seen before all spikes that are delivered after ``tick``.

    Those of ``tick`` itself may still be waiting for room in the history.
    """
    return tick + 1 - 2 * max(1, dendritic)

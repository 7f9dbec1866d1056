"""Synapses that are not static: what each passes on when its spike is delivered, and their state as of a tick."""

from neurohw.jit import inlined, inner, leaf
from neurohw_event.kernels.agenda import touch
from neurohw_event.kernels.learning import dendritic_ticks, pass_learning, take_history
from neurohw_event.kernels.release import pass_by_chance, pass_vesicles
from neurohw_event.kernels.short_term import pass_tsodyks_markram
from neurohw_event.plastic_layout import Rule

_TSODYKS_MARKRAM = int(Rule.TSODYKS_MARKRAM)
_SIMPLE_STOCHASTIC = int(Rule.SIMPLE_STOCHASTIC)
_FIRST_THAT_LEARNS = int(Rule.ADDITIVE)


@inner
def deliver_plastic(plastic, wiring, segment, values, groups, tick):
    """Add what the synapses of a segment pass on at ``tick`` to the inputs of their targets, and touch these."""
    place = wiring.place[segment]
    origin, stride, group = wiring.origin[place], wiring.stride[place], wiring.group[place]
    delay = wiring.delay[segment]
    channel = wiring.channel[segment]
    k = wiring.plastic[segment]
    for synapse in range(wiring.synapses_of_segment[segment], wiring.synapses_of_segment[segment + 1]):
        cell = wiring.target[synapse]
        amplitude = _pass_on(plastic, channel, k, cell, tick - delay, delay)
        k += 1
        if amplitude != 0.0:
            values[origin + stride * cell] += amplitude
            touch(groups, group, cell, tick)


@leaf
def pass_all(plastic, wiring, segment, reached, amplitude):
    """Write to ``amplitude`` what the synapses of a segment pass on of a spike that reached them at ``reached``."""
    begin = wiring.synapses_of_segment[segment]
    for i in range(amplitude.size):
        cell = wiring.target[begin + i]
        k = wiring.plastic[segment] + i
        amplitude[i] = _pass_on(plastic, wiring.channel[segment], k, cell, reached, wiring.delay[segment])


@leaf
def catch_up(plastic, wiring, due, segments, channel, tick):
    """Let the synapses of a group see everything up to ``tick``, that of segments under way too.

    ``due`` and ``segments`` are the segments under way in order of delivery.
    """
    learns = plastic.rule[channel] >= _FIRST_THAT_LEARNS
    for entry in range(due.size):
        segment = segments[entry]
        if wiring.channel[segment] != channel:
            continue
        delay = wiring.delay[segment]
        k = wiring.plastic[segment]
        for synapse in range(wiring.synapses_of_segment[segment], wiring.synapses_of_segment[segment + 1]):
            cell = wiring.target[synapse]
            if not learns or due[entry] - dendritic_ticks(plastic, k, delay) <= tick:
                _pass_on(plastic, channel, k, cell, due[entry] - delay, delay)
            k += 1
    if learns:
        _take_histories(plastic, wiring, channel, tick, False)


@leaf
def settle_learning(plastic, wiring, tick):
    """Let all learning synapses take what no spike under way can come before, and drop what none of them needs.

    A spike that is delivered after ``tick`` is seen after ``tick - d_dendritic``.
    """
    for channel in range(plastic.rule.size):
        if plastic.rule[channel] >= _FIRST_THAT_LEARNS:
            _take_histories(plastic, wiring, channel, tick, True)
    _drop(plastic.history, _last_settled(tick, plastic.longest_dendritic))


@inner
def can_remember(plastic):
    """True when the history has room for one more spike of every cell, or where there is none."""
    if plastic is None:
        return True
    history = plastic.history
    return history.size.size == 0 or history.longest[0] < history.ticks.shape[1]


@inner
def remember(plastic, fired, tick):
    """Put the spikes of a tick into the history; there must be room."""
    if plastic is None:
        return
    history = plastic.history
    if history.ticks.shape[0] == 0:
        return
    for index in range(fired.size[0]):
        row = history.row_of_cell[fired.cell[index]]
        if row >= 0:
            history.ticks[row, history.size[row]] = tick
            history.size[row] += 1
            history.longest[0] = max(history.longest[0], history.size[row])


@inlined
def _pass_on(plastic, channel, k, cell, reached, delay):
    """Return what a synapse passes on of a spike that reached it at tick ``reached``."""
    rule = plastic.rule[channel]
    if rule >= _FIRST_THAT_LEARNS:
        return pass_learning(plastic, rule, k, cell, reached, delay)
    constant = plastic.constant[plastic.row[k]]
    if rule == _TSODYKS_MARKRAM:
        return pass_tsodyks_markram(constant, plastic.state[k], plastic.weight[k], reached)
    if rule == _SIMPLE_STOCHASTIC:
        return pass_by_chance(plastic, k, constant, plastic.weight[k])
    return pass_vesicles(plastic, k, constant, plastic.state[k], plastic.weight[k], reached)


@inner
def _take_histories(plastic, wiring, channel, tick, only_settled):
    """Let the synapses of a group take what they have seen by ``tick``, or what no spike to come changes."""
    for segment in range(wiring.delay.size):
        if wiring.channel[segment] != channel:
            continue
        k = wiring.plastic[segment]
        for synapse in range(wiring.synapses_of_segment[segment], wiring.synapses_of_segment[segment + 1]):
            dendritic = dendritic_ticks(plastic, k, wiring.delay[segment])
            last_tick = _last_settled(tick, dendritic) if only_settled else tick - dendritic
            take_history(plastic, plastic.rule[channel], k, wiring.target[synapse], dendritic, last_tick)
            k += 1


@inlined
def _last_settled(tick, dendritic):
    """Return up to which tick postsynaptic spikes are seen before all spikes that are delivered after ``tick``."""
    return tick + 1 - 2 * dendritic if dendritic > 0 else tick


@inner
def _drop(history, last_tick):
    """Drop all spikes up to ``last_tick``."""
    history.longest[0] = 0
    for row in range(history.size.size):
        size = history.size[row]
        n_old = 0
        while n_old < size and history.ticks[row, n_old] <= last_tick:
            n_old += 1
        for i in range(n_old, size):
            history.ticks[row, i - n_old] = history.ticks[row, i]
        history.size[row] = size - n_old
        history.dropped[row] += n_old
        history.longest[0] = max(history.longest[0], size - n_old)

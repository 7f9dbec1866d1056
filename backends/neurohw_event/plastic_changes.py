"""What of the state of plastic synapses outlives a change of the program."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from neurohw.network import Network, Synapses
from neurohw_event.kernels.plasticity import copy_states, settle_learning
from neurohw_event.layout import Wiring
from neurohw_event.plastic_layout import (
    DRAW,
    FIRST,
    N_STATES,
    ROW,
    RULE,
    STATE,
    STATES_DIFFER,
    Array,
    Plastic,
    Rule,
    span,
)
from neurohw_event.plastic_state import states
from neurohw_event.plasticity import Past


def go_on(
    new: Plastic, past: Past, wiring: Wiring, as_of: Callable[[int, int], Plastic]
) -> tuple[Plastic, Plastic, list[int]]:
    """Have synapses go on from their past.

    Parameters
    ----------
    new : at rest.
    wiring : that of the past.
    as_of : returns the past once a group has seen everything up to a tick.

    Returns
    -------
    The synapses; those of the past, with the weights with which what is under way is passed on; and the groups that do
    not learn and have other parameters than before.
    """
    old, others = past.plastic, changed_groups(new, past.plastic, past.kept)
    sent = old._replace(weight=old.weight.copy())
    for group in past.kept:
        if new.group[group, RULE] >= Rule.ADDITIVE:
            new = take_over_learning(new, past, group, wiring, partial(as_of, group))
        elif group in others:
            take_over(new, as_of(group, past.tick), group)
            sent.weight[span(old, group, FIRST)] = new.weight[span(new, group, FIRST)]
        elif new.group[group, RULE] != Rule.STATIC:
            take_over(new, old, group)
    return new, sent, others


def kept_groups(before: Network, after: Network) -> list[int]:
    """Return the places of the groups of synapses that are the same in two networks but for their numbers."""
    pairs = zip(before.synapses, after.synapses, strict=False)
    return [channel for channel, (old, new) in enumerate(pairs) if are_same(old, new)]


def changed_groups(new: Plastic, old: Plastic, kept: list[int]) -> list[int]:
    """Return those of the groups ``kept`` that do not learn and have other parameters than before."""
    return [
        group
        for group in kept
        if Rule.STATIC < new.group[group, RULE] < Rule.ADDITIVE and _rows_differ(new, old, group).any()
    ]


def take_over(new: Plastic, old: Plastic, group: int) -> None:
    """Keep the state, not the weights, of a group that does not learn."""
    differ = new.group[group, STATES_DIFFER]
    state = states(old, group) if differ else old.state[span(old, group, STATE)]
    new.state[span(new, group, STATE)] = state
    new.drawn[span(new, group, DRAW)] = old.drawn[span(old, group, DRAW)]


def take_over_learning(
    new: Plastic, past: Past, group: int, wiring: Wiring, as_of: Callable[[int], Plastic]
) -> Plastic:
    """Keep the state of a group that learns; ``wiring`` is that of the past, ``as_of`` the past as of a tick.

    A synapse whose weight or parameters are others than what it had has seen everything up to now, and what is under
    way and was seen is passed on with its new weight. The others go on as if nothing had happened.
    """
    old, seen = past.plastic, as_of(past.tick)
    own, own_before = span(new, group, FIRST), span(old, group, FIRST)
    is_other = new.weight[own] != seen.weight[own_before]
    is_other |= _rows_differ(new, old, group)
    new.weight[own] = np.where(is_other, new.weight[own], old.weight[own_before])
    before = old.set_at[own_before] if len(old.set_at) else np.full(len(is_other), -1)
    set_at = np.where(is_other, past.tick, before)
    state = new.state[span(new, group, STATE)]
    if new.group[group, STATES_DIFFER]:
        state[:] = _learning_states(old, group, wiring)
        for tick in np.unique(set_at[set_at >= past.tick - old.longest_dendritic]):
            state[set_at == tick] = _learning_states(as_of(int(tick)), group, wiring)[set_at == tick]
    else:
        state[:] = old.state[span(old, group, STATE)]
    if (set_at >= 0).any() and not len(new.set_at):
        new = new._replace(set_at=np.full(len(new.weight), -1))
    if len(new.set_at):
        new.set_at[own] = set_at
    return new


def forget_settings(plastic: Plastic, wiring: Wiring, tick: int) -> Plastic:
    """Forget when weights were set, once nothing under way was seen before."""
    if not len(plastic.set_at):
        return plastic
    settle_learning(plastic, wiring, tick)
    is_past = plastic.set_at.max() < tick - plastic.longest_dendritic
    return plastic._replace(set_at=plastic.set_at[:0]) if is_past else plastic


def _learning_states(plastic: Plastic, group: int, wiring: Wiring) -> Array:
    """Return the state of every synapse of a group that learns."""
    if plastic.group[group, STATES_DIFFER]:
        return plastic.state[span(plastic, group, STATE)]
    own = span(plastic, group, FIRST)
    states = np.empty((own.stop - own.start, N_STATES))
    copy_states(plastic, wiring, group, states)
    return states


def _rows_differ(new: Plastic, old: Plastic, group: int) -> Array:
    """Return of which synapses of a group the parameters are others than before, one number where it is all or none."""
    rows = new.constant[span(new, group, ROW)], old.constant[span(old, group, ROW)]
    return np.asarray((rows[0] != rows[1]).any(axis=1))


def are_same(a: Synapses, b: Synapses) -> bool:
    """True when two groups of synapses are the same but for their numbers."""
    ends = [(s.pre, s.post, s.receptor, s.model.name) for s in (a, b)]
    split = [s.parameters.get("dendritic_delay_fraction", np.empty(0)) for s in (a, b)]
    return ends[0] == ends[1] and all(
        np.array_equal(one, other)
        for one, other in (
            (a.indptr, b.indptr),
            (a.target, b.target),
            (a.delay, b.delay),
            (split[0], split[1]),  # as good as two delays
        )
    )

"""Synapses that are not static as arrays: parameters and initial state."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np

from neurohw.network import Network
from neurohw_event.delivery_order import Places
from neurohw_event.history import make_history
from neurohw_event.kernels.traces import fill_decay
from neurohw_event.layout import Wiring
from neurohw_event.plastic_layout import (
    AVAILABLE,
    DRAW,
    FIRST,
    FIRST_SEGMENT,
    FRACTION,
    MINUS,
    N_CONSTANTS,
    N_OF_GROUP,
    N_STATES,
    PLUS,
    POST_TICK,
    PRE_TICK,
    ROW,
    ROWS_DIFFER,
    RULE,
    RULE_OF_MODEL,
    SITES,
    STATE,
    STATES_DIFFER,
    TAKEN_UNTIL,
    TAU_MINUS,
    TAU_PLUS,
    TRACE,
    Array,
    Plastic,
    Rule,
    span,
)
from neurohw_event.plastic_parameters import constants, longest_dendritic

# Of each time constant what is left after so many ticks is looked up, after more it is computed. An estimate: 32 kB,
# as much as a first cache holds, of which intervals between spikes reach few.
N_DECAYS = 4096

_Item = TypeVar("_Item")


class Past(NamedTuple):
    """What plastic synapses go on from where a network changes."""

    plastic: Plastic
    kept: list[int]  # groups that are the same but for their numbers
    tick: int


class _Parts(NamedTuple):
    """The arrays of ``Plastic``, a part for each group so far; the last two are what groups may have in common."""

    end: list[Array]  # of segments
    constant: list[Array]
    weight: list[Array]
    state: list[Array]
    number: list[Array]
    trace: list[tuple[float, float]]  # rows of ``History.trace``
    tau: list[float]  # of the tables of decay


def make_plastic(
    network: Network, wiring: Wiring, places: Places, seed: int, past: Past | None = None
) -> Plastic:
    """Return the synapses of ``network`` at rest; learning ones have seen all of the past.

    ``places`` are those by which the arrivals of ``wiring`` are divided.
    """
    group = np.zeros((len(network.synapses), N_OF_GROUP), np.int64)
    parts = _nothing()
    sizes = np.diff(wiring.synapses_of_segment)
    longest = 0
    for g, synapses in enumerate(network.synapses):
        own = group[g]
        _begin(parts, own, RULE_OF_MODEL[synapses.model.name])
        if synapses.model.is_static:
            continue
        own_sizes = sizes[np.flatnonzero(wiring.channel == g)]
        parts.end.append(own[FIRST] + np.cumsum(own_sizes))
        _add_synapses(parts, own, network, g, places)
        _add_states(parts, own, len(own_sizes), past, g)
        if not synapses.model.learns:
            longest = max(longest, int(own_sizes.max(initial=0)))
    trace = np.array(parts.trace).reshape(-1, 2)
    return Plastic(
        group=group,
        first=np.concatenate(parts.end),
        constant=np.concatenate(parts.constant),
        weight=np.concatenate(parts.weight),
        state=np.concatenate(parts.state),
        set_at=np.empty(0, np.int64),
        number=np.concatenate(parts.number),
        drawn=np.zeros(sum(map(len, parts.number)), np.int64),
        amplitude=np.empty(longest),
        decay=_tables(parts.tau),
        history=make_history(network, trace, None if past is None else past.plastic.history),
        longest_dendritic=max(map(longest_dendritic, network.synapses), default=0),
        seed=seed,
    )


def delivery_order(network: Network, group: int, places: Places) -> Array | slice:
    """Return the synapses of a group in the order of delivery, a slice where that is the network's."""
    synapses = network.synapses[group]
    pre, post = (network.populations[end].first for end in (synapses.pre, synapses.post))
    row = np.repeat(np.arange(len(synapses.indptr) - 1), np.diff(synapses.indptr))
    own_tile, place = places.own_tile[pre + row], places.tile_of(post + synapses.target)
    place = np.where(place == own_tile, -1, place)
    if all(len(values) == 0 or (values == values[0]).all() for values in (place, synapses.delay)):
        return slice(None)
    return np.lexsort((synapses.delay, place, row))


def _nothing() -> _Parts:
    return _Parts(
        end=[np.zeros(1, np.int64)],
        constant=[np.empty((0, N_CONSTANTS))],
        weight=[np.empty(0)],
        state=[np.empty((0, N_STATES))],
        number=[np.empty(0, np.int64)],
        trace=[],
        tau=[],
    )


def _begin(parts: _Parts, own: Array, rule: Rule) -> None:
    """Write down the rule of a group, and where its synapses, segments, rows, states and draws begin."""
    own[RULE], own[FIRST_SEGMENT] = rule, sum(map(len, parts.end)) - 1
    columns = (FIRST, parts.weight), (ROW, parts.constant), (STATE, parts.state), (DRAW, parts.number)
    for column, arrays in columns:
        own[column] = sum(map(len, arrays))


def _add_synapses(parts: _Parts, own: Array, network: Network, group: int, places: Places) -> None:
    """Append weights, parameters, and numbers where there are random ones, in the order of delivery."""
    synapses, order = network.synapses[group], delivery_order(network, group, places)
    parts.weight.append(synapses.weight[order])
    rows = constants(synapses, network.timestep_ms)
    own[ROWS_DIFFER] = len(rows) > 1
    parts.constant.append(rows[order] if own[ROWS_DIFFER] else rows)
    if own[RULE] in (Rule.SIMPLE_STOCHASTIC, Rule.VESICLES):
        first = sum(s.size for s in network.synapses[:group])
        parts.number.append(first + np.arange(synapses.size)[order])


def _add_states(parts: _Parts, own: Array, n_segments: int, past: Past | None, group: int) -> None:
    """Append the states of a group, one a segment where its synapses share them; the group is at rest."""
    rows, size = parts.constant[-1], len(parts.weight[-1])
    before = past.plastic if past is not None and group in past.kept else None
    own[STATES_DIFFER] = _differ(own[RULE], rows, before, group)
    n = size if own[STATES_DIFFER] else n_segments
    state = np.zeros((0 if own[RULE] == Rule.SIMPLE_STOCHASTIC else n, N_STATES))
    parts.state.append(state)
    if own[RULE] < Rule.ADDITIVE:
        state[:, AVAILABLE] = rows[:, SITES] if len(rows) in (1, len(state)) else 1.0
        return
    tick = -1 if past is None else past.tick
    state[:, [PRE_TICK, POST_TICK]], state[:, TAKEN_UNTIL] = -np.inf, tick
    if size and not own[STATES_DIFFER]:
        tau_plus, tau_minus = rows[0, [TAU_PLUS, TAU_MINUS]]
        trace = (tau_minus, tick) if before is None else before.history.trace[before.group[group, TRACE]]
        own[TRACE] = _place(parts.trace, (float(trace[0]), float(trace[1])))
        own[PLUS], own[MINUS] = _place(parts.tau, float(tau_plus)), _place(parts.tau, float(tau_minus))


def _differ(rule: Rule, rows: Array, before: Plastic | None, group: int) -> bool:
    """True when each synapse of a group needs a state of its own, now or since its parameters changed."""
    if rule in (Rule.SIMPLE_STOCHASTIC, Rule.VESICLES):
        return True
    columns = [FRACTION, TAU_PLUS, TAU_MINUS] if rule >= Rule.ADDITIVE else slice(None)
    mine = rows[:, columns]
    differ = bool((mine != mine[:1]).any())
    if before is None or differ:
        return differ
    old = span(before, group, ROW)
    is_other = rule >= Rule.ADDITIVE and (before.constant[old, columns][:1] != mine[:1]).any()
    return bool(before.group[group, STATES_DIFFER] or is_other)


def _place(items: list[_Item], item: _Item) -> int:
    """Return the place of an item in a list, to which it is appended where it is new."""
    if item not in items:
        items.append(item)
    return items.index(item)


def _tables(taus: list[float]) -> Array:
    """Return what is left after 0, 1, 2... ticks for each time constant, one row at least."""
    decay = np.zeros((max(1, len(taus)), N_DECAYS))
    for tau, own in zip(taus, decay, strict=False):
        fill_decay(own, tau)
    return decay

"""The state of plastic synapses as of a tick."""

from __future__ import annotations

import numpy as np

from neurohw_event.kernels.plasticity import catch_up
from neurohw_event.layout import Wiring
from neurohw_event.plastic_layout import (
    ACTIVE,
    AVAILABLE,
    FIRST,
    FIRST_SEGMENT,
    RULE,
    STATE,
    STATES_DIFFER,
    USED,
    Array,
    Plastic,
    Rule,
    span,
)


def as_of(
    plastic: Plastic, wiring: Wiring, under_way: tuple[Array, Array], channel: int, tick: int
) -> Plastic:
    """Return a copy in which the synapses of group ``channel`` have seen everything up to ``tick``.

    ``under_way`` is (tick of arrival, segment) in order of delivery; the copy shares all that this does not change.
    """
    copy = plastic._replace(
        weight=plastic.weight.copy(), state=plastic.state.copy(), drawn=plastic.drawn.copy()
    )
    catch_up(copy, wiring, *under_way, channel, tick)
    return copy


def variables(plastic: Plastic, group: int, order: Array | slice) -> dict[str, Array]:
    """Return the weights of a group, and its short-term variables where it has them, in the network's order.

    ``order`` is that of delivery.
    """
    values = {"weight": plastic.weight[span(plastic, group, FIRST)]}
    if plastic.group[group, RULE] == Rule.TSODYKS_MARKRAM:
        state = states(plastic, group)
        values |= {"u": state[:, USED], "x": state[:, AVAILABLE], "y": state[:, ACTIVE]}
    return {name: _in_order(held, order) for name, held in values.items()}


def _in_order(held: Array, order: Array | slice) -> Array:
    values = np.empty_like(held)
    values[order] = held
    return values


def states(plastic: Plastic, group: int) -> Array:
    """Return the state of every synapse of a group that does not learn."""
    state = plastic.state[span(plastic, group, STATE)]
    if plastic.group[group, STATES_DIFFER]:
        return state
    segments = span(plastic, group, FIRST_SEGMENT)
    return np.repeat(state, np.diff(plastic.first[segments.start : segments.stop + 1]), axis=0)

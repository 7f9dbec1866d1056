"""The state of plastic synapses as of a tick, and what of it outlives a change of the program."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network, Synapses
from neurohw_event.kernels.plasticity import catch_up
from neurohw_event.layout import Wiring
from neurohw_event.plastic_layout import ACTIVE, AVAILABLE, SET_AT, USED, Array, Plastic, Rule


def as_of(
    plastic: Plastic, wiring: Wiring, under_way: tuple[Array, Array], channel: int, tick: int
) -> Plastic:
    """Return a copy in which the synapses of group ``channel`` have seen everything up to ``tick``.

    ``under_way`` is (tick of arrival, segment) in order of delivery; the copy shares all that this does not change.
    """
    copy = plastic._replace(
        weight=plastic.weight.copy(), state=plastic.state.copy(), taken=plastic.taken.copy()
    )
    catch_up(copy, wiring, *under_way, channel, tick)
    return copy


def variables(plastic: Plastic, channel: int, member: Array) -> dict[str, Array]:
    """Return the weights of a group, and its short-term variables where it has them."""
    values = {"weight": plastic.weight[member]}
    if plastic.rule[channel] == Rule.TSODYKS_MARKRAM:
        columns = {"u": USED, "x": AVAILABLE, "y": ACTIVE}
        values |= {name: plastic.state[member, column] for name, column in columns.items()}
    return values


def kept_groups(before: Network, after: Network) -> list[int]:
    """Return the places of the groups of synapses that are the same in two networks but for their numbers."""
    pairs = zip(before.synapses, after.synapses, strict=False)
    return [channel for channel, (old, new) in enumerate(pairs) if _is_same(old, new)]


def changed_groups(
    new: Plastic, members: dict[int, Array], old: Plastic, old_members: dict[int, Array]
) -> list[int]:
    """Return the groups of ``members`` that do not learn and have other parameters than before."""
    return [
        channel
        for channel, member in members.items()
        if new.rule[channel] < Rule.ADDITIVE
        and not np.array_equal(new.constant[new.row[member]], old.constant[old.row[old_members[channel]]])
    ]


def take_over(new: Plastic, member: Array, old: Plastic, old_member: Array) -> None:
    """Keep the state, not the weights, of a group whose synapses stand at ``member`` and stood at ``old_member``."""
    new.state[member] = old.state[old_member]
    new.taken[member] = old.taken[old_member]


def take_over_learning(
    new: Plastic, member: Array, old: Plastic, old_member: Array, seen: Plastic, tick: int
) -> None:
    """Keep the state of a group that learns; ``seen`` is ``old`` as of ``tick``.

    A synapse whose weight or parameters are others than what it had has seen everything up to ``tick``, and what is
    under way and was seen is passed on with its new weight. The others go on as if nothing had happened.
    """
    take_over(new, member, old, old_member)
    weight = new.weight[member]
    new.weight[member] = old.weight[old_member]
    is_other = weight != seen.weight[old_member]
    is_other |= (new.constant[new.row[member]] != old.constant[old.row[old_member]]).any(axis=1)
    is_set, was_set = member[is_other], old_member[is_other]
    new.weight[is_set] = weight[is_other]
    new.state[is_set] = seen.state[was_set]
    new.state[is_set, SET_AT] = tick
    new.taken[is_set] = seen.taken[was_set]


def _is_same(a: Synapses, b: Synapses) -> bool:
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

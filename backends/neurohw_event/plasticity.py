"""Synapses that are not static as arrays: parameters and initial state."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network, Synapses
from neurohw.network.csr import is_constant
from neurohw_event.delivery_order import Places
from neurohw_event.history import make_history
from neurohw_event.layout import Wiring
from neurohw_event.plastic_layout import (
    A_MINUS,
    A_PLUS,
    ALPHA,
    AVAILABLE,
    FRACTION,
    MU_MINUS,
    MU_PLUS,
    N_CONSTANTS,
    N_STATES,
    POST_TICK,
    PRE_TICK,
    PROBABILITY,
    RULE_OF_MODEL,
    SET_AT,
    SITES,
    TAU_FACIL,
    TAU_MINUS,
    TAU_PLUS,
    TAU_PSC,
    TAU_REC,
    W_MAX,
    W_MIN,
    Array,
    History,
    Plastic,
    U,
)

_COLUMNS = {
    "U": (U,),
    "tau_rec": (TAU_REC,),
    "tau_facil": (TAU_FACIL,),
    "tau_psc": (TAU_PSC,),
    "n": (SITES,),
    "p": (PROBABILITY,),
    "dendritic_delay_fraction": (FRACTION,),
    "tau_plus": (TAU_PLUS,),
    "tau_minus": (TAU_MINUS,),
    "tau": (TAU_PLUS, TAU_MINUS),
    "A_plus": (A_PLUS,),
    "A_minus": (A_MINUS,),
    "eta": (A_PLUS, A_MINUS),
    "rho": (ALPHA,),
    "w_min": (W_MIN,),
    "w_max": (W_MAX,),
    "mu_plus": (MU_PLUS,),
    "mu_minus": (MU_MINUS,),
}


def make_plastic(
    network: Network, members: dict[int, Array], seed: int, before: History | None = None
) -> Plastic:
    """Return the synapses of ``network`` at rest; learning ones have seen all of the history ``before``.

    ``members`` is what :func:`plastic_members` returns.
    """
    n = sum(len(group) for group in members.values())
    plastic = Plastic(
        rule=np.array([RULE_OF_MODEL[s.model.name] for s in network.synapses], np.int64),
        constant=np.empty((0, N_CONSTANTS)),
        row=np.zeros(n, np.int32),
        number=np.zeros(n, np.int64),
        weight=np.empty(n),
        state=np.zeros((n, N_STATES)),
        taken=np.zeros(n, np.int64),
        history=make_history(network, before),
        longest_dendritic=max(map(_longest_dendritic, network.synapses), default=0),
        seed=seed,
    )
    rows = [plastic.constant]
    n_rows = 0
    first_number = np.cumsum([0, *(synapses.size for synapses in network.synapses)])
    for channel, member in members.items():
        synapses = network.synapses[channel]
        rows.append(_constants(synapses, network.timestep_ms))
        plastic.row[member] = n_rows + (np.arange(len(member)) if len(rows[-1]) > 1 else 0)
        n_rows += len(rows[-1])
        plastic.number[member] = first_number[channel] + np.arange(len(member))
        plastic.weight[member] = synapses.weight
        if synapses.model.learns:
            _rest_learning(plastic, member, network.populations[synapses.post].first + synapses.target)
        else:
            plastic.state[member, AVAILABLE] = rows[-1][:, SITES]
    return plastic._replace(constant=np.concatenate(rows))


def plastic_members(network: Network, wiring: Wiring, places: Places) -> dict[int, Array]:
    """Return for every group that is not static where its synapses, in the network's order, stand in ``Plastic``.

    ``places`` are those by which the arrivals of ``wiring`` are divided.
    """
    members = {}
    for channel, synapses in enumerate(network.synapses):
        if synapses.model.is_static:
            continue
        pre, post = (network.populations[end].first for end in (synapses.pre, synapses.post))
        row = np.repeat(np.arange(len(synapses.indptr) - 1), np.diff(synapses.indptr))
        own_tile, place = places.own_tile[pre + row], places.tile_of(post + synapses.target)
        order = np.lexsort((synapses.delay, np.where(place == own_tile, -1, place), row))
        members[channel] = np.empty(synapses.size, np.int64)
        members[channel][order] = _standing(wiring, channel)
    return members


def _rest_learning(plastic: Plastic, member: Array, target: Array) -> None:
    """Set synapses to the state before any spike; of the history they take only what is to come."""
    for column in (PRE_TICK, POST_TICK, SET_AT):
        plastic.state[member, column] = -np.inf
    row = plastic.history.row_of_cell[target]
    plastic.taken[member] = plastic.history.dropped[row] + plastic.history.size[row]


def _standing(wiring: Wiring, channel: int) -> Array:
    """Return the plastic synapses of a group in the order of delivery."""
    segments = np.flatnonzero(wiring.channel == channel)
    sizes = np.diff(wiring.synapses_of_segment)[segments]
    first = np.repeat(wiring.plastic[segments] - np.cumsum(sizes) + sizes, sizes)
    return np.asarray(first + np.arange(len(first)))


def _constants(synapses: Synapses, timestep_ms: float) -> Array:
    """Return the parameters of a group as rows: one for all where they are equal, else one a synapse."""
    uniform = all(is_constant(v) or (v == v[:1]).all() for v in synapses.parameters.values())
    rows = np.zeros((min(1, synapses.size) if uniform else synapses.size, N_CONSTANTS))
    rows[:, SITES] = 1  # unless there is an "n"
    for name, values in synapses.parameters.items():
        scale = timestep_ms if name.startswith("tau") else 1.0
        for column in _COLUMNS[name]:
            rows[:, column] = values[: len(rows)] / scale
    if "rho" in synapses.parameters:
        rows[:, ALPHA] *= 2 * synapses.parameters["tau"][: len(rows)]
    return rows


def _longest_dendritic(synapses: Synapses) -> int:
    if not synapses.model.learns:
        return 0
    dendritic = np.rint(synapses.parameters["dendritic_delay_fraction"] * synapses.delay)
    return int(dendritic.max(initial=0))

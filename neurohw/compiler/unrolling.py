"""Networks whose neurons have more inputs than a crossbar has rows, with chains of relay neurons before them.

Song et al. 2020 (doi:10.1145/3372799.3394364) unroll neurons so that they fit. What the relays are is decided here: a
relay fires at every tick in which a spike reaches it, so that spikes that come together become one, and what the last
relay sends has one weight, the mean of those of all inputs of the chain. That changes what a network computes. Each
relay takes a tick, which is taken off the delay before it where that is long enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from neurohw.compiler.incoming import incoming
from neurohw.compiler.names import cell_name
from neurohw.errors import CapacityError, UnsupportedError
from neurohw.network import MODELS, Network, Population, Synapses, csr_from_pairs
from neurohw.workload.spikes import whole_spikes

Array = np.ndarray

RELAY = "IF_curr_delta"
# mV: a threshold that every spike crosses by itself
RELAY_PARAMETERS = {"v_rest": 0.0, "v_reset": 0.0, "v_thresh": 1.0, "tau_refrac": 0.0}
RELAY_WEIGHT = 2.0


@dataclass(frozen=True)
class Unrolled:
    """A network with relays behind all other cells."""

    network: Network
    n_relays: int
    n_unrolled: int  # neurons that have relays before them
    inputs_of_relay: list[list[int]] = field(repr=False)  # cells, relays before only as inputs of later ones

    def spikes(self, spikes: Array) -> Array:
        """Return how often each cell fires at most, int64 [n_cells], from how often those of the network before do."""
        counts = [int(count) for count in np.asarray(spikes)]
        for inputs in self.inputs_of_relay:
            counts.append(sum(counts[cell] for cell in inputs))
        return whole_spikes(counts, "cell {}".format)


@dataclass
class _Leaf:
    """All synapses from one cell to a neuron's receptor."""

    cell: int
    weight: float = 0.0  # of a spike, summed
    delay: int = 2**31
    synapses: list[tuple[int, int]] = field(default_factory=list)  # group, place


@dataclass
class _Wiring:
    """Synapses of relays in the making, and the synapses that they take the place of."""

    first: int  # id of the first relay
    inputs: list[list[int]] = field(default_factory=list)
    into_relays: list[tuple[int, int, int]] = field(default_factory=list)  # cell, relay, delay
    to_neurons: dict[tuple[int, str], list[tuple[int, int, float]]] = field(default_factory=dict)
    replaced: dict[int, list[int]] = field(default_factory=dict)  # group -> places


def unroll_network(network: Network, rows: int) -> Unrolled:
    """Put chains of relays before the neurons with more than ``rows`` presynaptic cells.

    Parameters
    ----------
    rows : of a crossbar, at least 2.

    Raises
    ------
    CapacityError
        For crossbars with fewer rows than the neuron has receptors in use, or than 2.
    UnsupportedError
        For synapses to such a neuron whose weights change.
    """
    wiring = _Wiring(network.n_cells)
    is_large = _fan_in(network) > rows
    for neuron in np.flatnonzero(is_large).tolist():
        if rows < 2:
            raise CapacityError(
                f"{cell_name(network, neuron)}: relays need crossbars of 2 rows at least, not {rows}"
            )
    leaves = _leaves(network, is_large)
    for neuron, receptors in leaves.items():
        _chain(network, wiring, neuron, receptors, rows)
    n_relays = len(wiring.inputs)
    if not n_relays:
        return Unrolled(network, 0, 0, [])
    return Unrolled(_rewired(network, wiring), n_relays, int(is_large.sum()), wiring.inputs)


def _fan_in(network: Network) -> Array:
    """Return the number of distinct presynaptic cells of each cell, int64 [n_cells]."""
    from neurohw.compiler.partition.kernels.inputs import count_distinct

    inputs = incoming(network)
    return np.asarray(count_distinct(inputs.indptr, inputs.pre))


def _leaves(network: Network, is_large: Array) -> dict[int, dict[str, list[_Leaf]]]:
    """Return the inputs of large neurons by receptor, in order of their first synapse."""
    found: dict[int, dict[str, dict[int, _Leaf]]] = {n: {} for n in np.flatnonzero(is_large).tolist()}
    for number, group in enumerate(network.synapses):
        pre, post = network.populations[group.pre], network.populations[group.post]
        places = np.flatnonzero(is_large[post.first + group.target.astype(np.int64)])
        if places.size and group.model.name != "static":
            neuron = post.first + int(group.target[places[0]])
            raise UnsupportedError(
                f"{cell_name(network, neuron)}: projection {group.name!r} has synapses of model "
                f"{group.model.name!r}, which relays cannot stand for; use merged columns or more rows"
            )
        senders = pre.first + np.searchsorted(group.indptr, places, side="right") - 1
        for place, sender in zip(places.tolist(), senders.tolist(), strict=True):
            of_neuron = found[post.first + int(group.target[place])]
            leaf = of_neuron.setdefault(group.receptor, {}).setdefault(sender, _Leaf(sender))
            leaf.weight += float(group.weight[place])
            leaf.delay = min(leaf.delay, int(group.delay[place]))
            leaf.synapses.append((number, place))
    return {
        neuron: {receptor: list(leaves.values()) for receptor, leaves in receptors.items()}
        for neuron, receptors in found.items()
    }


def _chain(
    network: Network, wiring: _Wiring, neuron: int, receptors: dict[str, list[_Leaf]], rows: int
) -> None:
    """Give a neuron relays: the first of a chain takes ``rows`` inputs, each further one that before it and more."""
    chains: dict[str, list[list[_Leaf]]] = {receptor: [] for receptor in receptors}
    rest = dict(receptors)
    while _n_inputs(chains, rest) > rows:
        receptor = max(rest, key=lambda name: len(rest[name]) + bool(chains[name]))
        n = rows - bool(chains[receptor])
        if len(rest[receptor]) + bool(chains[receptor]) < 2:
            raise CapacityError(
                f"{cell_name(network, neuron)}: {len(rest)} receptors in use need a row each, a crossbar has {rows}"
            )
        chains[receptor].append(rest[receptor][:n])
        rest[receptor] = rest[receptor][n:]
    for receptor, chain in chains.items():
        if chain:
            _add_chain(wiring, neuron, receptor, chain)


def _n_inputs(chains: dict[str, list[list[_Leaf]]], rest: dict[str, list[_Leaf]]) -> int:
    cells = {leaf.cell for leaves in rest.values() for leaf in leaves}
    return len(cells) + sum(bool(chain) for chain in chains.values())


def _add_chain(wiring: _Wiring, neuron: int, receptor: str, chain: list[list[_Leaf]]) -> None:
    leaves = [leaf for part in chain for leaf in part]
    before: list[int] = []
    for place, part in enumerate(chain):
        relay = wiring.first + len(wiring.inputs)
        wiring.into_relays += [(cell, relay, 1) for cell in before]
        # a tick for each relay from here to the neuron
        wiring.into_relays += [(leaf.cell, relay, max(1, leaf.delay - (len(chain) - place))) for leaf in part]
        wiring.inputs.append([*before, *(leaf.cell for leaf in part)])
        before = [relay]
    weight = sum(leaf.weight for leaf in leaves) / len(leaves)
    wiring.to_neurons.setdefault((neuron, receptor), []).append((before[0], 1, weight))
    for leaf in leaves:
        for group, place in leaf.synapses:
            wiring.replaced.setdefault(group, []).append(place)


def _rewired(network: Network, wiring: _Wiring) -> Network:
    model, n = MODELS[RELAY], len(wiring.inputs)
    parameters = {name: parameter.default for name, parameter in model.parameters.items()} | RELAY_PARAMETERS
    relays = Population(
        "relays",
        model,
        wiring.first,
        n,
        {name: np.full(n, value) for name, value in parameters.items()},
        {"v": np.zeros(n)},
    )
    populations = (*network.populations, relays)
    groups = [
        _without(group, wiring.replaced.get(number, [])) for number, group in enumerate(network.synapses)
    ]
    return replace(
        network, populations=populations, synapses=(*groups, *_groups_of_relays(populations, wiring))
    )


def _without(group: Synapses, places: list[int]) -> Synapses:
    """Return a group without some of its synapses."""
    if not places:
        return group
    keep = np.ones(group.size, bool)
    keep[places] = False
    kept_before = np.concatenate([[0], np.cumsum(keep)])
    columns = {name: getattr(group, name)[keep] for name in ("target", "weight", "delay")}
    return replace(
        group,
        indptr=kept_before[group.indptr],
        parameters={name: values[keep] for name, values in group.parameters.items()},
        **columns,
    )


def _groups_of_relays(populations: tuple[Population, ...], wiring: _Wiring) -> Iterator[Synapses]:
    last = len(populations) - 1
    cell, relay, delay = (np.array(column, np.int64) for column in zip(*wiring.into_relays, strict=True))
    for index, population in enumerate(populations):
        own = (cell >= population.first) & (cell < population.first + population.size)
        if own.any():
            ends = (cell[own] - population.first, relay[own] - wiring.first)
            weight = np.full(int(own.sum()), RELAY_WEIGHT)
            yield _synapses(populations, (index, last), "excitatory", ends, weight, delay[own])
    sends = [(neuron, receptor, *send) for (neuron, receptor), of in wiring.to_neurons.items() for send in of]
    for index, population in enumerate(populations[:-1]):
        for receptor in population.model.receptor_names:
            own_sends = [send for send in sends if send[0] in population.ids and send[1] == receptor]
            if own_sends:
                neuron, _, sender, ticks, weights = zip(*own_sends, strict=True)
                ends = (np.array(sender) - wiring.first, np.array(neuron) - population.first)
                yield _synapses(
                    populations, (last, index), receptor, ends, np.array(weights), np.array(ticks)
                )


def _synapses(
    populations: tuple[Population, ...],
    indices: tuple[int, int],
    receptor: str,
    ends: tuple[Array, Array],
    weight: Array,
    delay: Array,
) -> Synapses:
    pre, post = (populations[index] for index in indices)
    indptr, target, weights, delays = csr_from_pairs(*ends, pre.size, weight, delay)
    name = f"{pre.name} to {post.name}"
    return Synapses(name, *indices, receptor, indptr, target, weights, delays)

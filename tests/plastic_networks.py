"""Random networks in which many synapses are not static, and small ones of which every spike is given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from neurohw.network import MODELS, SYNAPSE_MODELS, Network, Population, Probe, SpikeTrains, Synapses, verify
from neurohw.network.declarations import SynapseModel
from tests.networks import CURRENT_MODELS, networks

Rng = np.random.Generator
PLASTIC = tuple(model for model in SYNAPSE_MODELS.values() if not model.is_static)


def plastic_networks(**options) -> st.SearchStrategy[Network]:
    """Return a strategy for the networks of :func:`tests.networks.networks` with plastic synapses."""
    options = {"models": CURRENT_MODELS, "max_cells": 10} | options
    return st.builds(with_plasticity, networks(**options), st.integers(0, 2**32 - 1))


def with_plasticity(network: Network, seed: int) -> Network:
    """Return the network with most groups of synapses of a model drawn at random, all their parameters too."""
    rng = np.random.default_rng(seed)
    plastic = replace(network, synapses=tuple(_plastic(rng, s) for s in network.synapses))
    verify(plastic)
    return plastic


def _plastic(rng: Rng, synapses: Synapses) -> Synapses:
    model = PLASTIC[rng.integers(len(PLASTIC))]
    if rng.random() < 0.2 or synapses.size == 0:
        return synapses
    n = synapses.size
    uniform = rng.random() < 0.4
    parameters = _parameters(rng, model, synapses.weight)
    if uniform:
        parameters = {name: np.broadcast_to(values[0], n) for name, values in parameters.items()}
    if model.name.endswith("markram"):
        synapses = replace(synapses, weight=synapses.weight * 3)
    return replace(synapses, model=model, parameters=parameters)


def _parameters(rng: Rng, model: SynapseModel, weight: np.ndarray) -> dict[str, np.ndarray]:
    n = len(weight)
    largest, positive = np.abs(weight).max(), weight[0] > 0
    bounds = np.array([0.0, rng.uniform(0.8, 2) * largest])  # a few weights may lie outside at first
    if not positive:
        bounds = -bounds if rng.random() < 0.5 else -bounds[::-1]  # both ways round
    low, high = bounds
    amplitude = largest if model.timing == "vogels_2011" else 1.0
    draws = {
        "U": lambda: rng.uniform(0, 1, n),
        "tau_rec": lambda: rng.uniform(1, 60, n),
        "tau_facil": lambda: rng.uniform(0.5, 60, n) * (rng.random() < 0.7),
        "tau_psc": lambda: rng.uniform(0.5, 10, n) * (rng.random() < 0.8),
        "p": lambda: rng.uniform(0, 1, n),
        "n": lambda: rng.integers(1, 6, n),
        "dendritic_delay_fraction": lambda: rng.choice([0.0, 0.3, 0.5, 1.0], n),
        "rho": lambda: rng.uniform(0, 0.1, n),
        "eta": lambda: amplitude * rng.uniform(-0.1, 0.2, n),
        "A_plus": lambda: rng.uniform(-0.1, 0.3, n),
        "A_minus": lambda: rng.uniform(-0.1, 0.3, n),
        "w_min": lambda: np.full(n, low),
        "w_max": lambda: np.full(n, high),
        "mu_plus": lambda: rng.uniform(0, 1, n),
        "mu_minus": lambda: rng.uniform(0, 1, n),
    }
    return {name: draws.get(name, lambda: rng.uniform(1, 40, n))() for name in model.parameters}


def fan_out(
    model: str,
    pre: list[int],
    post: list[int],
    size: int = 1,
    weight: float = 0.5,
    delay: int = 1,
    **parameters: float,
) -> Network:
    """Return a source with a synapse to each of ``size`` cells; all spikes are given in ticks of 1 ms.

    The targets fire at ``post``, thrown over their threshold. They forget their input within a tick, so that ``v`` (mV,
    0 at rest) at the tick of an arrival is what arrives.
    """
    given = {name: p.default for name, p in SYNAPSE_MODELS[model].parameters.items()} | parameters
    values = {name: np.full(size, value) for name, value in given.items()}
    trains = SpikeTrains.from_lists([np.array(pre), np.array(post, np.int64) - 1])
    cell = {
        "v_rest": 0,
        "cm": 1,
        "tau_m": 0.01,
        "tau_refrac": 0,
        "i_offset": 0,
        "v_reset": 0,
        "v_thresh": 100,
    }
    populations = (
        Population("sources", MODELS["SpikeSourceArray"], 0, 2, {}, trains=trains),
        Population(
            "targets", MODELS["IF_curr_delta"], 2, size, {name: np.full(size, v) for name, v in cell.items()}
        ),
    )
    targets = np.arange(size)
    rows = [0, size, size], targets, np.full(size, weight), np.full(size, delay)
    driver = [0, 0, size], targets, np.full(size, 1e3), np.ones(size)
    synapses = (
        Synapses("seen", 0, 1, "excitatory", *rows, SYNAPSE_MODELS[model], values),
        Synapses("driver", 0, 1, "excitatory", *driver),
    )
    probes = (Probe(1, "spikes", targets), Probe(1, "v", targets))
    network = Network(1.0, populations, synapses, probes=probes)
    verify(network)
    return network

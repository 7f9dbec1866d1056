"""Hypothesis strategies for random networks that fire: PyNN's parameter ranges, all features of a backend.

A strategy draws one seed, and ``random_network`` builds everything else from it. Numbers are random floats
throughout, so that no cell meets its threshold exactly.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from hypothesis import strategies as st

from neurohw.network import (
    MODELS,
    CurrentSteps,
    Network,
    Population,
    Probe,
    SpikeTrains,
    Synapses,
    csr_from_pairs,
    verify,
)

CURRENT_MODELS = ("IF_curr_delta", "IF_curr_exp", "IF_curr_alpha")
CONDUCTANCE_MODELS = ("IF_cond_exp",)
UNTIL_TICK = 300  # what the networks are made for: sources and current steps lie below
FIRST_MODEL: str | None = None  # of the first population, where it is one of those to draw; None: any of them

Rng = np.random.Generator


def networks(
    models: tuple[str, ...] = CURRENT_MODELS,
    max_cells: int = 24,
    timesteps_ms: tuple[float, ...] = (0.1, 0.25, 0.5, 1.0),
    max_delay: int = 50,
) -> st.SearchStrategy[Network]:
    """Return a strategy for networks of up to ``max_cells`` neurons (at least 4) and a few sources."""
    build = partial(
        random_network, models=models, max_cells=max_cells, timesteps_ms=timesteps_ms, max_delay=max_delay
    )
    return st.builds(build, st.integers(0, 2**32 - 1))


def random_network(
    seed: int,
    models: tuple[str, ...] = CURRENT_MODELS,
    max_cells: int = 24,
    timesteps_ms: tuple[float, ...] = (0.1, 0.25, 0.5, 1.0),
    max_delay: int = 50,
) -> Network:
    """Build the network of one seed: up to three populations of neurons, two of sources, probes."""
    rng = np.random.default_rng(seed)
    timestep_ms = float(rng.choice(timesteps_ms))
    n_populations = int(rng.integers(1, 4))
    populations: list[Population] = []
    for index in range(n_populations):
        size = int(rng.integers(1, max(2, max_cells // n_populations) + 1))
        model = str(rng.choice(models))
        if index == 0 and FIRST_MODEL in models:
            model = FIRST_MODEL
        populations.append(_neurons(rng, f"cells {index}", model, populations, size))
    populations.append(_array_source(rng, populations))
    populations.append(_poisson_source(rng, populations, timestep_ms))
    network = Network(
        timestep_ms,
        tuple(populations),
        tuple(_all_synapses(rng, populations, max_delay)),
        _current_steps(rng, populations),
        tuple(_probes(rng, populations)),
    )
    verify(network)
    return network


def changed(network: Network, seed: int) -> Network:
    """Return the network with other parameters, currents, spike trains and weights; the structure stays."""
    rng = np.random.default_rng(seed)
    populations: list[Population] = []
    for old in network.populations:
        populations.append(_changed_population(rng, old, populations, network.timestep_ms))
    synapses = tuple(replace(s, weight=s.weight * rng.uniform(0.5, 1.5)) for s in network.synapses)
    return Network(
        network.timestep_ms, tuple(populations), synapses, _current_steps(rng, populations), network.probes
    )


def _changed_population(
    rng: Rng, old: Population, before: list[Population], timestep_ms: float
) -> Population:
    if rng.random() < 0.3:
        return old
    if old.model.name == "SpikeSourceArray":
        return Population(old.name, old.model, old.first, old.size, {}, trains=_trains(rng, old.size))
    if old.model.name == "SpikeSourcePoisson":
        return _poisson_source(rng, before, timestep_ms, old.size)
    return _neurons(rng, old.name, old.model.name, before, old.size)


def _neurons(rng: Rng, name: str, model: str, before: list[Population], size: int) -> Population:
    def draw(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, size) if heterogeneous else np.full(size, rng.uniform(low, high))

    heterogeneous = rng.random() < 0.5
    rest, reset, threshold = draw(-72, -60), draw(-75, -62), draw(-55, -45)
    parameters = {
        "v_rest": rest,
        "cm": draw(0.1, 2.0),
        "tau_m": draw(5, 25),
        "tau_refrac": _refractory_ms(rng, draw),
        "v_reset": reset,
        "v_thresh": threshold,
    }
    # the steady state under bias lies from well below to well above threshold
    bias_mv = threshold - rest + draw(-15, 10)
    parameters["i_offset"] = bias_mv * parameters["cm"] / parameters["tau_m"]
    if model != "IF_curr_delta":
        parameters["tau_syn_E"] = _tau_syn_ms(rng, draw, parameters["tau_m"])
        parameters["tau_syn_I"] = _tau_syn_ms(rng, draw, parameters["tau_m"])
    if model == "IF_cond_exp":
        parameters |= {"e_rev_E": draw(-10, 10), "e_rev_I": draw(-90, -70)}
    initial = {"v": rng.uniform(rest - 5, threshold + 3)}
    synaptic = [variable for variable in MODELS[model].variables if variable != "v"]
    if rng.random() < 0.3:
        initial |= {variable: rng.uniform(0, 0.1, size) * parameters["cm"] for variable in synaptic}
    return Population(name, MODELS[model], _next_id(before), size, parameters, initial)


def _refractory_ms(rng: Rng, draw) -> np.ndarray:
    """Nothing, PyNN's default, or up to several ms (off the grid: backends round)."""
    kind = rng.integers(3)
    return draw(0, 5) if kind == 2 else draw(0.1, 0.1) * kind


def _tau_syn_ms(rng: Rng, draw, tau_m: np.ndarray) -> np.ndarray:
    """Mostly unlike the membrane's, sometimes equal or nearly so, where closed forms divide by zero."""
    kind = rng.random()
    if kind < 0.85:
        return draw(0.5, 12)
    return tau_m * (1 + rng.choice([0.0, 1e-9, 1e-6, 1e-3]))


def _array_source(rng: Rng, before: list[Population]) -> Population:
    size = int(rng.integers(1, 5))
    model = MODELS["SpikeSourceArray"]
    return Population("array", model, _next_id(before), size, {}, trains=_trains(rng, size))


def _trains(rng: Rng, size: int) -> SpikeTrains:
    """Draw spikes at random ticks, tick 0 and repeated ticks among them."""
    trains = []
    for _ in range(size):
        ticks = rng.integers(0, UNTIL_TICK + 20, rng.integers(0, 25))
        extra = [np.zeros(rng.integers(0, 3)), ticks[: rng.integers(0, 4)]]
        trains.append(np.concatenate([ticks, *extra]).astype(np.int64))
    return SpikeTrains.from_lists(trains)


def _poisson_source(
    rng: Rng, before: list[Population], timestep_ms: float, size: int | None = None
) -> Population:
    """Draw sources that fire between 0 and 0.5 times a tick, some of them only for a while."""
    size = size or int(rng.integers(1, 5))
    total_ms = UNTIL_TICK * timestep_ms
    parameters = {
        "rate": 1000 / timestep_ms * rng.uniform(0, 0.5, size) ** 2 * rng.integers(0, 2, size),
        "start": total_ms * rng.uniform(0, 0.3, size) * rng.integers(0, 2, size),
        "duration": total_ms * rng.uniform(0.2, 1.5, size),
    }
    return Population("poisson", MODELS["SpikeSourcePoisson"], _next_id(before), size, parameters)


def _all_synapses(rng: Rng, populations: list[Population], max_delay: int):
    for pre, source in enumerate(populations):
        for post, target in enumerate(populations):
            for receptor in target.model.receptor_names:
                if rng.random() < 0.7:
                    yield _synapses(rng, pre, post, source, target, receptor, max_delay)


def _synapses(
    rng: Rng, pre: int, post: int, source: Population, target: Population, receptor: str, max_delay: int
) -> Synapses:
    """Draw pairs with replacement: cells may connect to themselves and to one target several times."""
    n = int(rng.integers(0, 3 * max(source.size, target.size) + 1))
    pre_cell, post_cell = rng.integers(0, source.size, n), rng.integers(0, target.size, n)
    weight = _weight_of_mv(rng.uniform(0.3, 10, n), target, post_cell, receptor)
    if n and rng.random() < 0.3:
        weight = np.broadcast_to(weight[0], n)
    delay = rng.integers(1, max_delay + 1, n)
    if rng.random() < 0.3:
        delay = np.broadcast_to(rng.integers(1, max_delay + 1), n)
    indptr, targets, weight, delay = csr_from_pairs(pre_cell, post_cell, source.size, weight, delay)
    return Synapses(
        f"{source.name}->{target.name} {receptor}", pre, post, receptor, indptr, targets, weight, delay
    )


def _weight_of_mv(size_mv: np.ndarray, target: Population, cell: np.ndarray, receptor: str) -> np.ndarray:
    """Return the weights that move v by about ``size_mv`` each."""
    p = {name: values[cell] for name, values in target.parameters.items()}
    sign = 1 if receptor == "excitatory" else -1
    if target.model.name == "IF_curr_delta":
        return sign * size_mv
    tau = p["tau_syn_E" if sign > 0 else "tau_syn_I"]
    charge = size_mv * p["cm"] * (1 / tau + 1 / p["tau_m"])
    if target.model.name == "IF_curr_exp":
        return sign * charge
    if target.model.name == "IF_curr_alpha":
        return sign * charge / np.e
    return charge / (60 if sign > 0 else 15)


def _current_steps(rng: Rng, populations: list[Population]) -> CurrentSteps:
    """Draw steps up and down into some neurons, several of them in one tick."""
    neurons = np.concatenate([list(p.ids) for p in populations if not p.model.is_source])
    n = int(rng.integers(0, 9))
    neuron = rng.choice(neurons, n).astype(np.int64)
    tick = np.sort(rng.choice(rng.integers(0, UNTIL_TICK, 5), n))
    return CurrentSteps(neuron, tick, rng.uniform(-0.5, 1.0, n))


def _probes(rng: Rng, populations: list[Population]):
    for index, population in enumerate(populations):
        yield Probe(index, "spikes", np.arange(population.size))
        for variable in population.model.variables:
            cells = np.flatnonzero(rng.random(population.size) < 0.5)
            yield Probe(index, variable, cells, int(rng.integers(1, 8)))


def _next_id(before: list[Population]) -> int:
    return sum(population.size for population in before)

"""Synapses that are not static on the event-driven backend, in the closed loop, against the oracle."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from neurohw.backend import load
from neurohw.compiler import compile_network
from neurohw.network import Network, Population
from neurohw.program import Program
from neurohw_event import history, recording, session
from tests.event.test_interconnect import FIDELITIES, all_spikes, chips
from tests.event.test_ways_of_neurons import BOUNDS, way
from tests.examples import examples, few_kernels
from tests.naive.clocked import simulate
from tests.naive.interconnect import NaiveInterconnect
from tests.networks import CONDUCTANCE_MODELS, CURRENT_MODELS, UNTIL_TICK
from tests.plastic_networks import PLASTIC, plastic_networks, with_plasticity

SEEDS = st.integers(0, 2**40)
STOPS = st.sets(st.integers(0, UNTIL_TICK - 1), max_size=5)


def states(running, network: Network) -> list[dict[str, np.ndarray]]:
    """Return copies of what all synapses hold now."""
    return [running.synapse_state(group) for group in range(len(network.synapses))]


def run(program: Program, stops=(), seed=0, fidelity="ideal", look=False):
    """Return (result, state of all synapses at the end)."""
    with load("event").open(program, fidelity=fidelity, seed=seed) as running:
        for stop in [*sorted(stops), UNTIL_TICK]:
            running.advance(stop)
            if look:
                states(running, program.network)
        return running.result(), states(running, program.network)


def assert_as_oracle(network: Network, result, held, oracle) -> None:
    np.testing.assert_array_equal(result.spikes.ticks, oracle.ticks)
    np.testing.assert_array_equal(result.spikes.ids, oracle.ids)
    for group, synapses in enumerate(network.synapses):
        if synapses.model.is_static:
            np.testing.assert_array_equal(held[group]["weight"], synapses.weight)
            continue
        assert held[group].keys() >= {"weight"}
        for name, values in held[group].items():
            exact = oracle.plasticity.of_group(group, name)
            np.testing.assert_allclose(values, exact, rtol=1e-12, atol=1e-12, err_msg=synapses.model.name)


def assert_equal_states(a, b) -> None:
    for one, other in zip(a, b, strict=True):
        assert one.keys() == other.keys()
        for name, values in one.items():
            np.testing.assert_array_equal(values, other[name])


@given(plastic_networks(), SEEDS)
@examples(40)
def test_the_closed_loop_agrees_with_the_oracle(network: Network, seed: int) -> None:
    result, held = run(Program(network), seed=seed)
    assert_as_oracle(network, result, held, simulate(network, UNTIL_TICK, seed))


@given(plastic_networks(models=CURRENT_MODELS + CONDUCTANCE_MODELS, max_delay=2), SEEDS)
@examples(10)
def test_short_delays_and_conductances_agree(network: Network, seed: int) -> None:
    result, held = run(Program(network), seed=seed)
    assert_as_oracle(network, result, held, simulate(network, UNTIL_TICK, seed))


@few_kernels
@given(plastic_networks(), chips(), FIDELITIES)
@examples(20)
def test_late_packets_are_seen_when_they_reach_the_tile(network: Network, chip, fidelity: str) -> None:
    program = compile_network(all_spikes(network), chip)
    assume(not load("event").unsupported(program, fidelity))
    result, held = run(program, fidelity=fidelity)
    naive = NaiveInterconnect(program, fidelity)
    assert_as_oracle(program.network, result, held, simulate(program.network, UNTIL_TICK, interconnect=naive))


@given(plastic_networks(), SEEDS, STOPS)
@examples(20)
def test_stops_and_looks_change_nothing(network: Network, seed: int, stops: set[int]) -> None:
    whole, held = run(Program(network), seed=seed)
    parts, held_in_parts = run(Program(network), stops, seed, look=True)
    assert whole.spikes.digest() == parts.spikes.digest()
    assert_equal_states(held, held_in_parts)


@given(plastic_networks(), SEEDS, st.integers(0, UNTIL_TICK))
@examples(20)
def test_a_look_shows_what_has_been_seen_by_then(network: Network, seed: int, tick: int) -> None:
    with load("event").open(Program(network), seed=seed) as running:
        running.advance(tick)
        assert_as_oracle(network, running.result(), states(running, network), simulate(network, tick, seed))


@given(plastic_networks(), SEEDS, STOPS)
@examples(20)
def test_handing_the_weights_back_changes_nothing(network: Network, seed: int, stops: set[int]) -> None:
    """As a frontend does that changes something else between two runs."""
    whole, held = run(Program(network), seed=seed)
    with load("event").open(Program(network), seed=seed) as running:
        for stop in sorted(stops):
            running.advance(stop)
            running.set(Program(with_weights(network, states(running, network))))
        running.advance(UNTIL_TICK)
        assert running.result().spikes.digest() == whole.spikes.digest()
        assert_equal_states(held, states(running, network))


@given(plastic_networks(), SEEDS, STOPS)
@examples(20)
def test_a_group_more_or_less_leaves_the_others_alone(network: Network, seed: int, stops: set[int]) -> None:
    """New synapses of weight 0 move all others, in the arrays and under way."""
    whole, held = run(Program(network), seed=seed)
    silent = [replace(s, weight=np.zeros(s.size), delay=s.delay % 7 + 1) for s in network.synapses]
    silent = [s for s in silent if s.model.is_static or not s.model.learns]
    with load("event").open(Program(network), seed=seed) as running:
        for stop in sorted(stops):
            running.advance(stop)
            now = with_weights(network, states(running, network))
            more = silent if len(running.program.network.synapses) == len(held) else []
            running.set(Program(replace(now, synapses=(*now.synapses, *more))))
        running.advance(UNTIL_TICK)
        assert running.result().spikes.digest() == whole.spikes.digest()
        assert_equal_states(held, states(running, network))


@given(plastic_networks(), SEEDS, st.integers(0, UNTIL_TICK - 1))
@examples(30)
def test_weights_set_between_runs(network: Network, seed: int, stop: int) -> None:
    """Some synapses of each group get another weight, with spikes under way that they have seen."""
    rng = np.random.default_rng(seed)
    factors = [rng.choice([1.0, 1.0, 0.5, 1.1], s.size) for s in network.synapses]

    def scaled(weights):
        groups = zip(network.synapses, weights, factors, strict=True)
        return replace(network, synapses=tuple(replace(s, weight=w * f) for s, w, f in groups))

    before = simulate(network, stop, seed).plasticity
    weights = [
        s.weight if s.model.is_static else before.of_group(group, "weight")
        for group, s in enumerate(network.synapses)
    ]
    changes = {stop: scaled(weights)}
    with load("event").open(Program(network), seed=seed) as running:
        running.advance(stop)
        running.set(Program(scaled([state["weight"] for state in states(running, network)])))
        running.advance(UNTIL_TICK)
        oracle = simulate(network, UNTIL_TICK, seed, changes)
        assert_as_oracle(changes[stop], running.result(), states(running, network), oracle)


@given(plastic_networks(), SEEDS, st.integers(0, UNTIL_TICK - 1))
@examples(30)
def test_parameters_set_between_runs(network: Network, seed: int, stop: int) -> None:
    """Spikes under way were seen with the parameters of before."""
    rng = np.random.default_rng(seed)
    before = simulate(network, stop, seed).plasticity
    groups = [
        replace(s, weight=before.of_group(k, "weight"), parameters=other_parameters(rng, s))
        if s.size and not s.model.is_static
        else s
        for k, s in enumerate(network.synapses)
    ]
    other = replace(network, synapses=tuple(groups))
    with load("event").open(Program(network), seed=seed) as running:
        running.advance(stop)
        running.set(Program(with_weights(other, states(running, network))))
        running.advance(UNTIL_TICK)
        oracle = simulate(network, UNTIL_TICK, seed, {stop: other})
        assert_as_oracle(other, running.result(), states(running, other), oracle)


@given(plastic_networks(), SEEDS, st.integers(5, UNTIL_TICK - 1))
@examples(30)
def test_traces_are_the_same_where_each_synapse_has_its_own(network: Network, seed: int, stop: int) -> None:
    """Once a time constant has changed, synapses have traces of their own, though it is then what it was.

    The weights of some have been set shortly before.
    """
    rng = np.random.default_rng(seed)
    halved, doubled = ([rng.choice([1.0, x], s.size) for s in network.synapses] for x in (0.5, 2.0))
    results = []
    for names in (("A_plus", "A_minus", "eta"), ("tau", "tau_plus", "tau_minus")):
        pairs = zip(network.synapses, doubled, strict=True)
        other = replace(network, synapses=tuple(_scaled(s, names, x) for s, x in pairs))
        with load("event").open(Program(network), seed=seed) as running:
            running.advance(stop - 4)
            weights = [
                {"weight": s["weight"] * x} for s, x in zip(states(running, network), halved, strict=True)
            ]
            running.set(Program(with_weights(network, weights)))
            running.advance(stop)
            held = states(running, network)
            running.set(Program(with_weights(other, held)))
            running.set(Program(with_weights(network, held)))
            running.advance(UNTIL_TICK)
            results.append((running.result().spikes.digest(), states(running, network)))
    assert results[0][0] == results[1][0]
    assert_equal_states(results[0][1], results[1][1])


def _scaled(synapses, names, factor):
    """Return synapses of which some parameters are multiplied."""
    parameters = {name: v * factor if name in names else v for name, v in synapses.parameters.items()}
    return replace(synapses, parameters=parameters)


@given(plastic_networks(), SEEDS)
@examples(20)
def test_all_ways_of_cells_agree_with_the_oracle(network: Network, seed: int) -> None:
    """Cells with plastic inputs may be stepped together, too."""
    oracle = simulate(network, UNTIL_TICK, seed)
    for name in BOUNDS:
        with way(name):
            result, held = run(Program(network), seed=seed)
        assert_as_oracle(network, result, held, oracle)


def other_parameters(rng: np.random.Generator, synapses) -> dict[str, np.ndarray]:
    """Return parameters of which some are others; the oracle keeps the time constants of synapses that learn."""
    fixed = {"n", "dendritic_delay_fraction"}
    if synapses.model.learns:
        fixed |= {name for name in synapses.parameters if name.startswith("tau")}
    return {
        name: values if name in fixed else values * rng.choice([1.0, 0.9], synapses.size)
        for name, values in synapses.parameters.items()
    }


def with_weights(network: Network, held) -> Network:
    pairs = zip(network.synapses, held, strict=True)
    return replace(network, synapses=tuple(replace(s, weight=state["weight"]) for s, state in pairs))


@pytest.fixture
def _tiny(monkeypatch):
    monkeypatch.setattr(history, "CAPACITY", 1)
    monkeypatch.setattr(session, "POOL", 1)
    monkeypatch.setattr(recording, "LOG_CAPACITY", 1)


@pytest.mark.usefixtures("_tiny")
@given(plastic_networks(max_delay=8), SEEDS)
@settings(examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_history_that_is_pruned_and_grows_changes_nothing(network: Network, seed: int) -> None:
    result, held = run(Program(network), seed=seed)
    assert_as_oracle(network, result, held, simulate(network, UNTIL_TICK, seed))


@given(plastic_networks(), SEEDS)
@examples(5)
def test_the_seed_decides_all(network: Network, seed: int) -> None:
    first, second = run(Program(network), seed=seed), run(Program(network), seed=seed)
    assert first[0].spikes.digest() == second[0].spikes.digest()
    assert_equal_states(first[1], second[1])


def test_the_networks_have_every_model() -> None:
    """A strategy that forgot one would test nothing of it."""
    from tests.networks import random_network

    drawn = Counter(
        s.model.name for seed in range(60) for s in with_plasticity(random_network(seed), seed).synapses
    )
    assert drawn.keys() >= {model.name for model in PLASTIC}
    assert isinstance(random_network(0).populations[0], Population)

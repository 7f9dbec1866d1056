"""The reference's synapses with short-term, stochastic and learning dynamics against the oracle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neurohw.backend import load
from neurohw.errors import UnsupportedError
from neurohw.network import SYNAPSE_MODELS
from neurohw.program import Program
from tests.naive.clocked import simulate
from tests.plastic_networks import PLASTIC, fan_out

UNTIL_TICK = 70
SEED = 5
PARAMETERS = {
    "multi_quantal": {"n": 3.0},
    "stdp_vogels_2011_additive": {"eta": 0.05, "rho": 0.01},
}


def busy(model: str, seed: int = 1):
    """Return three synapses with another split of the delay each; spikes fall together, and twice in a tick."""
    rng = np.random.default_rng(seed)
    pre, post = (np.sort(rng.integers(1, 60, n)).tolist() for n in (20, 10))
    network = fan_out(model, pre, post, size=3, delay=4, **PARAMETERS.get(model, {}))
    seen, driver = network.synapses
    if seen.model.learns:
        split = {"dendritic_delay_fraction": np.array([0.0, 0.6, 1.0])}
        seen = replace(seen, parameters=dict(seen.parameters) | split)
    return replace(network, synapses=(seen, driver))


def with_weight(network, weight):
    seen, driver = network.synapses
    return replace(network, synapses=(replace(seen, weight=weight), driver))


def assert_as_oracle(result, state, oracle) -> None:
    np.testing.assert_array_equal(result.spikes.ticks, oracle.ticks)
    np.testing.assert_array_equal(result.spikes.ids, oracle.ids)
    np.testing.assert_allclose(result.traces[1, "v"], oracle.traces[1, "v"], rtol=0, atol=1e-12)
    for name, values in state.items():
        expected = oracle.plasticity.of_group(0, name)
        np.testing.assert_allclose(values, expected, rtol=0, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("model", [model.name for model in PLASTIC])
def test_every_model_agrees_with_the_oracle(model):
    network = busy(model)
    with load("brian2").open(Program(network), seed=SEED) as session:
        session.advance(30)
        assert_as_oracle(session.result(), session.synapse_state(0), simulate(network, 30, SEED))
        session.set(Program(with_weight(network, session.synapse_state(0)["weight"])))
        session.advance(UNTIL_TICK)
        assert_as_oracle(session.result(), session.synapse_state(0), simulate(network, UNTIL_TICK, SEED))


@pytest.mark.parametrize("model", ["tsodyks_markram", "stdp_spike_pair_additive"])
def test_another_weight_holds_for_what_is_under_way(model):
    network = busy(model)
    now = simulate(network, 30, SEED).plasticity.of_group(0, "weight")
    changes = {30: with_weight(network, now * [1.0, 0.5, 1.1])}
    with load("brian2").open(Program(network), seed=SEED) as session:
        session.advance(30)
        held = session.synapse_state(0)["weight"]
        session.set(Program(with_weight(network, held * [1.0, 0.5, 1.1])))
        session.advance(UNTIL_TICK)
        expected = simulate(network, UNTIL_TICK, SEED, changes)
        assert_as_oracle(session.result(), session.synapse_state(0), expected)


@pytest.mark.parametrize(
    ("model", "name"), [("tsodyks_markram", "U"), ("stdp_spike_pair_additive", "A_plus")]
)
def test_other_parameters_hold_for_what_is_seen_from_now_on(model, name):
    network = busy(model)
    seen, driver = network.synapses
    other = replace(seen, parameters=dict(seen.parameters) | {name: seen.parameters[name] / 2})
    before = simulate(network, 30, SEED).plasticity.of_group(0, "weight")
    changes = {30: with_weight(replace(network, synapses=(other, driver)), before)}
    with load("brian2").open(Program(network), seed=SEED) as session:
        session.advance(30)
        held = session.synapse_state(0)["weight"]
        session.set(Program(with_weight(changes[30], held)))
        session.advance(UNTIL_TICK)
        expected = simulate(network, UNTIL_TICK, SEED, changes)
        assert_as_oracle(session.result(), session.synapse_state(0), expected)


def test_another_dendritic_share_during_a_run_is_refused():
    network = busy("stdp_spike_pair_additive")
    seen, driver = network.synapses
    split = {"dendritic_delay_fraction": np.full(3, 0.25)}
    other = replace(seen, parameters=dict(seen.parameters) | split)
    with load("brian2").open(Program(network)) as session:
        session.advance(5)
        with pytest.raises(UnsupportedError, match="delays"):
            session.set(Program(replace(network, synapses=(other, driver))))


def test_the_weights_of_static_synapses_are_those_of_the_program():
    network = busy("tsodyks_markram")
    with load("brian2").open(Program(network)) as session:
        np.testing.assert_array_equal(session.synapse_state(1)["weight"], network.synapses[1].weight)
        assert session.synapse_state(0).keys() == {"weight", "u", "x", "y"}


def test_another_model_during_a_run_is_refused():
    network = busy("stdp_spike_pair_additive")
    seen, driver = network.synapses
    other = replace(seen, model=SYNAPSE_MODELS["stdp_spike_pair_multiplicative"])
    with load("brian2").open(Program(network)) as session:
        session.advance(5)
        with pytest.raises(UnsupportedError, match="connections"):
            session.set(Program(replace(network, synapses=(other, driver))))

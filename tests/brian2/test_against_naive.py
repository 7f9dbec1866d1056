"""The reference against the oracle: Brian2 and the plain loop give the same spikes and traces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neurohw.backend import load
from neurohw.network import MODELS, CurrentSteps, Network, Population, Probe, SpikeTrains, Synapses
from neurohw.program import Program
from tests.naive.clocked import simulate
from tests.networks import CONDUCTANCE_MODELS, CURRENT_MODELS, UNTIL_TICK, changed, networks

SEED = 7


def few(n: int, **others) -> settings:
    """Examples are whole simulations: no deadline, a handful of them."""
    return settings(max_examples=n, deadline=None, suppress_health_check=[HealthCheck.too_slow], **others)


def run(network: Network, *ticks: int, changes=None, seed: int = SEED):
    """Advance to each of ``ticks`` in turn, taking over the network of ``changes`` after its tick."""
    with load("brian2").open(Program(network), seed=seed) as session:
        for tick in ticks:
            session.advance(tick)
            if changes and tick in changes:
                session.set(Program(changes[tick]))
        return session.result()


def assert_same(result, expected, atol: float = 1e-8) -> None:
    """Compare all spikes exactly, and traces up to rounding."""
    np.testing.assert_array_equal(result.spikes.ticks, expected.ticks)
    np.testing.assert_array_equal(result.spikes.ids, expected.ids)
    assert result.traces.keys() == expected.traces.keys()
    for key, trace in expected.traces.items():
        np.testing.assert_allclose(result.traces[key], trace, rtol=0, atol=atol, err_msg=str(key))


@pytest.mark.parametrize("model", CURRENT_MODELS)
@given(data=st.data())
@few(4)
def test_one_model(model, data):
    network = data.draw(networks((model,)))
    assert_same(run(network, UNTIL_TICK), simulate(network, UNTIL_TICK, SEED))


@given(networks(CURRENT_MODELS))
@few(8)
def test_models_mixed(network):
    assert_same(run(network, UNTIL_TICK), simulate(network, UNTIL_TICK, SEED))


@given(networks(CONDUCTANCE_MODELS, max_cells=12, timesteps_ms=(0.1,)))
@few(6, derandomize=True)  # both integrate numerically: one spike in some thousands may shift by a tick
def test_conductance_cells_at_a_tenth_ms(network):
    assert_same(run(network, UNTIL_TICK), simulate(network, UNTIL_TICK, SEED), atol=1e-4)


@given(networks(), st.lists(st.integers(0, UNTIL_TICK), max_size=3))
@few(5)
def test_advancing_in_steps_changes_nothing(network, stops):
    result = run(network, *sorted(stops), UNTIL_TICK)
    assert_same(result, simulate(network, UNTIL_TICK, SEED))


@given(networks(), st.integers(0, UNTIL_TICK), st.integers(0, 2**32 - 1))
@few(6)
def test_new_parameters_currents_trains_and_weights_between_runs(network, tick, seed):
    changes = {tick: changed(network, seed)}
    result = run(network, tick, UNTIL_TICK, changes=changes)
    assert_same(result, simulate(network, UNTIL_TICK, SEED, changes))


@given(networks(), st.integers(0, UNTIL_TICK))
@few(3)
def test_setting_the_same_program_changes_nothing(network, tick):
    result = run(network, tick, UNTIL_TICK, changes={tick: network})
    assert_same(result, simulate(network, UNTIL_TICK, SEED))


def cells(model: str, first: int = 0, size: int = 1, **parameters: float) -> Population:
    defaults = {name: parameter.default for name, parameter in MODELS[model].parameters.items()}
    values = {name: np.full(size, value) for name, value in (defaults | parameters).items()}
    return Population(model, MODELS[model], first, size, values)


def source(*ticks: int) -> Population:
    trains = SpikeTrains.from_lists([np.array(ticks)])
    return Population("source", MODELS["SpikeSourceArray"], 0, 1, {}, trains=trains)


def one_synapse(pre: Population, post: Population, weight: float, delay: int) -> Network:
    synapses = Synapses("one", 0, 1, "excitatory", [0, 1], [0], [weight], [delay])
    probes = (Probe(0, "spikes", [0]), Probe(1, "spikes", [0]), Probe(1, "v", [0]))
    return Network(0.1, (pre, post), (synapses,), probes=probes)


def ticks_of(result, cell: int) -> list[int]:
    return result.spikes.ticks[result.spikes.ids == cell].tolist()


@pytest.mark.parametrize("refractory_ms", [0.0, 0.1, 0.3, 1.0])
def test_jumps_are_dropped_up_to_the_last_refractory_tick(refractory_ms):
    network = one_synapse(source(*range(40)), cells("IF_curr_delta", 1, tau_refrac=refractory_ms), 30.0, 1)
    period = round(refractory_ms / 0.1) + 1
    assert ticks_of(run(network, 40), 1) == list(range(1, 41, period))


def test_a_source_spike_at_tick_0_arrives_after_its_delay():
    network = one_synapse(source(0), cells("IF_curr_delta", 1), 30.0, 5)
    result = run(network, 10)
    assert ticks_of(result, 0) == [0]
    assert ticks_of(result, 1) == [5]


def test_a_source_that_fires_thrice_in_a_tick_counts_three_times():
    once, thrice = (
        run(one_synapse(source(*ticks), cells("IF_curr_delta", 1), 3.0, 2), 4) for ticks in ([1], [1, 1, 1])
    )
    assert ticks_of(thrice, 0) == [1, 1, 1]
    rise_once, rise_thrice = (result.traces[1, "v"][3, 0] + 65 for result in (once, thrice))
    assert rise_thrice == pytest.approx(3 * rise_once, rel=1e-12)
    assert thrice.report.traffic.synaptic_events == 3


def test_a_current_step_acts_from_its_tick_to_the_next():
    network = one_synapse(source(), cells("IF_curr_exp", 1), 0.0, 1)
    steps = CurrentSteps([1, 1], [5, 5], [0.25, 0.25])
    stepped = Network(0.1, network.populations, network.synapses, steps, network.probes)
    v = run(stepped, 6).traces[1, "v"][:, 0]
    np.testing.assert_allclose(v[:6], -65)
    assert v[6] == pytest.approx(-65 + 0.5 * 20 * -np.expm1(-0.1 / 20), rel=1e-12)


@pytest.mark.parametrize("model", ["IF_curr_exp", "IF_curr_alpha"])
@pytest.mark.parametrize("tau_syn_ms", [20.0, 20.0 * (1 + 1e-10), 20.5])
def test_equal_time_constants_have_an_exact_solution_too(model, tau_syn_ms):
    network = one_synapse(source(3), cells(model, 1, tau_syn_E=tau_syn_ms), 1.0, 4)
    assert_same(run(network, 400), simulate(network, 400), atol=1e-10)


def test_deliveries_balance():
    network = one_synapse(source(1, 2, 9), cells("IF_curr_delta", 1), 30.0, 5)
    traffic = run(network, 10).report.traffic
    assert (traffic.sent, traffic.delivered, traffic.dropped, traffic.in_flight) == (3, 3, 0, 0)

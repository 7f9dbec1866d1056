"""Each synapse model by itself: published numbers, hand computations, means and variances of what is random."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest

from neurohw.backend import load
from neurohw.program import Program
from tests.plastic_networks import fan_out


def run(network, until_tick: int, seed: int = 0):
    """Return (what arrives [ticks, cells], state of the synapses, spikes of the targets)."""
    with load("event").open(Program(network), seed=seed) as session:
        session.advance(until_tick)
        result = session.result()
        return result.traces[1, "v"], session.synapse_state(0), result.spikes.ticks


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"U": 0.5, "tau_rec": 800.0, "tau_facil": 0.0}, [0.500, 0.255, 0.136, 0.079]),
        ({"U": 0.04, "tau_rec": 100.0, "tau_facil": 1000.0}, [0.040, 0.075, 0.103, 0.123]),
    ],
)
def test_depression_and_facilitation_at_50_hz(parameters, expected) -> None:
    network = fan_out("tsodyks_markram", [1, 21, 41, 61], [], weight=1.0, delay=3, tau_psc=3.0, **parameters)
    arrived, state, _ = run(network, 70)
    np.testing.assert_allclose(arrived[[4, 24, 44, 64], 0], expected, atol=5e-4)
    assert state["u"][0] * state["x"][0] / (1 - state["u"][0]) == pytest.approx(arrived[64, 0], rel=1e-12)


def test_resources_after_one_spike() -> None:
    network = fan_out("tsodyks_markram", [5], [], weight=2.0, U=0.3, tau_facil=10.0)
    arrived, state, _ = run(network, 5)
    assert (arrived == 0).all()
    assert {name: values[0] for name, values in state.items()} == pytest.approx(
        {"weight": 2.0, "u": 0.3, "x": 0.7, "y": 0.3}
    )


LOW, HIGH, UP, DOWN, TAU_UP, TAU_DOWN = 0.1, 0.9, 0.1, 0.2, 15.0, 30.0
SPAN = HIGH - LOW
RULES = {
    # model: (F+, F-)
    "stdp_spike_pair_additive": (lambda w: HIGH, lambda w: HIGH),
    "stdp_spike_pair_multiplicative": (lambda w: HIGH - w, lambda w: w - LOW),
    "stdp_spike_pair_additive_potentiation_multiplicative_depression": (lambda w: HIGH, lambda w: w),
    "stdp_spike_pair_gutig": (
        lambda w: SPAN * ((HIGH - w) / SPAN) ** 0.3,
        lambda w: SPAN * ((w - LOW) / SPAN) ** 0.6,
    ),
}


def pair(model: str, pre: list[int], post: list[int], **others):
    """Return the network of one learning synapse with the numbers above."""
    parameters = {"tau_plus": TAU_UP, "tau_minus": TAU_DOWN, "A_plus": UP, "A_minus": DOWN}
    if model.endswith("gutig"):
        parameters |= {"mu_plus": 0.3, "mu_minus": 0.6}
    if "vogels" in model:
        parameters = {}
    return fan_out(model, pre, post, **({"w_min": LOW, "w_max": HIGH} | parameters | others))


@pytest.mark.parametrize("model", RULES)
@pytest.mark.parametrize(("fraction", "dendritic"), [(0.0, 0), (0.5, 2), (1.0, 4)])
def test_a_pair_each_way_by_hand(model: str, fraction: float, dendritic: int) -> None:
    """Pre 10, post 20, pre 50, with a delay of 4: both see each other's spikes after their part of it."""
    grow, shrink = RULES[model]
    seen = 10 + 4 - dendritic, 20 + dendritic, 50 + 4 - dendritic
    after_post = 0.5 + UP * grow(0.5) * exp((seen[0] - seen[1]) / TAU_UP)
    after_pre = after_post - DOWN * shrink(after_post) * exp((seen[1] - seen[2]) / TAU_DOWN)
    network = pair(model, [10, 50], [20], delay=4, dendritic_delay_fraction=fraction)
    arrived, state, spikes = run(network, 60)
    np.testing.assert_array_equal(spikes, [20])
    np.testing.assert_allclose(arrived[[14, 54], 0], [0.5, after_pre], rtol=1e-12)
    assert state["weight"][0] == pytest.approx(after_pre, rel=1e-12)
    for tick, weight in ((seen[1] - 1, 0.5), (seen[1], after_post), (seen[2] - 1, after_post)):
        assert run(network, tick)[1]["weight"][0] == pytest.approx(weight, rel=1e-12)
    assert run(network, seen[2])[1]["weight"][0] == pytest.approx(after_pre, rel=1e-12)


@pytest.mark.parametrize("model", RULES)
@pytest.mark.parametrize(("fraction", "post"), [(0.0, 14), (0.5, 10), (1.0, 6)])
def test_spikes_seen_together_do_not_pair(model: str, fraction: float, post: int) -> None:
    """With a delay of 4 a spike of tick 10 is seen at 14, 12 or 10."""
    network = pair(model, [10], [post], delay=4, dendritic_delay_fraction=fraction)
    assert run(network, 40)[1]["weight"][0] == 0.5
    for neighbour in (post - 1, post + 1):
        network = pair(model, [10], [neighbour], delay=4, dendritic_delay_fraction=fraction)
        assert run(network, 40)[1]["weight"][0] != 0.5


def test_several_spikes_of_one_tick_each_count() -> None:
    network = pair("stdp_spike_pair_additive", [10, 10], [20])
    _, state, _ = run(network, 40)
    assert state["weight"][0] == pytest.approx(0.5 + 2 * UP * HIGH * exp(-11 / TAU_UP), rel=1e-12)
    network = pair("stdp_spike_pair_additive", [30, 30], [20])
    arrived, state, _ = run(network, 40)
    step = DOWN * HIGH * exp(-9 / TAU_DOWN)
    assert state["weight"][0] == pytest.approx(max(LOW, 0.5 - 2 * step), rel=1e-12)
    assert arrived[31, 0] == pytest.approx(0.5 - step + max(LOW, 0.5 - 2 * step), rel=1e-12)


def test_a_weight_out_of_bounds_stays_until_it_changes() -> None:
    network = pair("stdp_spike_pair_additive", [10, 30], [20], weight=2.0)
    arrived, state, _ = run(network, 19)
    assert arrived[11, 0] == state["weight"][0] == 2.0
    assert run(network, 21)[1]["weight"][0] == HIGH


def test_vogels_rule_by_hand() -> None:
    """Each presynaptic spike costs alpha = 2 rho tau, each pair in either order pays back."""
    eta, rho, tau = 0.01, 0.02, 25.0
    network = pair("stdp_vogels_2011_additive", [10, 50], [20], eta=eta, rho=rho, tau=tau)
    alpha = 2 * rho * tau
    first = 0.5 - eta * alpha
    second = first + eta * exp(-11 / tau)
    third = second + eta * (exp(-29 / tau) - alpha)
    arrived, state, _ = run(network, 60)
    np.testing.assert_allclose(arrived[[11, 51], 0], [first, third], rtol=1e-12)
    assert state["weight"][0] == pytest.approx(third, rel=1e-12)


@pytest.mark.parametrize(
    ("model", "parameters", "expected"),
    [
        ("tsodyks_markram", {"U": 0.5, "tau_rec": 800.0, "tau_psc": 3.0}, [0.5, 0.255]),
        ("stdp_spike_pair_additive", {"w_max": 5.0, "A_plus": 0.1, "tau_plus": TAU_UP}, [1.0, 1.0]),
    ],
)
def test_spikes_under_way_arrive_as_sent_where_delays_change(model, parameters, expected) -> None:
    network = fan_out(model, [1, 21, 40], [], weight=1.0, delay=30, **parameters)
    seen, driver = network.synapses
    with load("event").open(Program(network)) as session:
        session.advance(25)
        session.set(Program(replace(network, synapses=(replace(seen, delay=np.array([3])), driver))))
        session.advance(60)
        arrived = session.result().traces[1, "v"][:, 0]
    np.testing.assert_allclose(arrived[[31, 51]], expected, atol=5e-4)
    assert arrived[43] == pytest.approx(expected[0])  # the new synapse begins at rest
    np.testing.assert_array_equal(np.flatnonzero(arrived > 1e-9), [31, 43, 51])


N = 4000
TRAIN = [1, 6, 16, 26, 29]


def share_arrived(model: str, seed: int, **parameters: float) -> np.ndarray:
    """Return what arrives of a weight of 1, [spikes, synapses]."""
    arrived, _, _ = run(fan_out(model, TRAIN, [], size=N, weight=1.0, **parameters), 40, seed)
    silent = np.delete(arrived, np.array(TRAIN) + 1, axis=0)
    assert (abs(silent) < 1e-9).all()
    return np.round(arrived[np.array(TRAIN) + 1], 9)


def assert_mean(values: np.ndarray, expected: np.ndarray) -> None:
    """Check means over synapses to four standard errors."""
    error = values.std(axis=-1) / np.sqrt(values.shape[-1]) + 1e-12
    assert (abs(values.mean(axis=-1) - expected) < 4 * error).all()


@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_transmission_by_chance(p: float) -> None:
    arrived = share_arrived("simple_stochastic", seed=1, p=p)
    assert set(np.unique(arrived)) <= {0.0, 1.0}
    assert_mean(arrived, np.full(len(TRAIN), p))
    if p == 0.3:
        correlations = np.corrcoef(arrived)[np.triu_indices(len(TRAIN), 1)]
        assert abs(correlations).max() < 4 / np.sqrt(N)
        assert (arrived != share_arrived("simple_stochastic", seed=2, p=p)).any()


@pytest.mark.parametrize("tau_facil", [0.0, 20.0])
def test_stochastic_release_has_the_mean_of_the_deterministic_model(tau_facil: float) -> None:
    """With one site, and in any number of them, a full site is as likely as a resource is available."""
    parameters = {"U": 0.4, "tau_rec": 12.0, "tau_facil": tau_facil}
    exact = share_arrived("tsodyks_markram", 0, tau_psc=0.0, **parameters)[:, 0]
    one = share_arrived("stochastic_tsodyks_markram", seed=3, **parameters)
    assert set(np.unique(one)) <= {0.0, 1.0}
    assert_mean(one, exact)
    five = share_arrived("multi_quantal", seed=3, n=5, **parameters)
    assert set(np.unique(five)) <= {0.0, 0.2, 0.4, 0.6, 0.8, 1.0}
    assert_mean(five, exact)
    # sites are independent: the variance of a share of n sites is p (1 - p) / n
    expected = exact * (1 - exact) / 5
    np.testing.assert_allclose(five.var(axis=1), expected, rtol=6 * np.sqrt(2 / N))

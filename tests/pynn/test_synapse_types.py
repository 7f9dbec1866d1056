"""Synapse types: their parameters for each synapse, read, set and lowered."""

from __future__ import annotations

import numpy as np
import pyNN.errors
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyNN.random import NumpyRNG, RandomDistribution

from neurohw.errors import NetworkError, UnsupportedError
from neurohw.network import SYNAPSE_MODELS, verify
from neurohw.pynn.lowering.network import lower


@pytest.fixture
def ends(sim):
    post = sim.IF_cond_exp(tau_syn_E=[2.0, 3.0, 4.0])
    return sim.Population(2, sim.SpikeSourceArray(), label="a"), sim.Population(3, post, label="b")


def groups(sim):
    network = lower(sim.simulator.state)
    verify(network)
    return network.synapses


RULES = [name for name, model in SYNAPSE_MODELS.items() if model.learns]


def rules(sim):
    """Every rule of plasticity, by the name of its model."""
    pair, bounds = sim.SpikePairRule(tau_plus=15.0, A_minus=0.02), {"w_min": -1.0, "w_max": 2.0}
    return {
        "stdp_spike_pair_additive": (pair, sim.AdditiveWeightDependence(**bounds)),
        "stdp_spike_pair_multiplicative": (pair, sim.MultiplicativeWeightDependence(**bounds)),
        "stdp_spike_pair_additive_potentiation_multiplicative_depression": (
            pair,
            sim.AdditivePotentiationMultiplicativeDepression(**bounds),
        ),
        "stdp_spike_pair_gutig": (pair, sim.GutigWeightDependence(**bounds, mu_plus=0.1, mu_minus=0.2)),
        "stdp_vogels_2011_additive": (sim.Vogels2011Rule(eta=1e-3), sim.AdditiveWeightDependence(**bounds)),
    }


SYNAPSES = {
    "static": ("StaticSynapse", {}),
    "tsodyks_markram": ("TsodyksMarkramSynapse", {"U": 0.2, "tau_rec": 50.0, "tau_facil": 60.0}),
    "simple_stochastic": ("SimpleStochasticSynapse", {"p": 0.25}),
    "stochastic_tsodyks_markram": ("StochasticTsodyksMarkramSynapse", {"U": 0.2, "tau_rec": 50.0}),
    "multi_quantal": ("MultiQuantalSynapse", {"U": 0.2, "n": 5, "tau_rec": 50.0}),
}


def test_every_model_of_the_network_is_tested_here():
    assert {*SYNAPSES, *RULES} == set(SYNAPSE_MODELS)


@pytest.mark.parametrize("model", SYNAPSES)
def test_parameters_are_lowered(sim, ends, model):
    name, parameters = SYNAPSES[model]
    sim.Projection(*ends, sim.AllToAllConnector(), getattr(sim, name)(weight=0.5, delay=0.3, **parameters))
    group = groups(sim)[0]
    assert group.model.name == model
    for parameter, value in parameters.items():
        assert group.parameters[parameter].tolist() == [value] * 6
        assert group.parameters[parameter].strides == (0,)


@pytest.mark.parametrize("model", RULES)
def test_rules_are_lowered(sim, ends, model):
    timing, weight = rules(sim)[model]
    synapse = sim.STDPMechanism(timing, weight, dendritic_delay_fraction=0.3, weight=0.5, delay=2.0)
    projection = sim.Projection(*ends, sim.AllToAllConnector(), synapse)
    group = groups(sim)[0]
    assert group.model.name == model
    given = {"dendritic_delay_fraction": 0.3}
    for half in (timing, weight):
        given |= {name: lazy.base_value for name, lazy in half.parameter_space.items()}
    assert {name: values.tolist() for name, values in group.parameters.items()} == {
        name: [value] * 6 for name, value in given.items()
    }
    assert projection.get(["w_max", "delay"], format="list", with_address=False) == [(2.0, 2.0)] * 6


def test_two_rules_do_not_share_parameters(sim, ends):
    mechanisms = [sim.STDPMechanism(*halves, weight=0.5) for halves in rules(sim).values()]
    assert mechanisms[0].get_native_names() == mechanisms[1].get_native_names()
    assert "mu_plus" not in mechanisms[0].translations
    assert "tau_plus" not in mechanisms[-1].translations


def test_wrong_rules_are_refused(sim):
    pair, additive = sim.SpikePairRule(), sim.AdditiveWeightDependence()
    with pytest.raises(pyNN.errors.NoModelAvailableError, match="it needs AdditiveWeightDependence"):
        sim.STDPMechanism(sim.Vogels2011Rule(), sim.GutigWeightDependence())
    with pytest.raises(NetworkError, match=r"timing_dependence = None; there are SpikePairRule, Vogels2011"):
        sim.STDPMechanism(weight_dependence=additive)
    with pytest.raises(NetworkError, match=r"weight_dependence = SpikePairRule.*there are AdditiveWeight"):
        sim.STDPMechanism(pair, pair)
    with pytest.raises(UnsupportedError, match="no voltage_dependence"):
        sim.STDPMechanism(pair, additive, voltage_dependence=pair)
    for fraction in (-0.1, 1.1, float("nan"), "half"):
        with pytest.raises(NetworkError, match=r"dendritic_delay_fraction = .* must be from 0 to 1"):
            sim.STDPMechanism(pair, additive, dendritic_delay_fraction=fraction)


def test_delays_of_a_rule(sim, ends):
    halves = sim.SpikePairRule(), sim.AdditiveWeightDependence()
    matrix = np.linspace(0.1, 0.6, 6).reshape(2, 3)
    for delay, expected in ((None, np.full((2, 3), 0.1)), (matrix, matrix)):
        synapse = sim.STDPMechanism(*halves, weight=0.5, delay=delay)
        projection = sim.Projection(*ends, sim.AllToAllConnector(), synapse)
        np.testing.assert_array_equal(projection.get("delay", format="array"), expected)
    with pytest.raises(NetworkError, match=r"delay\[0\] = 0.0, must be at least the timestep"):
        sim.Projection(*ends, sim.AllToAllConnector(), sim.STDPMechanism(*halves, weight=0.5, delay=0.0))


def test_parameters_come_in_every_way_that_weights_do(sim, ends):
    synapse = sim.TsodyksMarkramSynapse(
        weight=0.1,
        U=RandomDistribution("uniform", (0, 1), rng=NumpyRNG(seed=3)),
        tau_rec=np.arange(1.0, 7.0).reshape(2, 3),
        tau_facil="10 + d",
    )
    projection = sim.Projection(*ends, sim.AllToAllConnector(), synapse)
    np.testing.assert_array_equal(
        projection.get("U", format="array"), NumpyRNG(seed=3).next(6).reshape(3, 2).T
    )
    np.testing.assert_array_equal(
        projection.get("tau_rec", format="array"), np.arange(1.0, 7.0).reshape(2, 3)
    )
    distance = np.abs(np.arange(2)[:, None] - np.arange(3))
    np.testing.assert_array_equal(projection.get("tau_facil", format="array"), 10.0 + distance)


def test_columns_of_a_list(sim, ends, tmp_path):
    rows = [(1, 2, 0.4, 0.5), (0, 1, 0.1, 0.2), (0, 0, 0.3, 0.6)]
    connector = sim.FromListConnector(rows, column_names=("U", "weight"))
    projection = sim.Projection(*ends, connector, sim.TsodyksMarkramSynapse(tau_rec=70.0))
    assert projection.get(["U", "weight", "tau_rec"], format="list") == [
        (0, 0, 0.3, 0.6, 70.0),
        (0, 1, 0.1, 0.2, 70.0),
        (1, 2, 0.4, 0.5, 70.0),
    ]
    path = str(tmp_path / "connections.txt")
    projection.save("all", path)
    again = sim.Projection(*ends, sim.FromFileConnector(path), sim.TsodyksMarkramSynapse())
    names = ["weight", "delay", "U", "tau_rec", "tau_facil"]
    assert again.get(names, format="list") == projection.get(names, format="list")
    with pytest.raises(ValueError, match="p is not a valid parameter for TsodyksMarkramSynapse"):
        sim.Projection(
            *ends, sim.FromListConnector([(0, 0, 0.5)], column_names=["p"]), sim.TsodyksMarkramSynapse()
        )


def test_set_and_connections(sim, ends):
    projection = sim.Projection(*ends, sim.AllToAllConnector(), sim.TsodyksMarkramSynapse(weight=0.1))
    projection.set(U=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], tau_rec=9.0)
    assert projection[3].as_tuple("U", "tau_rec", "weight") == (0.5, 9.0, 0.1)  # target by target: (1, 1)
    projection[3].U = 0.9
    np.testing.assert_array_equal(projection.get("U", format="array"), [[0.1, 0.2, 0.3], [0.4, 0.9, 0.6]])
    assert groups(sim)[0].parameters["tau_rec"].tolist() == [9.0] * 6
    assert groups(sim)[0].parameters["U"].tolist() == [0.1, 0.2, 0.3, 0.4, 0.9, 0.6]
    assert not hasattr(projection[0], "p")
    with pytest.raises(pyNN.errors.NonExistentParameterError):
        projection[0].p = 0.5
    with pytest.raises(pyNN.errors.NonExistentParameterError):
        projection.set(p=0.5)
    with pytest.raises(UnsupportedError, match=r"initialize\(u\): plastic synapses always begin at rest"):
        projection.initialize(u=0.5)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"U": float("nan")}, r"U\[0\] = nan"),
        ({"tau_facil": float("inf")}, r"tau_facil\[0\] = inf, must be a"),
    ],
)
def test_parameters_that_are_no_numbers_are_refused_at_once(sim, ends, values, message):
    with pytest.raises(NetworkError, match=message):
        sim.Projection(*ends, sim.AllToAllConnector(), sim.TsodyksMarkramSynapse(weight=0.1, **values))
    projection = sim.Projection(*ends, sim.AllToAllConnector(), sim.TsodyksMarkramSynapse(weight=0.1))
    with pytest.raises(NetworkError, match=message):
        projection.set(**values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"U": 1.5}, r"synapses 'tm': U\[0\] = 1.5, must be at most 1"),
        ({"tau_rec": 0.0}, r"synapses 'tm': tau_rec\[0\] = 0.0, must be above 0"),
        ({"tau_facil": -1.0}, r"synapses 'tm': tau_facil\[0\] = -1.0, must be at least 0"),
    ],
)
def test_impossible_parameters_are_refused_before_anything_runs(sim, ends, book, values, message):
    synapse = sim.TsodyksMarkramSynapse(weight=0.1, **values)
    projection = sim.Projection(*ends, sim.AllToAllConnector(), synapse, label="tm")
    ((name, value),) = values.items()
    np.testing.assert_array_equal(projection.get(name, format="array"), np.full(projection.shape, value))
    with pytest.raises(NetworkError, match=message):
        sim.prepare()
    with pytest.raises(NetworkError, match=message):
        sim.run(1.0)
    projection.set(**{name: 0.5})
    assert sim.run(1.0) == 1.0


def test_tau_psc_is_that_of_the_receptor_of_each_target(sim, ends):
    connector, synapse = sim.AllToAllConnector(), sim.TsodyksMarkramSynapse(weight=0.1)
    sim.Projection(*ends, connector, synapse)
    sim.Projection(*ends, connector, synapse, receptor_type="inhibitory")
    delta = sim.Population(2, sim.IF_curr_delta())
    sim.Projection(ends[0], delta, connector, synapse)
    beta = sim.Population(1, sim.PointNeuron(sim.LIF(), AMPA=sim.BetaPSR(tau_decay=6.0)))
    sim.Projection(ends[0], beta, connector, synapse)
    taus = [group.parameters["tau_psc"].tolist() for group in groups(sim)]
    assert taus == [[2.0, 3.0, 4.0] * 2, [5.0] * 6, [0.0] * 4, [6.0] * 2]
    ends[1].set(tau_syn_E=7.0)
    assert groups(sim)[0].parameters["tau_psc"].tolist() == [7.0] * 6


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_parameters_stay_with_their_synapse(sim, data):
    """Through views, assemblies and the sorting into rows."""
    sim.setup(timestep=0.1)
    a, b = sim.Population(4, sim.IF_cond_exp()), sim.Population(3, sim.IF_cond_exp())
    ends = [data.draw(st.sampled_from([a, b, a[1:3] + b, b[np.array([0, 2])]])) for _ in range(2)]
    index = st.tuples(*(st.integers(0, end.size - 1) for end in ends))
    pairs = data.draw(st.lists(index, min_size=1, max_size=12))
    numbers = np.linspace(0.05, 0.95, len(pairs))
    rows = [(*pair, u) for pair, u in zip(pairs, numbers, strict=True)]
    connector = sim.FromListConnector(rows, column_names=["U"])
    sim.Projection(*ends, connector, sim.TsodyksMarkramSynapse(weight=0.1))
    ids = [[int(cell) for cell in end.all_cells] for end in ends]
    network = lower(sim.simulator.state)
    verify(network)
    found = []
    for group in network.synapses:
        pre = np.repeat(np.arange(len(group.indptr) - 1), np.diff(group.indptr))
        firsts = [network.populations[end].first for end in (group.pre, group.post)]
        found += zip(pre + firsts[0], group.target + firsts[1], group.parameters["U"], strict=True)
    assert sorted(found) == sorted((ids[0][i], ids[1][j], u) for i, j, u in rows)

"""Cell and synapse models through PyNN on the event backend, with results that can be told by hand."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from pyNN.parameters import Sequence

DT = 0.1
W_MIN, W_MAX = 0.01, 0.05


def trace(population, variable):
    """Return the samples of the first cell."""
    return population.get_data(variable).segments[-1].analogsignals[0].magnitude[:, 0]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        # Tsodyks, Uziel & Markram 2000: shares of the resources that spikes at 50 Hz use
        ({"U": 0.5, "tau_rec": 800.0, "tau_facil": 0.0}, [0.500, 0.255, 0.136, 0.079]),
        ({"U": 0.04, "tau_rec": 100.0, "tau_facil": 1000.0}, [0.040, 0.075, 0.103, 0.123]),
    ],
)
def test_depression_and_facilitation(sim, parameters, expected):
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[10.0, 30.0, 50.0, 70.0]))
    cell = sim.Population(1, sim.IF_cond_exp(tau_syn_E=3.0))
    synapse = sim.TsodyksMarkramSynapse(weight=1e-3, delay=1.0, **parameters)
    sim.Projection(source, cell, sim.AllToAllConnector(), synapse)
    cell.record("gsyn_exc")
    sim.run(100.0)
    g = trace(cell, "gsyn_exc")
    arrivals = [110, 310, 510, 710]
    jumps = [g[tick] - g[tick - 1] * exp(-DT / 3.0) for tick in arrivals]
    np.testing.assert_allclose(np.array(jumps) / 1e-3, expected, atol=5e-4)


@pytest.fixture
def pairing(sim):
    """A function that lets a synapse see pre at 10 ms, post at 15 ms, pre at 30 ms, and returns its weights."""

    def play(timing, weight, fraction):
        times = [Sequence([10.0, 30.0]), Sequence([14.0])]
        sources = sim.Population(2, sim.SpikeSourceArray(spike_times=times))
        cell = sim.Population(1, sim.IF_curr_delta())
        sim.Projection(sources[1:], cell, sim.AllToAllConnector(), sim.StaticSynapse(weight=30.0, delay=1.0))
        rule = sim.STDPMechanism(timing, weight, None, fraction, weight=0.03, delay=1.0)
        learning = sim.Projection(sources[:1], cell, sim.AllToAllConnector(), rule)
        weights = []
        for until in (13.0, 25.0, 40.0):
            sim.run_until(until)
            weights.append(learning[0].weight)
        return weights

    return play


def seen_apart(fraction):
    """Return the ms from the first pre spike to the post spike, and from there to the second, at the synapse."""
    dendritic = round(fraction * 10) * DT
    axonal = 1.0 - dendritic
    return (15.0 + dendritic) - (10.0 + axonal), (30.0 + axonal) - (15.0 + dendritic)


RULES = {
    "AdditiveWeightDependence": (lambda w: W_MAX, lambda w: W_MAX, {}),
    "MultiplicativeWeightDependence": (lambda w: W_MAX - w, lambda w: w - W_MIN, {}),
    "AdditivePotentiationMultiplicativeDepression": (lambda w: W_MAX, lambda w: w, {}),
    "GutigWeightDependence": (
        lambda w: (W_MAX - W_MIN) * ((W_MAX - w) / (W_MAX - W_MIN)) ** 0.3,
        lambda w: (W_MAX - W_MIN) * ((w - W_MIN) / (W_MAX - W_MIN)) ** 0.6,
        {"mu_plus": 0.3, "mu_minus": 0.6},
    ),
}


@pytest.mark.parametrize("fraction", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("name", RULES)
def test_a_pair_and_a_pair_the_other_way(sim, pairing, name, fraction):
    potentiation, depression, more = RULES[name]
    timing = sim.SpikePairRule(tau_plus=20.0, tau_minus=15.0, A_plus=0.1, A_minus=0.2)
    weights = pairing(timing, getattr(sim, name)(w_min=W_MIN, w_max=W_MAX, **more), fraction)
    first, second = seen_apart(fraction)
    raised = 0.03 + 0.1 * potentiation(0.03) * exp(-first / 20.0)
    lowered = raised - 0.2 * depression(raised) * exp(-second / 15.0)
    np.testing.assert_allclose(weights, [0.03, raised, lowered], rtol=1e-12)


def test_inhibitory_plasticity(sim, pairing):
    rule = sim.Vogels2011Rule(tau=20.0, eta=0.01, rho=0.005)
    weights = pairing(rule, sim.AdditiveWeightDependence(w_min=-1.0, w_max=1.0), 1.0)
    first, second = seen_apart(1.0)
    alpha = 2 * 0.005 * 20.0
    alone = 0.03 - 0.01 * alpha
    raised = alone + 0.01 * exp(-first / 20.0)
    np.testing.assert_allclose(
        weights, [alone, raised, raised + 0.01 * (exp(-second / 20.0) - alpha)], rtol=1e-12
    )


def learning_network(sim):
    rng = np.random.default_rng(4)
    trains = [Sequence(np.sort(rng.choice(np.arange(1.0, 200.0), 30, replace=False))) for _ in range(4)]
    sources = sim.Population(4, sim.SpikeSourceArray(spike_times=trains))
    cells = sim.Population(3, sim.IF_cond_exp(i_offset=0.9))
    rule = sim.STDPMechanism(
        sim.SpikePairRule(A_plus=0.05, A_minus=0.06),
        sim.AdditiveWeightDependence(w_max=0.02),
        weight=0.01,
        delay=0.5,
        dendritic_delay_fraction=0.4,
    )
    return cells, sim.Projection(sources, cells, sim.AllToAllConnector(), rule)


def test_reading_and_reset_change_nothing(sim):
    cells, learning = learning_network(sim)
    sim.run(200.0)
    learnt = learning.get("weight", format="array")
    assert np.ptp(learnt) > 1e-3
    sim.reset()
    assert set(learning.get("weight", format="list", with_address=False)) == {0.01}
    seen = []
    sim.run(200.0, callbacks=[lambda t: seen.append(learning[0].weight) or t + 10.0])
    np.testing.assert_array_equal(learning.get("weight", format="array"), learnt)
    assert len(set(seen)) > 5
    sim.reset()
    for _ in range(4):
        sim.run(50.0)
        cells.set(tau_refrac=0.1)  # as it is: the network is lowered anew, with the weights as they stand
    np.testing.assert_allclose(learning.get("weight", format="array"), learnt, rtol=1e-12)


def test_a_composed_cell_does_what_the_one_of_a_piece_does(sim):
    parameters = {"tau_m": 15.0, "a": 5.0, "i_offset": 0.6}
    whole = sim.EIF_cond_exp_isfa_ista(tau_syn_E=3.0, tau_syn_I=7.0, **parameters)
    composed = sim.PointNeuron(
        sim.AdExp(**parameters), E=sim.ExpPSR(tau_syn=3.0, e_syn=0.0), I=sim.ExpPSR(tau_syn=7.0, e_syn=-80.0)
    )
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[5.0, 20.0, 21.0]))
    found = []
    for celltype, receptors in ((whole, ("excitatory", "inhibitory")), (composed, ("E", "I"))):
        cell = sim.Population(1, celltype)
        cell.record(["v", "w", "spikes"])
        for receptor, weight in zip(receptors, (0.02, 0.05), strict=True):
            synapse = sim.StaticSynapse(weight=weight, delay=1.0)
            sim.Projection(source, cell, sim.AllToAllConnector(), synapse, receptor_type=receptor)
        found.append(cell)
    sim.run(100.0)
    assert found[0].mean_spike_count() > 1
    for variable in ("v", "w"):
        np.testing.assert_allclose(trace(found[1], variable), trace(found[0], variable), rtol=1e-9)


def test_the_facets_hardware_is_its_software_twin(sim):
    twin = {"cm": 0.2, "tau_refrac": 1.0, "e_rev_E": 0.0, "tau_m": 4.0}
    shared = {"tau_syn_E": 30.0, "tau_syn_I": 30.0, "v_reset": -80.0, "e_rev_I": -80.0, "v_thresh": -55.0}
    cells = [
        sim.Population(1, sim.IF_facets_hardware1(g_leak=50.0)),
        sim.Population(1, sim.IF_cond_exp(**twin, **shared)),
    ]
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[5.0, 6.0, 7.0]))
    for cell in cells:
        cell.record("v")
        sim.Projection(source, cell, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.01, delay=1.0))
    sim.run(50.0)
    np.testing.assert_array_equal(trace(cells[0], "v"), trace(cells[1], "v"))
    assert np.ptp(trace(cells[0], "v")) > 10.0


def test_arrays_of_gif_act_one_by_one(sim):
    """A threshold without noise; after a spike every part of the current decays with its own time constant."""
    cell = sim.Population(
        1,
        sim.GIF_cond_exp(
            i_offset=2.0,
            delta_v=1e-6,
            v_t_star=-60.0,
            a_eta=(0.5, 0.25, 0.125),
            tau_eta=(2.0, 20.0, 200.0),
            a_gamma=(100.0, 0.0, 0.0),
            tau_gamma=(1e3, 1.0, 1.0),
        ),
        initial_values={"v_t": -60.0},
    )
    cell.record(["spikes", "i_eta", "v_t"])
    sim.run(30.0)
    (times,) = cell.get_data("spikes").segments[0].spiketrains
    assert len(times) == 1
    tick = round(float(times[0]) / DT)
    ms = DT * np.arange(301 - tick)
    eta = sum(a * np.exp(-ms / tau) for a, tau in ((0.5, 2.0), (0.25, 20.0), (0.125, 200.0)))
    np.testing.assert_allclose(trace(cell, "i_eta")[tick:], eta, rtol=1e-9)
    np.testing.assert_allclose(trace(cell, "v_t")[tick:], -60.0 + 100.0 * np.exp(-ms / 1e3), rtol=1e-9)

"""Whole scripts on the event backend, with results that can be told by hand."""

from __future__ import annotations

import numpy as np
import pytest
from pyNN.random import NumpyRNG, RandomDistribution


def spikes(population, segment=-1):
    """Return the ticks of each cell."""
    trains = population.get_data("spikes").segments[segment].spiketrains
    return [np.rint(train.rescale("ms").magnitude / 0.1).astype(int).tolist() for train in trains]


def test_a_chain_of_cells_relays_a_spike(sim):
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[0.0, 5.0]), label="source")
    chain = sim.Population(3, sim.IF_curr_delta(), label="chain")
    synapse = sim.StaticSynapse(weight=20.0, delay=0.5)
    sim.Projection(source, chain[:1], sim.AllToAllConnector(), synapse)
    sim.Projection(chain[:-1], chain[1:], sim.OneToOneConnector(), synapse)
    source.record("spikes")
    chain.record(["spikes", "v"])
    sim.run(10.0)
    assert spikes(source) == [[0, 50]]
    assert spikes(chain) == [[5, 55], [10, 60], [15, 65]]
    (v,) = chain.get_data("v").segments[0].analogsignals
    assert v.shape == (101, 3)
    np.testing.assert_array_equal(v.magnitude[0], [-65, -65, -65])


def test_a_current_charges_the_membrane_in_closed_form(sim):
    cell = sim.Population(1, sim.IF_curr_exp(tau_m=20.0, cm=1.0, v_rest=-65.0))
    current = sim.DCSource(amplitude=0.25, start=1.0, stop=1e6)
    current.inject_into(cell)
    cell.record("v")
    sim.run(3.0)
    current.amplitude = 0.5
    sim.run(3.0)
    v = cell.get_data().segments[0].analogsignals[0].magnitude[:, 0]
    t = np.arange(61) * 0.1
    expected = np.where(t < 1.0, 0.0, 5.0 * -np.expm1(-(t - 1.0) / 20.0))
    after = t > 3.0
    expected[after] = 10.0 + (expected[30] - 10.0) * np.exp(-(t[after] - 3.0) / 20.0)
    np.testing.assert_allclose(v, expected - 65.0, atol=1e-9)


def build_random_net(sim):
    rng = NumpyRNG(seed=8)
    noise = sim.Population(20, sim.SpikeSourcePoisson(rate=200.0), label="noise")
    cells = sim.Population(50, sim.IF_curr_exp(tau_refrac=2.0), label="cells")
    weight = RandomDistribution("uniform", (1.0, 3.0), rng=rng)
    delay = RandomDistribution("uniform", (0.1, 3.0), rng=rng)
    connector = sim.FixedProbabilityConnector(0.3, rng=rng)
    sim.Projection(noise, cells, connector, sim.StaticSynapse(weight=weight, delay=delay))
    inhibition = sim.StaticSynapse(weight=-0.5, delay=delay)
    sim.Projection(cells, cells, connector, inhibition, receptor_type="inhibitory")
    cells.record("spikes")
    return cells


def test_chunks_resets_and_reading_change_nothing(sim):
    cells = build_random_net(sim)
    sim.run(100.0)
    once = spikes(cells)
    assert sum(map(len, once)) > 100
    sim.reset()
    for _ in range(4):
        sim.run(25.0)
        cells.get_spike_counts()
    assert spikes(cells) == once
    assert spikes(cells, segment=0) == once


def test_weights_changed_between_runs_act_from_then_on(sim):
    cells = build_random_net(sim)
    sim.run(50.0)
    before = sum(cells.get_spike_counts().values())
    sim.simulator.state.projections[0].set(weight=0.0)
    sim.run(200.0)
    after = sum(cells.get_spike_counts().values()) - before
    assert before > 50
    assert after < before / 10


@pytest.mark.parametrize("fidelity", ["ideal", "latency", "fcfs"])
def test_a_script_runs_on_a_chip(sim, fidelity):
    sim.setup(timestep=0.1, chip="mesh", fidelity=fidelity)
    cells = build_random_net(sim)
    sim.run(50.0)
    report = sim.hardware_report()
    assert (report.chip, report.fidelity) == ("mesh", fidelity)
    traffic = report.traffic
    assert traffic.sent == traffic.delivered + traffic.dropped + traffic.in_flight > 0
    assert sum(cells.get_spike_counts().values()) > 0


def test_the_default_fidelity_follows_the_chip(sim):
    for chip, fidelity in ((None, "ideal"), ("mesh", "fcfs")):
        sim.setup(chip=chip)
        sim.Population(1, sim.IF_curr_exp())
        sim.run(1.0)
        assert sim.hardware_report().fidelity == fidelity

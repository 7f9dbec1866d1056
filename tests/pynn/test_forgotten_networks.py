"""Populations made before the last setup(): their cells have the numbers of other cells now."""

from __future__ import annotations

import pickle

import pytest

from neurohw.errors import NetworkError


@pytest.fixture
def old(sim, book):
    """A population that has run and recorded, and its projection; the network of now has as many cells."""
    population = sim.Population(3, sim.IF_curr_exp(), label="old")
    projection = sim.Projection(population, population, sim.AllToAllConnector(), sim.StaticSynapse())
    population.record(["spikes", "v"])
    sim.run(1.0)
    sim.setup(timestep=0.1)
    new = sim.Population(3, sim.SpikeSourceArray(spike_times=[0.5]), label="new")
    new.record("spikes")
    sim.run(1.0)
    sim.reset()
    return {"population": population, "projection": projection}


ACTIONS = {
    "get_data": lambda sim, p: p.get_data(),
    "get_data of a view": lambda sim, p: p[0:1].get_data(),
    "get_spike_counts": lambda sim, p: p.get_spike_counts(),
    "mean_spike_count": lambda sim, p: p.mean_spike_count(),
    "raw_spikes": lambda sim, p: p.raw_spikes(),
    "raw_spikes of a view": lambda sim, p: p[0:1].raw_spikes(),
    "write_data": lambda sim, p: p.write_data("never_written.pkl"),
    "record": lambda sim, p: p.record("v"),
    "record nothing": lambda sim, p: p.record(None),
    "record to a file": lambda sim, p: sim.record("v", p, "never_written.pkl"),
    "set": lambda sim, p: p.set(tau_m=10.0),
    "set of a view": lambda sim, p: p[1:].set(tau_m=10.0),
    "set of a cell": lambda sim, p: setattr(p[0], "tau_m", 10.0),
    "initialize": lambda sim, p: p.initialize(v=-60.0),
    "inject_into": lambda sim, p: sim.DCSource().inject_into(p),
    "inject_into a view": lambda sim, p: sim.DCSource().inject_into(p[1:]),
    "inject_into cells": lambda sim, p: sim.DCSource().inject_into([p[0]]),
    "inject": lambda sim, p: p.inject(sim.DCSource()),
    "an assembly": lambda sim, p: sim.Assembly(p),
    "an assembly of a view": lambda sim, p: p[1:] + p[:1],
    "a projection": lambda sim, p: sim.Projection(p, p, sim.AllToAllConnector()),
}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS.keys())
def test_nothing_reads_or_acts_on_the_new_network(sim, old, action):
    sim.run(1.0)
    sim.reset()
    with pytest.raises(NetworkError, match=r"population 'old' was made before the last setup\(\)"):
        action(sim, old["population"])
    assert not sim.simulator.state.write_on_end


def test_nor_while_it_runs(sim, old):
    sim.run(1.0)
    for name in ("get_data", "get_spike_counts", "raw_spikes"):
        with pytest.raises(NetworkError, match="'old' was made before"):
            getattr(old["population"], name)()


def test_parameters_and_weights_can_still_be_read(sim, old):
    assert old["population"].get("tau_m") == 20.0
    assert old["population"][1].tau_m == 20.0
    assert len(old["projection"].get("weight", "list")) == 9


def test_a_projection_is_forgotten_too(sim, old):
    with pytest.raises(NetworkError, match="projection 'old→old': population 'old' was made before"):
        old["projection"].set(weight=0.1)
    with pytest.raises(NetworkError, match="projection 'old→old': population 'old' was made before"):
        old["projection"][0].weight = 0.1


def test_weights_that_were_learned_are_not_those_of_the_new_network(sim, book):
    def learning():
        cells = sim.Population(2, sim.IF_curr_exp(), label="c")
        stdp = sim.STDPMechanism(sim.SpikePairRule(), sim.AdditiveWeightDependence(), weight=0.5)
        return sim.Projection(cells, cells, sim.AllToAllConnector(), stdp)

    before = learning()
    sim.run(1.0)
    sim.setup(timestep=0.1)
    learning()
    sim.run(2.0)
    with pytest.raises(NetworkError, match="'c' was made before the last setup"):
        before.get("weight", "list")


def test_a_copy_is_no_part_of_the_network(sim, book):
    cells = sim.Population(2, sim.IF_curr_exp(), label="c")
    cells.record("v")
    sim.run(1.0)
    with pytest.raises(NetworkError, match="'c' is a copy, which is no part of the network"):
        pickle.loads(pickle.dumps(cells)).get_data()

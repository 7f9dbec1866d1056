"""The reference's cells without a closed form against a general solver of equations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from neurohw.backend import load
from neurohw.network import MODELS, Population, SpikeTrains, Synapses
from neurohw.network.models import point_neuron
from neurohw.program import Program
from tests.event.test_stepped import assert_agree
from tests.naive.clocked import simulate
from tests.stepped_networks import ALL, lone_cell, small_network

UNTIL_TICK = 80
SEED = 3


def run(network, *ticks):
    """Advance to each tick in turn, and start all of Brian2's objects anew in between."""
    with load("brian2").open(Program(network), seed=SEED) as session:
        for tick in ticks:
            session.advance(tick)
            session.set(Program(network))
        return session.result()


@pytest.mark.parametrize(
    "name",
    [
        "IF_cond_alpha",
        "IF_cond_exp_gsfa_grr",
        "EIF_cond_exp_isfa_ista",
        "Izhikevich",
        "HH_cond_exp",
        "GIF_cond_exp",
        "lif of all shapes",
        "adexp of all shapes",
    ],
)
def test_every_membrane_and_shape_agrees_with_the_solver(name):
    network = small_network(ALL[name], SEED)
    result = run(network, 40, UNTIL_TICK)
    assert len(result.spikes.ids)
    assert_agree(result, simulate(network, UNTIL_TICK, SEED))


def test_inhibition_at_the_tick_does_not_take_back_that_the_level_was_reached_before_it():
    """v of an Izhikevich cell stops at 30 mV on its way to the tick, where a jump of v then arrives."""
    alone = lone_cell(MODELS["Izhikevich"], i_offset=0.02)
    tick = int(simulate(alone, UNTIL_TICK).ticks[0])
    trains = SpikeTrains.from_lists([[tick - 1]])
    source = Population("source", MODELS["SpikeSourceArray"], 1, 1, {}, trains=trains)
    row = np.array([0, 1]), np.zeros(1), np.array([-5.0]), np.ones(1)
    synapses = (Synapses("inhibition", 1, 0, "inhibitory", *row),)
    network = replace(alone, populations=(*alone.populations, source), synapses=synapses)
    expected = simulate(network, UNTIL_TICK)
    assert expected.ticks[0] == tick
    assert_agree(run(network, UNTIL_TICK), expected)


def test_point_neurons_of_two_models_stand_side_by_side():
    one, other = (
        small_network(point_neuron("lif", {"only": shape}), SEED) for shape in ("curr_exp", "cond_alpha")
    )
    both = join(one, other)
    result = run(both, UNTIL_TICK)
    assert_agree(result, simulate(both, UNTIL_TICK, SEED))
    assert np.unique(result.spikes.ids).max() >= one.n_cells


def join(one, other):
    """Return a network of two that are not connected."""
    cells, populations = one.n_cells, len(one.populations)
    moved = [replace(p, first=p.first + cells) for p in other.populations]
    synapses = [replace(s, pre=s.pre + populations, post=s.post + populations) for s in other.synapses]
    probes = [replace(p, population=p.population + populations) for p in other.probes]
    return replace(
        one,
        populations=(*one.populations, *moved),
        synapses=(*one.synapses, *synapses),
        probes=(*one.probes, *probes),
    )

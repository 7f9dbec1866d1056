"""``setup(weight_precision=...)``: what the network is told of a script's weights."""

from __future__ import annotations

import numpy as np
import pytest

from neurohw.errors import NetworkError


def program_of(sim, precision: str, synapse, weight=0.1):
    sim.setup(weight_precision=precision)
    source, cells = sim.Population(3, sim.SpikeSourceArray()), sim.Population(3, sim.IF_curr_exp())
    projection = sim.Projection(source, cells, sim.AllToAllConnector(), synapse)
    projection.set(weight=weight)
    return projection, sim.prepare().network.synapses[0]


@pytest.mark.parametrize("weight", [0.1, np.linspace(0.1, 0.9, 9).reshape(3, 3)])
def test_static_weights_are_rounded(sim, weight):
    projection, synapses = program_of(sim, "float32", sim.StaticSynapse(), weight)
    wanted = np.broadcast_to(np.float32(weight), (3, 3)).reshape(-1)
    assert synapses.weight.dtype == np.float64
    np.testing.assert_array_equal(synapses.weight, wanted.astype(float))
    assert not np.array_equal(synapses.weight, np.broadcast_to(weight, (3, 3)).reshape(-1))
    np.testing.assert_array_equal(projection.get("weight", format="array"), np.broadcast_to(weight, (3, 3)))


def test_by_default_weights_are_as_given(sim):
    _, synapses = program_of(sim, "float64", sim.StaticSynapse())
    assert set(synapses.weight) == {0.1}


def test_weights_that_learn_are_as_given(sim):
    _, synapses = program_of(
        sim,
        "float32",
        sim.STDPMechanism(
            timing_dependence=sim.SpikePairRule(), weight_dependence=sim.AdditiveWeightDependence()
        ),
    )
    assert set(synapses.weight) == {0.1}


def test_weights_beyond_float32_are_refused_by_name(sim):
    with pytest.raises(NetworkError, match="weight"):
        program_of(sim, "float32", sim.StaticSynapse(), 1e39)

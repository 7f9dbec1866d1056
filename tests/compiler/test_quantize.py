"""Weights on crossbar cells: levels, signs, and no bias."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.compiler import ROUNDINGS, compile_network, quantize_weights
from neurohw.compiler.incoming import incoming
from neurohw.compiler.partitioning import partition_network
from neurohw.hardware import load_chip
from neurohw.network import SYNAPSE_MODELS, verify
from tests.compiler.build import network_of_pairs
from tests.examples import examples
from tests.networks import networks

MESH = load_chip("mesh")


def clusters_of(network, columns):
    """Return the clusters of a network on crossbars of some columns."""
    return partition_network(network, incoming(network), MESH.replace(columns=columns))


def weights_by_crossbar(network, clusters):
    """Yield (group index, synapse index, cluster, receptor and unit, weight) of every synapse."""
    for index, group in enumerate(network.synapses):
        post = network.populations[group.post]
        scale = group.receptor, post.model.weight_unit
        for synapse, (target, weight) in enumerate(zip(group.target, group.weight, strict=True)):
            yield index, synapse, clusters.cluster_of_cell[post.first + target], scale, float(weight)


@examples(60)
@given(
    network=networks(max_cells=20),
    columns=st.integers(1, 8),
    bits=st.integers(1, 10),
    rounding=st.sampled_from(sorted(ROUNDINGS)),
)
def test_every_weight_is_a_level_next_to_it(network, columns, bits, rounding):
    clusters = clusters_of(network, columns)
    before = network.digest()
    rounded = quantize_weights(network, clusters, bits, ROUNDINGS[rounding], seed=3)
    assert network.digest() == before
    verify(rounded)
    largest: dict[tuple, float] = {}
    for _, _, cluster, receptor, weight in weights_by_crossbar(network, clusters):
        largest[cluster, receptor] = max(largest.get((cluster, receptor), 0.0), abs(weight))
    for index, synapse, cluster, receptor, weight in weights_by_crossbar(network, clusters):
        top = largest[cluster, receptor]
        new = float(rounded.synapses[index].weight[synapse])
        if abs(weight) == top:
            assert new == weight
            continue
        step = top / (2**bits - 1)
        assert new * weight >= 0
        assert new / step == pytest.approx(round(new / step), abs=1e-9)
        assert abs(new - weight) <= step * (0.5 if rounding == "nearest" else 1.0) * (1 + 1e-9)


def test_nearest_twice_is_nearest_once():
    network = network_of_pairs(4, [(0, 1), (0, 2), (0, 3), (1, 3)], weight=[0.1, 0.77, 0.3, 1.0])
    clusters = clusters_of(network, 2)
    once = quantize_weights(network, clusters, 4, ROUNDINGS["nearest"])
    assert quantize_weights(once, clusters, 4, ROUNDINGS["nearest"]).digest() == once.digest()
    assert once.digest() != network.digest()


def test_stochastic_keeps_the_mean():
    n = 20_000
    weight = np.full(n, 0.3)
    weight[0] = 1.0
    network = network_of_pairs(2, [(0, 1)] * n, weight=weight)
    rounded = quantize_weights(network, clusters_of(network, 2), 2, ROUNDINGS["stochastic"], seed=1)
    levels = rounded.synapses[0].weight[1:] * 3
    # 0.9 of a step: a coin of probability 0.9, whose mean over n throws is within 5 standard errors
    assert set(np.unique(levels)) == {0.0, 1.0}
    assert levels.mean() == pytest.approx(0.9, abs=5 * np.sqrt(0.9 * 0.1 / n))


def test_stochastic_follows_the_seed():
    network = network_of_pairs(2, [(0, 1)] * 50, weight=np.linspace(0.01, 1, 50))
    clusters = clusters_of(network, 2)
    digests = [quantize_weights(network, clusters, 2, ROUNDINGS["stochastic"], s).digest() for s in (1, 1, 2)]
    assert digests[0] == digests[1] != digests[2]


def test_crossbars_and_receptors_have_scales_of_their_own():
    """The large weight of one crossbar does not coarsen the other's."""
    network = network_of_pairs(2, [(0, 0), (0, 1)], weight=[100.0, 0.1])
    together = quantize_weights(network, clusters_of(network, 2), 4, ROUNDINGS["nearest"])
    apart = quantize_weights(network, clusters_of(network, 1), 4, ROUNDINGS["nearest"])
    assert together.synapses[0].weight.tolist() == [100.0, 0.0]
    assert apart.synapses[0].weight.tolist() == [100.0, 0.1]


def test_weights_that_learn_are_left_alone_and_out_of_the_scale():
    network = network_of_pairs(2, [(0, 0), (0, 1)], weight=[1.0, 0.3])
    model = SYNAPSE_MODELS["stdp_spike_pair_additive"]
    parameters = {name: np.full(2, p.default) for name, p in model.parameters.items()}
    learning = replace(network.synapses[0], weight=np.array([100.0, 0.1]), model=model, parameters=parameters)
    network = replace(network, synapses=(*network.synapses, learning))
    rounded = quantize_weights(network, clusters_of(network, 2), 1, ROUNDINGS["nearest"])
    assert rounded.synapses[0].weight.tolist() == [1.0, 0.0]
    assert rounded.synapses[1] is learning


def test_a_constant_weight_stays_one_number_in_memory():
    network = network_of_pairs(3, [(0, 1), (0, 2), (1, 2)])
    rounded = compile_network(network, MESH, quantize="nearest").network.synapses[0]
    assert rounded.weight.strides == (0,)
    assert rounded.weight.tolist() == [1.0] * 3
    assert rounded.target is network.synapses[0].target or np.shares_memory(
        rounded.target, network.synapses[0].target
    )


def test_zero_weights_stay_zero():
    network = network_of_pairs(2, [(0, 1), (1, 0)], weight=[0.0, 0.0])
    rounded = compile_network(network, MESH, quantize="stochastic").network
    assert rounded.synapses[0].weight.tolist() == [0.0, 0.0]

"""Relays before neurons with too many inputs: structure against sets, and runs where nothing may change."""

import logging
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import neurohw
from neurohw.compiler.partition.unroll import unroll
from neurohw.compiler.unrolling import unroll_network
from neurohw.errors import CapacityError, SettingError, UnsupportedError
from neurohw.hardware import load_chip
from neurohw.network import MODELS, SYNAPSE_MODELS, Network, Population, Probe, SpikeTrains, verify
from neurohw.workload import NeuronGraph
from tests.compiler.build import network_of_pairs, neurons, sources, synapses
from tests.examples import examples
from tests.naive.partition import inputs_of_cells
from tests.networks import networks


def _origins(network, first_relay):
    """Return the cells, relays left out, whose spikes reach each cell, through relays or not."""
    inputs = inputs_of_cells(network)

    def of(cell):
        for other in inputs[cell]:
            yield from of(other) if other >= first_relay else (other,)

    return [set(of(cell)) for cell in range(first_relay)]


@examples(60)
@given(networks(max_cells=20), st.integers(2, 6))
def test_every_neuron_has_few_inputs_and_still_hears_the_same_cells(network, rows):
    before = inputs_of_cells(network)
    unrolled = unroll_network(network, rows)
    verify(unrolled.network)
    after = inputs_of_cells(unrolled.network)
    assert all(len(inputs) <= rows for inputs in after)
    assert _origins(unrolled.network, network.n_cells) == before
    assert unrolled.n_unrolled == sum(len(inputs) > rows for inputs in before)
    assert unrolled.network.n_cells == network.n_cells + unrolled.n_relays
    assert [sorted(inputs) for inputs in unrolled.inputs_of_relay] == [
        sorted(inputs) for inputs in after[network.n_cells :]
    ]
    if not unrolled.n_relays:
        assert unrolled.network is network


@examples(30)
@given(st.integers(0, 10**6), st.integers(2, 5))
def test_with_one_receptor_relays_are_those_of_the_graph(seed, fan_in):
    rng = np.random.default_rng(seed)
    n, pairs = 9, rng.integers(0, 9, (40, 2)).tolist()
    spikes = rng.integers(0, 7, n)
    network = network_of_pairs(n, pairs)
    unrolled = unroll_network(network, fan_in)
    ends = [(pre, post) for pre in range(n) for a, post in sorted(map(tuple, pairs)) if a == pre]
    expected = unroll(NeuronGraph.of_pairs(*np.array(ends).T, spikes), fan_in)
    assert np.array_equal(unrolled.spikes(spikes), expected.spikes)
    found = inputs_of_cells(unrolled.network)
    rows = [expected.pre[expected.indptr[c] : expected.indptr[c + 1]] for c in range(expected.n_cells)]
    assert found == [set(row.tolist()) for row in rows]


def _volleys(weights, delay, ticks):
    """Return sources that fire at ticks of their own and a cell of exponential synapses that hears all of them."""
    n = len(weights)
    model = MODELS["IF_curr_exp"]
    parameters = {name: np.full(1, p.default) for name, p in model.parameters.items()}
    cell = Population("cell", model, 0, 1, parameters)
    inputs = Population(
        "inputs", MODELS["SpikeSourceArray"], 1, n, {}, trains=SpikeTrains.from_lists([[t] for t in ticks])
    )
    group = synapses(inputs, cell, [(i, 0) for i in range(n)], weights, indices=(1, 0))
    group = replace(group, delay=np.full(n, delay, np.int32))
    probes = (Probe(0, "v", np.arange(1)), Probe(0, "spikes", np.arange(1)))
    return Network(0.1, (cell, inputs), (group,), probes=probes)


CHIP = load_chip("mesh").replace(rows=4, columns=8)


def test_equal_weights_long_delays_and_spikes_apart_change_nothing():
    network = _volleys([1.5] * 11, 8, [20 + 7 * i for i in range(11)])
    wide = neurohw.compile(network, CHIP.replace(rows=11))
    narrow = neurohw.compile(network, CHIP, unroll=True)
    assert narrow.network.n_cells == 12 + 3  # 11 inputs, 4 rows: 4, 3 and 3 through relays, one directly
    found = [neurohw.run(program, 60.0, fidelity="ideal") for program in (wide, narrow)]
    assert np.array_equal(*(result.spikes.ticks for result in found))
    assert len(found[0].spikes.ticks) > 0
    assert np.allclose(*(result.traces[0, "v"] for result in found), atol=1e-9)


def test_relays_fire_once_for_every_spike_that_comes_alone():
    network = _volleys([0.1] * 11, 5, [20 + 7 * i for i in range(11)])
    unrolled = unroll_network(network, 4)
    first = network.n_cells
    probes = (Probe(2, "spikes", np.arange(unrolled.n_relays)),)
    program = neurohw.compile(replace(unrolled.network, probes=probes), CHIP)
    spikes = neurohw.run(program, 60.0, fidelity="ideal").spikes
    count = np.concatenate([[0], np.ones(11, int)])
    assert np.bincount(spikes.ids - first).tolist() == unrolled.spikes(count)[first:].tolist() == [4, 7, 10]


def test_the_program_holds_relays_and_says_so(caplog):
    network = _volleys([1.0] * 11, 3, range(20, 31))
    with pytest.raises(CapacityError, match="11 distinct presynaptic cells"):
        neurohw.compile(network, CHIP)
    steps = []
    with caplog.at_level(logging.WARNING, "neurohw"):
        program = neurohw.compile(
            network, CHIP, unroll=True, spikes=np.ones(12, int), observe=lambda step, *_: steps.append(step)
        )
    assert "3 relays before 1 neuron with more than 4 inputs; results change" in caplog.text
    assert steps == ["verify", "unroll", "partition", "place", "route"]
    assert program.network.populations[-1].name == "relays"
    assert program.placement.tile_of_cell.size == 15


def test_synapses_that_are_kept_have_their_weights_and_delays():
    weights = np.arange(1.0, 12.0)
    unrolled = unroll_network(_volleys(weights, 8, range(20, 31)), 4).network
    kept, from_inputs, from_relays, to_cell = unrolled.synapses
    assert kept.weight.tolist() == [11.0]
    # three relays: inputs of the first pass all of them
    assert sorted(zip(from_inputs.target.tolist(), from_inputs.delay.tolist(), strict=True)) == [
        *[(0, 5)] * 4, *[(1, 6)] * 3, *[(2, 7)] * 3,
    ]  # fmt: skip
    assert from_relays.delay.tolist() == [1, 1]
    assert (to_cell.weight.tolist(), to_cell.delay.tolist()) == ([weights[:10].mean()], [1])


def test_what_cannot_be_unrolled_is_refused():
    network = _volleys([1.0] * 5, 3, range(20, 25))
    with pytest.raises(CapacityError, match="relays need crossbars of 2 rows at least, not 1"):
        unroll_network(network, 1)
    with pytest.raises(SettingError, match="unroll = True needs a chip"):
        neurohw.compile(network, unroll=True)
    with pytest.raises(SettingError, match="either relays or merged columns"):
        neurohw.compile(network, CHIP, unroll=True, merge_columns=True)
    model = SYNAPSE_MODELS["simple_stochastic"]
    group = replace(network.synapses[0], model=model, parameters={"p": np.full(5, 0.5)})
    with pytest.raises(
        UnsupportedError, match="synapses of model 'simple_stochastic', which relays cannot stand for"
    ):
        unroll_network(replace(network, synapses=(group,)), 4)


def test_receptors_that_need_more_rows_than_there_are():
    cells, inputs = neurons(1), sources(6, 1)
    groups = [
        synapses(inputs, cells, [(i, 0) for i in range(6)], receptor=name, indices=(1, 0))
        for name in ("excitatory", "inhibitory")
    ]
    unrolled = unroll_network(Network(0.1, (cells, inputs), tuple(groups)), 2)
    assert [len(inputs) for inputs in inputs_of_cells(unrolled.network)] == [2] + [0] * 6 + [2] * 10

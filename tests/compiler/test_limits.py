"""Limits of a chip's neurons, tables, delays and weights: what exceeds them is refused by name."""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from math import inf, lcm

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.compiler import compile_network, exceeded_limits
from neurohw.errors import CapacityError
from neurohw.hardware import load_chip
from neurohw.network import SYNAPSE_MODELS
from tests.compiler.build import network_of_pairs
from tests.examples import examples
from tests.networks import networks

MESH = load_chip("mesh")
REMEDY = "map it as if the chip had room with strict=False (`neurohw compile --no-strict`), or onto a chip that has"


def refusal(network, chip, **options):
    """Return the lines with which a network is refused."""
    with pytest.raises(CapacityError) as caught:
        compile_network(network, chip, **options)
    *lines, remedy = str(caught.value).splitlines()
    assert remedy == REMEDY
    return lines


def needs(program):
    """Count by plain loops what every limit is about."""
    network, tile_of_cell = program.network, program.placement.tile_of_cell
    neurons = {cell for p in network.populations if not p.model.is_source for cell in p.ids}
    fan_in, tiles = defaultdict(int), defaultdict(set)
    longest = dict.fromkeys(range(len(network.synapses)), 0)
    for index, group in enumerate(network.synapses):
        pre, post = network.populations[group.pre], network.populations[group.post]
        for cell in range(pre.size):
            for synapse in range(group.indptr[cell], group.indptr[cell + 1]):
                target = post.first + int(group.target[synapse])
                fan_in[target] += 1
                tiles[pre.first + cell].add(int(tile_of_cell[target]))
                longest[index] = max(longest[index], int(group.delay[synapse]))
    axons = defaultdict(int)
    for cell in neurons:
        axons[int(tile_of_cell[cell])] += len(tiles[cell])
    return {
        "fan_in": list(fan_in.values()),
        "fan_out": [len(tiles[cell]) for cell in neurons],
        "out_axons": list(axons.values()),
        "delay_ticks": list(longest.values()),
    }


@examples(40)
@given(networks(max_cells=30), st.sampled_from(["fan_in", "fan_out", "out_axons", "delay_ticks"]))
def test_a_limit_is_held_or_named(network, limit):
    chip = MESH.replace(columns=3)
    needed = needs(compile_network(network, chip))[limit]
    most = max(needed, default=0)
    fits = chip.replace(**{limit: max(most, 1)})
    assert exceeded_limits(compile_network(network, fits)) == []
    if most < 2:
        return
    tight = chip.replace(**{limit: most - 1})
    (line,) = refusal(network, tight)
    assert f"{most:,} " in line
    assert f"chip 'mesh' has {limit} = {most - 1:,};" in line
    assert line.endswith(f"above it: {needed.count(most):,}")
    assert exceeded_limits(compile_network(network, tight, strict=False)) == [line]


def test_the_object_is_named():
    network = network_of_pairs(6, [(0, 1), (0, 1), (0, 3), (0, 5), (4, 5)])
    chip = MESH.replace(columns=2, fan_in=1, fan_out=2, delay_ticks=1)
    assert refusal(network, chip) == [
        "population 'cells', neuron 1: 2 synapses, chip 'mesh' has fan_in = 1; neurons above it: 2"
    ]
    assert refusal(network, chip.replace(fan_in=inf)) == [
        "population 'cells', neuron 0: sends to 3 tiles, chip 'mesh' has fan_out = 2; neurons above it: 1"
    ]
    assert refusal(network, chip.replace(fan_in=inf, fan_out=inf, out_axons=2)) == [
        "tile 0: 3 destinations of its neurons, chip 'mesh' has out_axons = 2; tiles above it: 1"
    ]
    slow = replace(network.synapses[0], delay=np.broadcast_to(7, 5))
    assert refusal(replace(network, synapses=(slow,)), chip.replace(fan_in=inf)) == [
        "projection 'cells to cells': a delay of 7 ticks of 0.1 ms, chip 'mesh' has delay_ticks = 1; "
        "projections above it: 1"
    ]


def test_all_limits_that_can_be_known_are_told_at_once():
    network = network_of_pairs(2, [(0, 1), (0, 1)])
    slow = replace(network.synapses[0], delay=np.array([3, 1]))
    lines = refusal(replace(network, synapses=(slow,)), MESH.replace(fan_in=1, delay_ticks=2))
    assert ["fan_in" in lines[0], "delay_ticks" in lines[1]] == [True, True]


def test_sources_need_no_entries_of_a_tile():
    pairs = [(0, 0), (0, 2), (0, 4)]
    network = network_of_pairs(6, [], n_sources=1, source_pairs=pairs)
    program = compile_network(network, MESH.replace(columns=2, fan_out=1, out_axons=1))
    assert exceeded_limits(program) == []


def test_without_a_chip_there_are_no_limits():
    assert exceeded_limits(compile_network(network_of_pairs(2, [(0, 1)]))) == []


# ------------------------------------------------------------------ weights


def holds(weights, bits):
    """Say whether whole numbers (of a unit of their own) are steps of one size, at most 2**bits - 1."""
    used = [Fraction(weight, max(weights)) for weight in weights if weight]
    return lcm(*(share.denominator for share in used)) <= 2**bits - 1 if used else True


@examples(150)
@given(
    levels=st.lists(st.integers(0, 600), min_size=1, max_size=6),
    bits=st.integers(1, 10),
    unit=st.floats(1e-6, 1e6),
)
def test_weights_are_held_exactly_or_refused(levels, bits, unit):
    pairs = [(0, target) for target in range(len(levels))]
    weights = [unit * level for level in levels]
    network = network_of_pairs(len(levels), pairs, weight=weights)
    chip = MESH.replace(weight_bits=bits)
    if holds(levels, bits):
        assert compile_network(network, chip, quantize="exact").network is network
        return
    with pytest.raises(
        CapacityError, match=r"projection 'cells to cells': weight .* have \d+ bits"
    ) as caught:
        compile_network(network, chip, quantize="exact")
    named = float(str(caught.value).split("weight ")[1].split()[0])
    assert min(abs(named - weight) for weight in weights) <= 1e-9 * max(weights)


@examples(40)
@given(networks(max_cells=20), st.integers(1, 52))
def test_what_was_rounded_is_exact(network, bits):
    chip = MESH.replace(columns=4, weight_bits=bits)
    rounded = compile_network(network, chip, quantize="nearest").network
    assert compile_network(rounded, chip, quantize="exact").network is rounded


def test_random_weights_are_refused_and_named():
    weights = np.random.default_rng(1).uniform(1, 2, 4)
    network = network_of_pairs(4, [(0, target) for target in range(4)], weight=weights)
    with pytest.raises(CapacityError) as caught:
        compile_network(network, MESH, quantize="exact")
    text = str(caught.value)
    assert f"the largest here is {weights.max():.10g}" in text
    assert "crossbar cells of chip 'mesh' have 8 bits" in text
    assert "quantize='nearest'" in text


def test_crossbars_have_steps_of_their_own():
    network = network_of_pairs(2, [(0, 0), (0, 1)], weight=[100.0, 0.1])
    assert compile_network(network, MESH.replace(columns=1), quantize="exact").network is network
    with pytest.raises(CapacityError, match=r"weight 0\.1 "):
        compile_network(network, MESH, quantize="exact")


def test_weights_that_learn_are_left_alone():
    network = network_of_pairs(2, [(0, 0), (0, 1)], weight=[1.0, 0.5])
    model = SYNAPSE_MODELS["stdp_spike_pair_additive"]
    parameters = {name: np.full(2, p.default) for name, p in model.parameters.items()}
    learning = replace(
        network.synapses[0], weight=np.array([np.pi, np.e]), model=model, parameters=parameters
    )
    network = replace(network, synapses=(*network.synapses, learning))
    program = compile_network(network, MESH.replace(synapse_models=("stdp",)), quantize="exact")
    assert program.network is network

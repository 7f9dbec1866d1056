"""Weights kept as numbers of levels, as crossbar cells hold them: each synapse finds its weight, to the last bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.workloads.parts import cells, connect, poisson
from neurohw.compiler import compile_network
from neurohw.hardware import Chip
from neurohw.network import MODELS, Network
from neurohw.program import Program
from neurohw_event.delivery_order import Places
from neurohw_event.kernels.levels import MOST_LEVELS
from neurohw_event.stored_segments import weights_of
from neurohw_event.weight_levels import number_levels
from neurohw_event.wiring import make_wiring, places_of
from tests.event.test_interconnect import FIDELITIES, MAX_CELLS, all_spikes, chips
from tests.event.test_interconnect import run as run_on_chip
from tests.event.test_weight_types import assert_same, keeping_numbers, synapses
from tests.examples import examples, few_kernels
from tests.networks import networks
from tests.plastic_networks import with_plasticity

DEFAULTS = {name: p.default for name, p in MODELS["IF_curr_exp"].parameters.items()}


def weights(program: Program, by_tile: bool) -> tuple[type, np.ndarray]:
    """Return the type of the weights that are kept, and what all segments add."""
    wiring = make_wiring(program, by_tile)
    return wiring.weight.dtype.type, weights_of(wiring, np.arange(len(wiring.delay)))


def bits_of(weight: np.ndarray) -> list[int]:
    return np.asarray(weight, np.float64).view(np.int64).tolist()


@given(networks(), st.booleans(), st.integers(0, 2**32 - 1))
@examples(40)
def test_every_synapse_finds_its_weight(network: Network, learns: bool, seed: int) -> None:
    program = Program(with_plasticity(network, seed) if learns else network)
    type_, long = weights(program, by_tile=False)
    assert type_ == np.float64
    with keeping_numbers():
        type_, short = weights(program, by_tile=False)
    assert type_ == np.uint8
    assert bits_of(short) == bits_of(long)


@few_kernels
@given(networks(max_cells=MAX_CELLS), chips(), st.integers(1, 8), FIDELITIES)
@examples(20)
def test_what_a_chip_rounded(network: Network, chip: Chip, weight_bits: int, fidelity: str) -> None:
    """A crossbar cell's magnitude of 8 bits has 255 levels above 0; the sign belongs to the receptor."""
    rounded = compile_network(all_spikes(network), chip.replace(weight_bits=weight_bits), quantize="nearest")
    _, long = weights(rounded, by_tile=True)
    with keeping_numbers():
        type_, short = weights(rounded, by_tile=True)
        result = run_on_chip(rounded, fidelity)
    assert type_ == np.uint8
    assert bits_of(short) == bits_of(long)
    assert_same(run_on_chip(rounded, fidelity), result)


def test_tiles_have_levels_of_their_own() -> None:
    """As the size of a step differs from crossbar to crossbar: more levels than 8 bits hold, but not on one tile."""
    n = 2 * MOST_LEVELS
    network = synapses(np.sqrt(1.0 + np.arange(n)))
    group = replace(network.synapses[0], target=np.arange(n, dtype=np.int32) % 2)
    network = replace(network, synapses=(group,))
    on_one, none = np.zeros(1, np.int32), np.full(2, -2, np.int32)
    assert number_levels(network, Places(on_one, none, on_one, 1)) is None
    numbered = number_levels(network, Places(np.array([5, 0], np.int32), none, on_one, 1))
    assert numbered is not None
    level_at = numbered.level_at[0, np.array([5, 0])[group.target]]
    assert bits_of(numbered.levels[level_at + numbered.of_group[0]]) == bits_of(group.weight)


@pytest.mark.parametrize(("n", "is_kept"), [(MOST_LEVELS, True), (MOST_LEVELS + 1, False)])
def test_as_many_levels_as_eight_bits_hold(n: int, is_kept: bool) -> None:
    network = synapses(0.1 + 0.01 * np.arange(n))
    numbered = number_levels(network, places_of(Program(network), by_tile=False))
    assert (numbered is not None) == is_kept


@pytest.mark.parametrize(("n_of_rows", "is_kept"), [(16, True), (17, False)])
def test_rows_of_dense_layers_stay_as_they_are(n_of_rows: int, is_kept: bool) -> None:
    """They are added as arrays: numbers would have to be looked up one by one."""
    weight = np.arange(1.0, 17.0)
    network = synapses(weight)
    layer = cells("layer", "IF_curr_exp", 2, n_of_rows, DEFAULTS)
    source = poisson("source", 2 + n_of_rows, np.ones(1))
    populations = [*network.populations, layer, source]
    pairs = np.zeros(n_of_rows, np.int64), np.arange(n_of_rows)
    rows = connect(populations, 2, 1, "excitatory", pairs, 0.1 + np.arange(n_of_rows), 1)
    network = replace(network, populations=tuple(populations), synapses=(*network.synapses, rows))
    with keeping_numbers(most_of_rows=0.5):
        type_, kept = weights(Program(network), by_tile=False)
    assert (type_ == np.uint8) == is_kept
    assert sorted(kept) == sorted([*weight, *rows.weight])


def test_memory_of_a_synapse() -> None:
    """Two bytes for its target, one for its weight, and what comes with rows of a thousand."""
    populations = [poisson("sources", 0, np.ones(100)), cells("cells", "IF_curr_exp", 100, 1000, DEFAULTS)]
    weight = np.random.default_rng(1).integers(-100, 101, 100_000) / 7
    pairs = np.repeat(np.arange(100), 1000), np.tile(np.arange(1000), 100)
    rows = connect(populations, 0, 1, "excitatory", pairs, weight, 1)
    with keeping_numbers():
        wiring = make_wiring(Program(Network(0.1, tuple(populations), (rows,))), by_tile=False)
    n_bytes = sum(column.nbytes for column in wiring if isinstance(column, np.ndarray))
    assert n_bytes < 3.2 * len(weight)

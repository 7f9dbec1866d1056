"""Weights kept in fewer bits: where these hold them all, and the same spikes and traces to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.workloads.parts import cells
from neurohw.backend import load
from neurohw.network import MODELS, Network, Synapses
from neurohw.program import Program
from neurohw.result import Result
from neurohw_event import shares, weight_types
from neurohw_event.stored_segments import SPARE
from neurohw_event.wiring import make_wiring
from tests import shared_runs
from tests.event.test_against_naive import SEEDS, run
from tests.event.test_blocks import TICKS, layers
from tests.event.test_ways_of_neurons import BOUNDS, run_on
from tests.examples import examples, few_kernels
from tests.networks import CONDUCTANCE_MODELS, CURRENT_MODELS, UNTIL_TICK, networks
from tests.plastic_networks import with_plasticity
from tests.stepped_networks import ALL, small_network


def rounded(network: Network) -> Network:
    """Return the network with weights that float32 holds."""
    return replace(
        network,
        synapses=tuple(
            replace(s, weight=s.weight.astype(np.float32).astype(np.float64)) for s in network.synapses
        ),
    )


@contextmanager
def keeping_float32(least: int = 0) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weight_types, "LEAST_WEIGHTS", least)
        patch.setattr(weight_types, "number_levels", lambda *_: None)
        yield


@contextmanager
def keeping_numbers(least: int = 0, most_of_rows: float = 1.0) -> Iterator[None]:
    """Keep weights as numbers of levels, of which small networks have few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weight_types, "LEAST_WEIGHTS", least)
        patch.setattr(weight_types, "MOST_OF_ROWS", most_of_rows)
        yield


SHORTER = [keeping_float32, keeping_numbers]


def assert_same(a: Result, b: Result) -> None:
    assert a.spikes.digest() == b.spikes.digest()
    for key, samples in a.traces.items():
        np.testing.assert_array_equal(b.traces[key], samples)


def assert_same_in_both(network: Network) -> None:
    program = Program(rounded(network))
    long = run(program)
    for keeping in SHORTER:
        with keeping():
            assert_same(long, run(program))


def synapses(weight: np.ndarray) -> Network:
    """Return two cells and a synapse of each weight between them."""
    values = {name: p.default for name, p in MODELS["IF_curr_exp"].parameters.items()}
    n = len(weight)
    group = Synapses(
        "",
        0,
        0,
        "excitatory",
        np.array([0, n, n]),
        np.ones(n, np.int32),
        weight,
        np.arange(1, n + 1, dtype=np.int32),
    )
    return Network(0.1, (cells("cells", "IF_curr_exp", 0, 2, values),), (group,))


@pytest.mark.parametrize(
    ("weight", "kept"),
    [
        ([0.5, 0.25, -3.0, 0.0], np.float32),
        ([0.5, 0.1, 0.25, 1.0], np.float64),  # 0.1 needs 53 bits
        ([0.5, 1e39, 0.25, 1.0], np.float64),  # beyond the largest float32
        ([0.5, 1e-50, 0.25, 1.0], np.float64),  # below the least
        ([2.0**-149, 1.0, 2.0, 3.0], np.float32),
    ],
)
def test_float32_only_where_it_holds_all_weights(weight: list[float], kept: type) -> None:
    network = synapses(np.array(weight))
    with keeping_float32():
        wiring = make_wiring(Program(network), by_tile=False)
    assert wiring.weight.dtype == kept
    np.testing.assert_array_equal(wiring.weight[:-SPARE].astype(float), weight)


def test_few_weights_stay_as_they_are() -> None:
    """Kernels for another type take seconds to compile."""
    network = synapses(np.array([0.5, 0.25, 1.0, 2.0]))
    assert make_wiring(Program(network), by_tile=False).weight.dtype == np.float64
    with keeping_float32(5):
        assert make_wiring(Program(network), by_tile=False).weight.dtype == np.float64
    with keeping_float32(4):
        assert make_wiring(Program(network), by_tile=False).weight.dtype == np.float32


@few_kernels
@given(networks(models=CURRENT_MODELS), SEEDS, st.sampled_from(sorted(BOUNDS)))
@examples(40)
def test_same_spikes_and_traces_in_all_ways(network: Network, seed: int, way: str) -> None:
    program = Program(rounded(network))
    long = run_on(way, program, seed=seed)
    for keeping, type_ in zip(SHORTER, (np.float32, np.uint8), strict=True):
        with keeping():
            assert make_wiring(program, by_tile=False).weight.dtype == type_
            assert_same(long, run_on(way, program, seed=seed))


@given(st.integers(0, 2**32 - 1))
@examples(20)
def test_same_spikes_in_blocks_of_ticks(seed: int) -> None:
    program = Program(rounded(layers(seed)))
    long = run_on("grid", program, [TICKS])
    for keeping in SHORTER:
        with keeping():
            assert_same(long, run_on("grid", program, [TICKS]))


@pytest.mark.slow  # compiles kernels for a type and a use of its own
@given(networks(models=CURRENT_MODELS), SEEDS)
@examples(15)
def test_same_spikes_with_threads(network: Network, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shares, "LEAST_WORK", 1e-6)
        network = shared_runs.delayed(rounded(network), 3)
        long = shared_runs.run(network, 2, seed=seed)
        for keeping in SHORTER:
            with keeping():
                assert_same(long, shared_runs.run(network, 2, seed=seed))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["HH_cond_exp", "EIF_cond_exp_isfa_ista"])
def test_same_spikes_of_stepped_cells(name: str) -> None:
    assert_same_in_both(small_network(ALL[name], 1))


@pytest.mark.slow
@given(networks(models=CONDUCTANCE_MODELS), SEEDS)
@examples(10)
def test_same_spikes_of_conductances_and_plastic_synapses(network: Network, seed: int) -> None:
    assert_same_in_both(network)
    assert_same_in_both(with_plasticity(network, seed))


@few_kernels
@given(networks(models=CURRENT_MODELS), SEEDS, st.integers(1, UNTIL_TICK - 1))
@examples(20)
def test_weights_that_need_more_bits_between_runs(network: Network, seed: int, stop: int) -> None:
    """And fewer again: what is under way keeps its weights."""
    short = rounded(network)
    for before, after in ((short, network), (network, short)):
        changes = {stop: after}
        how = {"stops": [stop, UNTIL_TICK], "seed": seed, "changes": changes}
        long = run_on("in turn", Program(before), **how)
        for keeping in SHORTER:
            with keeping():
                assert_same(long, run_on("in turn", Program(before), **how))


@few_kernels
@given(networks(models=CURRENT_MODELS), SEEDS, st.integers(1, UNTIL_TICK - 1))
@examples(10)
def test_what_plastic_synapses_passed_on_is_not_rounded(network: Network, seed: int, stop: int) -> None:
    """Weights that learn are no numbers of float32; they arrive, under way, though their synapses are gone."""
    network = with_plasticity(rounded(network), seed)
    without = replace(network, synapses=tuple(s for s in network.synapses if s.model.is_static))

    def result() -> Result:
        with load("event").open(Program(network), seed=seed) as session:
            session.advance(stop)
            session.set(Program(without))
            session.advance(UNTIL_TICK)
            return session.result()

    long = result()
    for keeping in SHORTER:
        with keeping():
            assert_same(long, result())

"""Streams of events: synapses with delays of their own, in tiny chunks, against the oracle and against segments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.workloads.microcircuit import microcircuit
from benchmarks.workloads.parts import all_spikes, cells, connect
from neurohw.backend import load
from neurohw.compiler import compile_network
from neurohw.hardware import load_chip
from neurohw.network import MODELS, Network, Population, Probe, SpikeTrains, Synapses
from neurohw.program import Program
from neurohw_event import session, shares, streamed, streams
from neurohw_event.streamed import streamed_groups
from neurohw_event.wiring import make_wiring
from tests.event.test_against_naive import SEEDS, assert_same_spikes, assert_same_traces, run
from tests.event.test_ways_of_neurons import BOUNDS, way
from tests.event.test_weight_types import keeping_numbers
from tests.examples import compiled_only, examples, few_kernels
from tests.naive.clocked import simulate
from tests.networks import (
    CONDUCTANCE_MODELS,
    CURRENT_MODELS,
    UNTIL_TICK,
    changed,
    networks,
    random_network,
)
from tests.plastic_networks import with_plasticity
from tests.shared_runs import assert_same, delayed
from tests.shared_runs import run as run_on

WAYS = st.sampled_from(sorted(BOUNDS))
STOPS = st.sets(st.integers(0, UNTIL_TICK - 1), max_size=6)
LATER, THREADS = st.integers(1, 20), st.integers(2, 4)


@pytest.fixture(autouse=True, scope="module")
def streaming_small_networks() -> Iterator[None]:
    """Stream all that may be streamed, in chunks of two events, with room for next to nothing at first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamed, "LEAST_SYNAPSES", 1)
        patch.setattr(streamed, "SHORT_SEGMENTS", np.inf)
        patch.setattr(streams, "CHUNK_BITS", 1)
        patch.setattr(streams, "CHUNKS", 1)
        patch.setattr(streams, "SPIKES", 1)
        patch.setattr(session, "POOL", 1)
        patch.setattr(shares, "LEAST_WORK", 1e-6)
        yield


@contextmanager
def nothing_streamed() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamed, "LEAST_SYNAPSES", np.inf)
        yield


def with_other_delays(network: Network, seed: int, share: float, longest: int = 60) -> Network:
    """Return the network with other delays of some groups, and other weights of the rest."""
    rng = np.random.default_rng(seed)
    synapses = tuple(
        replace(s, delay=rng.integers(1, longest, s.size, endpoint=True))
        if rng.random() < share
        else replace(s, weight=s.weight * rng.uniform(0.5, 1.5))
        for s in network.synapses
    )
    return replace(network, synapses=synapses)


def with_other_targets(network: Network, seed: int) -> Network:
    rng = np.random.default_rng(seed)
    synapses = tuple(
        replace(s, target=s.target[rng.permutation(s.size)]) if rng.random() < 0.5 else s
        for s in network.synapses
    )
    return replace(network, synapses=synapses)


@given(networks(models=(*CURRENT_MODELS, *CONDUCTANCE_MODELS)))
@examples(30)
def test_mixed_delays_to_cells_with_currents_are_streamed(network: Network) -> None:
    own = streamed_groups(network)
    for s, is_own in zip(network.synapses, own, strict=True):
        has_currents = network.populations[s.post].model.name in ("IF_curr_exp", "IF_curr_alpha")
        assert is_own == (has_currents and len(set(s.delay.tolist())) > 1)
    wiring = make_wiring(Program(network), by_tile=False)
    assert len(wiring.stream_delay) == sum(s.size for s, o in zip(network.synapses, own, strict=True) if o)


@given(networks(), SEEDS, WAYS)
@examples(100)
def test_all_ways_agree_with_the_oracle(network: Network, seed: int, name: str) -> None:
    with way(name):
        result = run(Program(network), seed=seed)
    oracle = simulate(network, UNTIL_TICK, seed)
    assert_same_spikes(result, oracle)
    assert_same_traces(result, oracle, atol=1e-8)


@given(networks(), SEEDS)
@examples(40)
def test_what_is_counted_is_that_of_segments(network: Network, seed: int) -> None:
    with way("in turn"):
        result = run(Program(network), seed=seed)
        with nothing_streamed():
            other = run(Program(network), seed=seed)
    assert_same_spikes(result, other.spikes)
    assert vars(result.report.traffic) == vars(other.report.traffic)
    for column, values in vars(other.report.projections).items():
        np.testing.assert_array_equal(getattr(result.report.projections, column), values)


@given(networks(), SEEDS, STOPS)
@examples(40)
def test_stops_change_nothing(network: Network, seed: int, stops: set[int]) -> None:
    with way("grid and spans"):
        whole = run(Program(network), seed=seed)
        assert_same(whole, run(Program(network), [*sorted(stops), UNTIL_TICK], seed=seed))


@given(networks(), SEEDS, st.integers(0, UNTIL_TICK - 1), WAYS)
@examples(60)
def test_weights_changed_between_runs(network: Network, seed: int, stop: int, name: str) -> None:
    """What is under way arrives with the new weights."""
    changes = {stop: changed(network, seed)}
    with way(name):
        result = run(Program(network), [stop, UNTIL_TICK], seed=seed, changes=changes)
    oracle = simulate(network, UNTIL_TICK, seed, changes)
    assert_same_spikes(result, oracle)
    assert_same_traces(result, oracle, atol=1e-8)


def test_streams_after_a_change_are_for_the_same_kernels() -> None:
    network = random_network(3, models=("IF_curr_exp",))
    with load("event").open(Program(network)) as opened:
        opened.advance(100)
        before = opened._pendings[0].streams
        opened.set(Program(with_other_delays(network, 1, 0.5)))
        after = opened._pendings[0].streams
    assert before is not None
    assert after is not None
    assert after.n_sent[0] > 1
    assert [array.flags.c_contiguous for array in after if isinstance(array, np.ndarray)] == [
        array.flags.c_contiguous for array in before if isinstance(array, np.ndarray)
    ]


@given(networks(), SEEDS, st.integers(0, UNTIL_TICK - 1))
@examples(60)
def test_delays_changed_between_runs(network: Network, seed: int, stop: int) -> None:
    """What is under way arrives when it was due, though its synapse has another delay now."""
    changes = {stop: with_other_delays(network, seed, 0.5)}
    with way("in turn"):
        result = run(Program(network), [stop, UNTIL_TICK], seed=seed, changes=changes)
    oracle = simulate(network, UNTIL_TICK, seed, changes)
    assert_same_spikes(result, oracle)
    assert_same_traces(result, oracle, atol=1e-8)


@given(networks(), SEEDS, st.lists(st.integers(0, UNTIL_TICK - 1), min_size=2, max_size=5, unique=True))
@examples(60)
def test_changes_one_after_the_other(network: Network, seed: int, stops: list[int]) -> None:
    """What segments would bring is under way through several changes."""
    stops, changes, now = sorted(stops), {}, network
    for stop in stops:
        changes[stop] = now = with_other_delays(now, seed + stop, 0.5)
    with way("in turn"):
        result = run(Program(network), [*stops, UNTIL_TICK], seed=seed, changes=changes)
        with nothing_streamed():
            other = run(Program(network), [*stops, UNTIL_TICK], seed=seed, changes=changes)
    assert_same_spikes(result, other.spikes)
    assert_same_traces(result, other, atol=1e-8)
    assert vars(result.report.traffic) == vars(other.report.traffic)


@few_kernels
@given(networks(), SEEDS, st.sets(st.integers(0, UNTIL_TICK - 1), min_size=1, max_size=4), WAYS)
@examples(60)
def test_weights_as_numbers_of_levels(network: Network, seed: int, stops: set[int], name: str) -> None:
    """What is under way keeps levels that the connections no longer have."""
    changes, now = {}, network
    for stop in sorted(stops):
        changes[stop] = now = with_other_delays(now, seed + stop, 0.5)
    with way(name):
        long = run(Program(network), [*changes, UNTIL_TICK], seed=seed, changes=changes)
        with keeping_numbers():
            assert make_wiring(Program(network), by_tile=False).weight.dtype == np.uint8
            assert_same(long, run(Program(network), [*changes, UNTIL_TICK], seed=seed, changes=changes))


@few_kernels
@given(networks(), SEEDS, LATER, THREADS, WAYS)
@examples(60)
def test_threads_change_nothing(network: Network, seed: int, later: int, threads: int, name: str) -> None:
    network = delayed(network, later)
    with way(name):
        assert_same(run_on(network, 1, seed=seed), run_on(network, threads, seed=seed))


@few_kernels
@given(networks(), SEEDS, LATER, THREADS, st.lists(st.integers(0, 4), min_size=3, max_size=3), WAYS)
@examples(60)
def test_changes_of_a_run_that_is_shared_or_not(
    network: Network, seed: int, later: int, threads: int, kinds: list[int], name: str
) -> None:
    first = delayed(network, later)
    variants = [
        delayed(changed(network, seed), later),
        delayed(with_other_delays(network, seed, 0.5), later),
        with_other_targets(first, seed),
        replace(first, synapses=tuple(replace(s, delay=np.ones(s.size, np.int32)) for s in first.synapses)),
        with_plasticity(first, seed),
    ]
    stops = [80, 150, 220, UNTIL_TICK]
    changes = dict(zip(stops, (variants[kind] for kind in kinds), strict=False))
    with way(name):
        one, more = (run_on(first, n, stops, seed, changes) for n in (1, threads))
    assert_same(one, more)


@compiled_only
def test_a_network_with_drives_and_thousands_of_events_a_tick() -> None:
    network = microcircuit(0.01, 0.03)
    spikes = []
    for bits, chunks in ((1, 1), (6, 256)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(streams, "CHUNK_BITS", bits)
            patch.setattr(streams, "CHUNKS", chunks)
            spikes.append(run_on(network, 1, [900]).spikes)
    with nothing_streamed():
        spikes.append(run_on(network, 1, [900]).spikes)
    assert len(spikes[0].ids) > 100
    assert len({own.digest() for own in spikes}) == 1


@pytest.mark.parametrize(("longest", "n_bytes"), [(255, 1), (256, 2), (70_000, 0)])
def test_long_delays(longest: int, n_bytes: int) -> None:
    """Those of more than 16 bits are not streamed."""
    trains = SpikeTrains.from_lists([[3, 3, 40]])
    source = Population("source", MODELS["SpikeSourceArray"], 0, 1, {}, trains=trains)
    populations = [source, cells("cells", "IF_curr_exp", 1, 3, default("IF_curr_exp"))]
    ends = np.zeros(3, int), np.arange(3)
    s = connect(populations, 0, 1, "excitatory", ends, 60.0, np.array([1, 30, longest]))
    network = Network(0.1, tuple(populations), (s,), probes=all_spikes(populations, [1]))
    wiring = make_wiring(Program(network), by_tile=False)
    assert wiring.stream_delay.nbytes == 3 * n_bytes
    until = longest + 100
    assert_same_spikes(run(Program(network), [until]), simulate(network, until))


def default(model: str) -> dict[str, float]:
    return {name: parameter.default for name, parameter in MODELS[model].parameters.items()}


def random_delays(size: int, inputs: int, longest: int) -> Synapses:
    rng = np.random.default_rng(1)
    pairs = np.repeat(np.arange(size), inputs), rng.integers(0, size, size * inputs)
    populations = [cells("cells", "IF_curr_exp", 0, size, default("IF_curr_exp"))]
    delay = rng.integers(1, longest, size * inputs, endpoint=True)
    return connect(populations, 0, 0, "excitatory", pairs, rng.uniform(0, 1, size * inputs), delay)


@pytest.mark.parametrize(("longest", "is_streamed"), [(1, False), (2, False), (60, True)])
def test_long_segments_stay_segments(longest: int, is_streamed: bool) -> None:
    populations = (cells("cells", "IF_curr_exp", 0, 1000, default("IF_curr_exp")),)
    network = Network(0.1, populations, (random_delays(1000, 200, longest),), probes=(Probe(0, "v", [0]),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamed, "SHORT_SEGMENTS", 32.0)
        patch.setattr(streamed, "LEAST_SYNAPSES", 2**16)
        assert streamed_groups(network).tolist() == [is_streamed]
        with load("event").open(Program(network)) as opened:
            assert opened.wiring.streamed.tolist() == [is_streamed]
            assert (opened._pendings[0].streams is not None) == is_streamed
            if is_streamed:
                arrays = [array for array in opened.wiring if hasattr(array, "nbytes")]
                assert sum(array.nbytes for array in arrays) < 12 * 200_000


def test_few_synapses_need_no_streams() -> None:
    populations = (cells("cells", "IF_curr_exp", 0, 100, default("IF_curr_exp")),)
    network = Network(0.1, populations, (random_delays(100, 20, 60),), probes=(Probe(0, "v", [0]),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamed, "LEAST_SYNAPSES", 2**16)
        with load("event").open(Program(network)) as opened:
            assert not opened.wiring.streamed.any()


def test_nothing_is_streamed_on_an_interconnect() -> None:
    populations = (cells("cells", "IF_curr_exp", 0, 100, default("IF_curr_exp")),)
    network = Network(0.1, populations, (random_delays(100, 20, 60),), probes=(Probe(0, "v", [0]),))
    program = compile_network(network, load_chip("mesh"))
    for fidelity in ("latency", "ideal"):
        with load("event").open(program, fidelity=fidelity) as opened:
            assert opened.wiring.streamed.any() == (fidelity == "ideal")

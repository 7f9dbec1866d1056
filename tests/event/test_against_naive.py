"""The event-driven backend against the clocked oracle: the same spikes, the same traces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from neurohw.backend import load
from neurohw.network import Network
from neurohw.program import Program
from neurohw_event.layout import Grid, Wiring
from tests.examples import examples
from tests.naive.clocked import simulate
from tests.networks import CONDUCTANCE_MODELS, CURRENT_MODELS, UNTIL_TICK, changed, networks

SEEDS = st.integers(0, 2**40)


def run(program: Program, stops=(UNTIL_TICK,), seed=0, fidelity="ideal", changes=None):
    with load("event").open(program, fidelity=fidelity, seed=seed) as session:
        for stop in stops:
            session.advance(stop)
            if changes and stop in changes:
                session.set(Program(changes[stop]))
        return session.result()


def assert_same_spikes(result, oracle) -> None:
    np.testing.assert_array_equal(result.spikes.ticks, oracle.ticks)
    np.testing.assert_array_equal(result.spikes.ids, oracle.ids)


def assert_same_traces(result, oracle, atol) -> None:
    assert result.traces.keys() == oracle.traces.keys()
    for key, samples in oracle.traces.items():
        np.testing.assert_allclose(result.traces[key], samples, rtol=0, atol=atol, err_msg=str(key))


@given(networks(), SEEDS)
@examples(200)
def test_current_cells_agree_in_every_spike_and_sample(network: Network, seed: int) -> None:
    result, oracle = run(Program(network), seed=seed), simulate(network, UNTIL_TICK, seed)
    assert_same_spikes(result, oracle)
    assert_same_traces(result, oracle, atol=1e-8)


@given(networks(models=CONDUCTANCE_MODELS), SEEDS)
@examples(50)
def test_conductance_cells_agree(network: Network, seed: int) -> None:
    """Compared until a cell is nearer to its threshold than any integration is exact."""
    until, oracle = UNTIL_TICK, simulate(network, UNTIL_TICK, seed)
    if oracle.first_tie is not None:
        until = oracle.first_tie - 1
        assume(until > 0)
        oracle = simulate(network, until, seed)
    result = run(Program(network), [until], seed=seed)
    assert_same_spikes(result, oracle)
    assert_same_traces(result, oracle, atol=1e-3)


@given(
    networks(models=CURRENT_MODELS + CONDUCTANCE_MODELS),
    SEEDS,
    st.sets(st.integers(0, UNTIL_TICK - 1), max_size=6),
)
@examples(50)
def test_stops_change_nothing(network: Network, seed: int, stops: set[int]) -> None:
    whole = run(Program(network), seed=seed)
    parts = run(Program(network), [*sorted(stops), UNTIL_TICK], seed=seed)
    assert whole.spikes.digest() == parts.spikes.digest()
    for key, samples in whole.traces.items():
        np.testing.assert_array_equal(parts.traces[key], samples)


@given(networks(), SEEDS, st.integers(0, UNTIL_TICK - 1))
@examples(50)
def test_parameters_changed_between_runs(network: Network, seed: int, stop: int) -> None:
    changes = {stop: changed(network, seed)}
    result = run(Program(network), [stop, UNTIL_TICK], seed=seed, changes=changes)
    oracle = simulate(network, UNTIL_TICK, seed, changes)
    assert_same_spikes(result, oracle)
    assert_same_traces(result, oracle, atol=1e-8)


@given(networks(), SEEDS, st.integers(0, UNTIL_TICK - 1), st.integers(1, 90), st.booleans())
@examples(60)
def test_delays_changed_between_runs(
    network: Network, seed: int, stop: int, longest: int, with_weights: bool
) -> None:
    """What is under way arrives when it was due, though its synapse has another delay now, with weights set at once."""
    rng = np.random.default_rng(seed)
    synapses = tuple(
        replace(
            s,
            delay=rng.integers(1, longest, s.size, endpoint=True),
            weight=s.weight * (rng.uniform(0, 3, s.size) if with_weights else 1),
        )
        for s in network.synapses
    )
    changes = {stop: replace(network, synapses=synapses)}
    result = run(Program(network), [stop, UNTIL_TICK], seed=seed, changes=changes)
    assert_same_spikes(result, simulate(network, UNTIL_TICK, seed, changes))


@given(networks(), SEEDS)
@examples(20)
def test_the_seed_decides_all(network: Network, seed: int) -> None:
    assert (
        run(Program(network), seed=seed).spikes.digest() == run(Program(network), seed=seed).spikes.digest()
    )


def test_kernels_are_compiled_once() -> None:
    """An array of another type would silently compile a second version of everything.

    Extras, an interconnect, stepped cells, plastic synapses, spans and streams may be missing, targets have 16 bits or
    32, weights 8, 32 or 64, and delays of streams 8 or 16; versions that differ in more are too many.
    """
    kernels = pytest.importorskip("neurohw_event.kernels.loop")
    if not hasattr(kernels.run_ticks, "signatures"):
        pytest.skip("the kernels are not compiled")
    assert len({_form(*types) for types in kernels.run_ticks.signatures}) <= 1


def _form(tick, last, stage, neurons, synapses, *rest):
    """Return the types that all versions have in common."""
    wiring, (*pending, _streams), *_ = synapses
    *ahead, grid, _stepped = neurons
    without_spans = [own for name, own in zip(Grid._fields, grid, strict=True) if name != "spans"]
    *others, _extras, _net, _share = rest
    of_some_bits = ("target", "weight", "levels", "level_at", "stream_delay")
    without_these = [
        own for name, own in zip(Wiring._fields, wiring, strict=True) if name not in of_some_bits
    ]
    return (tick, last, stage, *ahead, *without_spans, *without_these, *pending, *others)

"""The grid works through columns in chunks, and adds inputs to all cells or to those reached: nobody can tell."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.workloads.parts import connect
from neurohw.network import MODELS, Network, Population, Probe
from neurohw.program import Program
from neurohw_event import grid
from neurohw_event.kernels.grid import CHUNK
from tests.event.test_against_naive import assert_same_spikes, assert_same_traces, run
from tests.event.test_ways_of_neurons import run_on
from tests.naive.clocked import simulate

TICKS = 30
SIZES = (CHUNK + 3, CHUNK + 6)  # neither begins nor ends where chunks do


def cells(model: str, first: int, size: int, rng: np.random.Generator, spread_na: float) -> Population:
    """Return cells of which some fire on their own, by different currents where these are spread."""
    values = {name: np.full(size, p.default) for name, p in MODELS[model].parameters.items()}
    values |= {"tau_refrac": np.full(size, 0.3), "v_reset": np.full(size, -60.0)}
    values["i_offset"] = 1.5 + spread_na * rng.random(size)
    v_mv = rng.uniform(-65.0, -50.0, size)
    return Population(f"cells {first}", MODELS[model], first, size, values, initial={"v": v_mv})


def sparse_network(model: str, spread_na: float, seed: int = 5) -> Network:
    """Return two populations that reach each other and themselves, now with few events a tick, now with many."""
    rng = np.random.default_rng(seed)
    populations = (
        cells(model, 0, SIZES[0], rng, spread_na),
        cells(model, SIZES[0], SIZES[1], rng, spread_na),
    )
    synapses = []
    for i, receptor, weight in ((0, "excitatory", 0.4), (1, "inhibitory", -0.6)):
        for j in (0, 1):
            n = 12 * SIZES[i]
            pairs = rng.integers(0, SIZES[i], n), rng.integers(0, SIZES[j], n)
            sizes = weight * rng.random(n)
            synapses.append(connect(populations, i, j, receptor, pairs, sizes, rng.integers(1, 6, n)))
    probes = [Probe(i, "spikes", np.arange(n)) for i, n in enumerate(SIZES)]
    traces = [Probe(i, "v", np.array([0, CHUNK - 1, n - 1])) for i, n in enumerate(SIZES)]
    return Network(0.1, populations, tuple(synapses), probes=(*probes, *traces))


@pytest.mark.parametrize(
    ("model", "spread_na"),
    [("IF_curr_exp", 0.0), ("IF_curr_exp", 0.3), ("IF_curr_delta", 0.3), ("IF_curr_alpha", 0.3)],
)
def test_chunks_and_few_inputs_change_nothing(model: str, spread_na: float, monkeypatch) -> None:
    network = sparse_network(model, spread_na)
    results = []
    for many in (-1.0, grid.MANY, 1e3):
        monkeypatch.setattr(grid, "MANY", many)
        results.append(run_on("grid", Program(network), [TICKS]))
    oracle = simulate(network, TICKS, 0)
    assert len(oracle.ids) > 100
    for result in results:
        assert_same_spikes(result, oracle)
        assert_same_traces(result, oracle, atol=1e-8)
        for key, samples in result.traces.items():
            np.testing.assert_array_equal(samples, results[0].traces[key])
    assert_same_spikes(run(Program(network), [TICKS]), oracle)

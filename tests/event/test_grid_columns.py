"""The grid works through columns in chunks, with a factor of their own for currents: nobody can tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.workloads.parts import connect
from neurohw.network import MODELS, Network, Population, Probe
from neurohw.program import Program
from neurohw_event.kernels.grid import CHUNK
from tests.event.test_against_naive import assert_same_spikes, assert_same_traces
from tests.event.test_ways_of_neurons import BOUNDS, run_on
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
def test_chunks_change_nothing(model: str, spread_na: float) -> None:
    network = sparse_network(model, spread_na)
    assert_as_defined(network, TICKS)


@pytest.mark.parametrize("model", ["IF_curr_exp", "IF_curr_alpha"])
@pytest.mark.parametrize(("tau_exc", "tau_inh"), [(0.005, 0.3), (0.3, 0.005), (1e-4, 40.0)])
def test_currents_are_the_same_however_fast_they_decay(model: str, tau_exc: float, tau_inh: float) -> None:
    """Of some nothing is left after a tick, of others nearly all; columns are written anew every few or many ticks."""
    network = sparse_network(model, 0.3)
    taus = {"tau_syn_E": np.full(SIZES[0], tau_exc), "tau_syn_I": np.full(SIZES[0], tau_inh)}
    first, second = network.populations
    cells = replace(first, parameters=first.parameters | taus)
    currents = tuple(Probe(0, f"isyn_{receptor}", np.arange(0, SIZES[0], 100)) for receptor in ("exc", "inh"))
    assert_as_defined(
        replace(network, populations=(cells, second), probes=(*network.probes, *currents)), 4 * TICKS
    )


@pytest.mark.parametrize("refractory_ms", [(5.0, 0.2), (0.2, 3.0), (1.0, 0.0), (1e300, 0.5)])
def test_another_refractory_time_holds_for_the_last_spike_too(refractory_ms: tuple[float, float]) -> None:
    """Cells that are refractory are no longer, and others are again."""
    before, after = map(firing_all_the_time, refractory_ms)
    long_enough = firing_all_the_time(min(refractory_ms[0], 1e6))  # the oracle counts in 64 bits
    oracle = simulate(long_enough, 3 * TICKS, 0, {TICKS: after})
    assert len(oracle.ids) > 150
    result = run_on("grid", Program(before), [TICKS, 3 * TICKS], changes={TICKS: after})
    assert_same_spikes(result, oracle)


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("refractory_ms", [1e9, 2e16, 1e300])
def test_cells_that_stay_refractory_for_ever_fire_once(name: str, refractory_ms: float) -> None:
    """However long: what does not fit into 64 bits, alone or beside the number of a cell, is never over either."""
    result = run_on(name, Program(firing_all_the_time(refractory_ms)), [200])
    assert sorted(result.spikes.ids) == list(range(40))


def firing_all_the_time(tau_refrac_ms: float) -> Network:
    """Return cells that fire every few ticks, first one, then the other."""
    n, model = 40, MODELS["IF_curr_exp"]
    values = {name: np.full(n, p.default) for name, p in model.parameters.items()}
    values |= {"tau_refrac": np.full(n, tau_refrac_ms), "i_offset": np.linspace(15.0, 40.0, n)}
    cells = Population("cells", model, 0, n, values)
    return Network(0.1, (cells,), probes=(Probe(0, "spikes", np.arange(n)),))


def assert_as_defined(network: Network, ticks: int) -> None:
    """Compare cells on the grid, in spans and on their own with the oracle."""
    oracle = simulate(network, ticks, 0)
    assert len(oracle.ids) > 100
    for name in ("grid", "spans", "events"):
        result = run_on(name, Program(network), [ticks])
        assert_same_spikes(result, oracle)
        assert_same_traces(result, oracle, atol=1e-8)

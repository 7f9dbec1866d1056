"""Populations advanced in spans of several ticks: what happens within a span is what happens tick by tick."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.workloads.parts import connect, one_to_one
from neurohw.backend import load
from neurohw.network import MODELS, CurrentSteps, Network, Population, Probe, SpikeTrains
from neurohw.program import Program
from neurohw_event import spans
from neurohw_event.kernels.switching import WINDOW
from tests.event.test_against_naive import SEEDS, assert_same_spikes, assert_same_traces
from tests.event.test_ways_of_neurons import run_on, way
from tests.examples import compiled_only, examples
from tests.naive.clocked import simulate
from tests.networks import UNTIL_TICK, changed, networks

FINE = networks(models=("IF_curr_exp",), timesteps_ms=(0.01, 0.02, 0.1))
STOPS = st.sets(st.integers(0, UNTIL_TICK - 1), max_size=5)
WAYS = st.sampled_from(["spans", "spans in turn", "grid and spans"])


@given(FINE, SEEDS, STOPS, WAYS)
@examples(25)
def test_spans_are_as_defined(network: Network, seed: int, stops: set[int], name: str) -> None:
    oracle = simulate(network, UNTIL_TICK, seed)
    result = run_on(name, Program(network), [*sorted(stops), UNTIL_TICK], seed=seed)
    assert_same_spikes(result, oracle)
    assert_same_traces(result, oracle, atol=1e-8)


@given(FINE, SEEDS, st.integers(0, UNTIL_TICK - 1))
@examples(10)
def test_parameters_may_change_within_a_span(network: Network, seed: int, stop: int) -> None:
    changes = {stop: changed(network, seed)}
    oracle = simulate(network, UNTIL_TICK, seed, changes)
    result = run_on("spans", Program(network), [stop, UNTIL_TICK], seed=seed, changes=changes)
    assert_same_spikes(result, oracle)
    assert_same_traces(result, oracle, atol=1e-8)


@pytest.mark.parametrize("tau_refrac_ms", [0.0, 0.05, 0.64, 1.28, 3.0, 25.0])
@pytest.mark.parametrize("timestep_ms", [0.01, 0.1])
def test_cells_that_fire_often(tau_refrac_ms: float, timestep_ms: float) -> None:
    """Refractory times end within the span in which they began, when it ends, and spans later; currents change."""
    network = restless(tau_refrac_ms, timestep_ms)
    ticks = round(12.0 / timestep_ms)
    oracle = simulate(network, ticks, 0)
    assert len(oracle.ids) >= 25
    result = run_on("spans", Program(network), [ticks // 3, ticks])
    assert_same_spikes(result, oracle)
    assert_same_traces(result, oracle, atol=1e-8)
    # without traces, ticks in which nothing happens are left out
    result = run_on("spans", Program(replace(network, probes=network.probes[:1])), [ticks // 3, ticks])
    assert_same_spikes(result, oracle)


@pytest.mark.parametrize("tau_ms", [50.0, 1e4])
@pytest.mark.parametrize("seed", range(3))
def test_cells_that_use_up_their_room(tau_ms: float, seed: int) -> None:
    """Cells hardly leak, and one input takes each to its threshold within a span: the bound has nothing to spare."""
    n, ticks, timestep_ms, rng = 60, 300, 0.01, np.random.default_rng(seed)
    gap_mv, cm = 10.0 ** rng.uniform(-4, 0, n), 0.5
    network = with_parameters(
        restless(1.0, timestep_ms, n),
        v_rest=-50.0 - gap_mv,
        i_offset=0.0,
        cm=cm,
        tau_m=tau_ms,
        tau_syn_E=tau_ms,
    )
    weight_na = gap_mv * cm / (timestep_ms * rng.uniform(5.0, 150.0, n))
    network = kicked(network, [rng.integers(0, ticks, 1) for _ in range(n)], weight_na)
    cells = replace(network.populations[0], initial={"v": -50.0 - gap_mv})
    probes = (Probe(0, "spikes", np.arange(n)),)
    network = replace(network, populations=(cells, network.populations[1]), probes=probes)
    oracle = simulate(network, ticks, 0)
    assert len(oracle.ids) >= n // 3
    assert_same_spikes(run_on("spans", Program(network), [ticks]), oracle)


def test_what_is_left_out() -> None:
    """Populations of few cells, with fast currents, or whose drive ends at the threshold are left out."""
    network = restless(1.0, 0.1)
    assert not fits(network)
    with way("spans"):
        assert fits(network)
        assert not fits(with_parameters(network, tau_syn_E=0.1))
        rheobase_na = (network.populations[0].parameters["v_thresh"][0] + 65.0) / 20.0
        assert not fits(with_parameters(network, v_rest=-65.0, tau_m=20.0, cm=1.0, i_offset=rheobase_na))


@compiled_only
@pytest.mark.parametrize("tick", [2, 100])
@pytest.mark.parametrize("above_na", [0.0, 5e-15])
def test_a_current_that_leads_to_the_threshold_ends_the_spans(tick: int, above_na: float) -> None:
    """Spans begin at tick 4 here: the current flows before, or comes within."""
    network = with_parameters(restless(1.0, 0.1), v_rest=-65.0, tau_m=20.0, cm=1.0, i_offset=0.0)
    size = network.populations[0].size
    step = CurrentSteps(np.arange(size), np.full(size, tick), np.full(size, 0.75 + above_na))
    network = replace(network, currents=step, synapses=())
    with way("spans"), load("event").open(Program(network), fidelity="ideal") as session:
        session.advance(90)
        assert session._grid.spans.on[0] == (tick > 90)
        session.advance(20_000)
        assert not session._grid.spans.on[0]
        assert len(session.result().spikes.ids) == 0


@pytest.mark.parametrize(("rate_per_tick", "expected"), [(0.0, "events"), (0.01, "spans"), (0.5, "grid")])
def test_activity_decides(monkeypatch: pytest.MonkeyPatch, rate_per_tick: float, expected: str) -> None:
    monkeypatch.setattr(spans, "LEAST_CELLS", 1)
    network = with_parameters(restless(1.0, 0.1), v_rest=-65.0, i_offset=0.0)
    size, ticks = network.populations[0].size, 1000
    rng = np.random.default_rng(3)
    trains = [np.flatnonzero(rng.random(ticks) < rate_per_tick) for _ in range(size)]
    network = kicked(network, trains)
    with load("event").open(Program(network), fidelity="ideal") as session:
        session.advance(ticks // 2)
        grid = session._grid
        assert bool(grid.on[0]) == (expected == "grid")
        assert bool(grid.spans.on[0]) == (expected == "spans")


def test_activity_between_the_bounds_changes_nothing() -> None:
    """Within a window on a fine grid a few events come or not; to go from one way to the other costs far more."""
    network = with_parameters(restless(1.0, 0.01, 256), v_rest=-65.0, i_offset=0.0)
    ticks, rng = 20_000, np.random.default_rng(5)
    a_tick = 0.015 / 128  # events per cell, 0.015 a span
    network = kicked(network, [np.flatnonzero(rng.random(ticks) < a_tick) for _ in range(256)])
    ways = []
    with load("event").open(Program(network), fidelity="ideal") as session:
        for tick in range(0, ticks, WINDOW):
            session.advance(tick)
            ways.append(bool(session._grid.spans.on[0]))
    assert ways[-1]
    assert np.count_nonzero(np.diff(ways)) <= 5


def restless(tau_refrac_ms: float, timestep_ms: float, n: int = 30) -> Network:
    """Return cells, most of which fire on their own, that excite and inhibit each other; currents rise and fall."""
    rng = np.random.default_rng(7)
    values = {name: np.full(n, p.default) for name, p in MODELS["IF_curr_exp"].parameters.items()}
    values |= {
        "v_thresh": np.full(n, -50.0),
        "v_reset": np.full(n, -60.0),
        "tau_refrac": np.full(n, tau_refrac_ms),
    }
    values["i_offset"] = rng.uniform(0.5, 6.0, n)
    cells = Population(
        "cells", MODELS["IF_curr_exp"], 0, n, values, initial={"v": rng.uniform(-65.0, -50.0, n)}
    )
    pairs = [(rng.integers(0, n, 200), rng.integers(0, n, 200)) for _ in range(2)]
    synapses = (
        connect((cells,), 0, 0, "excitatory", pairs[0], 0.5 * rng.random(200), rng.integers(1, 40, 200)),
        connect((cells,), 0, 0, "inhibitory", pairs[1], -0.5 * rng.random(200), rng.integers(1, 40, 200)),
    )
    ticks = np.sort(rng.integers(0, round(12.0 / timestep_ms), 60))
    currents = CurrentSteps(rng.integers(0, n, 60), ticks, rng.normal(0.0, 1.0, 60))
    traces = [Probe(0, variable, np.arange(n)) for variable in ("v", "isyn_exc", "isyn_inh")]
    return Network(timestep_ms, (cells,), synapses, currents, (Probe(0, "spikes", np.arange(n)), *traces))


def with_parameters(network: Network, **values: float | np.ndarray) -> Network:
    """Return the network with other parameters of its first population, and no currents."""
    cells = network.populations[0]
    others = {name: np.full(cells.size, value) for name, value in values.items()}
    cells = replace(cells, parameters=cells.parameters | others)
    return replace(network, populations=(cells, *network.populations[1:]), currents=CurrentSteps.none())


def kicked(network: Network, trains: list[np.ndarray], weight_na: float | np.ndarray = 1e-4) -> Network:
    """Return the cells with nothing but a source each, whose spikes move them a little."""
    cells = network.populations[0]
    source = Population(
        "kicks", MODELS["SpikeSourceArray"], cells.size, cells.size, {}, trains=SpikeTrains.from_lists(trains)
    )
    kicks = connect((source, cells), 0, 1, "excitatory", one_to_one(cells.size), weight_na, 1)
    return replace(network, populations=(cells, source), synapses=(replace(kicks, pre=1, post=0),), probes=())


def fits(network: Network) -> bool:
    """True when the first population may be advanced in spans."""
    with load("event").open(Program(network), fidelity="ideal") as session:
        return session._grid.spans is not None and bool(session._grid.spans.fits[0])

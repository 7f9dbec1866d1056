"""Cells advanced one by one at events, in spans or on the grid: the same spikes and traces, as the oracle's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from neurohw.backend import load
from neurohw.network import MODELS, Network, Population, Probe, SpikeTrains, Synapses
from neurohw.program import Program
from neurohw.result import Result
from neurohw_event import grid, spans
from neurohw_event.kernels.switching import WINDOW
from tests.event.test_against_naive import SEEDS, assert_same_spikes, assert_same_traces, run
from tests.examples import compiled_only, examples
from tests.naive.clocked import simulate
from tests.networks import CONDUCTANCE_MODELS, UNTIL_TICK, changed, networks

# events per cell and tick: (leave the grid below, enter it above), and per cell and span the same of spans
NEVER, ALWAYS, IN_TURN = (-inf, inf), (-inf, -inf), (inf, -inf)
BOUNDS = {
    "events": (NEVER, NEVER),
    "grid": (ALWAYS, NEVER),
    "spans": (NEVER, ALWAYS),
    "in turn": (IN_TURN, NEVER),
    "spans in turn": (NEVER, IN_TURN),
    "grid and spans": (IN_TURN, ALWAYS),
}


@contextmanager
def way(name: str) -> Iterator[None]:
    """Make populations take one way where they fit, however small they are, or another one after each window."""
    of_grid, of_spans = BOUNDS[name]
    with pytest.MonkeyPatch.context() as patch:
        for module, first, second, values in (
            (grid, "LEAVE_BELOW", "ENTER_ABOVE", of_grid),
            (grid, "GRID_BELOW", "GRID_ABOVE", of_grid),
            (grid, "OPEN_BELOW", "OPEN_ABOVE", of_grid),
            (spans, "LEAVE_BELOW", "ENTER_ABOVE", of_spans),
            (spans, "LEAST_CELLS", "LEAST_TICKS", (1, 1)),
            (spans, "LEAVE_AFTER", "ENTER_AFTER", (0, 0)),
        ):
            patch.setattr(module, first, values[0])
            patch.setattr(module, second, values[1])
        patch.setattr(grid, "MOST_PATIENCE", 1)
        yield


def run_on(name: str, *args, **options) -> Result:
    with way(name):
        return run(*args, **options)


@given(networks(), SEEDS)
@examples(40)
def test_all_ways_agree_with_the_oracle(network: Network, seed: int) -> None:
    oracle = simulate(network, UNTIL_TICK, seed)
    for name in BOUNDS:
        result = run_on(name, Program(network), seed=seed)
        assert_same_spikes(result, oracle)
        assert_same_traces(result, oracle, atol=1e-8)


@given(networks(), SEEDS, st.sets(st.integers(0, UNTIL_TICK - 1), max_size=6))
@examples(20)
def test_stops_change_nothing(network: Network, seed: int, stops: set[int]) -> None:
    whole = run_on("in turn", Program(network), seed=seed)
    parts = run_on("in turn", Program(network), [*sorted(stops), UNTIL_TICK], seed=seed)
    assert whole.spikes.digest() == parts.spikes.digest()
    for key, samples in whole.traces.items():
        np.testing.assert_array_equal(parts.traces[key], samples)


@given(networks(), SEEDS, st.integers(0, UNTIL_TICK - 1))
@examples(20)
def test_parameters_changed_on_the_grid(network: Network, seed: int, stop: int) -> None:
    changes = {stop: changed(network, seed)}
    oracle = simulate(network, UNTIL_TICK, seed, changes)
    for name in ("grid", "in turn", "spans", "grid and spans"):
        result = run_on(name, Program(network), [stop, UNTIL_TICK], seed=seed, changes=changes)
        assert_same_spikes(result, oracle)
        assert_same_traces(result, oracle, atol=1e-8)


@given(networks(models=CONDUCTANCE_MODELS), SEEDS)
@examples(30)
def test_conductance_cells_agree_with_the_oracle_on_the_grid(network: Network, seed: int) -> None:
    """Compared until a cell is nearer to its threshold than the oracle's steps are exact."""
    until, oracle = UNTIL_TICK, simulate(network, UNTIL_TICK, seed)
    if oracle.first_tie is not None:
        until = oracle.first_tie - 1
        assume(until > 0)
        oracle = simulate(network, until, seed)
    for name in ("grid", "in turn"):
        result = run_on(name, Program(network), [until], seed=seed)
        assert_same_spikes(result, oracle)
        assert_same_traces(result, oracle, atol=1e-3)


@given(networks(models=CONDUCTANCE_MODELS), SEEDS, st.sets(st.integers(0, UNTIL_TICK - 1), max_size=6))
@examples(20)
def test_stops_change_nothing_in_conductance_cells(network: Network, seed: int, stops: set[int]) -> None:
    whole = run_on("in turn", Program(network), seed=seed)
    parts = run_on("in turn", Program(network), [*sorted(stops), UNTIL_TICK], seed=seed)
    assert whole.spikes.digest() == parts.spikes.digest()
    for key, samples in whole.traces.items():
        np.testing.assert_array_equal(parts.traces[key], samples)


@pytest.mark.parametrize("model", ["IF_curr_exp", "IF_curr_delta", "IF_curr_alpha", "IF_cond_exp"])
@pytest.mark.parametrize("tau_m", [5.0, 10.0, 15.0, 20.0])
def test_a_drive_that_ends_at_the_threshold_never_crosses_it(model: str, tau_m: float) -> None:
    parameters = {name: np.full(1, p.default) for name, p in MODELS[model].parameters.items()}
    parameters |= {"tau_m": np.array([tau_m]), "i_offset": np.array([15.0 / tau_m])}
    cell = Population("cell", MODELS[model], 0, 1, parameters)
    network = Network(0.1, (cell,), probes=(Probe(0, "spikes", np.arange(1)),))
    assert len(run_on("grid", Program(network), [20_000]).spikes.ids) == 0


@pytest.mark.parametrize(("rate", "is_on"), [(3000.0, True), (1.0, False)])
def test_activity_decides(rate: float, is_on: bool) -> None:
    """Cells under constant currents above threshold: without a refractory time they fire all the time, or hardly."""
    model = MODELS["IF_curr_delta"]
    values = {name: p.default for name, p in model.parameters.items()} | {"tau_refrac": 0.0}
    jump_mv = values["v_thresh"] - values["v_reset"]
    per_ms = jump_mv * rate / 1000 * values["cm"]
    parameters = {name: np.full(50, value) for name, value in values.items()}
    leak = (values["v_thresh"] - values["v_rest"]) / values["tau_m"] * values["cm"]
    parameters["i_offset"] = np.full(50, leak + per_ms)
    network = Network(0.1, (Population("cells", model, 0, 50, parameters),))
    with load("event").open(Program(network), fidelity="ideal", seed=0) as session:
        for tick in range(200, 800, 50):
            session.advance(tick)
            assert bool(session._grid.on[0]) == is_on


def test_a_population_that_leaves_the_grid_stays_away() -> None:
    """The looks at all cells with which it leaves are no activity; that of its cells is between the two bounds."""
    n, model = 50, MODELS["IF_curr_exp"]
    parameters = {name: np.full(n, p.default) for name, p in model.parameters.items()}
    kicks = SpikeTrains.from_lists([range(1, 100)])
    populations = (
        Population("kicks", MODELS["SpikeSourceArray"], 0, 1, {}, trains=kicks),
        Population("cells", model, 1, n, parameters),
        Population(
            "rest", MODELS["SpikeSourceArray"], n + 1, n, {}, trains=SpikeTrains.from_lists(sparse_trains(n))
        ),
    )
    to_all = Synapses("", 0, 1, "excitatory", [0, n], np.arange(n), np.full(n, 1e-3), np.ones(n))
    to_one = Synapses("", 2, 1, "excitatory", np.arange(n + 1), np.arange(n), np.full(n, 1e-3), np.ones(n))
    network = Network(0.1, populations, (to_all, to_one))
    with load("event").open(Program(network), fidelity="ideal") as session:
        session.advance(100)
        assert session._grid.on[1]
        for tick in range(300, 1000, 50):
            session.advance(tick)
            assert not session._grid.on[1]


@compiled_only
@pytest.mark.parametrize(("period", "is_patient"), [(4, True), (8 * grid.MOST_PATIENCE, False)])
def test_patience_with_activity_that_goes_up_and_down(period: int, is_patient: bool) -> None:
    """Changes cost more than either way does; activity that stays for long is followed at once."""
    n, model = 50, MODELS["IF_curr_exp"]
    parameters = {name: np.full(n, p.default) for name, p in model.parameters.items()}
    ticks = np.arange(1, 1024 * WINDOW)
    busy = ticks[ticks // WINDOW % period < period // 2]
    kicks = SpikeTrains.from_lists([busy])
    populations = (
        Population("kicks", MODELS["SpikeSourceArray"], 0, 1, {}, trains=kicks),
        Population("cells", model, 1, n, parameters),
    )
    to_all = Synapses("", 0, 1, "excitatory", [0, n], np.arange(n), np.full(n, 1e-6), np.ones(n))
    with load("event").open(Program(Network(0.1, populations, (to_all,))), fidelity="ideal") as session:
        session.advance(int(ticks[-1]))
        assert (session._grid.patience[1] >= grid.MOST_PATIENCE // 2) == is_patient
        assert is_patient or session._grid.patience[1] == 1


def sparse_trains(n: int) -> list[range]:
    """Return trains of a spike every 125 ticks, each cell's a little later than that of the one before."""
    return [range(1 + 5 * cell % 125, 1000, 125) for cell in range(n)]

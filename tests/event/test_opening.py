"""The step of cells with conductances: against a general solver, and on the grid as one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from benchmarks.workloads import coba
from neurohw.backend import load
from neurohw.network import MODELS
from neurohw.program import Program
from neurohw_event.kernels.conductance import after_tick
from neurohw_event.kernels.grid import CHUNK
from neurohw_event.kernels.opening import MOST, N_COEFFICIENTS, fill_coefficients
from tests.event.test_ways_of_neurons import way
from tests.examples import compiled_only
from tests.stepped_networks import lone_cell, small_network

# tau_m, cm, tau_syn_E, tau_syn_I, (two of no use here), e_rev_E, e_rev_I
CLASS = np.array([20.0, 0.2, 5.0, 10.0, 0.0, 0.0, 0.0, -80.0])
DRIVE_MV = -58.0


def solved(v_mv: float, g_us: tuple[float, float], span_ms: float) -> float:
    tau_m, cm, tau_e, tau_i, _, _, e_exc, e_inh = CLASS

    def slope(t, v):
        i_exc = g_us[0] * np.exp(-t / tau_e) * (e_exc - v)
        i_inh = g_us[1] * np.exp(-t / tau_i) * (e_inh - v)
        return (DRIVE_MV - v) / tau_m + (i_exc + i_inh) / cm

    return solve_ivp(slope, (0, span_ms), [v_mv], "DOP853", rtol=1e-12, atol=1e-12).y[0, -1]


@pytest.mark.parametrize("span_ms", [0.01, 0.1, 1.0, 2.5, 20.0])
@pytest.mark.parametrize(
    "g_us", [(0.0, 0.0), (0.04, 0.2), (0.3, 0.0), (0.0, 0.9), (0.7, 0.7), (20.0, 30.0), (-0.01, 0.1)]
)
def test_a_tick_is_that_of_a_general_solver(span_ms: float, g_us: tuple[float, float]) -> None:
    """Right to 1e-5 mV, whether it is one step or many."""
    table = np.empty((1, N_COEFFICIENTS))
    fill_coefficients(table, CLASS[np.newaxis], span_ms)
    v_mv = after_tick(-55.0, *g_us, DRIVE_MV, CLASS, table[0], span_ms)
    assert v_mv == pytest.approx(solved(-55.0, g_us, span_ms), rel=0, abs=1e-5)


def test_one_step_is_enough_for_what_is_open_in_a_network() -> None:
    table = np.empty((1, N_COEFFICIENTS))
    fill_coefficients(table, CLASS[np.newaxis], 0.1)
    assert table[0, MOST] == pytest.approx(5.0 * 0.2 - 0.01)  # h g / C = 0.5
    fill_coefficients(table, CLASS[np.newaxis], 3.0)  # more than half of tau_syn_E
    assert table[0, MOST] < 0


def spikes_of(name: str, n_cells: int, strength: float) -> tuple[np.ndarray, np.ndarray]:
    network = coba(n_cells, connectivity=80 / n_cells, strength=strength)
    with way(name), load("event").open(Program(network), fidelity="ideal") as session:
        session.advance(800)
        assert session._grid.on.all() == (name == "grid")
        spikes = session.result().spikes
    return spikes.ticks, spikes.ids


@compiled_only
@pytest.mark.parametrize("strength", [1.0, 6.0])
def test_spikes_are_the_same_on_the_grid(strength: float) -> None:
    """Strong synapses make some cells take several steps a tick; chunks are not full."""
    n_cells = 2 * CHUNK + 11
    expected = spikes_of("events", n_cells, strength)
    assert len(expected[0]) > 500
    for one, other in zip(spikes_of("grid", n_cells, strength), expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_network_goes_to_the_grid_by_itself_and_leaves_it_when_it_is_silent() -> None:
    network = coba(200)  # too few cells for activity to last
    with load("event").open(Program(network), fidelity="ideal") as session:
        session.advance(200)
        assert session._grid.on.all()
        session.advance(8000)
        assert not session._grid.on.any()


@pytest.mark.parametrize("name", ["tau_syn_E", "tau_m"])
@pytest.mark.parametrize(("tau_ms", "runs"), [(1e-6, True), (1e-7, False)])
def test_cells_that_change_within_too_little_of_a_tick_are_refused(
    name: str, tau_ms: float, runs: bool
) -> None:
    network = lone_cell(MODELS["IF_cond_exp"], **{name: tau_ms})
    reasons = load("event").unsupported(Program(network), "ideal")
    assert bool(reasons) != runs
    assert runs or f"{name} = 1e-07 ms must be at least 1.90735e-07 ms" in reasons[0]


@compiled_only
@pytest.mark.parametrize("model", ["IF_cond_exp", "IF_cond_alpha", "EIF_cond_exp_isfa_ista", "HH_cond_exp"])
def test_weights_that_make_a_membrane_too_fast_are_refused(model: str) -> None:
    """A little below the limit v goes to the reversal potential, and not beyond it."""
    network = small_network(MODELS[model], 1)
    (excitatory, *_), most = network.synapses, 2**19 * network.populations[0].parameters["cm"].min() / 0.1
    n_together = np.bincount(excitatory.target).max()
    assert n_together > 1
    alone = np.where(np.arange(excitatory.size) == 0, 1.01 * most, 0.0)
    together = np.full(excitatory.size, most / n_together)
    for weight, message in (
        (alone, f"weight = {1.01 * most:g} uS must be at most {most:g} uS, for the cm of population"),
        (1.01 * together, f"sum up to {1.01 * most:g} uS, must be at most {most:g} uS, for its cm"),
        (0.99 * together, None),
    ):
        strong = replace(excitatory, weight=weight)
        program = Program(replace(network, synapses=(strong,)))
        reasons = load("event").unsupported(program, "ideal")
        assert len(reasons) == (message is not None)
        assert message is None or message in reasons[0]
    with load("event").open(program, fidelity="ideal") as session:
        session.advance(60)
        v_mv = session.result().traces[0, "v"]
    reversal = network.populations[0].parameters["e_rev_E"]
    assert np.isfinite(v_mv).all()
    assert (v_mv < reversal + 60 + 1e-3).all()

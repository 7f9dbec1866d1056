"""Cells without a closed form against a general solver: every membrane, every shape of receptor, every variable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.backend import load
from neurohw.network import (
    MODELS,
    CurrentSteps,
    Network,
    Population,
    Probe,
    SpikeTrains,
    Synapses,
    csr_from_pairs,
)
from neurohw.network.models import point_neuron
from neurohw.program import Program
from neurohw_event.kernels.loop import run_ticks
from tests.examples import compiled_only, examples
from tests.naive.clocked import simulate
from tests.stepped_networks import ALL, STEPPED, UNTIL_TICK, lone_cell, small_network


def run(network: Network, stops=(UNTIL_TICK,), seed: int = 0, changes=None):
    with load("event").open(Program(network), seed=seed) as session:
        for stop in stops:
            session.advance(stop)
            if changes and stop in changes:
                session.set(Program(changes[stop]))
        return session.result()


def assert_agree(result, oracle, timestep_ms: float = 0.1) -> None:
    """Compare spikes by the tick, v to 3 uV, all else to 1e-5 of its unit, or a ten-thousandth of its way in a tick.

    That is in a tick of 0.1 ms. In one of 1 ms it is a thousandth: cells may go most of their way in a part of it.
    """
    of_way = 1e-3 * timestep_ms
    np.testing.assert_array_equal(result.spikes.ticks, oracle.ticks)
    np.testing.assert_array_equal(result.spikes.ids, oracle.ids)
    assert result.traces.keys() == oracle.traces.keys()
    for key, samples in oracle.traces.items():
        moved = np.abs(np.diff(samples, axis=0, prepend=samples[:1], append=samples[-1:]))
        atol = (3e-3 if key[1] == "v" else 1e-5) + of_way * np.maximum(moved[1:], moved[:-1])
        assert (np.abs(result.traces[key] - samples) <= atol + 1e-6 * np.abs(samples)).all(), key


@pytest.mark.parametrize("name", ALL)
def test_every_model_agrees_with_the_solver(name: str) -> None:
    network = small_network(ALL[name], seed=1)
    result = run(network)
    assert len(result.spikes.ids)
    assert_agree(result, simulate(network, UNTIL_TICK))


@given(st.sampled_from(sorted(ALL)), st.integers(0, 2**32), st.sampled_from((0.1, 0.25, 1.0)))
@examples(16)
def test_random_cells_agree_with_the_solver(name: str, seed: int, timestep_ms: float) -> None:
    assert_agree_with_the_solver(name, seed, timestep_ms)


@compiled_only
@pytest.mark.parametrize(
    ("seed", "timestep_ms"),
    [
        (2, 1.0),  # differs by 1.2 uV in an upstroke
        (924, 0.25),  # by 4.5 uV
        (21664, 1.0),  # by 21 uV
    ],
)
def test_cells_that_differ_most_from_the_solver(seed: int, timestep_ms: float) -> None:
    assert_agree_with_the_solver("HH_cond_exp", seed, timestep_ms)


def assert_agree_with_the_solver(name: str, seed: int, timestep_ms: float) -> None:
    network = small_network(ALL[name], seed, timestep_ms)
    assert_agree(run(network, seed=seed), simulate(network, UNTIL_TICK, seed), timestep_ms)


@given(st.sampled_from(sorted(ALL)), st.integers(0, 2**32), st.integers(1, UNTIL_TICK - 1))
@examples(12)
def test_parameters_changed_between_runs_keep_the_state(name: str, seed: int, stop: int) -> None:
    network = small_network(ALL[name], seed)
    cells = replace(
        network.populations[0], parameters=small_network(ALL[name], seed + 1).populations[0].parameters
    )
    changes = {stop: replace(network, populations=(cells, network.populations[1]))}
    result = run(network, [stop, UNTIL_TICK], changes=changes)
    assert_agree(result, simulate(network, UNTIL_TICK, changes=changes))


@given(st.sampled_from(sorted(ALL)), st.sets(st.integers(0, UNTIL_TICK - 1), max_size=6))
@examples(30)
def test_stops_change_nothing(name: str, stops: set[int]) -> None:
    network = small_network(ALL[name], seed=2)
    whole, parts = run(network), run(network, [*sorted(stops), UNTIL_TICK])
    assert whole.spikes.digest() == parts.spikes.digest()
    for key, samples in whole.traces.items():
        np.testing.assert_array_equal(parts.traces[key], samples)


WEIGHT, DELAY = 0.02, 7


@pytest.mark.parametrize("tau_rise", [0.2, 1.7, 1.7 * (1 + 1e-5), 3.0])
def test_receptors_answer_a_spike_with_their_shape(tau_rise: float) -> None:
    """The formulas are those of ``neurohw.network.declarations.SHAPES``."""
    model = point_neuron("lif", {"exp": "cond_exp", "alpha": "cond_alpha", "beta": "cond_beta"})
    network = lone_cell(model, **{"beta.tau_rise": tau_rise})
    trains = SpikeTrains.from_lists([[0]])
    source = Population("source", MODELS["SpikeSourceArray"], 1, 1, {}, trains=trains)
    row = (np.array([0, 1]), np.zeros(1), np.full(1, WEIGHT), np.full(1, DELAY))
    synapses = tuple(Synapses(r, 1, 0, r, *row) for r in model.receptor_names)
    traces = run(replace(network, populations=(*network.populations, source), synapses=synapses)).traces
    t = 0.1 * np.arange(UNTIL_TICK + 1 - DELAY)
    fine = np.linspace(0, 50, 500_001)
    rise, decay = tau_rise * (1 + 1e-3 * (tau_rise == 1.7)), 1.7  # equal times are a limit
    beta = {s.size: np.exp(-s / decay) - np.exp(-s / rise) for s in (t, fine)}
    expected = {
        "exp.gsyn": np.exp(-t / 5),
        "alpha.gsyn": t / 5 * np.exp(1 - t / 5),
        "beta.gsyn": beta[t.size] / beta[fine.size][np.argmax(np.abs(beta[fine.size]))],
    }
    for variable, shape in expected.items():
        np.testing.assert_allclose(traces[0, variable][DELAY:, 0], WEIGHT * shape, atol=2e-3 * WEIGHT)


@pytest.mark.parametrize("part_of_a_tick", [0.2, 0.03, 1e-3])
@pytest.mark.parametrize("charge", [1e-6, 1e-4])
def test_a_pulse_much_shorter_than_a_tick_is_not_missed(part_of_a_tick: float, charge: float) -> None:
    """Its charge moves v by as much as if it came at once, whatever its time constant (ms) and charge (uS ms)."""
    model = MODELS["IF_cond_alpha"]
    tau = 0.1 * part_of_a_tick
    network = lone_cell(model, tau_syn_E=tau)
    source = Population("source", MODELS["SpikeSourceArray"], 1, 1, {}, trains=SpikeTrains.from_lists([[5]]))
    row = (np.array([0, 1]), np.zeros(1), np.full(1, charge / (np.e * tau)), np.ones(1))
    synapses = (Synapses("pulse", 1, 0, "excitatory", *row),)
    traces = run(replace(network, populations=(*network.populations, source), synapses=synapses)).traces
    p = network.populations[0].parameters
    jump = charge * (p["e_rev_E"] - p["v_rest"])[0] / p["cm"][0]
    np.testing.assert_allclose(traces[0, "v"].max() - p["v_rest"][0], jump, rtol=0.02)


# --- dormancy -----------------------------------------------------------------------------------------------

QUIET = [name for name in ALL if "GIF" not in name and name != "lif of two currents"]


def quiet_network(name: str, n_ticks: int, wake: bool) -> Network:
    """Return one cell without a bias, two inputs far apart; with ``wake`` a synapse of no weight keeps it awake."""
    model = ALL[name]
    p = {key: np.full(1, declared.default) for key, declared in model.parameters.items()}
    cells = Population("cell", model, 0, 1, p)
    late = n_ticks - 300
    trains = SpikeTrains.from_lists([[10, late], range(1, n_ticks) if wake else []])
    source = Population("source", MODELS["SpikeSourceArray"], 1, 2, {}, trains=trains)
    strong = 30.0 if "delta" in {r.shape for r in model.receptors} else 0.05
    synapses = tuple(
        Synapses(
            r.name,
            1,
            0,
            r.name,
            *csr_from_pairs(np.arange(2), np.zeros(2), 2, np.array([strong, 0.0]), np.ones(2)),
        )
        for r in model.receptors[:1]
    )
    probes = tuple(Probe(0, variable, np.array([0])) for variable in ("spikes", *model.variables))
    return Network(0.1, (cells, source), synapses, CurrentSteps.none(), probes)


@pytest.mark.parametrize("name", QUIET)
def test_a_cell_at_rest_is_left_alone_until_something_arrives(name: str) -> None:
    n_ticks = 80_000 if hasattr(run_ticks, "signatures") else 400
    asleep, awake = (run(quiet_network(name, n_ticks, wake), [n_ticks]) for wake in (False, True))
    np.testing.assert_array_equal(asleep.spikes.ticks, awake.spikes.ticks)
    for key, samples in awake.traces.items():
        np.testing.assert_allclose(asleep.traces[key], samples, rtol=0, atol=1e-7, err_msg=str(key))


@pytest.mark.skipif(not hasattr(run_ticks, "signatures"), reason="long runs need compiled kernels")
@pytest.mark.parametrize("name", QUIET)
def test_cells_fall_asleep(name: str) -> None:
    with load("event").open(Program(quiet_network(name, 80_000, wake=False))) as session:
        session.advance(20)
        assert session._groups.n_active[0] == (len(ALL[name].receptors) > 0)
        session.advance(79_000)
        assert session._groups.n_active[0] == 0


# --- initial values, levels and stiff parameters --------------------------------------------------------------


@pytest.mark.parametrize("name", STEPPED)
def test_initial_values(name: str) -> None:
    model = MODELS[name]
    given = {variable: 0.25 * (1 + k) for k, variable in enumerate(model.variables) if variable != "v_t"}
    traces = run(lone_cell(model, given), [0]).traces
    assert {variable: traces[0, variable][0, 0] for variable in given} == given


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Izhikevich", {"v": -70.0, "u": -14.0}),
        ("HH_cond_exp", {"v": -65.0, "m": 0.0, "h": 1.0, "n": 0.0}),
        ("EIF_cond_exp_isfa_ista", {"v": -70.6, "w": 0.0}),
        ("GIF_cond_exp", {"v": -65.0, "v_t": -48.0, "i_eta": 0.0}),
    ],
)
def test_initial_values_of_pynn(name: str, expected: dict[str, float]) -> None:
    traces = run(lone_cell(MODELS[name]), [0]).traces
    assert {variable: traces[0, variable][0, 0] for variable in expected} == expected


EXTREME = {
    "v_spike": st.floats(-60, 1000),
    "delta_T": st.one_of(st.just(0.0), st.floats(1e-12, 100)),
    "i_offset": st.floats(-1e3, 1e3),
    "a": st.floats(-1e3, 1e3),
    "b": st.floats(-10, 1e3),
    "v_thresh": st.floats(-70, 0),
    "tau_w": st.floats(0.5, 1e4),
    "tau_m": st.floats(0.5, 1e3),
}


@given(st.fixed_dictionaries(EXTREME))
@examples(50)
def test_adexp_stays_finite_with_any_parameters(parameters: dict[str, float]) -> None:
    network = lone_cell(MODELS["EIF_cond_exp_isfa_ista"], v_reset=-80.0, **parameters)
    top = parameters["v_spike"] if parameters["delta_T"] else parameters["v_thresh"]
    for samples in run(network, [100]).traces.values():
        assert np.isfinite(samples).all()
    assert (run(network, [100]).traces[0, "v"] < max(top, -70)).all()


@compiled_only
def test_a_hodgkin_huxley_cell_fires_once_each_time_it_crosses_its_level() -> None:
    network = lone_cell(MODELS["HH_cond_exp"], i_offset=1.0)
    result = run(network, [2000])
    v = result.traces[0, "v"][:, 0]
    crossings = np.flatnonzero((v[:-1] < 10) & (v[1:] >= 10)) + 1
    assert len(crossings) > 3
    np.testing.assert_array_equal(result.spikes.ticks, crossings)


@pytest.mark.parametrize("name", ["HH_cond_exp", "IF_cond_alpha"])
def test_a_shunted_cell_is_stable(name: str) -> None:
    """A conductance of 1 mS in parallel: a time constant of 1 us at a tick of 0.1 ms."""
    traces = run(lone_cell(MODELS[name], {"gsyn_exc": 1000.0}), [50]).traces
    assert np.abs(traces[0, "v"]).max() < 100

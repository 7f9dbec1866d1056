"""The same PyNN scripts on neurohw and on NEST: cells, synapses and networks.

NEST's adaptive cells reset within a tick, and its Izhikevich cell takes Euler steps, both errors of first order. Where
the definitions are the same, so is every spike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from pyNN.random import NumpyRNG, RandomDistribution

from tests.acceptance.nest_scripts import SIMULATORS, nest, sharpen, source, start

STEPS = (0.1, 0.05, 0.025)
UNTIL = 150.0
DRIVE = np.array([5, 12, 13, 31, 44, 45, 46, 70, 71, 90, 121, 122], dtype=float)
BRAKE = np.array([20, 47, 95], dtype=float)


@dataclass(frozen=True)
class Case:
    """A cell type under a current and synaptic input; ``atol_mv`` is how far potentials may be apart."""

    cell: str
    i_offset: float
    weight: float
    inhibition: float
    atol_mv: float = 1e-9


INTEGRATE_AND_FIRE = [
    Case("IF_curr_exp", 0.7, 1.5, -0.5),
    Case("IF_curr_alpha", 0.7, 1.5, -0.5),
    Case("IF_curr_delta", 0.7, 6.0, -3.0),
    Case("IF_cond_exp", 0.9, 0.02, 0.02, 1e-5),
    Case("IF_cond_alpha", 0.9, 0.02, 0.02, 1e-5),
    Case("IF_cond_exp_gsfa_grr", 0.9, 0.01, 0.01, 1e-5),
]
ADAPTIVE = [
    Case("EIF_cond_exp_isfa_ista", 0.7, 0.01, 0.01, 1e-5),
    Case("EIF_cond_alpha_isfa_ista", 0.7, 0.01, 0.01, 1e-5),
]
HODGKIN_HUXLEY = Case("HH_cond_exp", 0.4, 0.02, 0.02)
IZHIKEVICH = Case("Izhikevich", 0.004, 2.0, -2.0)


def play(sim: Any, case: Case, timestep: float) -> tuple[np.ndarray, np.ndarray]:
    """Return (spike times, potentials from the first tick on) of one cell."""
    start(sim, timestep)
    kind = getattr(sim, case.cell)
    cells = sim.Population(1, kind(i_offset=case.i_offset))
    sharpen(sim, cells)
    for train, weight, receptor in (
        (DRIVE, case.weight, "excitatory"),
        (BRAKE, case.inhibition, "inhibitory"),
    ):
        synapse = sim.StaticSynapse(weight=weight, delay=1.5)
        sim.Projection(source(sim, train), cells, sim.AllToAllConnector(), synapse, receptor_type=receptor)
    cells.record(["spikes", "v"])
    sim.run(UNTIL)
    data = cells.get_data().segments[0]
    return np.asarray(data.spiketrains[0]), np.asarray(data.filter(name="v")[0])[1:, 0]


# --- cells --------------------------------------------------------------------------------------------------


def play_both(case: Case, timestep: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return spike times and potentials on neurohw, then on NEST: as many spikes on both."""
    (spikes, v), (nest_spikes, nest_v) = (play(sim, case, timestep) for sim in SIMULATORS)
    assert len(spikes) == len(nest_spikes) > 2
    return spikes, v, nest_spikes, nest_v


def shrinks(gaps: list[float]) -> bool:
    """True if a gap gets smaller with every halving of the timestep, to less than half in two."""
    return gaps[0] > gaps[1] > gaps[2] and gaps[2] < 0.5 * gaps[0]


@pytest.mark.parametrize("timestep", STEPS)
@pytest.mark.parametrize("case", INTEGRATE_AND_FIRE, ids=lambda case: case.cell)
def test_integrate_and_fire(case: Case, timestep: float) -> None:
    spikes, v, nest_spikes, nest_v = play_both(case, timestep)
    np.testing.assert_allclose(spikes, nest_spikes, rtol=0, atol=1e-9)
    np.testing.assert_allclose(v, nest_v, rtol=0, atol=case.atol_mv)


@pytest.mark.parametrize("case", ADAPTIVE, ids=lambda case: case.cell)
def test_adaptive_exponential(case: Case) -> None:
    gaps = []
    for timestep in STEPS:
        spikes, v, nest_spikes, nest_v = play_both(case, timestep)
        np.testing.assert_allclose(spikes, nest_spikes, rtol=0, atol=1.001 * timestep)
        first = int(np.rint(spikes[0] / timestep)) - 2
        np.testing.assert_allclose(v[:first], nest_v[:first], rtol=0, atol=case.atol_mv)
        slow = np.maximum(v, nest_v) < -50.4  # v_thresh, where the upstroke begins
        gaps.append(np.abs(v - nest_v)[slow].max())
    assert shrinks(gaps)
    assert gaps[0] < 0.02


def test_hodgkin_huxley() -> None:
    """NEST tells of a spike when it is past its peak, neurohw when it crosses 10 mV on the way up."""
    gaps = []
    for timestep in STEPS:
        spikes, v, nest_spikes, nest_v = play_both(HODGKIN_HUXLEY, timestep)
        assert (nest_spikes > spikes).all()
        np.testing.assert_allclose(spikes, nest_spikes, rtol=0, atol=0.2501)
        gaps.append(np.abs(v - nest_v).max())
    assert shrinks(gaps)
    assert gaps[2] < 0.1  # mV, in upstrokes of 200 mV/ms


def test_izhikevich() -> None:
    gaps = []
    for timestep in STEPS:
        spikes, _, nest_spikes, _ = play_both(IZHIKEVICH, timestep)
        gaps.append(np.abs(spikes - nest_spikes).max())
    assert shrinks(gaps)


def gif(sim: Any, n: int, timestep: float, **parameters: Any) -> list[np.ndarray]:
    """Return the spike times of ``n`` cells with escape noise."""
    start(sim, timestep)
    common = {"v_rest": -65.0, "v_reset": -65.0, "v_t_star": -55.0, "cm": 1.0, "tau_m": 20.0, "i_offset": 0.6}
    cells = sim.Population(n, sim.GIF_cond_exp(**common, **parameters), initial_values={"v": -65.0})
    cells.record("spikes")
    sim.run(300.0)
    return [np.asarray(train) for train in cells.get_data().segments[0].spiketrains]


@pytest.mark.parametrize("timestep", STEPS)
@pytest.mark.parametrize(("a_eta", "a_gamma"), [(0.1, 0.0), (0.0, 5.0)], ids=["eta", "gamma"])
def test_gif_without_noise(a_eta: float, a_gamma: float, timestep: float) -> None:
    """NEST's threshold lags a tick behind, and so does each interval that it ends."""
    jumps = {"a_eta": (a_eta,) * 3, "a_gamma": (a_gamma,) * 3}
    ours, theirs = (gif(sim, 1, timestep, delta_v=1e-6, **jumps)[0] for sim in SIMULATORS)
    assert len(ours) == len(theirs) > 2
    intervals = (np.diff(times, prepend=0.0) for times in (ours, theirs))
    np.testing.assert_allclose(*intervals, rtol=0, atol=1.001 * timestep)


def test_gif_rates() -> None:
    n, none = 400, (0.0, 0.0, 0.0)
    trains = [gif(sim, n, 0.1, delta_v=0.5, a_eta=none, a_gamma=none) for sim in SIMULATORS]
    counts = [[len(train) for train in of_simulator] for of_simulator in trains]
    means, deviations = np.mean(counts, axis=1), np.std(counts, axis=1)
    assert means.min() > 2
    assert abs(means[0] - means[1]) < 4 * np.hypot(*deviations) / np.sqrt(n)
    np.testing.assert_allclose(deviations[0], deviations[1], rtol=0.2)


# --- synapses -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [{"U": 0.5, "tau_rec": 800.0, "tau_facil": 0.0}, {"U": 0.04, "tau_rec": 100.0, "tau_facil": 1000.0}],
    ids=["depressing", "facilitating"],
)
@pytest.mark.parametrize("timestep", STEPS)
def test_tsodyks_markram(parameters: dict[str, float], timestep: float) -> None:
    traces = []
    for sim in SIMULATORS:
        start(sim, timestep)
        cells = sim.Population(1, sim.IF_cond_exp(tau_syn_E=3.0))
        synapse = sim.TsodyksMarkramSynapse(weight=0.01, delay=0.5, **parameters)
        sim.Projection(source(sim, DRIVE), cells, sim.AllToAllConnector(), synapse)
        cells.record("gsyn_exc")
        sim.run(UNTIL)
        traces.append(np.asarray(cells.get_data().segments[0].filter(name="gsyn_exc")[0])[:, 0])
    assert traces[0].max() > 4e-4
    np.testing.assert_allclose(traces[0], traces[1], rtol=0, atol=1e-9)


def released(sim: Any, n: int) -> np.ndarray:
    """Return how many of ``n`` sites release at each spike of ``DRIVE``, one row a spike, 500 synapses."""
    start(sim, 0.1)
    cells = sim.Population(500, sim.IF_cond_exp(tau_syn_E=0.2))
    synapse = sim.MultiQuantalSynapse(U=0.6, tau_rec=40.0, tau_facil=0.0, n=n, weight=0.01, delay=0.5)
    projection = sim.Projection(source(sim, DRIVE), cells, sim.AllToAllConnector(), synapse)
    if sim is nest:
        projection.nest_connections.set(a=n, u=0.6)
    cells.record("gsyn_exc")
    sim.run(UNTIL)
    conductance = np.asarray(cells.get_data().segments[0].filter(name="gsyn_exc")[0])
    ticks = np.rint((DRIVE + 0.5) / 0.1).astype(int)
    arrived = conductance[ticks] - conductance[ticks - 1] * np.exp(-0.1 / 0.2)
    return arrived / 0.01 * (1 if sim is nest else n)  # NEST passes the weight on for every site


def test_multi_quantal() -> None:
    ours, theirs = (released(sim, 4) for sim in SIMULATORS)
    error = np.hypot(ours.std(axis=1), theirs.std(axis=1)) / np.sqrt(500)
    assert (np.abs(ours.mean(axis=1) - theirs.mean(axis=1)) < 4.5 * error).all()
    np.testing.assert_allclose(ours.std(axis=1), theirs.std(axis=1), rtol=0.2)


RULES: dict[str, dict[str, float]] = {
    "AdditiveWeightDependence": {},
    "MultiplicativeWeightDependence": {},
    "AdditivePotentiationMultiplicativeDepression": {},
    "GutigWeightDependence": {"mu_plus": 0.5, "mu_minus": 0.5},  # PyNN 0.13 passes no others on to NEST
}
N_PRE = 12


def spike_pairs(sim: Any, rule: str) -> Any:
    """Return a synapse that learns from pairs of spikes."""
    return sim.STDPMechanism(
        timing_dependence=sim.SpikePairRule(tau_plus=20.0, tau_minus=30.0, A_plus=0.02, A_minus=0.018),
        weight_dependence=getattr(sim, rule)(w_min=0.0, w_max=2e-4, **RULES[rule]),
        weight=1e-4,
        delay=1.5,
        dendritic_delay_fraction=1.0,
    )


def vogels(sim: Any) -> Any:
    """Return a synapse of Vogels et al. 2011, which PyNN has not for NEST: native there, its weights in pA."""
    tau, eta, rho, w_max = 20.0, 1e-7, 0.01, 2e-4
    if sim is nest:
        native = nest.native_synapse_type("vogels_sprekeler_synapse")
        alpha = 2 * rho * tau
        return native(weight=0.1, delay=1.5, tau=tau, eta=1e3 * eta, alpha=alpha, Wmax=1e3 * w_max)
    return sim.STDPMechanism(
        timing_dependence=sim.Vogels2011Rule(tau=tau, eta=eta, rho=rho),
        weight_dependence=sim.AdditiveWeightDependence(w_min=0.0, w_max=w_max),
        weight=1e-4,
        delay=1.5,
    )


def learned(sim: Any, synapse: Any) -> np.ndarray:
    """Return weights, one a train, after a last presynaptic spike: NEST learns nothing until there is one."""
    start(sim, 0.1)
    draw = np.random.default_rng(1)
    trains = [np.append(np.unique(draw.integers(2, 300, 20)) * 1.0, 360.0) for _ in range(N_PRE)]
    cell = sim.Population(1, sim.IF_curr_exp(tau_refrac=1.0))
    teacher = source(sim, np.unique(draw.integers(2, 300, 15)) * 1.0)
    sim.Projection(teacher, cell, sim.AllToAllConnector(), sim.StaticSynapse(weight=60.0, delay=0.1))
    projection = sim.Projection(source(sim, *trains), cell, sim.AllToAllConnector(), synapse)
    cell.record("spikes")
    sim.run(380.0)
    assert len(cell.get_data().segments[0].spiketrains[0]) > 10
    return np.array(projection.get("weight", format="list", with_address=False))


@pytest.mark.parametrize("rule", RULES)
def test_pairs_of_spikes(rule: str) -> None:
    ours, theirs = (learned(sim, spike_pairs(sim, rule)) for sim in SIMULATORS)
    assert np.ptp(ours) > 1e-5
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_vogels() -> None:
    """Away from the bounds: NEST clips a weight twice at a presynaptic spike, neurohw once."""
    ours, theirs = (learned(sim, vogels(sim)) for sim in SIMULATORS)
    assert np.ptp(ours) > 1e-6
    assert ours.max() < 1.9e-4
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


# --- a network ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cell", "weights"), [("IF_curr_exp", (0.2, -1.0)), ("IF_cond_exp", (4e-3, 5e-2))])
def test_recurrent_network(cell: str, weights: tuple[float, float]) -> None:
    """Every spike of a closed loop: an error in any of them would grow."""
    trains = []
    for sim in SIMULATORS:
        start(sim, 0.1)
        draw = np.random.default_rng(5)
        noise = source(sim, *(np.unique(draw.integers(3, 2500, 60)) / 10 for _ in range(50)))
        rng = NumpyRNG(seed=2)
        initial = RandomDistribution("uniform", (-65.0, -52.0), rng=rng)
        cells = sim.Population(200, getattr(sim, cell)(tau_refrac=2.0), initial_values={"v": initial})
        connector = sim.FixedProbabilityConnector(0.1, rng=rng)
        for pre, weight, receptor in (
            (noise, 4 * weights[0], "excitatory"),
            (cells[:160], weights[0], "excitatory"),
            (cells[160:], weights[1], "inhibitory"),
        ):
            sim.Projection(
                pre, cells, connector, sim.StaticSynapse(weight=weight, delay=1.5), receptor_type=receptor
            )
        cells.record("spikes")
        sim.run(250.0)
        trains.append(
            [np.rint(np.asarray(t) * 10).tolist() for t in cells.get_data().segments[0].spiketrains]
        )
    assert sum(map(len, trains[0])) > 500
    assert trains[0] == trains[1]

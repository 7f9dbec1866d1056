"""The event backend against the Brian2 backend on random nets: the same spikes, or nearly so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from neurohw.backend import load
from neurohw.network import (
    MODELS,
    CurrentSteps,
    Network,
    Population,
    Probe,
    SpikeTrains,
    Synapses,
    verify,
)
from neurohw.program import Program
from neurohw.result import Result, Spikes
from tests.examples import examples
from tests.networks import (
    CONDUCTANCE_MODELS,
    CURRENT_MODELS,
    UNTIL_TICK,
    changed,
    networks,
    random_network,
)

N_NETS = 5  # side by side in one run: Brian2 needs half a second to start, however much it starts
SEEDS = st.integers(0, 2**32 - 1)
STOPS = st.lists(st.integers(0, UNTIL_TICK), max_size=4).map(sorted)


@st.composite
def several(draw: st.DrawFn, models: tuple[str, ...] = CURRENT_MODELS) -> list[Network]:
    """Draw ``N_NETS`` small random nets on one grid."""
    timestep_ms = draw(st.sampled_from([0.1, 0.25, 0.5, 1.0]))
    net = networks(models, max_cells=12, timesteps_ms=(timestep_ms,))
    return draw(st.lists(net, min_size=N_NETS, max_size=N_NETS))


def side_by_side(nets: list[Network]) -> Network:
    """Return one network of several that have nothing to do with each other."""
    populations: list[Population] = []
    synapses: list[Synapses] = []
    probes: list[Probe] = []
    steps: list[tuple[int, int, float]] = []
    for net in nets:
        shift, first = len(populations), sum(population.size for population in populations)
        populations += [replace(p, first=p.first + first) for p in net.populations]
        synapses += [replace(s, pre=s.pre + shift, post=s.post + shift) for s in net.synapses]
        probes += [replace(p, population=p.population + shift) for p in net.probes]
        currents = net.currents
        steps += zip(currents.tick, currents.neuron + first, currents.step_na, strict=True)
    tick, neuron, step_na = zip(*sorted(steps), strict=True) if steps else ((), (), ())
    network = Network(
        nets[0].timestep_ms,
        tuple(populations),
        tuple(synapses),
        CurrentSteps(np.array(neuron), np.array(tick), np.array(step_na)),
        tuple(probes),
    )
    verify(network)
    return network


def run(backend: str, network: Network, stops: list[int], seed: int, then: Network | None = None) -> Result:
    """Advance from stop to stop and to the end; ``then`` takes over after the first stop."""
    with load(backend).open(Program(network), seed=seed) as session:
        for stop in [*stops, UNTIL_TICK]:
            session.advance(stop)
            if then is not None:
                session.set(Program(then))
                then = None
        return session.result()


def assert_same(tested: Result, reference: Result) -> None:
    np.testing.assert_array_equal(tested.spikes.ticks, reference.spikes.ticks)
    np.testing.assert_array_equal(tested.spikes.ids, reference.spikes.ids)
    assert tested.traces.keys() == reference.traces.keys()
    for key, samples in reference.traces.items():
        np.testing.assert_allclose(tested.traces[key], samples, rtol=0, atol=1e-8, err_msg=str(key))


@pytest.mark.parametrize("models", [*((model,) for model in CURRENT_MODELS), CURRENT_MODELS], ids="+".join)
@given(data=st.data(), stops=STOPS, seed=SEEDS)
@examples(12)
def test_every_spike_is_the_same(
    models: tuple[str, ...], data: st.DataObject, stops: list[int], seed: int
) -> None:
    """Four times 60 nets, run in up to five parts."""
    network = side_by_side(data.draw(several(models)))
    assert_same(run("event", network, stops, seed), run("brian2", network, stops, seed))


@given(several(), st.lists(st.integers(0, UNTIL_TICK), min_size=1, max_size=3).map(sorted), SEEDS)
@examples(8)
def test_every_spike_is_the_same_after_a_change(nets: list[Network], stops: list[int], seed: int) -> None:
    network, then = side_by_side(nets), side_by_side([changed(net, seed) for net in nets])
    assert_same(run("event", network, stops, seed, then), run("brian2", network, stops, seed, then))


def test_conductance_cells_match_to_a_tick() -> None:
    n_spikes = n_matched = 0
    for seed in range(5):
        seeds = range(20 * seed, 20 * (seed + 1))
        nets = [random_network(s, CONDUCTANCE_MODELS, timesteps_ms=(0.1,)) for s in seeds]
        network = side_by_side(nets)
        tested, reference = (run(name, network, [], seed).spikes for name in ("event", "brian2"))
        for population in network.populations:
            if population.model.is_source:
                continue
            for cell in population.ids:
                left, right = ticks_of(tested, cell), ticks_of(reference, cell)
                n_spikes += max(len(left), len(right))
                n_matched += count_matches(left, right)
    assert n_spikes > 5000
    assert n_matched >= 0.999 * n_spikes


def ticks_of(spikes: Spikes, cell: int) -> list[int]:
    return spikes.ticks[spikes.ids == cell].tolist()


def count_matches(left: list[int], right: list[int]) -> int:
    """Count pairs of spikes, one from each side, that are one tick apart at most."""
    i = j = n = 0
    while i < len(left) and j < len(right):
        if abs(left[i] - right[j]) <= 1:
            i, j, n = i + 1, j + 1, n + 1
        elif left[i] < right[j]:
            i += 1
        else:
            j += 1
    return n


# --- convergence of a conductance cell ----------------------------------------------------------------------

# Times lie on the coarsest grid: a finer one changes the integration, not the problem.
EXCITATORY_MS, INHIBITORY_MS = (1.0, 1.5, 1.5, 4.0, 9.0), (2.0, 5.0, 9.0)
DELAY_MS, END_MS = 0.3, 20.0
WEIGHT_US = {"excitatory": 0.03, "inhibitory": 0.08}
CELL = {
    "v_rest": -65.0,
    "cm": 0.5,
    "tau_m": 10.0,
    "tau_refrac": 2.0,
    "i_offset": 0.1,
    "v_reset": -65.0,
    "tau_syn_E": 4.0,
    "tau_syn_I": 6.0,
    "e_rev_E": 0.0,
    "e_rev_I": -80.0,
}


def one_cell(timestep_ms: float, v_thresh: float) -> Network:
    """Return an isolated cell that two sources drive, ``v`` sampled every 0.1 ms."""
    trains = SpikeTrains.from_lists(
        [np.rint(np.array(times) / timestep_ms) for times in (EXCITATORY_MS, INHIBITORY_MS)]
    )
    parameters = {name: np.array([value]) for name, value in {**CELL, "v_thresh": v_thresh}.items()}
    delay = round(DELAY_MS / timestep_ms)
    return Network(
        timestep_ms,
        (
            Population("sources", MODELS["SpikeSourceArray"], 0, 2, {}, trains=trains),
            Population("cell", MODELS["IF_cond_exp"], 2, 1, parameters),
        ),
        tuple(
            Synapses(receptor, 0, 1, receptor, indptr, [0], [WEIGHT_US[receptor]], [delay])
            for receptor, indptr in (("excitatory", [0, 1, 1]), ("inhibitory", [0, 0, 1]))
        ),
        probes=(Probe(1, "v", [0], round(0.1 / timestep_ms)), Probe(1, "spikes", [0])),
    )


def exact_v(times_ms: np.ndarray) -> np.ndarray:
    """Solve the membrane equation to 1e-11 mV, from arrival to arrival."""
    arrivals = sorted(
        [(t + DELAY_MS, WEIGHT_US["excitatory"], 0.0) for t in EXCITATORY_MS]
        + [(t + DELAY_MS, 0.0, WEIGHT_US["inhibitory"]) for t in INHIBITORY_MS]
    )
    y, now, v = np.array([CELL["v_rest"], 0.0, 0.0]), 0.0, np.empty(times_ms.size)
    for at, exc, inh in [*arrivals, (END_MS + 1.0, 0.0, 0.0)]:
        inside = (times_ms >= now) & (times_ms < at)
        if at > now:
            solution = solve_ivp(slopes, (now, at), y, "DOP853", dense_output=True, rtol=1e-13, atol=1e-14)
            v[inside], y = solution.sol(times_ms[inside])[0], solution.y[:, -1]
        y, now = y + np.array([0.0, exc, inh]), at
    return v


def slopes(_t: float, y: np.ndarray) -> list[float]:
    v, exc, inh = y
    leak = CELL["cm"] / CELL["tau_m"] * (CELL["v_rest"] - v)
    synaptic = exc * (CELL["e_rev_E"] - v) + inh * (CELL["e_rev_I"] - v)
    return [
        (leak + synaptic + CELL["i_offset"]) / CELL["cm"],
        -exc / CELL["tau_syn_E"],
        -inh / CELL["tau_syn_I"],
    ]


def simulated(timestep_ms: float, v_thresh: float) -> Result:
    with load("event").open(Program(one_cell(timestep_ms, v_thresh))) as session:
        session.advance(round(END_MS / timestep_ms))
        return session.result()


@pytest.mark.parametrize("timestep_ms", [0.1, 0.05, 0.025])
def test_conductance_traces_are_those_of_a_general_solver(timestep_ms: float) -> None:
    """Steps of order 6 are right to what the solver leaves."""
    times_ms = np.arange(round(END_MS / 0.1) + 1) * 0.1
    v_mv = simulated(timestep_ms, v_thresh=0.0).traces[1, "v"][:, 0]
    np.testing.assert_allclose(v_mv, exact_v(times_ms), rtol=0, atol=1e-9)


@pytest.mark.parametrize("timestep_ms", [0.1, 0.05, 0.025])
def test_a_conductance_cell_fires_on_the_first_tick_after_the_crossing(timestep_ms: float) -> None:
    v_thresh = -52.0
    times_ms = np.arange(0.0, END_MS, 1e-4)
    crossing_ms = times_ms[np.argmax(exact_v(times_ms) >= v_thresh)]
    assert crossing_ms > 0
    first_ms = simulated(timestep_ms, v_thresh).times_ms[0]
    assert -2e-4 < first_ms - crossing_ms < timestep_ms

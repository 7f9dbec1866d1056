"""Delta cells to which rows of dense layers come: the spikes of cells stepped tick by tick, and the oracle's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.workloads.parts import all_spikes, connect
from neurohw.jit.vectors import LANES
from neurohw.network import MODELS, CurrentSteps, Network, Population, SpikeTrains
from neurohw.program import Program
from neurohw_event import weight_types
from tests.event.test_against_naive import assert_same_spikes
from tests.event.test_blocks import (
    TICKS,
    TIMESTEP_MS,
    current_steps,
    delta_cells,
    numbered,
    one_by_one,
    trains,
)
from tests.event.test_ways_of_neurons import run_on
from tests.examples import examples
from tests.naive.clocked import simulate


def dense_layers(seed: int, type_: type, steps: bool = False) -> Network:
    """Return trains and two layers behind them, each cell connected to all of the next layer and to its own."""
    rng = np.random.default_rng(seed)
    sizes = rng.choice([1, LANES - 1, LANES, LANES + 1, 2 * LANES, 3 * LANES - 5], 2)
    cells = [delta_cells(rng, 0, int(size)) for size in sizes]
    populations = numbered([trains(rng, 0, 20), *cells])
    synapses = []
    for pre, post in ((0, 1), (1, 2), (2, 2)):
        n_pre, n_post = populations[pre].size, populations[post].size
        pairs = np.repeat(np.arange(n_pre), n_post), np.tile(np.arange(n_post), n_pre)
        weight = rng.uniform(-20.0 / n_pre, 60.0 / n_pre, n_pre * n_post).astype(type_).astype(float)
        delay = np.full(len(weight), 10)
        synapses.append(connect(populations, pre, post, "excitatory", pairs, weight, delay))
    return Network(
        TIMESTEP_MS,
        tuple(populations),
        tuple(synapses),
        current_steps(rng, populations[1:]) if steps else CurrentSteps.none(),
        all_spikes(populations, range(3)),
    )


@given(st.integers(0, 2**32 - 1), st.sampled_from([np.float64, np.float32]), st.booleans())
@examples(30)
def test_dense_layers_around_the_size_of_a_vector(seed: int, type_: type, steps: bool) -> None:
    """Cells are stepped as vectors; the last weights of all stand at the end of their array.

    Ticks in which a current changes are taken one by one: who is refractory then is kept in another way.
    """
    network = dense_layers(seed, type_, steps)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weight_types, "LEAST_WEIGHTS", 1)
        result = run_on("grid", Program(network), [TICKS // 3, TICKS])
        assert result.spikes.digest() == one_by_one("grid", network, 0).spikes.digest()
    assert_same_spikes(result, simulate(network, TICKS, 0))


@pytest.mark.parametrize("size", [1, 7, 20, 64])
def test_any_number_of_rows_in_a_tick(size: int) -> None:
    rng = np.random.default_rng(size)
    ticks = [np.arange(5 + i, TICKS, 17) // (1 + i % 3) for i in range(15)]
    sources = Population(
        "trains",
        MODELS["SpikeSourceArray"],
        0,
        15,
        {},
        trains=SpikeTrains.from_lists([np.sort(t) for t in ticks]),
    )
    populations = [sources, delta_cells(rng, 15, size)]
    pairs = np.repeat(np.arange(15), size), np.tile(np.arange(size), 15)
    weight = rng.choice([0.0, 0.3, 1.1, 6.0], 15 * size) / 3.0
    synapses = connect(populations, 0, 1, "excitatory", pairs, weight, 10)
    network = Network(TIMESTEP_MS, tuple(populations), (synapses,), probes=all_spikes(populations, [1]))
    result = run_on("grid", Program(network), [TICKS])
    assert result.spikes.digest() == one_by_one("grid", network, 0).spikes.digest()
    assert_same_spikes(result, simulate(network, TICKS, 0))


def driven_layer(size: int, some: slice, i_offset: float, v_mv: float, tau_m_ms: float) -> Network:
    """Return cells with weak inputs, some of which have a drive, a first potential and a time constant of their own."""
    populations = [trains(np.random.default_rng(1), 0, 1), delta_cells(np.random.default_rng(2), 1, size)]
    parameters, v = populations[1].parameters, np.full(size, -65.0)
    parameters["i_offset"] = np.zeros(size)
    parameters["tau_m"] = np.full(size, tau_m_ms)
    parameters["i_offset"][some], v[some] = i_offset, v_mv
    populations[1].initial["v"] = v
    pairs = np.zeros(size, int), np.arange(size)
    synapses = connect(populations, 0, 1, "excitatory", pairs, np.linspace(0.0, 0.1, size), 10)
    return Network(TIMESTEP_MS, tuple(populations), (synapses,), probes=all_spikes(populations, [1]))


@pytest.mark.parametrize("size", [LANES, LANES + 1])
@pytest.mark.parametrize("some", [slice(None), slice(-1, None)])
@pytest.mark.parametrize(("i_offset", "v_mv"), [(3.0, -65.0), (0.0, -40.0)])
def test_cells_fire_in_ticks_in_which_nothing_arrives(
    size: int, some: slice, i_offset: float, v_mv: float
) -> None:
    """They are drawn to above the threshold, or above it from the beginning."""
    network = driven_layer(size, some, i_offset, v_mv, 20.0)
    result = run_on("grid", Program(network), [TICKS])
    assert len(result.spikes.ids) > 0
    assert result.spikes.digest() == one_by_one("grid", network, 0).spikes.digest()
    assert_same_spikes(result, simulate(network, TICKS, 0))


def test_cells_that_a_lower_threshold_leaves_above_it() -> None:
    network = driven_layer(LANES, slice(None), 0.0, -52.0, 20.0)
    cells = network.populations[1]
    parameters = cells.parameters | {"v_thresh": np.full(LANES, -64.0)}
    lower = replace(network, populations=(network.populations[0], replace(cells, parameters=parameters)))
    for stop in range(40, 46):
        result = run_on("grid", Program(network), [stop, TICKS], changes={stop: lower})
        assert len(result.spikes.ids) >= LANES
        assert_same_spikes(result, simulate(network, TICKS, changes={stop: lower}))


def test_potentials_that_reach_the_threshold_by_rounding() -> None:
    """So slow a membrane is moved by rounding alone, to multiples of 2e-12 mV, in whatever way it is stepped."""
    tau_m_ms = 1e17
    network = driven_layer(LANES, slice(None), -8192.0 / tau_m_ms, -65.0, tau_m_ms)
    weight = 15.0 - np.arange(4, LANES + 4) * np.spacing(15.0)
    network = replace(network, synapses=(replace(network.synapses[0], weight=weight),))
    result = run_on("grid", Program(network), [TICKS])
    assert len(result.spikes.ids) > 0
    assert result.spikes.digest() == one_by_one("grid", network, 0).spikes.digest()

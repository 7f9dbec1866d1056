"""Spike times of array sources in recorded data: as they were given, or on the ticks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.errors import UnknownNameError
from neurohw.network import SpikeTrains
from neurohw.pynn.data.exact_times import exact_times
from tests.examples import examples

GIVEN = [0.04, 0.26, 0.31, 10.04, 10.06, 12.34567]


@pytest.fixture
def run_in_steps(sim, book):
    """Run 10 ms three times, and return the times that each ``get_data(clear=True)`` hands out."""

    def run(**settings):
        sim.setup(timestep=0.1, **settings)
        source = sim.Population(2, sim.SpikeSourceArray(spike_times=[GIVEN, []]))
        source.record("spikes")
        found = []
        for _ in range(3):
            sim.run(10.0)
            found.append(source.get_data(clear=True).segments[0].spiketrains[0].magnitude.tolist())
        return found

    return run


def test_off_grid_every_time_is_the_one_given(run_in_steps):
    assert run_in_steps(spike_precision="off_grid") == [GIVEN[:3], GIVEN[3:], []]


@pytest.mark.parametrize("settings", [{}, {"spike_precision": "on_grid"}])
def test_on_grid_it_is_that_of_the_tick(run_in_steps, settings):
    first, second, third = run_in_steps(**settings)
    assert first == pytest.approx([0.0, 0.3, 0.3, 10.0])
    assert second == pytest.approx([10.1, 12.3])
    assert third == []


def test_a_spike_acts_on_its_tick_either_way(sim, book):
    for precision in ("on_grid", "off_grid"):
        sim.setup(timestep=0.1, spike_precision=precision)
        sim.Population(1, sim.SpikeSourceArray(spike_times=GIVEN))
        sim.run(1.0)
    on_grid, off_grid = (session.network for session in book.sessions)
    assert on_grid.populations[0].trains.ticks.tolist() == off_grid.populations[0].trains.ticks.tolist()
    assert on_grid.digest() == off_grid.digest()


def test_times_changed_between_runs(sim, book):
    sim.setup(timestep=0.1, spike_precision="off_grid")
    source = sim.Population(2, sim.SpikeSourceArray(spike_times=[[0.51, 1.51], [0.52, 7.77]]))
    source.record("spikes")
    sim.run(1.0)
    source[:1].set(spike_times=[0.7, 2.22])
    sim.run(9.0)
    assert [train.magnitude.tolist() for train in source.get_data().segments[0].spiketrains] == [
        [0.51, 2.22],
        [0.52, 7.77],
    ]
    assert source.get_spike_counts() == {0: 2, 1: 2}
    sim.reset()
    sim.run(1.0)
    segments = source.get_data().segments
    assert [train.magnitude.tolist() for train in segments[0].spiketrains] == [[0.51, 2.22], [0.52, 7.77]]
    assert [train.magnitude.tolist() for train in segments[1].spiketrains] == [[0.7], [0.52]]


def test_a_spike_on_the_last_tick_is_in_the_data(sim, book):
    """0.9 ms is tick 3 of 0.3 ms, though 3 * 0.3 is a little less than 0.9."""
    sim.setup(timestep=0.3, spike_precision="off_grid")
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[0.3, 0.9]))
    source.record("spikes")
    sim.run(0.9)
    (train,) = source.get_data(clear=True).segments[0].spiketrains
    assert train.magnitude.tolist() == pytest.approx([0.3, 0.9])
    sim.run(0.9)
    assert source.get_spike_counts() == {0: 0}


def test_unknown_precision(sim):
    with pytest.raises(UnknownNameError, match=r"unknown spike_precision 'exact'; .*off_grid, on_grid"):
        sim.setup(spike_precision="exact")


@given(st.integers(0, 2**32 - 1))
@examples(50)
def test_each_spike_finds_its_time(seed):
    """Against a plain search, with several spikes in a tick, cells that are not recorded and two changes."""
    rng = np.random.default_rng(seed)
    first_id, dt, changes = 5, 0.5, (-1, 7, 20)
    trains, spikes = [], []
    recorded = set(rng.choice(4, rng.integers(1, 5), replace=False).tolist())
    for after, until in zip(changes, (7, 20, 40), strict=True):
        times = [np.sort(rng.uniform(0, 20, rng.integers(0, 30))) for _ in range(4)]
        ticks = [np.rint(t / dt).astype(int) for t in times]
        indptr = np.cumsum([0, *(len(t) for t in times)])
        trains.append((after, SpikeTrains(indptr, np.concatenate(ticks), np.concatenate(times))))
        spikes += [
            (tick, first_id + cell, time)
            for cell in recorded
            for tick, time in zip(ticks[cell], times[cell], strict=True)
            if after < tick <= until
        ]
    spikes.sort()
    ticks, ids = (np.array([spike[i] for spike in spikes], np.int64) for i in (0, 1))
    assert exact_times(ids, ticks, trains, first_id).tolist() == [time for _, _, time in spikes]


def test_a_new_spike_time_that_rounds_to_the_present_acts_on_the_next_tick(sim):
    sim.setup(timestep=0.1)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.0]))
    source.record("spikes")
    sim.run(2.0)
    source.set(spike_times=[1.0, 2.04])
    sim.run(1.0)
    _, times = source.raw_spikes()
    np.testing.assert_allclose(times, [1.0, 2.1])
    sim.reset()
    sim.run(3.0)
    np.testing.assert_allclose(source.raw_spikes()[1], [1.0, 2.0])

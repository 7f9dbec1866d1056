"""What setup() starts anew."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from pyNN.random import RandomDistribution, WrappedRNG

from neurohw.errors import SettingError, SimulationError


class Counting(WrappedRNG):
    """A generator of 1, 2, 3, ..."""

    drawn = 0

    def _next(self, distribution, n, parameters):
        first, self.drawn = self.drawn + 1, self.drawn + n
        return np.arange(first, self.drawn + 1, dtype=float)


def test_setup_starts_as_one_process(sim):
    sim.simulator.state.num_processes, sim.simulator.state.mpi_rank = 2, 1
    sim.setup()
    assert (sim.num_processes(), sim.rank()) == (1, 0)


def test_a_misspelt_argument_of_pynns_is_ignored_as_elsewhere(sim, caplog):
    sim.setup(timestep=0.2, nmin_delay=0.4)
    assert sim.get_min_delay() == 0.2
    assert "ignored" in caplog.text
    assert "nmin_delay" in caplog.text


def test_a_rank_builds_its_part_and_does_not_run(sim):
    assert sim.setup(num_processes=2, rank=1) == 1
    assert (sim.num_processes(), sim.rank()) == (2, 1)
    cells = sim.Population(5, sim.IF_curr_exp(tau_m=[1.0, 2.0, 3.0, 4.0, 5.0]))
    assert [*cells.local_cells] == [1, 3]
    assert cells.get("tau_m").tolist() == [2.0, 4.0]
    assert cells[2:].get("tau_m") == 4.0
    assert (cells[:2] + cells[3:]).get("tau_m").tolist() == [2.0, 4.0]
    projection = sim.Projection(cells, cells, sim.OneToOneConnector(), sim.StaticSynapse(weight=0.5))
    assert projection.get("weight", format="list", gather=False) == [(1, 1, 0.5), (3, 3, 0.5)]
    with pytest.raises(SimulationError, match="rank 1 of 2 has a part of the network only"):
        sim.run(1.0)


@pytest.mark.parametrize(("parallel_safe", "drawn"), [(True, [2.0, 4.0]), (False, [1.0, 2.0])])
def test_a_rank_draws_for_all_cells_or_its_own(sim, monkeypatch, parallel_safe, drawn):
    monkeypatch.setattr("pyNN.random.get_mpi_config", lambda: (1, 2))
    sim.setup(num_processes=2, rank=1)
    cells = sim.Population(4, sim.IF_curr_exp())
    cells.set(tau_m=RandomDistribution("uniform", (0, 1), rng=Counting(parallel_safe=parallel_safe)))
    assert cells.get("tau_m").tolist() == drawn


@pytest.mark.parametrize("share", [{"rank": 1}, {"num_processes": 0}, {"num_processes": 2, "rank": 0.5}])
def test_a_rank_that_cannot_be(sim, share):
    with pytest.raises(SettingError, match=r"rank = .* of num_processes = .* must be whole numbers"):
        sim.setup(**share)


def test_numbers_of_numpy_are_taken_as_those_of_python(sim):
    sim.setup(timestep=np.float32(0.25), min_delay=np.int32(1), seed=np.int64(7), threads=np.int64(1))
    settings = sim.simulator.state.settings
    assert (settings.timestep, settings.min_delay, settings.seed, settings.threads) == (0.25, 1, 7, 1)
    assert {type(getattr(settings, name)) for name in ("timestep", "min_delay", "seed")} == {float, int}


@pytest.mark.parametrize("timestep", [np.float32(0.1), np.array(0.1), np.longdouble("0.1"), Fraction(1, 10)])
def test_a_timestep_of_another_type_is_as_it_is_written(sim, timestep):
    sim.setup(timestep=timestep, min_delay=0.1)
    assert repr(sim.get_time_step()) == "0.1"

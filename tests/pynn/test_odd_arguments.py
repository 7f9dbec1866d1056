"""Arguments that PyNN's own code would stumble over, or take for others."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pyNN.errors
import pytest
from pyNN.random import NumpyRNG, RandomDistribution
from pyNN.space import Grid2D

from neurohw.errors import NetworkError, SettingError
from neurohw.network import verify
from neurohw.pynn.lowering.network import lower


@pytest.fixture
def ends(sim):
    return sim.Population(2, sim.SpikeSourceArray(), label="a"), sim.Population(
        3, sim.IF_cond_exp(), label="b"
    )


@pytest.mark.parametrize("times", [5.0, None])
def test_one_spike_time_is_no_list_of_them(sim, ends, times):
    with pytest.raises(NetworkError, match=r"'a': spike_times = (5.0|nan) of cell 0 must be a list of times"):
        ends[0].set(spike_times=times)
    with pytest.raises(NetworkError, match=r"'s': spike_times = (5.0|nan) of cell 0 must be a list of times"):
        sim.Population(1, sim.SpikeSourceArray(spike_times=times), label="s")


def test_a_matrix_of_spike_times_has_a_row_for_each_cell(sim):
    times = np.array([[1.0, 2.0], [3.0, 4.0]])
    cells = sim.Population(2, sim.SpikeSourceArray(spike_times=times))
    assert [train.value.tolist() for train in cells.get("spike_times")] == times.tolist()
    cells.set(spike_times=times + 1)
    assert [train.value.tolist() for train in cells.get("spike_times")] == (times + 1).tolist()


@pytest.mark.parametrize("time", ["a", None, float("nan"), [1.0], np.ones(2)])
def test_a_run_takes_a_number(sim, time):
    for run in (sim.run, sim.run_until):
        with pytest.raises(SettingError, match="ms is not a finite time"):
            run(time)


@pytest.mark.parametrize("time", [0.04, 1e-6])
def test_a_run_in_which_nothing_would_happen(sim, time):
    sim.run(0.3)
    with pytest.raises(
        SettingError, match=rf"run: {time:g} ms must be more than half of the timestep, 0.1 ms"
    ):
        sim.run(time)
    for nothing in (0.0, 3.6e-15):  # as in run(T - get_current_time())
        assert sim.run(nothing) == sim.get_current_time() == pytest.approx(0.3)
    assert sim.run(0.06) == pytest.approx(0.4)


@pytest.mark.parametrize("time", [1e15, 1e300])
def test_times_that_no_tick_stands_for(sim, time):
    for run in (sim.run, sim.run_until):
        with pytest.raises(
            SettingError, match=rf"run: {re.escape(f'{time:g}')} ms must be at most 9.0072e\+14 ms"
        ):
            run(time)


def test_a_delay_of_one_tick_too_many(sim, ends):
    with pytest.raises(
        NetworkError, match=r"delay\[0\] = 214748364.8, must be at least .* at most 2.14748e\+08 ms"
    ):
        sim.Projection(*ends, sim.AllToAllConnector(), sim.StaticSynapse(delay=214748364.8))


def test_an_empty_assembly_has_no_receptors_and_no_connections(sim, ends):
    nothing = sim.Assembly(label="nothing")
    assert nothing.receptor_types == []
    for pre, post in ((nothing, ends[1]), (ends[0], nothing)):
        with pytest.raises(NetworkError, match="a projection: assembly 'nothing' holds no cell"):
            sim.Projection(pre, post, sim.AllToAllConnector())


def test_views_and_projections_can_be_pickled(sim, ends):
    view = pickle.loads(pickle.dumps(ends[1][1:]))
    assert view.get("tau_m") == 20.0
    assert [int(cell) for cell in view] == [3, 4]
    projection = sim.Projection(*ends, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.5))
    again = pickle.loads(pickle.dumps(projection))
    assert again.get("weight", "list") == projection.get("weight", "list")


def test_weights_that_are_set_have_the_sign_that_new_ones_must_have(sim, ends):
    projection = sim.Projection(*ends, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.5))
    with pytest.raises(pyNN.errors.ConnectionError, match="must be positive"):
        projection.set(weight=-0.1)
    with pytest.raises(pyNN.errors.ConnectionError, match="must be positive"):
        projection[0].weight = -0.1
    with pytest.raises(pyNN.errors.ConnectionError, match="all positive or all negative"):
        projection.set(weight=np.array([[0.1, -0.1, 0.1]] * 2))
    assert projection.get("weight", "array").tolist() == [[0.5] * 3] * 2


def test_release_sites_are_whole(sim, ends):
    sim.Projection(*ends, sim.AllToAllConnector(), sim.MultiQuantalSynapse(n=1.5), label="ab")
    with pytest.raises(NetworkError, match=r"'ab': n\[0\] = 1.5, must be a whole number"):
        verify(lower(sim.simulator.state))


def test_shapes_of_gamma_may_be_fractions(sim):
    cells = sim.Population(2, sim.SpikeSourceGamma(alpha=[2.5, 3]))
    assert lower(sim.simulator.state).populations[0].parameters["alpha"].tolist() == [2.5, 3.0]
    cells.set(alpha=0.5)
    assert cells.get("alpha") == 0.5


def test_unknown_variables_are_refused_and_those_of_other_members_empty(sim, book, ends):
    (ends[0] + ends[1]).record("spikes")
    ends[1].record("v")
    sim.run(1.0)
    for cells in (ends[1], ends[1][1:], ends[0] + ends[1]):
        with pytest.raises(NetworkError, match="has no variable 'foo'; it has spikes"):
            cells.get_data("foo")
    with pytest.raises(
        NetworkError, match=r"'b': IF_cond_exp has no variable 'gsyn_ex'; did you mean 'gsyn_exc'\?"
    ):
        ends[1].get_data(["spikes", "gsyn_ex"])
    (segment,) = (ends[0] + ends[1]).get_data(["spikes", "v"]).segments
    assert (len(segment.spiketrains), len(segment.analogsignals)) == (5, 1)


def test_positions_are_worked_out_when_asked_for(sim):
    a = sim.Population(40, sim.IF_cond_exp(), structure=Grid2D())  # 40 cells fill no square
    b = sim.Population(2, sim.IF_cond_exp())
    assert len(sim.Projection(a + b, b, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1))) == 84
    assert len(sim.Projection(b, a + b, sim.OneToOneConnector(), sim.StaticSynapse(weight=0.1))) == 2
    with pytest.raises(Exception, match="n=40"):
        sim.Projection(a + b, b, sim.AllToAllConnector(), sim.StaticSynapse(weight="d"))


def test_native_random_numbers_are_those_of_numpy(sim, ends):
    tables = []
    for kind in (sim.NativeRNG, NumpyRNG):
        weights = sim.StaticSynapse(weight=RandomDistribution("uniform", (0.0, 1.0), rng=kind(seed=3)))
        cells = sim.Population(20, sim.IF_cond_exp())
        projection = sim.Projection(
            cells, cells, sim.FixedProbabilityConnector(0.3, rng=kind(seed=4)), weights
        )
        tables.append(projection.get("weight", "list"))
    assert tables[0] == tables[1] != []

"""What record() takes and refuses."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pyNN.errors
import pytest

from neurohw.errors import NetworkError, SimulationError


@pytest.fixture
def cells(sim, book):
    return sim.Population(3, sim.IF_curr_exp(), label="c")


@pytest.mark.parametrize(
    ("interval", "limit"),
    [
        *((value, "a number of ms") for value in (float("nan"), float("inf"), "a", [0.1], True, 1j)),
        *((value, "ms must be a whole multiple of the timestep, 0.1 ms") for value in (-1, 0, 0.25, 1e-300)),
        (1e300, r"ms must be at most 9.0072e\+14 ms"),
    ],
)
def test_a_sampling_interval_is_a_number_of_ticks(sim, cells, interval, limit):
    with pytest.raises(
        NetworkError, match=rf"'c': sampling_interval = {re.escape(repr(interval))} .*{limit}"
    ):
        cells.record("v", sampling_interval=interval)
    assert not cells.recorder.recorded
    sim.run(1.0)
    cells.record("v", sampling_interval=np.float64(0.2))
    assert type(cells.recorder.sampling_interval) is float


@pytest.mark.parametrize(
    "interval",
    [np.float32(0.1), np.float32(0.3), np.array(0.3), np.float64(0.3), Fraction(1, 10), np.int64(2)],
)
def test_sampling_intervals_of_other_types_are_as_they_are_written(sim, cells, interval):
    cells.record("v", sampling_interval=interval)
    cells.record("v", sampling_interval=float(str(float(interval))[:3]))
    assert cells.recorder.every == round(float(interval) * 10)
    assert repr(cells.recorder.sampling_interval) in ("0.1", "0.3", "2.0")


def test_of_what_is_refused_nothing_is_recorded(sim, cells):
    cells[:1].record("v")
    sim.run(1.0)
    with pytest.raises(SimulationError, match=r"'c': v is being recorded from 1 cells"):
        cells.record(["spikes", "v"])
    assert [variable.name for variable in cells.recorder.recorded] == ["v"]


def test_another_sampling_interval_is_told_with_the_one_there_is(sim, cells):
    cells.record("v", sampling_interval=0.5)
    with pytest.raises(
        NetworkError, match=r"'c': sampling_interval = 0.2 ms, but v is recorded every 0.5 ms"
    ):
        cells.record("isyn_exc", sampling_interval=0.2)
    cells.record(["spikes", "isyn_exc"], sampling_interval=0.5)


@pytest.mark.parametrize("variables", [3, ["v", 3], [None], b"v"])
def test_variables_have_names(sim, cells, variables):
    with pytest.raises(NetworkError, match=r"'c': .* must be the name of a variable, such as 'v'"):
        cells.record(variables)
    assert not cells.recorder.recorded


def test_a_variable_that_there_is_not_is_told_with_those_there_are(sim, cells):
    with pytest.raises(
        pyNN.errors.RecordingError,
        match=r"'c': cannot record 'isyn_ex' from IF_curr_exp; did you mean 'isyn_exc'\? it has spikes, v, isyn_exc",
    ):
        cells.record(["spikes", "isyn_ex"])
    assert not cells.recorder.recorded

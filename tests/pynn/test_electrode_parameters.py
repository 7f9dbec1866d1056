"""Parameters and records of current sources: what is taken, what is refused, what belongs to which network."""

from __future__ import annotations

import re

import numpy as np
import pyNN.errors
import pyNN.neurohw as sim
import pytest

from neurohw.errors import NetworkError, SimulationError

DT = 0.1


@pytest.fixture(autouse=True)
def fresh():
    """Start with ``setup(timestep=0.1)`` and leave nothing behind."""
    sim.setup(timestep=DT)
    yield
    sim.setup()


@pytest.mark.parametrize(
    ("timestep", "times", "expected"),
    [(0.1, [0.41, 0.42, 0.86], [0.4, 0.9]), (0.01, [0.451, 0.452, 0.86], [0.45, 0.86])],
)
def test_step_times_are_those_of_the_grid_and_the_last_of_a_timestep_holds(timestep, times, expected):
    sim.setup(timestep=timestep)
    given = np.array(times)
    source = sim.StepCurrentSource(times=given, amplitudes=[0.5, -0.5, 0.25])
    assert source.times == pytest.approx(expected, abs=1e-12)
    assert source.amplitudes.tolist() == [-0.5, 0.25]
    assert given.tolist() == times
    with pytest.raises(ValueError, match="read-only"):
        source.times[0] = 3.0


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        (
            "StepCurrentSource",
            {"times": [1, -2], "amplitudes": [1, 1]},
            r"times\[1\] = -2 must be at least 0",
        ),
        ("StepCurrentSource", {"times": [2, 1], "amplitudes": [1, 1]}, r"times\[1\] = 1 must be later"),
        ("StepCurrentSource", {"times": [2, 2], "amplitudes": [1, 1]}, r"times\[1\] = 2 must be later"),
        ("StepCurrentSource", {"times": [1], "amplitudes": [1, 2]}, "1 times and 2 amplitudes"),
        (
            "StepCurrentSource",
            {"times": [1], "amplitudes": [np.nan]},
            r"amplitudes\[0\] = nan must be a finite",
        ),
        ("ACSource", {"frequency": np.inf}, "ACSource: frequency = inf must be a finite number"),
        ("NoisyCurrentSource", {"stdev": -1.0}, "stdev = -1 nA must be at least 0"),
        (
            "NoisyCurrentSource",
            {"dt": 1e300},
            r"dt = 1e\+300 ms must be a whole multiple of the timestep, 0.1 ms",
        ),
        ("NoisyCurrentSource", {"dt": 0.15}, "dt = 0.15 ms must be a whole multiple of the timestep, 0.1 ms"),
        ("NoisyCurrentSource", {"dt": 0.0}, "dt = 0 ms must be a whole multiple"),
        ("DCSource", {"start": "x"}, "DCSource: start = 'x': For parameter start expected"),
    ],
)
def test_what_makes_no_current_is_refused_and_changes_nothing(name, parameters, message):
    model = getattr(sim, name)
    with pytest.raises(NetworkError, match=message) as caught:
        model(**parameters)
    assert isinstance(caught.value, pyNN.errors.InvalidParameterValueError)
    assert sim.simulator.state.current_sources == []
    source = model()
    before = source.get_parameters()
    with pytest.raises(NetworkError, match=message):
        source.set_parameters(**parameters)
    assert source.get_parameters().keys() == before.keys()
    for key, value in before.items():
        np.testing.assert_array_equal(source.get_parameters()[key], value)


@pytest.mark.parametrize("name", ["DCSource", "ACSource", "NoisyCurrentSource"])
@pytest.mark.parametrize(("times", "start"), [({"start": 5.0, "stop": 1.0}, 5), ({"stop": -1.0}, 0)])
def test_a_source_does_not_end_before_it_begins(name, times, start):
    with pytest.raises(NetworkError, match=rf"{name}: stop = -?1 ms must be at least start, {start} ms"):
        getattr(sim, name)(**times)
    assert sim.simulator.state.current_sources == []


@pytest.mark.parametrize(
    ("name", "changes"),
    [("DCSource", {"amplitude": 0.5}), ("ACSource", {"phase": 90.0}), ("NoisyCurrentSource", {})],
)
def test_a_source_that_begins_before_the_run_flows_from_0_to_its_end(name, changes):
    cells = sim.Population(1, sim.IF_curr_exp(v_thresh=1e3))
    early = getattr(sim, name)(start=-2.0, stop=0.5, **changes)
    cells.inject(early)
    early.record()
    none = getattr(sim, name)(start=1.0, stop=1.0, **changes)
    cells.inject(none)
    none.record()
    sim.run(1.0)
    flowed = early.get_data().magnitude[:, 0] != 0
    assert flowed.tolist() == [True] * 5 + [False] * 6
    assert (none.get_data().magnitude == 0).all()


@pytest.mark.parametrize("value", [[1.0, 2.0], None, "x", object()])
def test_a_value_that_is_no_number_is_told_with_the_source(value):
    with pytest.raises(NetworkError, match=rf"DCSource: amplitude = {re.escape(repr(value))}"):
        sim.DCSource(amplitude=value)
    assert sim.simulator.state.current_sources == []


def test_one_step_needs_no_list():
    source = sim.StepCurrentSource(times=5.0, amplitudes=2.0)
    assert (source.times.tolist(), source.amplitudes.tolist()) == ([5.0], [2.0])


def test_unknown_parameters_are_named():
    with pytest.raises(pyNN.errors.NonExistentParameterError, match="rate"):
        sim.ACSource(rate=3.0)


def test_noise_without_an_interval_takes_that_of_the_timestep():
    sim.setup(timestep=0.25)
    assert sim.NoisyCurrentSource(mean=1.0).dt == 0.25


def test_points_have_no_locations():
    cells = sim.Population(1, sim.IF_curr_exp())
    with pytest.raises(NetworkError, match="DCSource: location 'soma'"):
        cells[0].inject(sim.DCSource(), location="soma")


def test_data_need_a_record():
    source = sim.DCSource()
    with pytest.raises(
        SimulationError, match=r"DCSource: nothing was recorded; call record\(\) after setup\(\)"
    ):
        source.get_data()
    source.record()
    assert source.get_data().shape == (1, 1)
    sim.setup(timestep=DT)
    with pytest.raises(SimulationError, match="nothing was recorded"):
        source.get_data()


def test_a_source_made_before_setup_serves_the_new_network_only():
    source = sim.StepCurrentSource(times=[1.0], amplitudes=[0.5])
    source.inject_into(sim.Population(3, sim.IF_curr_exp()))
    sim.setup(timestep=0.5)
    cells = sim.Population(2, sim.IF_curr_exp())
    cells.record("v")
    cells[1].inject(source)
    sim.run(2.0)
    v = cells.get_data().segments[0].analogsignals[0].magnitude
    assert (v[:, 0] == -65).all()
    assert (v[:3, 1] == -65).all()
    assert v[3, 1] > -65

"""Current sources as scripts see them: when a current begins and ends, what it is, what it does to the membrane."""

from __future__ import annotations

import gc

import numpy as np
import pyNN.neurohw as neurohw_module
import pytest
import quantities as pq

DT = 0.1
TAU_M = 20.0
RESISTANCE = 20.0  # MOhm: tau_m / cm of the default cell


@pytest.fixture(params=["event", "brian2"])
def sim(request):
    """The PyNN module after ``setup(timestep=0.1)``, on either backend."""
    neurohw_module.setup(timestep=DT, backend=request.param)
    yield neurohw_module
    neurohw_module.setup()


def silent_cells(sim, size=1):
    """Return cells at rest at -65 mV that never fire."""
    cells = sim.Population(size, sim.IF_curr_exp(v_thresh=1e3, tau_m=TAU_M, cm=1.0))
    cells.record("v")
    return cells


def potential(cells):
    return cells.get_data().segments[0].analogsignals[0].magnitude


def current(source):
    return source.get_data().magnitude[:, 0]


def response(current_na):
    """Return the potential of a cell at each tick: ``current_na[n]`` flows from tick n to n + 1."""
    v = [-65.0]
    for i in current_na[:-1]:
        rest = -65.0 + RESISTANCE * i
        v.append(rest + (v[-1] - rest) * np.exp(-DT / TAU_M))
    return np.array(v)


def sources_of_all_kinds(sim, start, stop):
    return [
        sim.DCSource(amplitude=0.5, start=start, stop=stop),
        sim.StepCurrentSource(times=[start, stop], amplitudes=[0.4, 0.0]),
        sim.ACSource(amplitude=0.5, offset=0.1, frequency=100.0, start=start, stop=stop),
        sim.NoisyCurrentSource(mean=0.5, stdev=0.05, start=start, stop=stop, dt=0.2),
    ]


def test_sources_act_from_start_on_and_until_stop(sim):
    cells = silent_cells(sim, 4)
    sources = sources_of_all_kinds(sim, 1.0, 2.5)
    for cell, source in zip(cells, sources, strict=True):
        cell.inject(source)
        source.record()
    sim.run(2.0)
    sim.run(2.0)
    v = potential(cells)
    sim.end()
    for column, source in zip(v.T, sources, strict=True):
        signal = source.get_data()
        assert (signal.shape, signal.t_start, signal.units) == ((41, 1), 0 * pq.ms, pq.nA)
        np.testing.assert_allclose(signal.times.rescale("ms").magnitude, np.arange(41) * DT, atol=1e-12)
        values = signal.magnitude[:, 0]
        assert (values[:10] == 0).all()
        assert (values[10:25] != 0).all()
        assert (values[25:] == 0).all()
        assert (column[:11] == -65).all()
        assert column[11] > -65
        np.testing.assert_allclose(column, response(values), rtol=0, atol=1e-10)


def test_currents_from_the_beginning_are_alike(sim):
    cells = silent_cells(sim, 3)
    cells[0:1].set(i_offset=0.5)
    cells[1].inject(sim.DCSource(amplitude=0.5))
    cells[2].inject(sim.StepCurrentSource(times=[0.0], amplitudes=[0.5]))
    sim.run(3.0)
    v = potential(cells)
    assert v[1, 0] > -65
    np.testing.assert_array_equal(v[:, 1], v[:, 2])
    np.testing.assert_allclose(v[:, 0], v[:, 1], rtol=0, atol=1e-12)


def test_anonymous_sources_are_not_lost(sim):
    cells = silent_cells(sim)
    cells.inject(sim.DCSource(amplitude=1.0, start=1.0))
    gc.collect()
    sim.run(2.0)
    assert potential(cells)[20, 0] > -65


def test_a_sine_has_its_phase_at_its_start(sim):
    cells = silent_cells(sim)
    source = sim.ACSource(amplitude=0.5, offset=0.1, frequency=100.0, phase=30.0, start=0.5, stop=20.5)
    source.inject_into(cells)
    source.record()
    source.start = 2.0
    source.frequency = 200.0
    sim.run(25.0)
    t = np.arange(251) * DT - 2.0
    expected = 0.1 + 0.5 * np.sin(2 * np.pi * 0.2 * t + np.pi / 6)
    expected[(t < -1e-9) | (t > 18.5 - 1e-9)] = 0.0
    np.testing.assert_allclose(current(source), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(potential(cells)[:, 0], response(expected), rtol=0, atol=1e-10)


def test_noise_takes_new_values_at_its_interval(sim):
    cells = silent_cells(sim, 2)
    source = sim.NoisyCurrentSource(mean=0.5, stdev=0.25, start=1.0, stop=5.0, dt=0.5)
    source.inject_into(cells)
    source.record()
    sim.run(6.0)
    values = current(source)
    changes = np.flatnonzero(np.diff(values)) + 1
    assert changes.tolist() == [10, 15, 20, 25, 30, 35, 40, 45, 50]
    v = potential(cells)
    np.testing.assert_allclose(v[:, 0], response(values), rtol=0, atol=1e-10)
    np.testing.assert_array_equal(v[:, 0], v[:, 1])  # one noise for all cells


def noise(sim, **settings):
    neurohw_module.setup(timestep=DT, **settings)
    cells = silent_cells(sim)
    for stdev in (0.5, 0.5):
        cells.inject(sim.NoisyCurrentSource(mean=0.0, stdev=stdev))
    sources = sim.simulator.state.current_sources
    for source in sources:
        source.record()
    sim.run(40.0)
    return [current(source) for source in sources], potential(cells)


def test_noise_follows_from_the_seed_alone(sim):
    (a, b), v = noise(sim, seed=3)
    (a_again, _), v_brian2 = noise(sim, seed=3, backend="brian2")
    (a_other, _), _ = noise(sim, seed=4)
    np.testing.assert_array_equal(a, a_again)
    np.testing.assert_allclose(v, v_brian2, rtol=0, atol=1e-10)
    assert abs(np.corrcoef([a, b, a_other]) - np.eye(3)).max() < 0.25


def test_changes_between_runs_leave_the_past_alone(sim):
    cells = silent_cells(sim)
    source = sim.DCSource(amplitude=0.25)
    wave = sim.ACSource(amplitude=0.0, offset=0.25)
    for one in (source, wave):
        cells.inject(one)
        one.record()
    sim.run(1.0)
    source.amplitude += 0.5
    wave.set_parameters(offset=0.5, stop=1.5)
    sim.run(1.0)
    source.amplitude = 7.0  # and back before any time has passed
    source.amplitude = 0.0
    sim.run(1.0)
    assert source.amplitude == 0.0
    expected = np.repeat([0.25, 0.75, 0.0], [10, 10, 11])
    np.testing.assert_array_equal(current(source), expected)
    offset = np.repeat([0.25, 0.5, 0.0], [10, 5, 16])
    np.testing.assert_array_equal(current(wave), offset)
    np.testing.assert_allclose(potential(cells)[:, 0], response(expected + offset), rtol=0, atol=1e-10)


def test_a_change_after_the_end_of_a_pulse_changes_nothing(sim):
    cells = silent_cells(sim)
    source = sim.DCSource(amplitude=0.0, start=0.5, stop=1.0)
    source.inject_into(cells)
    sim.run(2.0)
    source.amplitude = 1.0
    sim.run(2.0)
    assert (potential(cells) == -65).all()


def test_sources_of_the_second_run_begin_in_it(sim):
    cells = silent_cells(sim, 2)
    cells[0].inject(sim.StepCurrentSource(times=[1.5, 2.0], amplitudes=[0.05, 0.2]))
    cells[1].inject(sim.ACSource(offset=0.3, amplitude=0.1, start=1.5, stop=2.0))
    sim.run(1.0)
    sim.run(1.5)
    v = potential(cells)
    assert (v[:16] == -65).all()
    assert (v[16] > -65).all()


def test_steps_set_to_the_present_time_act_at_once(sim):
    cells = silent_cells(sim)
    source = sim.StepCurrentSource(times=[0.0], amplitudes=[0.0])
    source.inject_into(cells)
    source.record()
    sim.run(1.0)
    source.set_parameters(times=[1.0, 1.5], amplitudes=[0.5, 0.25])
    sim.run(1.0)
    np.testing.assert_array_equal(current(source), np.repeat([0.0, 0.5, 0.25], [10, 5, 6]))
    np.testing.assert_allclose(potential(cells)[:, 0], response(current(source)), rtol=0, atol=1e-10)


def test_steps_of_the_past_give_the_level_of_now(sim):
    source = sim.StepCurrentSource()
    cells = silent_cells(sim)
    source.inject_into(cells)
    sim.run(1.0)
    source.set_parameters(times=[0.2, 0.7, 9.0], amplitudes=[5.0, 0.5, 5.0])
    source.record()
    sim.run(1.0)
    signal = source.get_data()
    assert float(signal.t_start) == pytest.approx(1.0)
    assert signal.magnitude[:, 0].tolist() == [0.5] * 11
    expected = np.repeat([0.0, 0.5], [10, 11])
    np.testing.assert_allclose(potential(cells)[:, 0], response(expected), rtol=0, atol=1e-10)


def test_several_sources_into_one_cell_add_up(sim):
    cells = silent_cells(sim)
    sources = [source for begin in (0.5, 1.0) for source in sources_of_all_kinds(sim, begin, begin + 1.0)]
    for source in sources:
        cells[0].inject(source)
        source.record()
    sim.run(2.5)
    total = sum(current(source) for source in sources)
    np.testing.assert_allclose(potential(cells)[:, 0], response(total), rtol=0, atol=1e-10)


def test_reset_starts_the_sources_again(sim):
    cells = silent_cells(sim)
    sources = sources_of_all_kinds(sim, 0.5, 1.5)
    for source in sources:
        source.inject_into(cells)
        source.record()
    sim.run(1.0)
    first = [current(source) for source in sources]
    sources[0].amplitude = 0.0
    sim.run(1.0)
    sim.reset()
    sources[0].amplitude = 0.5
    sim.run(1.0)
    for source, before in zip(sources, first, strict=True):
        np.testing.assert_array_equal(current(source)[:-1], before[:-1])
        assert len(source.get_data()) == 11
    before, after = (segment.analogsignals[0].magnitude for segment in cells.get_data().segments)
    np.testing.assert_array_equal(before[:11], after)


def test_the_number_of_runs_changes_nothing(sim):
    recorded = []
    for runs in ([4.0], [0.3, 1.2, 2.5]):
        sim.reset() if recorded else None
        if not recorded:
            cells = silent_cells(sim)
            for source in sources_of_all_kinds(sim, 1.0, 3.0):
                cells.inject(source)
        for time in runs:
            sim.run(time)
        recorded.append(cells.get_data().segments[-1].analogsignals[0].magnitude)
    np.testing.assert_array_equal(*recorded)


def test_cells_are_given_as_populations_views_assemblies_or_lists(sim):
    a, b = silent_cells(sim, 3), silent_cells(sim, 2)
    source = sim.DCSource(amplitude=1.0)
    source.inject_into(a[0:1])
    source.inject_into(sim.Assembly(a[1:2], b[1:2]))
    sim.run(1.0)
    source.inject_into([b[0]])
    sim.run(1.0)
    moved = [np.flatnonzero(potential(p)[tick] > -65).tolist() for tick in (10, 20) for p in (a, b)]
    assert moved == [[0, 1], [1], [0, 1], [0, 1]]

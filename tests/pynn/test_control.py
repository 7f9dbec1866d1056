"""Setting up, running, changing between runs, ending."""

from __future__ import annotations

import logging

import numpy as np
import pyNN.errors
import pytest
from pyNN.parameters import Sequence
from pyNN.random import NumpyRNG, RandomDistribution

import neurohw.pynn
from neurohw.errors import NetworkError, SettingError, SimulationError, UnknownNameError, UnsupportedError


def test_both_names_are_one_module(sim):
    assert sim is neurohw.pynn


def test_list_standard_models_names_cell_types_of_the_module(sim):
    names = sim.list_standard_models()
    assert {"IF_curr_exp", "HH_cond_exp", "PointNeuron", "SpikeSourceArray"} <= set(names)
    assert all(issubclass(getattr(sim, name), sim.StandardCellType) for name in names)


def test_setup_returns_the_rank(sim):
    assert sim.setup(timestep=0.5) == 0
    assert (sim.get_time_step(), sim.rank(), sim.num_processes(), sim.get_current_time()) == (0.5, 0, 1, 0)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"timestep": 0.0}, SettingError, "timestep = 0.0 must be a number of ms above 0"),
        ({"timestep": -0.1}, SettingError, "timestep"),
        ({"timestep": "a"}, SettingError, "timestep = 'a'"),
        (
            {"min_delay": 0.05},
            SettingError,
            "min_delay = 0.05 must be 'auto' or at least the timestep, 0.1 ms",
        ),
        ({"min_delay": 2.0, "max_delay": 1.0}, SettingError, "min_delay = 2.0 is above max_delay = 1.0"),
        ({"dt": 0.1}, SettingError, "no argument 'dt'; PyNN calls it 'timestep'"),
        ({"seed": -1}, SettingError, "seed = -1"),
        ({"seed": 0.5}, SettingError, "seed = 0.5"),
        ({"backend": "evnet"}, UnknownNameError, "unknown backend 'evnet'; did you mean 'event'"),
        (
            {"fidelity": "exact", "chip": "mesh"},
            UnknownNameError,
            "unknown fidelity 'exact'.* ideal, latency",
        ),
        ({"fidelity": "fcfs"}, SettingError, "fidelity = 'fcfs' needs a chip, for example chip='mesh'"),
        ({"fidelty": "ideal"}, SettingError, "no argument 'fidelty'; did you mean 'fidelity'"),
        ({"chip": "mehs"}, UnknownNameError, "unknown chip 'mehs'; did you mean 'mesh'"),
        ({"mapping": {"quantize": "up"}, "chip": "mesh"}, UnknownNameError, "unknown quantize 'up'"),
        ({"mapping": {"placer": "snale"}, "chip": "mesh"}, UnknownNameError, "placer 'snale'.*'snake'"),
        (
            {"mapping": {"quantize": "nearest"}},
            SettingError,
            "mapping = {'quantize': 'nearest'} needs a chip",
        ),
        ({"mapping": {"plaser": 1}, "chip": "mesh"}, UnknownNameError, "'plaser'; did you mean 'placer'"),
        ({"mapping": {"merge_columns": 1}, "chip": "mesh"}, SettingError, "merge_columns = 1 must be True"),
        (
            {"mapping": {"unroll": "yes"}, "chip": "mesh"},
            SettingError,
            "unroll = 'yes' must be True or False",
        ),
        ({"mapping": ["fill"], "chip": "mesh"}, SettingError, r"mapping = \['fill'\] must be a mapping"),
        ({"merge_columns": True}, SettingError, r"give mapping={'merge_columns': \.\.\.}"),
        ({"strict": "yes"}, SettingError, "strict = 'yes' must be None, True or False"),
        ({"spike_precision": "exact"}, UnknownNameError, "spike_precision 'exact'.*Known: off_grid, on_grid"),
        ({"spike_precison": "on_grid"}, SettingError, "did you mean 'spike_precision'"),
        ({"rng_seed": 0.5}, SettingError, "rng_seed = 0.5 must be a whole number"),
        ({"rng_seeds": 3}, SettingError, "rng_seeds = 3 must be a list of whole numbers"),
        ({"rng_seed": -1}, SettingError, "seed = -1"),
        (
            {"weight_precision": "float16"},
            UnknownNameError,
            "weight_precision 'float16'.*Known: float32, float64",
        ),
        ({"threads": 0}, SettingError, "threads = 0 must be a whole number of at least 1"),
    ],
)
def test_setup_refuses_at_once(sim, arguments, error, message):
    with pytest.raises(error, match=message):
        sim.setup(**arguments)


def test_foreign_arguments_are_ignored_and_logged(sim, caplog):
    with caplog.at_level(logging.INFO, logger="neurohw"):
        sim.setup(t_flush=4.0, verbosity=2, machine_room="b2", rng_seed=3, spike_precision="off_grid")
    assert [(record.levelname, record.getMessage().rpartition(": ")[2]) for record in caplog.records] == [
        ("INFO", "t_flush, verbosity"),
        ("WARNING", "machine_room"),
    ]
    assert sim.simulator.state.settings.spike_precision == "off_grid"


@pytest.mark.parametrize(
    ("arguments", "seed"),
    [
        ({}, 0),
        ({"rng_seed": np.int64(7)}, 7),
        ({"rng_seeds": [5, 6]}, 5),
        ({"grng_seed": 4, "rng_seeds": [5]}, 4),
        ({"rng_seeds_seed": 9}, 9),
        ({"rng_seed": 7, "seed": 0}, 0),
    ],
)
def test_the_seed_of_other_simulators_counts_where_ours_is_not_given(sim, arguments, seed):
    sim.setup(**arguments)
    assert sim.simulator.state.settings.seed == seed


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ElectricalSynapse", "no synapse type ElectricalSynapse yet; there are StaticSynapse, Tsodyks"),
    ],
)
def test_missing_standard_models_say_what_there_is(sim, name, message):
    with pytest.raises(UnsupportedError, match=message) as caught:
        getattr(sim, name)
    assert isinstance(caught.value, AttributeError)
    assert not hasattr(sim, name)


def test_missing_names_are_plain_attribute_errors(sim):
    with pytest.raises(AttributeError, match="no attribute 'IF_cur_exp'; did you mean 'IF_curr_exp'"):
        _ = sim.IF_cur_exp


def test_foreign_cell_types_are_refused(sim):
    with pytest.raises(UnsupportedError, match="population 'x': no cell type HH_cond_exp; there are IF_curr"):
        sim.Population(1, pyNN.standardmodels.cells.HH_cond_exp(), label="x")


@pytest.mark.parametrize("size", [0, -1, (2, 0)])
def test_empty_populations_are_refused(sim, size):
    with pytest.raises(NetworkError, match=r"population 'x': size .* must be at least 1"):
        sim.Population(size, sim.IF_curr_exp(), label="x")


def test_empty_views_are_refused(sim):
    with pytest.raises(NetworkError, match="holds no cell"):
        sim.Population(3, sim.IF_curr_exp())[3:]


# --- parameters ---------------------------------------------------------------


def test_parameters_are_read_and_set(sim):
    cells = sim.Population(4, sim.IF_curr_exp(tau_m=[1.0, 2.0, 3.0, 4.0]))
    assert cells.get("tau_m").tolist() == [1, 2, 3, 4]
    assert cells.get("cm") == 1.0
    cells[1:3].set(tau_m=9.0, cm=[0.5, 0.25])
    cells[3].v_rest = -70.0
    assert cells.get(["tau_m", "cm", "v_rest"], simplify=False)[0].tolist() == [1, 9, 9, 4]
    assert cells[1:].get("cm").tolist() == [0.5, 0.25, 1.0]
    assert (cells[3].v_rest, cells[0].v_rest) == (-70.0, -65.0)
    with pytest.raises(pyNN.errors.NonExistentParameterError):
        cells.set(tau_x=1.0)
    with pytest.raises(pyNN.errors.NonExistentParameterError):
        cells.get("tau_x")


def test_initial_values_are_drawn_once(sim):
    cells = sim.Population(5, sim.IF_curr_exp())
    cells.initialize(v=RandomDistribution("uniform", (-70, -60), rng=NumpyRNG(seed=3)))
    expected = NumpyRNG(seed=3).next(5, "uniform", {"low": -70, "high": -60})
    np.testing.assert_array_equal(cells.initial_values["v"].evaluate(), expected)
    np.testing.assert_array_equal(cells[2:].initial_values["v"].evaluate(), expected[2:])
    cells[1].set_initial_value("v", -50.0)
    assert cells[1].get_initial_value("v") == -50.0
    assert cells[2].get_initial_value("v") == expected[2]
    with pytest.raises(NetworkError, match="no state variable 'gsyn_exc'"):
        cells.initialize(gsyn_exc=0.0)


def test_spike_times_are_read_and_set(sim):
    sources = sim.Population(3, sim.SpikeSourceArray(spike_times=[1.0]))
    sources[1:].set(spike_times=[Sequence([2.0, 3.0]), Sequence([])])
    assert [list(times.value) for times in sources.get("spike_times")] == [[1.0], [2.0, 3.0], []]
    for bad in ([-1.0], [float("nan")]):
        with pytest.raises(NetworkError, match=r"spike time .* ms of cell 0 must be at least 0 ms"):
            sources.set(spike_times=bad)
    with pytest.raises(NetworkError, match=r"population .x.: spike time -5\.0 ms of cell 1"):
        sim.Population(2, sim.SpikeSourceArray(spike_times=[[1.0], [-5.0]]), label="x")
    with pytest.raises(pyNN.errors.InvalidParameterValueError, match=r"8.3 ms of cell 0 follows 9.6 ms"):
        sources.set(spike_times=[9.6, 8.3])


# --- running ------------------------------------------------------------------


def test_time_moves_on_the_grid(sim, book):
    sim.Population(1, sim.IF_curr_exp())
    assert sim.run(1.04) == 1.0
    assert sim.run_for(0.3) == pytest.approx(1.3)
    assert sim.run_until(5.0) == 5.0
    assert book.sessions[0].advanced == [10, 13, 50]
    with pytest.raises(ValueError, match="in the past"):
        sim.run_until(1.0)
    with pytest.raises(SettingError, match="not a finite time"):
        sim.run(float("inf"))


def test_callbacks_are_called_when_they_ask(sim, book):
    times = []

    def every_ms(t):
        times.append(round(t, 6))
        return t + 1.0

    sim.run(3.0, callbacks=[every_ms])
    assert times == [0.0, 1.0, 2.0, 3.0]


def test_callbacks_off_the_grid_do_not_stall(sim, book):
    times = []

    def often(t):
        times.append(round(t, 6))
        return t + 0.14

    sim.run(0.58, callbacks=[often])
    assert times == [0.0, 0.2, 0.4, 0.6]


def test_changes_between_runs_reach_the_session(sim, book):
    cells = sim.Population(2, sim.IF_curr_exp())
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[0.5]))
    projection = sim.Projection(source, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=1.0))
    single = sim.Projection(source, cells, sim.FromListConnector([(0, 0, 1.5, 1.0), (0, 1, 2.5, 1.0)]))
    current = sim.DCSource(amplitude=0.5, start=0.0, stop=4.0)
    cells.inject(current)
    sim.run(1.0)
    sim.run(1.0)
    (session,) = book.sessions
    assert len(session.programs) == 1  # nothing changed, nothing compiled
    cells.set(i_offset=0.1)
    projection.set(weight=2.0)
    single[0].weight = 3.0
    source.set(spike_times=[2.5])
    current.amplitude = 0.75
    sim.run(3.0)
    before, after = (program.network for program in session.programs)
    assert before.synapses[0].weight[0] == 1.0
    assert before.synapses[1].weight.tolist() == [1.5, 2.5]
    assert after.synapses[0].weight[0] == 2.0
    assert after.synapses[1].weight.tolist() == [3.0, 2.5]
    assert before.populations[0].parameters["i_offset"].tolist() == [0.0, 0.0]
    assert after.populations[0].parameters["i_offset"].tolist() == [0.1, 0.1]
    assert after.populations[1].trains.ticks.tolist() == [25]
    steps = sorted(zip(after.currents.tick.tolist(), after.currents.step_na.tolist(), strict=True))
    assert steps == [(0, 0.5), (0, 0.5), (20, 0.25), (20, 0.25), (40, -0.75), (40, -0.75)]
    assert (current.amplitude, current.stop) == (0.75, 4.0)


def test_late_spike_times_are_logged(sim, book, caplog):
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[0.5]), label="s")
    sim.run(1.0)
    source.set(spike_times=[0.7, 1.0, 2.0])
    with caplog.at_level(logging.WARNING, logger="neurohw"):
        sim.run(1.0)
    assert "population 's': 2 spike times are not after the current time, 1 ms" in caplog.text


def test_reset_opens_a_new_session_with_the_same_seed(sim, book):
    sim.setup(seed=7)
    cells = sim.Population(2, sim.IF_curr_exp())
    sim.run(1.0)
    cells.initialize(v=-60.0)
    sim.reset()
    assert (sim.get_current_time(), sim.simulator.state.running) == (0.0, False)
    sim.run(2.0)
    first, second = book.sessions
    assert (first.is_open, second.is_open) == (False, True)
    assert (first.seed, second.seed) == (7, 7)
    assert second.advanced == [20]
    assert second.network.populations[0].initial["v"].tolist() == [-60, -60]


def test_reset_alone_compiles_nothing_anew(sim, book):
    cells = sim.Population(2, sim.IF_curr_exp())
    for _ in range(2):
        sim.run(1.0)
        sim.reset()
    cells.set(i_offset=0.5)
    sim.run(1.0)
    first, second, third = (session.programs[0] for session in book.sessions)
    assert second is first
    assert third.network.populations[0].parameters["i_offset"].tolist() == [0.5, 0.5]


def test_end_keeps_the_data_and_stops_the_run(sim, book):
    sim.Population(1, sim.IF_curr_exp())
    sim.run(1.0)
    sim.end()
    assert not book.sessions[0].is_open
    assert sim.hardware_report().biological_ms == pytest.approx(1.0)
    with pytest.raises(SimulationError, match=r"after end.*setup"):
        sim.run(1.0)


def test_a_report_needs_a_run(sim, book):
    with pytest.raises(SimulationError, match=r"call run.. first"):
        sim.hardware_report()
    sim.run(1.0)
    report = sim.hardware_report()
    assert (report.backend, report.fidelity) == ("book", "ideal")
    assert report.timing_s.keys() == {"build", "compile", "run"}


def test_current_sources_refuse_what_cannot_be(sim):
    with pytest.raises(NetworkError, match="DCSource: amplitude = nan must be a finite number"):
        sim.DCSource(amplitude=float("nan"))
    source = sim.Population(1, sim.SpikeSourceArray())
    with pytest.raises(TypeError, match="spike source"):
        sim.DCSource().inject_into(source)
    with pytest.raises(pyNN.errors.NonExistentParameterError):
        _ = sim.DCSource().frequency


def test_progress_runs_in_chunks_where_it_is_shown(sim, book, monkeypatch, capsys):
    monkeypatch.setenv("NEUROHW_PROGRESS", "1")
    sim.Population(1, sim.IF_curr_exp())
    sim.run(10.0)
    advanced = book.sessions[0].advanced
    assert len(advanced) >= 20
    assert advanced == sorted(set(advanced))
    assert advanced[-1] == 100
    assert capsys.readouterr().err == ""  # short runs show nothing


def test_threads_share_the_network(sim, monkeypatch):
    monkeypatch.setattr("neurohw_event.shares.LEAST_WORK", 1e-6)
    spikes = []
    for threads in (1, 2):
        sim.setup(timestep=0.1, threads=threads)
        cells = sim.Population(9, sim.IF_curr_exp(i_offset=1.1))
        sim.Projection(cells, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.3, delay=1.0))
        cells.record("spikes")
        sim.run(100.0)
        trains = cells.get_data("spikes").segments[0].spiketrains
        spikes.append([train.magnitude.tolist() for train in trains])
    assert sum(map(len, spikes[0]))
    assert spikes[0] == spikes[1]

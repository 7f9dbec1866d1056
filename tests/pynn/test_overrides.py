"""What the command line overrides in a script, and the runs that it collects."""

from __future__ import annotations

import pytest

import neurohw.backend
from neurohw.errors import UnknownNameError
from neurohw.hardware import load_chip
from neurohw.pynn.overrides import collect_runs, override


def script(sim):
    sim.setup(timestep=0.1, backend="brian2", seed=1)
    sim.Population(2, sim.IF_curr_exp())
    sim.run(1.0)
    sim.reset()
    sim.run(2.0)
    sim.end()


def test_overrides_win_over_setup(sim, book, monkeypatch):
    loaded = []
    monkeypatch.setattr(neurohw.backend, "load", lambda name: loaded.append(name) or book)
    with override(chip="mesh", fidelity="latency", backend="event", seed=5):
        script(sim)
    assert loaded == ["event", "event"]
    assert [(s.fidelity, s.seed) for s in book.sessions] == [("latency", 5)] * 2
    assert book.sessions[0].programs[0].chip == load_chip("mesh")
    script(sim)
    assert loaded[2:] == ["brian2", "brian2"]
    assert (book.sessions[-1].fidelity, book.sessions[-1].seed) == ("ideal", 1)


def test_runs_are_collected_across_resets_and_setups(sim, book):
    with override():
        assert collect_runs() == []
        script(sim)
        script(sim)
        inside = collect_runs()
    runs = collect_runs()
    assert [run.result.until_tick for run in runs] == [10, 20, 10, 20]
    assert [run.result.until_tick for run in inside] == [10, 20, 10, 20]
    assert runs[0].program is book.sessions[0].programs[0]
    assert all(run.build_s > 0 and run.run_s > 0 for run in runs)
    with override():
        assert collect_runs() == []


def test_a_script_that_raises_leaves_its_runs(sim, book):
    def broken():
        with override(seed=3):
            sim.setup()
            sim.Population(1, sim.IF_curr_exp())
            sim.run(1.0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert [run.result.until_tick for run in collect_runs()] == [10]
    assert sim.simulator.state.overrides == {}


def test_outside_of_override_past_sessions_are_let_go(sim, book):
    script(sim)
    assert [run.result.until_tick for run in collect_runs()] == [20]
    assert sim.simulator.state.result().until_tick == 20


def test_overrides_are_checked_early(sim):
    with pytest.raises(UnknownNameError, match="unknown chip"), override(chip="nochip"):
        pytest.fail("the block must not run")

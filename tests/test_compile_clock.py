"""The clock of compilation: counts compilations once however deep they call each other, and says so once."""

import numpy as np
import pytest

from neurohw.compile_clock import NOTICE, CompileClock, Stopwatch, compile_seconds
from neurohw.jit import is_disabled, kernel


@pytest.fixture
def time(monkeypatch):
    seconds = iter(range(100))
    monkeypatch.setattr("neurohw.compile_clock.perf_counter", lambda: float(next(seconds)))


def test_a_compilation_within_another_counts_once(time, capsys):
    clock = CompileClock()
    with clock.running(), clock.running():
        assert clock.seconds == 0
    assert clock.seconds == 2  # from the first reading of four to the third
    with pytest.raises(ValueError, match="in vain"), clock.running():
        raise ValueError("in vain")
    assert clock.seconds == 3
    assert capsys.readouterr().err.count(NOTICE) == 1


def test_a_stopwatch_takes_compilation_apart(monkeypatch):
    seconds = iter((10.0, 40.0))
    monkeypatch.setattr("neurohw.compile_clock.compile_seconds", lambda: next(seconds))
    monkeypatch.setattr("neurohw.compile_clock.perf_counter", iter((100.0, 131.5)).__next__)
    assert Stopwatch().read() == (1.5, 30.0)


@pytest.mark.skipif(is_disabled(), reason="the JIT is off")
def test_the_process_has_one(monkeypatch):
    monkeypatch.setattr("neurohw.jit.store.path_of", lambda *_: None)  # not on disk
    doubled = kernel(lambda x: 2 * x)
    before = compile_seconds()
    assert doubled(2) == 4
    once = compile_seconds()
    assert once > before
    assert doubled(3) == 6  # compiled already
    assert compile_seconds() == once
    assert doubled(np.ones(1)) == [2.0]  # another version
    assert compile_seconds() > once

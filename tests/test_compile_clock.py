"""The clock of compilation: counts our kernels only, once however deep they call each other, and says so once."""

import numba
import pytest
from numba.core.event import install_listener

from neurohw.compile_clock import NOTICE, CompileClock, Stopwatch, compile_seconds


def function_of(module, callee=None):
    def double(x):
        return 2 * x if callee is None else callee(x)

    double.__module__ = module
    return numba.njit(double)


@pytest.fixture
def clock():
    with install_listener("numba:compile", CompileClock()) as clock:
        yield clock


def test_our_kernels_count_and_are_announced_once(clock, capsys):
    outer = function_of("neurohw.trial", function_of("neurohw_event.trial"))
    assert outer(2) == 4
    once = clock.seconds
    assert once > 0
    assert outer(3) == 6  # compiled already
    assert clock.seconds == once
    assert outer(1.5) == 3.0  # another version
    assert clock.seconds > once
    assert capsys.readouterr().err.count(NOTICE) <= 2  # of this clock and of the process's


def test_kernels_of_others_do_not_count(clock):
    assert function_of("somebody.trial")(2) == 4
    assert clock.seconds == 0


def test_a_stopwatch_takes_compilation_apart(monkeypatch):
    seconds = iter((10.0, 40.0))
    monkeypatch.setattr("neurohw.compile_clock.compile_seconds", lambda: next(seconds))
    monkeypatch.setattr("neurohw.compile_clock.perf_counter", iter((100.0, 131.5)).__next__)
    assert Stopwatch().read() == (1.5, 30.0)


def test_the_process_has_one():
    before = compile_seconds()
    function_of("neurohw.other_trial")(2)
    assert compile_seconds() > before

"""Times that runs are asked for and reach: the nearest tick of their sum; callbacks let time go on."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest

from neurohw.errors import SettingError

TICK = Fraction(1, 10)


@pytest.mark.parametrize(
    ("length", "n", "reached"), [(0.06, 100, 6.0), (0.1, 1000, 100.0), (1 / 3, 9, 3.0), (0.149, 100, 14.9)]
)
def test_many_runs_reach_what_one_does(sim, book, length, n, reached):
    for _ in range(n):
        sim.run(length)
    assert sim.get_current_time() == pytest.approx(reached, abs=1e-9)
    assert book.sessions[0].advanced[-1] == sim.simulator.state.tick == round(reached * 10)


@pytest.mark.parametrize("seed", range(20))
def test_after_each_run_time_is_at_a_tick_nearest_to_all_that_was_asked_for(sim, book, seed):
    asked = Fraction(0)
    for thousandths in np.random.default_rng(seed).integers(51, 1000, 30).tolist():
        asked += Fraction(thousandths, 1000)
        sim.run(thousandths / 1000)
        assert abs(sim.simulator.state.tick - asked / TICK) <= Fraction(1, 2)


def test_a_time_to_run_until_and_a_reset_forget_what_was_asked_for_before(sim, book):
    sim.run(0.06)
    sim.run_until(0.5)
    assert sim.run(0.06) == pytest.approx(0.6)
    sim.reset()
    assert sim.run(0.06) == pytest.approx(0.1)
    sim.setup(timestep=0.1)
    assert sim.run(0.06) == pytest.approx(0.1)


@pytest.mark.parametrize("first", [0.06, 0.13, 0.15, 0.25])
def test_the_rest_to_a_time_on_a_tick_reaches_it(sim, book, first):
    sim.run(first)
    sim.run(5.0 - sim.get_current_time())
    assert sim.simulator.state.tick == 50


@pytest.mark.parametrize("length", [np.float32(0.06), np.array([0.06]), np.array(0.06), Fraction(6, 100)])
def test_times_of_other_types_are_as_they_are_written(sim, book, length):
    sim.run_until(np.float32(1e5 + 0.125))
    for _ in range(1000):
        sim.run(length)
    assert sim.simulator.state.tick == 1_000_601
    assert type(sim.get_current_time()) is type(sim.simulator.state.ahead_ms) is float


@pytest.mark.parametrize("time", [1e15, 1e308])
def test_a_time_beyond_all_ticks_is_refused(sim, book, time):
    for run in (sim.run, sim.run_until):
        with pytest.raises(SettingError, match=r"run: 1e\+\d+ ms must be at most 9.0072e\+14 ms"):
            run(time)
    assert sim.run(1.0) == 1.0


@pytest.mark.parametrize("answer", [float("nan"), None, "later", [1.0, 2.0]])
def test_a_callback_says_when_it_wants_to_be_called(sim, book, answer):
    def wanted(_now):
        return answer

    message = rf"callback .*wanted returned {re.escape(repr(answer))} at 0 ms, must return when"
    with pytest.raises(SettingError, match=message):
        sim.run(1.0, callbacks=[wanted])
    assert sim.run(1.0, callbacks=[lambda t: float("inf")]) == 1.0


@pytest.mark.parametrize("back", [0.0, 1e-9, 0.5, 100.0])
def test_a_callback_that_holds_time_is_named(sim, book, back):
    def holding(now):
        return now - back if now >= 0.5 else now + 0.1

    with pytest.raises(SettingError, match=r"run: callback .*holding returned .* ms at 0.5 ms a second time"):
        sim.run(1.0, callbacks=[lambda t: t + 0.1, holding])
    assert sim.simulator.state.tick == 5
    assert sim.run(0.5) == pytest.approx(1.0)


def test_a_callback_may_be_late_once_and_say_no_more_at_the_end(sim, book):
    asked, times = [], iter([0.0, 0.3, 0.3])

    def at_given_times(now):
        asked.append(now)
        return next(times)

    assert sim.run(0.3, callbacks=[at_given_times]) == pytest.approx(0.3)
    assert asked == pytest.approx([0.0, 0.0, 0.3])


def test_a_callback_may_catch_up_with_a_list_of_times(sim, book):
    asked, times = [], iter(np.arange(3, 200, 3) / 100)

    def at_given_times(now):
        asked.append(now)
        return next(times)

    assert sim.run(1.0, callbacks=[at_given_times]) == pytest.approx(1.0)
    assert sim.run_until(1.5, callbacks=[at_given_times]) == pytest.approx(1.5)
    assert len(asked) > 30
    assert asked == sorted(asked)


def test_time_never_goes_back(sim, book):
    sim.run(1.0)
    answers = iter([0.2, 1.5, 9.0, 9.0])
    assert sim.run(1.0, callbacks=[lambda t: next(answers)]) == pytest.approx(2.0)
    assert book.sessions[0].advanced == sorted(book.sessions[0].advanced)


@pytest.mark.parametrize("callbacks", [len, [3], 5])
def test_callbacks_are_a_list_of_functions(sim, book, callbacks):
    with pytest.raises(
        SettingError, match=r"run: callbacks: .* must be a list of functions of the time in ms"
    ):
        sim.run(1.0, callbacks=callbacks)
    assert sim.get_current_time() == 0.0

"""Kernels without state against their definitions: propagators, sorting, histograms, random numbers."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from neurohw.network import MODELS, Population
from neurohw.network.kernels import (
    STREAM_TRAIN,
    exponential,
    fill_exponentials,
    fill_exponentials_of,
    philox,
    philox_7,
    row_order,
    uniform,
)
from neurohw.network.sources import SourceTrains
from neurohw.network.sources.columns import (
    COUNT,
    FIRST,
    NEXT_MS,
    PLACE,
    PROCESS,
    STOP_MS,
    Process,
)
from neurohw.network.sources.processes import (
    NO_TICK,
    draw_next,
    fill_poisson_next,
    fill_ticks,
    spike_tick,
)
from neurohw_event.kernels.histogram import N_BINS, bin_edges, bin_of
from neurohw_event.kernels.propagators import fill_propagators, fill_table
from neurohw_event.kernels.sort import N_DIGITS, sort_ascending, sort_by_digits
from neurohw_event.layout import (
    CM,
    SPAN_MS,
    TAU_EXC,
    TAU_INH,
    TAU_M,
    V_V,
    V_X_EXC,
    V_X_INH,
    V_Y_EXC,
    V_Y_INH,
    X_X_EXC,
    X_X_INH,
)
from tests.examples import examples

# --- propagators --------------------------------------------------------------------------------------------


def time_constants(tau_m: float, tau_exc: float, tau_inh: float, cm: float) -> np.ndarray:
    row = np.ones(8)
    row[TAU_M], row[TAU_EXC], row[TAU_INH], row[CM] = tau_m, tau_exc, tau_inh, cm
    return row


def by_matrix_exponential(span_ms: float, constants: np.ndarray, tau: int) -> list[float]:
    """Return what v, x and y each add to v, and x to x, for one receptor: with 50 digits, so that none is lost.

    y is in nA / ms, the slope of x.
    """
    with mpmath.workdps(50):
        fall, keep = -1 / mpmath.mpf(constants[TAU_M]), -1 / mpmath.mpf(constants[tau])
        system = mpmath.matrix([[fall, 1 / mpmath.mpf(constants[CM]), 0], [0, keep, 1], [0, 0, keep]])
        exact = mpmath.expm(system * span_ms)
        return [float(exact[0, 0]), float(exact[0, 1]), float(exact[0, 2]), float(exact[1, 1])]


def near(value: float) -> st.SearchStrategy[float]:
    """Return a strategy for numbers equal to ``value``, or so near that differences have no digits left."""
    offset = st.sampled_from([0.0, 1e-16, 1e-13, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 0.1])
    return st.builds(lambda part, sign: value * (1 + sign * part), offset, st.sampled_from([-1, 1]))


TAUS = st.floats(0.2, 200.0)
TAU_PAIRS = TAUS.flatmap(lambda tau_m: st.tuples(st.just(tau_m), st.one_of(TAUS, near(tau_m))))
SPANS = st.floats(1e-4, 500.0)


@given(TAU_PAIRS, TAUS, st.floats(0.01, 10.0), SPANS)
@example((20.0, 20.0), 20.0, 1.0, 0.1)
@example((10.0, 10.0 * (1 + 1e-9)), 10.0 * (1 - 1e-9), 0.5, 400.0)
@example((20.0, 0.2), 200.0, 1.0, 500.0)
@example((0.2, 200.0), 0.2, 1.0, 1e-4)
@examples(150)
def test_propagators_are_the_matrix_exponential(
    taus: tuple[float, float], tau_inh: float, cm: float, span_ms: float
) -> None:
    constants = time_constants(*taus, tau_inh, cm)
    row = np.empty(8)
    fill_propagators(row, span_ms, constants)
    for tau, columns in (
        (TAU_EXC, [V_V, V_X_EXC, V_Y_EXC, X_X_EXC]),
        (TAU_INH, [V_V, V_X_INH, V_Y_INH, X_X_INH]),
    ):
        exact = by_matrix_exponential(span_ms, constants, tau)
        np.testing.assert_allclose(row[columns], exact, rtol=1e-12, atol=1e-280)
    assert row[SPAN_MS] == span_ms


@given(st.integers(0, 2**62), st.integers(0, 2**30), st.integers(0, 2**40))
@examples(100)
def test_exponential_deviates_are_logarithms(seed: int, cell: int, count: int) -> None:
    one_by_one = [exponential(seed, cell, count + i) for i in range(40)]
    expected = [-np.log1p(-uniform(seed, STREAM_TRAIN, cell, count + i)) for i in range(40)]
    np.testing.assert_allclose(one_by_one, expected, rtol=1e-15)
    together = np.empty(40)
    fill_exponentials(together, seed, cell, count)
    np.testing.assert_array_equal(together, one_by_one)
    fill_exponentials_of(together, seed, np.full(40, cell), count + np.arange(40))
    np.testing.assert_array_equal(together, one_by_one)


@given(
    st.integers(0, 2**62),
    st.lists(st.floats(0.0, 1e9) | st.just(math.inf), min_size=1, max_size=20),
    st.sampled_from([0.1, 0.25, 1.0]),
)
@examples(50)
def test_sources_drawn_together_fire_as_one_by_one(
    seed: int, now_ms: list[float], timestep_ms: float
) -> None:
    n, rng = len(now_ms), np.random.default_rng(seed)
    now, cell, count = np.array(now_ms), rng.integers(0, 2**30, n), rng.integers(0, 2**40, n)
    rate_hz, stop_ms = rng.choice([0.1, 30.0, 1e4], n), rng.choice([1e3, math.inf], n)
    state, clock = np.zeros((n, 8)), np.zeros((n, 4), np.int64)
    state[:, FIRST], state[:, STOP_MS], clock[:, COUNT], clock[:, PLACE] = rate_hz, stop_ms, count, -1
    clock[:, PROCESS] = Process.POISSON
    for row in range(n):
        draw_next(state, clock, row, seed, int(cell[row]), now[row], None)
    next_ms, ticks = np.empty(n), np.empty(n, np.int64)
    fill_poisson_next(next_ms, seed, cell, count, now, rate_hz, stop_ms)
    np.testing.assert_array_equal(next_ms, state[:, NEXT_MS])
    np.testing.assert_array_equal(count, clock[:, COUNT])
    fill_ticks(ticks, next_ms, timestep_ms)
    expected = [spike_tick(t, timestep_ms) if t < math.inf else NO_TICK for t in next_ms]
    np.testing.assert_array_equal(ticks, expected)


@given(TAU_PAIRS, st.floats(1e3, 1e6))
@examples(100)
def test_propagators_over_a_long_time_forget_everything(taus: tuple[float, float], lifetimes: float) -> None:
    constants = time_constants(*taus, taus[1], 1.0)
    row = np.empty(8)
    fill_propagators(row, lifetimes * max(taus), constants)
    np.testing.assert_array_equal(row[:SPAN_MS], 0.0)


def test_tables_hold_the_propagators_of_every_number_of_ticks() -> None:
    classes = np.stack([time_constants(20.0, 5.0, 10.0, 0.2), time_constants(10.0, 10.0, 2.0, 1.0)])
    table, row = np.empty((2, 30, 8)), np.empty(8)
    fill_table(table, classes, 0.1)
    for class_, constants in enumerate(classes):
        for k in range(30):
            fill_propagators(row, k * 0.1, constants)
            np.testing.assert_array_equal(table[class_, k], row)
    np.testing.assert_array_equal(table[:, 0], np.tile([1.0, 1, 1, 0, 0, 0, 0, 0], (2, 1)))


# --- sorting and counting -----------------------------------------------------------------------------------


@given(arrays(np.int32, st.integers(0, 300), elements=st.integers(-(2**31), 2**31 - 1)))
@examples(100)
def test_sorting_in_place(values: np.ndarray) -> None:
    expected = np.sort(values)
    sort_ascending(values)
    np.testing.assert_array_equal(values, expected)


@given(arrays(np.int64, st.integers(0, 300), elements=st.one_of(st.integers(0, 300), st.integers(0, 2**62))))
@example(np.arange(100, 0, -1) << 16)
@example(np.arange(1000, 0, -1) << 6 | 1)
@example(np.random.default_rng(1).integers(0, 2**62, 2000))
@example(np.random.default_rng(1).integers(0, 2, 2000) << 62)
@examples(100)
def test_sorting_by_digits(values: np.ndarray) -> None:
    expected = np.sort(values)
    sort_by_digits(values, np.zeros_like(values), np.zeros(N_DIGITS, np.int64))
    np.testing.assert_array_equal(values, expected)


@given(
    st.integers(1, 20).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.integers(0, n - 1), max_size=80)))
)
@examples(100)
def test_rows_are_sorted_stably(case: tuple[int, list[int]]) -> None:
    n_rows, rows = case
    indptr, order = row_order(np.array(rows, np.int32), n_rows)
    np.testing.assert_array_equal(order, sorted(range(len(rows)), key=lambda i: rows[i]))
    np.testing.assert_array_equal(np.diff(indptr), [rows.count(row) for row in range(n_rows)])


def test_bins_follow_each_other() -> None:
    edges = bin_edges()
    assert edges.shape == (N_BINS + 1,)
    np.testing.assert_array_equal(edges[:65], np.arange(65))
    assert (np.diff(edges) >= 1).all()
    assert (np.diff(edges)[64:] <= edges[64:-1] / 32).all()


@given(st.one_of(st.integers(0, 5000), st.integers(0, 2**45)))
@examples(500)
def test_every_number_lies_in_its_bin(value: int) -> None:
    edges, bin_ = bin_edges(), bin_of(value)
    assert edges[bin_] <= value < edges[bin_ + 1]


@pytest.mark.parametrize("value", [2**46, 2**47 + 1, 2**62])
def test_what_lies_beyond_is_counted_in_the_last_bin(value: int) -> None:
    assert bin_of(value) == N_BINS - 1
    assert bin_of(int(bin_edges()[-1]) - 1) == N_BINS - 1


# --- random numbers -----------------------------------------------------------------------------------------

ALL = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((ALL,) * 4, (ALL,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_has_its_published_answers(
    counter: tuple[int, ...], key: tuple[int, ...], words: tuple[int, ...]
) -> None:
    """The known answers of Philox4x32-10 that come with Random123 (doi:10.1145/2063384.2063405)."""
    assert tuple(map(int, philox(*map(np.uint64, (*key, *counter))))) == words


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x5F6FB709, 0x0D893F64, 0x4F121F81, 0x4F730A48)),
        ((ALL,) * 4, (ALL,) * 2, (0x5207DDC2, 0x45165E59, 0x4D8EE751, 0x8C52F662)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0x4DFCCABA, 0x190A87F0, 0xC47362BA, 0xB6B5242A),
        ),
    ],
)
def test_philox_of_seven_rounds_has_its_published_answers(
    counter: tuple[int, ...], key: tuple[int, ...], words: tuple[int, ...]
) -> None:
    """The known answers of Philox4x32-7 that come with Random123."""
    assert tuple(map(int, philox_7(*map(np.uint64, (*key, *counter))))) == words


def test_intervals_are_exponential_and_independent() -> None:
    n = 2000
    series = [
        [exponential(1, 2, k) for k in range(n)],
        [exponential(1, cell, 0) for cell in range(n)],
        [exponential(seed, 2, 0) for seed in range(n)],
    ]
    for values in series:
        assert stats.kstest(values, "expon").pvalue > 1e-3
        assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 4 / np.sqrt(n)
    assert abs(np.corrcoef(series)[np.triu_indices(3, 1)]).max() < 4 / np.sqrt(n)


def test_large_seeds_and_counts_are_not_cut() -> None:
    values = {exponential(seed, 3, count) for seed in (0, 2**32, 2**62) for count in (0, 2**32, 2**40)}
    assert len(values) == 9


def poisson_trains(**parameters: float) -> SourceTrains:
    size = 50
    values = {name: np.full(size, value) for name, value in parameters.items()}
    population = Population("poisson", MODELS["SpikeSourcePoisson"], 1000, size, values)
    return SourceTrains(population, 0.1, seed=5)


def test_poisson_counts_have_the_mean_and_variance_of_poisson() -> None:
    cells, ticks = poisson_trains(rate=400.0, start=20.0, duration=150.0).advance(10_000)
    counts = np.bincount(cells, minlength=50)
    expected = 400.0 * 0.150
    assert abs(counts.mean() - expected) < 4 * np.sqrt(expected / counts.size)
    assert 0.5 < counts.var() / expected < 2.0
    assert 200 < ticks.min() < ticks.max() <= 1700


@given(st.lists(st.integers(0, 400), max_size=8).map(sorted))
@examples(30)
def test_poisson_trains_do_not_know_the_chunks(stops: list[int]) -> None:
    parameters = {"rate": 3000.0, "start": 1.0, "duration": 30.0}
    whole = poisson_trains(**parameters).advance(400)
    trains = poisson_trains(**parameters)
    parts = [trains.advance(stop) for stop in [*stops, 400]]
    for index, expected in enumerate(whole):
        np.testing.assert_array_equal(np.concatenate([part[index] for part in parts]), expected)

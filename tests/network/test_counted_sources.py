"""Busy Poisson sources, counted tick by tick: the distribution of counts, their independence, windows and changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from neurohw.network import MODELS, Population
from neurohw.network.sources import PROCESS_OF_MODEL, SourceTrains, lay_out_counts
from neurohw.network.sources.columns import PLACE, PROCESS
from neurohw.network.sources.counting import BUSIEST, BUSY
from neurohw.network.sources.counts import (
    BLOCK,
    UPPER,
    count_at,
    count_of,
    count_of_rest,
    fill_counts,
    fill_equal_counts,
    fill_halves,
    half_at,
)
from tests.examples import examples
from tests.naive.sources import count_of_word

TIMESTEP_MS = 0.5
SIGNIFICANT = 1e-4  # p of the fixed seeds lies well above
MEANS = [BUSY, 0.7, 2.0, 9.5, 40.0, 300.0, BUSIEST]
EDGES = st.floats(0.0, 50.0) | st.integers(0, 50).map(float)


def sources(mean, first: int = 7, start=0.0, duration=1e10) -> Population:
    """Return sources with ``mean`` spikes a tick."""
    rate, start_ms, duration_ms = np.broadcast_arrays(
        np.atleast_1d(mean) * 1000 / TIMESTEP_MS, start, np.asarray(duration, float)
    )
    parameters = {"rate": rate.copy(), "start": start_ms.copy(), "duration": duration_ms.copy()}
    return Population("source", MODELS["SpikeSourcePoisson"], first, rate.size, parameters)


def counts_of(population: Population, n_ticks: int, seed: int = 3) -> np.ndarray:
    """Return the spikes of each source in each of the ticks from 1 on."""
    cells, ticks = SourceTrains(population, TIMESTEP_MS, seed).advance(n_ticks)
    assert ticks.min(initial=1) >= 1
    counts = np.zeros((population.size, n_ticks + 1), int)
    np.add.at(counts, (cells, ticks), 1)
    return counts[:, 1:]


def tables_of(population: Population):
    clock = np.zeros((population.size, 4), np.int64)
    clock[:, PROCESS] = PROCESS_OF_MODEL[population.model.name]
    return lay_out_counts([(population, clock)], TIMESTEP_MS), clock[:, PLACE]


@pytest.mark.parametrize("mean", MEANS)
def test_counts_are_poisson_distributed(mean: float) -> None:
    counts = counts_of(sources(np.full(40, mean)), int(max(100, 20_000 / mean**0.5))).ravel()
    law = stats.poisson(mean)
    edges = np.unique(law.ppf(np.linspace(0.02, 0.98, 25)))
    found = np.histogram(counts, [-1, *(edges + 0.5), 10 * mean + 100])[0]
    expected = np.diff([0, *law.cdf(edges), 1]) * counts.size
    few = expected < 5  # the last ones of small means
    expected[-1 - few.sum()] += expected[few].sum()
    found[-1 - few.sum()] += found[few].sum()
    assert stats.chisquare(found[~few], expected[~few]).pvalue > SIGNIFICANT
    spread = np.sqrt(2 / counts.size + 1 / (mean * counts.size))  # of the index of dispersion
    assert counts.var() / counts.mean() == pytest.approx(1.0, abs=4 * spread)


def words_of_counts(tables, table: int) -> np.ndarray:
    """Return how many of 2^32 words stand for each count, from 0 on, as the tables have it."""
    own = np.diff(tables.bound[table, : tables.size[table]].astype(int), prepend=-1) * 2**16
    left = np.diff(tables.rest[table].astype(int), prepend=0)
    words = np.zeros(tables.lowest_of_rest[table] + left.size, int)
    words[tables.lowest[table] :][: own.size] += own
    words[tables.lowest_of_rest[table] :] += left
    return words


@given(st.floats(BUSY, BUSIEST) | st.sampled_from(MEANS))
@examples(60)
def test_every_probability_is_exact_to_the_last_of_32_bits(mean: float) -> None:
    tables, place = tables_of(sources(mean))
    table, size = tables.table[place[0], 1], tables.size[tables.table[place[0], 1]]
    words = words_of_counts(tables, table)
    np.testing.assert_allclose(
        np.cumsum(words), stats.poisson.cdf(np.arange(words.size), mean) * 2**32, atol=1.0
    )
    assert words.sum() == 2**32
    assert stats.poisson.sf(words.size - 1, mean) * 2**32 <= 0.51
    assert (tables.bound[table, size:] == tables.bound[table, size - 1]).all()
    assert tables.bound[table, size - 1] > 65_000 - mean  # the rest is small


@given(st.floats(BUSY, 150.0) | st.sampled_from(MEANS), st.integers(0, 2**16 - 1), st.integers(0, 2**16 - 1))
@examples(60)
def test_words_stand_for_the_counts_that_the_definition_says(mean: float, upper: int, lower: int) -> None:
    tables, place = tables_of(sources(mean))
    table = tables.table[place[0], 1]
    words = words_of_counts(tables, table).tolist()
    last = int(tables.bound[table, tables.size[table] - 1])
    for half in {upper, last, min(last + 1, 2**16 - 1), 2**16 - 1}:
        expected = count_of_word(words, half * 2**16 + lower)
        if half > last:
            assert count_of_rest(tables, table, np.uint16(half), np.uint16(lower)) == expected
        else:
            assert count_of(tables, table, np.uint16(half), 1, 2, 3) == expected


def test_ticks_and_sources_are_independent() -> None:
    counts = counts_of(sources(np.full(60, 1.5)), 4000).astype(float)
    counts = (counts - counts.mean()) / counts.std()
    for lag in (1, 2, 3, 4, 5, 8):
        assert abs((counts[:, lag:] * counts[:, :-lag]).mean()) < 4 / np.sqrt(counts.size)
    between = np.corrcoef(counts)[np.triu_indices(60, 1)]
    assert stats.kstest(between * np.sqrt(4000), "norm").pvalue > SIGNIFICANT
    seeds = [counts_of(sources(1.5), 20_000, seed).ravel() for seed in (1, 2)]
    assert abs(np.corrcoef(seeds)[0, 1]) < 4 / np.sqrt(20_000)


def test_parts_of_ticks_have_their_part_of_the_spikes() -> None:
    """A source from 1.3 to 3.8 ticks: 0.7 of the second tick, 0.8 of the fourth."""
    n = 4000
    counts = counts_of(sources(np.full(n, 5.0), start=1.3 * TIMESTEP_MS, duration=2.5 * TIMESTEP_MS), 6)
    expected = np.array([0.0, 3.5, 5.0, 4.0, 0.0, 0.0])
    assert (counts[:, expected == 0] == 0).all()
    for column, mean in enumerate(expected):
        if mean:
            assert counts[:, column].mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / n))
            assert counts[:, column].var() == pytest.approx(mean, rel=4 * np.sqrt(2.2 / n))


def test_a_window_inside_a_tick() -> None:
    counts = counts_of(sources(np.full(4000, 5.0), start=1.3 * TIMESTEP_MS, duration=0.2 * TIMESTEP_MS), 4)
    assert counts[:, [0, 2, 3]].sum() == 0
    assert counts[:, 1].mean() == pytest.approx(1.0, abs=4 / np.sqrt(4000))


@given(EDGES, EDGES)
@examples(50)
def test_spikes_stay_inside_the_window(start_ms: float, duration_ms: float) -> None:
    population = sources(np.full(3, 50.0), start=start_ms, duration=duration_ms)
    _, ticks = SourceTrains(population, TIMESTEP_MS, 1).advance(250)
    assert (ticks * TIMESTEP_MS > start_ms - 1e-6).all()
    assert ((ticks - 1) * TIMESTEP_MS < start_ms + duration_ms + 1e-6).all()
    n_whole = int((start_ms + duration_ms) / TIMESTEP_MS) - np.ceil(start_ms / TIMESTEP_MS)
    assert len(np.unique(ticks)) >= n_whole


def test_a_train_does_not_know_the_other_sources() -> None:
    """Each is what a population of its own gives, whether intervals or counts are drawn."""
    means = np.array([0.03, 3.0, 0.049, 0.051, 0.0, 80.0])
    together = counts_of(sources(means), 400)
    for index, mean in enumerate(means):
        np.testing.assert_array_equal(counts_of(sources(mean, first=7 + index), 400)[0], together[index])


def test_the_past_does_not_matter() -> None:
    """After changes of rate a source does what one does that always had the last."""
    for before in (0.0, 0.01, 7.0):
        trains = SourceTrains(sources(before), TIMESTEP_MS, 3)
        trains.advance(101)
        trains.restart(sources(2.0), 101 * TIMESTEP_MS)
        found = np.bincount(trains.advance(400)[1], minlength=401)[102:]
        np.testing.assert_array_equal(found, counts_of(sources(2.0), 400)[0, 101:])


@pytest.mark.parametrize("mean", [0.06, 2.0, 25.0])
@pytest.mark.parametrize(("first", "block"), [(0, 1), (2**32 - 5, 7), (3, 2**33)])
def test_many_at_once_are_as_one_by_one(mean: float, first: int, block: int) -> None:
    n = 1000
    tables, place = tables_of(sources(mean, duration=1e13))
    table = tables.table[place[0], 1]
    upper = np.empty((BLOCK, n), np.uint16)
    fill_halves(*upper, 11, first, block)
    lowest = np.full(n, tables.lowest[table], np.uint8)
    bound = np.repeat(tables.bound[table][:, None], n, axis=1)
    last = bound[-1, 0]
    for row in range(BLOCK):
        tick = BLOCK * block + row
        assert upper[row].tolist() == [half_at(11, first + i, tick, UPPER) for i in range(n)]
        upper[row, -1] = 2**16 - 1  # one in the rest, the last of the sources that are compared no more
        own, equal = np.empty(n, np.uint8), np.empty(n, np.uint8)
        n_in_rest = fill_counts(own, upper[row], lowest, bound, tables.size[table])
        assert n_in_rest == (upper[row] > last).sum()
        assert fill_equal_counts(equal, upper[row], lowest[0], bound, tables.size[table]) == n_in_rest
        np.testing.assert_array_equal(own, equal)
        for i in np.flatnonzero(upper[row] <= last):
            assert own[i] == count_at(tables, place[0], 11, first + i, tick)
    assert not fill_equal_counts(equal, np.minimum(upper[0], last), lowest[0], bound, tables.size[table])

"""Statistics of spike trains against plain loops and known values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.analysis.statistics import interval_cvs, ks_distance, population_rate_hz, rates_hz, select
from neurohw.result import Spikes
from tests.analysis.strategies import N_CELLS, spikes
from tests.analysis.synthetic import poisson_spikes, sorted_spikes
from tests.naive import spike_trains as naive

samples = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=12)


@given(spikes)
def test_cvs_are_those_of_plain_loops(record):
    np.testing.assert_allclose(interval_cvs(record, N_CELLS), naive.interval_cvs(record, N_CELLS))


def test_a_regular_train_has_cv_0_and_a_poisson_train_about_1():
    regular = sorted_spikes(np.zeros(50), np.arange(50) * 7)
    assert interval_cvs(regular, 1).tolist() == [0.0]
    poisson = poisson_spikes(100, 50.0, 100_000)
    assert interval_cvs(poisson, 100).mean() == pytest.approx(1.0, abs=0.03)


@given(samples, samples)
def test_ks_distance_is_that_of_plain_loops(left, right):
    assert ks_distance(np.array(left), np.array(right)) == pytest.approx(naive.ks_distance(left, right))


def test_ks_distance_of_nothing():
    some, none = np.ones(3), np.empty(0)
    assert (ks_distance(none, none), ks_distance(some, none), ks_distance(none, some)) == (0.0, 1.0, 1.0)


def test_rates_count_silent_cells():
    record = Spikes(np.array([0, 0, 2]), np.array([1, 2, 3]))
    assert rates_hz(record, 4, 500.0).tolist() == [4.0, 0.0, 2.0, 0.0]
    assert rates_hz(record, 3, 0.0).tolist() == [0.0, 0.0, 0.0]


def test_select_renumbers_and_keeps_the_order():
    record = Spikes(np.array([5, 9, 7, 5, 1]), np.array([1, 1, 2, 3, 3]))
    chosen = select(record, np.array([5, 7, 100]))
    assert chosen.ids.tolist() == [0, 1, 0]
    assert chosen.ticks.tolist() == [1, 2, 3]
    assert select(record, np.empty(0, np.int64)).ids.size == 0


def test_population_rate_counts_every_spike_of_full_bins():
    ticks = np.array([1, 10, 11, 20, 21, 25])
    rate = population_rate_hz(ticks, 2, 10, 25, 0.1)  # two full bins of 1 ms
    assert rate.tolist() == [1000.0, 1000.0]

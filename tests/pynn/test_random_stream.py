"""Numbers drawn by compiled loops are those that numpy's ``RandomState`` draws call by call."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyNN.random import NumpyRNG, RandomDistribution

from neurohw.pynn.random_stream.drawing import (
    alternating_integers,
    clipped_normals,
    distinct_cells,
    is_clipped_normal,
    is_numpy,
    other_cells,
    pairs_below,
    words_of,
)
from neurohw.pynn.random_stream.mersenne import next_word
from tests.examples import examples

# words drawn before: none, to an odd place, up to the end of a block and past it
STARTS = st.sampled_from([0, 1, 622, 623, 624, 1000])
SEEDS = st.integers(0, 2**32 - 1)


def generators(seed, start):
    """Return two equal generators."""
    both = NumpyRNG(seed=seed), NumpyRNG(seed=seed)
    for rng in both:
        rng.rng.randint(0, 2**32, size=start, dtype=np.uint32)
    return both


def assert_same_state(ours, theirs):
    np.testing.assert_array_equal(ours.rng.random_sample(700), theirs.rng.random_sample(700))


@examples(60)
@given(seed=SEEDS, start=STARTS, n=st.integers(0, 1500))
def test_words(seed, start, n):
    ours, theirs = generators(seed, start)
    with words_of(ours) as words:
        drawn = [next_word(words) for _ in range(n)]
    np.testing.assert_array_equal(drawn, theirs.rng.randint(0, 2**32, size=n, dtype=np.uint32))
    assert_same_state(ours, theirs)


def test_a_normal_number_kept_in_store_stays_there():
    ours, theirs = generators(3, 0)
    for rng in (ours, theirs):
        rng.rng.normal()  # makes two
    with words_of(ours):
        pass
    assert ours.rng.normal() == theirs.rng.normal()


@examples(60)
@given(
    seed=SEEDS,
    start=STARTS,
    p=st.one_of(st.floats(-0.1, 1.1), st.sampled_from([0.0, 1e-9, 2.0**-26, 0.5, 1.0])),
    n_pre=st.integers(1, 60),
    n_post=st.integers(1, 60),
)
def test_pairs_below(seed, start, p, n_pre, n_post):
    ours, theirs = generators(seed, start)
    blocks = list(pairs_below(ours, p, n_pre, n_post))
    post, pre = np.nonzero(theirs.rng.uniform(size=(n_post, n_pre)) < p)
    np.testing.assert_array_equal(np.concatenate([block[0] for block in blocks]), pre)
    np.testing.assert_array_equal(np.concatenate([block[1] for block in blocks]), post)
    assert_same_state(ours, theirs)


@pytest.mark.parametrize("index", [0, 5, 311, 312])
def test_a_bound_that_only_the_last_bit_tells_from_the_number(index):
    number = np.random.RandomState(9).uniform(size=400)[index]
    for p, is_below in ((number, False), (np.nextafter(number, 1.0), True)):
        ((_, post),) = pairs_below(NumpyRNG(seed=9), p, 1, 400)
        assert (index in post) == is_below


@examples(60)
@given(seed=SEEDS, start=STARTS, n=st.integers(0, 700), n_a=st.integers(1, 70), n_b=st.integers(1, 2**31 - 1))
def test_alternating_integers(seed, start, n, n_a, n_b):
    ours, theirs = generators(seed, start)
    a, b = alternating_integers(ours, n, n_a, n_b)
    expected = [(theirs.rng.randint(0, n_a), theirs.rng.randint(0, n_b)) for _ in range(n)]
    assert list(zip(a, b, strict=True)) == expected
    assert_same_state(ours, theirs)


@examples(60)
@given(
    seed=SEEDS,
    start=STARTS,
    counts=st.lists(st.integers(0, 150), min_size=1, max_size=20),
    more=st.integers(0, 90),
    exclude=st.booleans(),
)
def test_distinct_cells(seed, start, counts, more, exclude):
    ours, theirs = generators(seed, start)
    n_cells = len(counts) + 1 + more
    drawn = distinct_cells(ours, np.array(counts), n_cells, exclude)
    expected = []
    for cell, count in enumerate(counts):
        cells = np.delete(np.arange(n_cells), cell) if exclude else np.arange(n_cells)
        times, rest = divmod(count, len(cells))
        expected += [*np.tile(cells, times)]
        expected += [*theirs.rng.permutation(cells)[:rest]] if rest else []
    np.testing.assert_array_equal(drawn, expected)
    assert_same_state(ours, theirs)


@examples(60)
@given(
    seed=SEEDS,
    start=STARTS,
    counts=st.lists(st.integers(0, 50), min_size=2, max_size=9),
    more=st.integers(0, 5),
)
def test_other_cells(seed, start, counts, more):
    ours, theirs = generators(seed, start)
    n_cells = len(counts) + more
    drawn = other_cells(ours, np.array(counts), n_cells)
    expected = []
    for cell, count in enumerate(counts):
        cells = theirs.rng.randint(0, n_cells, size=count)
        while (cells == cell).any():
            again = np.flatnonzero(cells == cell)
            cells[again] = theirs.rng.randint(0, n_cells, size=again.size)
        expected += [*cells]
    np.testing.assert_array_equal(drawn, expected)
    assert_same_state(ours, theirs)


@examples(60)
@given(
    seed=SEEDS,
    start=STARTS,
    counts=st.lists(st.integers(0, 40), max_size=9),
    low=st.floats(-1.5, 0.9),  # lower, and PyNN may give up redrawing
    width=st.floats(0.5, 4.0),
)
def test_clipped_normals(seed, start, counts, low, width):
    def distribution(rng):
        return RandomDistribution("normal_clipped", (0.3, 0.8, low, low + width), rng=rng)

    ours, theirs = generators(seed, start)
    assert is_clipped_normal(distribution(ours)) == (kept_share(low, low + width) >= 0.05)
    drawn = clipped_normals(distribution(ours), np.array(counts, dtype=np.int64))
    np.testing.assert_array_equal(drawn, [x for n in counts for x in distribution(theirs).next(n)])
    assert_same_state(ours, theirs)


def kept_share(low, high):
    """Return the share of the distribution between the limits, by adding up its density."""
    x = np.linspace(low, high, 20001)
    density = np.exp(-((x - 0.3) ** 2) / (2 * 0.8**2)) / (0.8 * np.sqrt(2 * np.pi))
    return np.trapezoid(density, x)


def test_limits_that_keep_little_or_nothing_are_left_to_pynn():
    assert not is_clipped_normal(RandomDistribution("normal_clipped", (0.0, 1.0, 5.0, 6.0)))
    assert not is_clipped_normal(RandomDistribution("normal_clipped", (0.0, 0.0, -1.0, 1.0)))
    assert is_clipped_normal(RandomDistribution("normal_clipped", (0.0, 1.0, -np.inf, 0.0)))


def test_another_generator_inside_is_noticed():
    rng = NumpyRNG(seed=1)
    assert is_numpy(rng)
    rng.rng = np.random.RandomState(np.random.PCG64(1))
    assert not is_numpy(rng)

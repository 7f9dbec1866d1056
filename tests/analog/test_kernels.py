"""The kernels of analog units: random numbers, conversion, products in order."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from neurohw.network.kernels import philox
from neurohw_analog.conversion import Draw, add_digits
from neurohw_analog.kernels.normals import fill_normals, fill_words, make_pieces
from neurohw_analog.kernels.ordered import ordered_product

WORD = st.integers(0, 2**64 - 1)


@settings(max_examples=20, deadline=None)
@given(WORD, WORD, WORD, st.integers(0, 1000), st.integers(0, 15))
def test_words_are_those_of_philox(key, stream, vector, tile, lane):
    stream %= 2**32
    words = np.empty((4, 16), np.uint32)
    fill_words(words, *(np.uint64(n) for n in (key, stream, vector)), tile)
    low, high = (lambda n: np.uint64(n % 2**32)), (lambda n: np.uint64(n // 2**32))
    expected = philox(
        low(key), high(key), np.uint64(16 * tile + lane), np.uint64(stream), low(vector), high(vector)
    )
    assert tuple(words[:, lane]) == expected


def test_variates_invert_the_normal_distribution():
    normals, words, numbers = (
        np.empty(128, np.float32),
        np.empty((4, 16), np.uint32),
        np.empty(64, np.float32),
    )
    worst = 0.0
    for vector in range(200):
        draw = [np.uint64(n) for n in (3, 0, vector)]
        fill_normals(normals, words, numbers, *make_pieces(), *draw)
        for tile in range(2):
            fill_words(words, *draw, tile)
            flat = words.reshape(-1).astype(np.int64)
            height = -ndtri(((flat >> 1) + 0.5) / 2.0**32)
            expected = np.where(flat & 1, height, -height)
            worst = max(worst, np.abs(normals[64 * tile : 64 * tile + 64] - expected).max())
    assert worst < 1e-4


def test_pieces_reach_the_ends_of_the_distribution():
    intercept, slope = make_pieces()
    # the smallest number and the largest, which rounds up to 2^31
    assert abs(intercept[0] + slope[0] * 0.5 + ndtri(0.5 / 2**32)) < 1e-3
    assert intercept[-1] == 0
    assert abs(intercept[-2] + slope[-2] * (2.0**31 - 128)) < 1e-4


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 4), st.integers(0, 9), st.integers(1, 5), st.integers(0, 2**31))
def test_products_in_order_are_sums_in_order(vectors, rows, columns, seed):
    random = np.random.default_rng(seed)
    x, w = random.normal(size=(vectors, rows)), random.normal(size=(rows, columns))
    x[random.random(x.shape) < 0.5] = 0.0
    expected = np.zeros((vectors, columns))
    for vector, column in np.ndindex(expected.shape):
        for row in range(rows):
            expected[vector, column] += x[vector, row] * w[row, column]
    np.testing.assert_array_equal(ordered_product(x, w), expected)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 4), st.integers(1, 70), st.booleans(), st.integers(0, 2**31))
def test_digits_are_floors_clipped_and_counted(vectors, columns, single, seed):
    random = np.random.default_rng(seed)
    sums = random.normal(0, 300, (vectors, columns)).astype(np.float32 if single else np.float64)
    scale, offset = random.uniform(0.1, 1.0, columns), random.normal(0, 3, columns)
    total = random.integers(-5, 5, (vectors, columns)).astype(np.int32)
    before = total.copy()
    no_cells = np.empty((0, 0), np.float32), np.ones(columns)
    clipped = add_digits(total, sums, scale, offset, 0.0, no_cells, (-128, 127), Draw(0, 0, 0))
    n = 0
    for vector, column in np.ndindex(total.shape):
        digit = math.floor(float(sums[vector, column]) * scale[column] + offset[column])
        n += not -128 <= digit <= 127
        assert total[vector, column] - before[vector, column] == max(-128, min(127, digit))
    assert clipped == n

"""Vectors in kernels do what they do in Python, with arrays of numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.jit import leaf
from neurohw.jit.vectors import LANES, bits, fetch, load, spread, store, where
from tests.examples import examples


@leaf
def computed(x, y, out, at, factor):
    fetch(x, at + LANES)
    a, b, c = load(x, at), load(y, at), spread(factor)
    total = spread(0.0)
    for _ in range(3):
        total = total + a * c - b
    is_less, is_enough = a < b, total >= c
    store(out, at, where(is_less & is_enough, total, b))
    return bits(is_less), bits(is_enough)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 5),
    st.floats(-3.0, 3.0),
    st.sampled_from([np.float64, np.float32, np.uint8, np.int16]),
)
@examples(50)
def test_kernels_and_python_get_the_same(seed: int, at: int, factor: float, type_: type) -> None:
    rng = np.random.default_rng(seed)
    x, y = (rng.integers(0, 99, (2, LANES + 9)) / 7.0).astype(type_)
    if np.issubdtype(type_, np.floating):
        x[rng.random(x.size) < 0.1] = np.nan
    given, expected = np.zeros((2, x.size))
    in_python = getattr(computed, "py_func", computed)
    assert computed(x, y, given, at, factor) == in_python(x, y, expected, at, factor)
    np.testing.assert_array_equal(given, expected)


@pytest.mark.parametrize("lane", [0, 1, 8, LANES - 1])
def test_the_first_flag_is_the_lowest_bit(lane: int) -> None:
    x, y = np.zeros(LANES), np.zeros(LANES)
    y[lane] = 1.0
    assert computed(x, y, np.zeros(LANES), 0, 0.0)[0] == 1 << lane

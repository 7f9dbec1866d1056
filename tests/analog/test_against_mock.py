"""Chips without a pattern against hxtorch's mock, written down from its definition; and the noise of results."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from neurohw.backend import load_matrix
from neurohw.hardware.analog import AnalogUnit
from tests.naive.analog import mock

QUIET = AnalogUnit(noise=0.0)


def chip(unit=QUIET, seed=None, **settings):
    """Return a chip of the installed backend."""
    return load_matrix("analog").chip(unit, seed, **settings)


def operands(vectors, rows, columns, seed=0, dtype=np.int64):
    """Return inputs, a third of them 0, and weights over their whole range."""
    rng = np.random.default_rng(seed)
    inputs = rng.integers(0, 32, (vectors, rows)) * (rng.random((vectors, rows)) < 2 / 3)
    return inputs.astype(dtype), rng.integers(-63, 64, (rows, columns)).astype(dtype)


@given(
    vectors=st.integers(0, 4),
    rows=st.integers(1, 400),
    columns=st.integers(1, 6),
    num_sends=st.integers(1, 7),
    gain=st.sampled_from([0.002, 0.0035, 0.02]),
    seed=st.integers(0, 2**32 - 1),
    dtype=st.sampled_from([np.float32, np.float64]),
)
@settings(max_examples=40, deadline=None)
def test_results_without_noise_are_the_mocks(vectors, rows, columns, num_sends, gain, seed, dtype):
    """With float32 operands the gain is multiplied in float32, as torch does it, else in float64."""
    inputs, weights = operands(vectors, rows, columns, seed, dtype)
    codes = chip(AnalogUnit(noise=0.0, gain=gain)).multiply(inputs, weights, num_sends=num_sends)
    assert codes.dtype == np.int8
    assert (codes == mock(inputs, weights, num_sends=num_sends, gain=gain, dtype=dtype)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("num_sends", [1, 3, 6])
def test_products_that_fall_on_a_code_go_where_the_mock_sends_them(dtype, num_sends):
    """Multiples of 500 at a gain of 0.002: where floor of single and of double precision part."""
    columns = np.concatenate([np.arange(1, 50), -np.arange(1, 50)])
    inputs = np.full((1, 100), 10, dtype)
    weights = np.zeros((100, columns.size), dtype)
    weights[:50] = columns[None]  # 50 rows of 10 * w make 500 w
    codes = chip().multiply(inputs, weights, num_sends=num_sends)
    assert (codes == mock(inputs, weights, num_sends=num_sends, dtype=dtype)).all()


def test_more_columns_than_arrays_have_are_multiplied_side_by_side():
    inputs, weights = operands(2, 130, 600, 1)
    assert (chip().multiply(inputs, weights) == mock(inputs, weights, dtype=np.float64)).all()


@pytest.mark.parametrize(("rows", "blocks"), [(100, 1), (300, 3)])
def test_noise_has_the_mean_and_the_spread_of_its_unit(rows, blocks):
    """Every block adds its own noise; floor takes half a code from each and adds a twelfth to the variance."""
    sigma, n = 2.0, 200_000
    inputs, weights = operands(1, rows, 200, 2)
    weights[:] = weights // 8  # no code is clamped
    repeated = np.repeat(inputs, n // 200, axis=0)
    error = chip(AnalogUnit(noise=sigma)).multiply(repeated, weights) - 0.002 * (inputs @ weights)
    variance = blocks * (sigma**2 + 1 / 12)
    # five standard errors; a column's fixed remainder of floor is averaged over 200 columns
    assert error.mean() == pytest.approx(-blocks / 2, abs=5 * np.sqrt(variance / n))
    assert error.var() == pytest.approx(variance, rel=5 * np.sqrt(2 / n))


def test_noise_is_normal():
    """Kolmogorov-Smirnov: the codes of a steep converter stand close enough for a continuous distribution."""
    inputs, weights = np.zeros((500, 1)), np.zeros((1, 200))
    unit = AnalogUnit(noise=1000.0, result_bits=14)
    codes = chip(unit).multiply(inputs, weights).ravel() + 0.5
    assert kstest(codes, "norm", args=(0, 1000.0)).pvalue > 0.01
    assert kstest(codes, "norm", args=(0, 1030.0)).pvalue < 0.01  # 3 % more would be seen
    assert kstest(codes, "norm", args=(30.0, 1000.0)).pvalue < 0.01


def test_noise_of_columns_vectors_and_blocks_is_independent():
    inputs, weights = np.zeros((3000, 129)), np.zeros((129, 40))
    unit = AnalogUnit(noise=1000.0, result_bits=14)
    both = chip(unit).multiply(inputs, weights).astype(float)
    limit = 5 / np.sqrt(3000)
    between_columns = np.corrcoef(both.T) - np.eye(40)
    assert abs(between_columns).max() < limit
    for column in both.T:
        assert abs(np.corrcoef(column[:-1], column[1:])[0, 1]) < limit
    first = chip(unit).multiply(inputs[:, :128], weights[:128]).astype(float)
    second = both - first  # the noise of the second block alone
    assert second.std() == pytest.approx(1000.0, rel=0.02)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 5 / np.sqrt(first.size)


def test_noise_of_cells_has_the_spread_of_noise_drawn_cell_by_cell():
    """The variance that a column has on top is the sum of the squares of its cells' charges."""
    relative, n = 0.2, 20_000
    unit = AnalogUnit(noise=0.5, cell_noise=relative)
    inputs, weights = operands(1, 128, 8, 3)
    weights[:, 0] = 0
    codes = chip(unit).multiply(np.repeat(inputs, n, axis=0), weights)
    cells = (relative * unit.gain) ** 2 * (inputs**2 @ weights**2)[0]
    rng = np.random.default_rng(1)
    drawn = rng.normal(
        inputs[0][:, None] * weights, relative * inputs[0][:, None] * abs(weights), (500, 128, 8)
    )
    by_cell = unit.gain * drawn.sum(axis=1)
    assert by_cell.var(axis=0) == pytest.approx(cells, rel=0.35, abs=1e-12)
    # floor is no plain addition of a twelfth where noise is small
    assert codes.var(axis=0) == pytest.approx(cells + unit.noise**2 + 1 / 12, rel=0.06)


@pytest.mark.parametrize("unit", ["mock", "brainscales2", "cells", "current", "saturation"])
def test_results_do_not_depend_on_how_a_batch_is_cut(unit):
    units = {
        "mock": AnalogUnit(),
        "brainscales2": "brainscales2",
        "cells": AnalogUnit(cell_noise=0.1),
        "current": AnalogUnit(tau_syn_us=0.5, tau_mem_us=20.0),
        "saturation": AnalogUnit(tau_syn_us=0.5, saturation=20.0),
    }
    inputs, weights = operands(11, 200, 70, 4)
    made = chip(units[unit], 5)
    whole = made.multiply(inputs, weights, noise_seed=3)
    for cut in (1, 4, 10):
        first = made.multiply(inputs[:cut], weights, noise_seed=3)
        second = made.multiply(inputs[cut:], weights, noise_seed=3, first_vector=cut)
        assert (np.concatenate([first, second]) == whole).all()
    one_after_the_other = chip(units[unit], 5, noise_seed=3)
    parts = [one_after_the_other.multiply(part, weights) for part in np.array_split(inputs, 3)]
    assert (np.concatenate(parts) == whole).all()


def test_other_seeds_give_other_noise():
    inputs, weights = operands(50, 20, 20, 5)
    made = chip(AnalogUnit())
    results = [made.multiply(inputs, weights, noise_seed=seed) for seed in (0, 0, 1)]
    assert (results[0] == results[1]).all()
    assert (results[0] != results[2]).mean() > 0.5

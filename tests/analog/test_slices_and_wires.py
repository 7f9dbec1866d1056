"""Weights cut into digits, and the resistance of wires."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurohw.hardware.analog import AnalogUnit, load_unit
from neurohw_analog.chip import AnalogChip
from neurohw_analog.wires import effective_conductance
from tests.naive import vmm


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.integers(1, 20), st.integers(1, 5), st.integers(0, 2**31))
def test_digits_are_multiplied_apart_then_shifted_and_added(slice_bits, rows, columns, seed):
    unit = AnalogUnit(noise=0.0, gain=0.003, slice_bits=slice_bits)
    random = np.random.default_rng(seed)
    x = random.integers(0, 32, (3, rows))
    w = random.integers(-63, 64, (rows, columns))
    expected = [[vmm.sliced_result(unit, vector, column) for column in w.T] for vector in x]
    np.testing.assert_array_equal(AnalogChip(unit).multiply(x, w), expected)


def test_slices_take_columns_of_their_own():
    unit = load_unit("rram")
    _, report = AnalogChip(unit, 1).multiply_and_report(np.ones((1, 128), int), np.ones((128, 42), int))
    assert report.blocks == 1
    assert report.utilisation == pytest.approx(42 * 3 / 128 / 8)
    _, report = AnalogChip(unit, 1).multiply_and_report(np.ones((1, 128), int), np.ones((128, 43), int))
    assert report.blocks == 2


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.floats(0.1, 5000.0), st.integers(0, 2**31))
def test_wires_leave_what_kirchhoffs_laws_leave(rows, columns, wire_ohm, seed):
    cells = np.random.default_rng(seed).uniform(0.0, 25e-6, (rows, columns))
    found = effective_conductance(cells, wire_ohm)
    expected = [vmm.column_currents(cells, wire_ohm, row) for row in range(rows)]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-18)


def test_wires_without_resistance_leave_cells_as_they_are():
    x, w = np.full((2, 16), 9), np.full((16, 16), -40)
    plain = AnalogUnit(noise=0.0, gain=0.02)
    chips = [
        AnalogChip(plain),
        AnalogChip(plain.replace(wire_ohm=0.0)),
        AnalogChip(plain.replace(wire_ohm=1e-7)),
    ]
    first, *others = (chip.membranes(x, w) for chip in chips)
    for other in others:
        np.testing.assert_allclose(other, first, rtol=1e-4)


def test_wires_cost_more_further_from_their_ends():
    chip = AnalogChip(AnalogUnit(noise=0.0, wire_ohm=20.0))
    exc, _ = chip.effective_weights(np.full((32, 32), 63))
    assert exc.max() < 63
    assert exc[-1, 0] > exc[-1, -1] > exc[0, -1]

"""Layers of networks on chips, and the digital operations between them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurohw.errors import SettingError
from neurohw.hardware.analog import AnalogUnit
from neurohw_analog import operations
from neurohw_analog.chip import AnalogChip
from neurohw_analog.convolution import conv1d, conv2d, convolve
from tests.naive import vmm

UNIT = AnalogUnit(noise=0.0)
WIDE = AnalogUnit(noise=0.0, gain=1.0, result_bits=16)  # results are the sums themselves


def test_vectors_of_any_shape_are_multiplied():
    random = np.random.default_rng(0)
    x, w = random.integers(0, 32, (2, 3, 7)), random.integers(-63, 64, (7, 4))
    found = operations.linear(AnalogChip(UNIT), x, w)
    assert found.shape == (2, 3, 4)
    np.testing.assert_array_equal(found[1, 2], AnalogChip(UNIT).multiply(x[1, 2][None], w)[0])


def test_repeated_columns_are_averaged():
    unit = AnalogUnit(noise=4.0, gain=0.05)
    x, w = np.full((4000, 8), 10), np.full((8, 2), 5)
    single, mean = (operations.linear(AnalogChip(unit), x, w, average=n).astype(float) for n in (1, 16))
    assert mean.shape == single.shape
    assert single.std() / mean.std() == pytest.approx(4.0, rel=0.08)
    assert mean.mean() == pytest.approx(single.mean() - 0.5, abs=0.2)  # means are rounded down


def test_an_average_of_one_column_changes_nothing():
    random = np.random.default_rng(1)
    x, w = random.integers(0, 32, (3, 7)), random.integers(-63, 64, (7, 4))
    np.testing.assert_array_equal(operations.linear(AnalogChip(UNIT), x, w), AnalogChip(UNIT).multiply(x, w))
    with pytest.raises(SettingError, match="average = 0"):
        operations.linear(AnalogChip(UNIT), x, w, average=0)
    with pytest.raises(SettingError, match=r"average = 1\.5 must be a whole number"):
        operations.linear(AnalogChip(UNIT), x, w, average=1.5)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-128, 127), min_size=1, max_size=20), st.integers(0, 8))
def test_digital_operations_are_those_of_single_numbers(values, shift):
    results = np.array(values, np.int8)
    assert operations.relu(UNIT, results).tolist() == [max(v, 0) for v in values]
    converted = operations.converting_relu(UNIT, results, shift=shift)
    assert converted.tolist() == [min(max(v, 0) >> shift, 31) for v in values]
    assert operations.add(UNIT, results, results[0]).tolist() == [
        max(-128, min(127, v + values[0])) for v in values
    ]
    assert operations.argmax(UNIT, results) == values.index(max(values))


def test_digital_operations_refuse_what_is_no_result():
    with pytest.raises(SettingError, match="from 0 to 128 must be from -128 to 127"):
        operations.relu(UNIT, [0, 128])
    with pytest.raises(SettingError, match="type float64"):
        operations.argmax(UNIT, [0.5])
    with pytest.raises(SettingError, match="shift = 9"):
        operations.converting_relu(UNIT, [1], shift=9)
    with pytest.raises(SettingError, match=r"shift = 1\.5 must be a whole number from 0 to 8"):
        operations.converting_relu(UNIT, [1], shift=1.5)
    with pytest.raises(SettingError, match=r"shapes \(2, 3\) and \(2, 4\) cannot be added"):
        operations.add(UNIT, np.zeros((2, 3), int), np.zeros((2, 4), int))
    with pytest.raises(SettingError, match=r"shape \(2, 0\): axis -1 must have at least one entry"):
        operations.argmax(UNIT, np.zeros((2, 0), int))
    with pytest.raises(SettingError, match=r"shape \(2, 3\): axis = 2 must be a whole number from -2 to 1"):
        operations.argmax(UNIT, np.zeros((2, 3), int), axis=2)


pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), pairs, pairs, pairs, pairs, st.integers(0, 2**31)
)
def test_convolutions_add_up_what_the_definition_says(
    groups, per_group, out_per_group, kernel, stride, padding, dilation, seed
):
    random = np.random.default_rng(seed)
    x = random.integers(0, 4, (2, groups * per_group, 7, 8))
    w = random.integers(-3, 4, (groups * out_per_group, per_group, *kernel))
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    expected = vmm.convolution(x, w, stride, padding, dilation, groups)
    np.testing.assert_array_equal(conv2d(AnalogChip(WIDE), x, w, **options), expected)


def test_one_axis_is_a_row_of_two():
    random = np.random.default_rng(0)
    x, w = random.integers(0, 32, (2, 3, 20)), random.integers(-63, 64, (4, 3, 5))
    found = conv1d(AnalogChip(UNIT), x, w, stride=2, padding=1, dilation=2)
    flat = conv2d(
        AnalogChip(UNIT), x[:, :, None], w[:, :, None], stride=(1, 2), padding=(0, 1), dilation=(1, 2)
    )
    np.testing.assert_array_equal(found, flat[:, :, 0])


def test_a_batch_in_parts_has_the_noise_of_the_whole():
    rng = np.random.default_rng(4)
    x, w = rng.integers(0, 32, (5, 4, 6, 6)), rng.integers(-63, 64, (4, 2, 3, 3))
    parts = AnalogChip("brainscales2", seed=1)
    whole = conv2d(AnalogChip("brainscales2", seed=1), x, w, groups=2)
    np.testing.assert_array_equal(
        np.concatenate([conv2d(parts, x[part], w, groups=2) for part in (slice(2), slice(2, 5))]), whole
    )


def test_convolutions_report_what_all_groups_cost():
    x, w = np.ones((1, 4, 6, 6), int), np.ones((4, 2, 3, 3), int)
    _, report = convolve(AnalogChip(UNIT), x, w, 2, groups=2)
    assert (report.blocks, report.vectors, report.runs) == (2, 16, 32)
    assert report.utilisation == pytest.approx(18 * 2 / (2 * 128 * 256))


@pytest.mark.parametrize(
    ("shapes", "options", "message"),
    [
        (((1, 2, 5, 5), (3, 2, 3)), {}, "must have 4 axes"),
        (((1, 3, 5, 5), (2, 3, 3, 3)), {"groups": 2}, "groups = 2 must divide the 3 channels"),
        (((1, 4, 5, 5), (2, 3, 3, 3)), {}, "take 3 channels in 1 groups, inputs have 4"),
        (((1, 2, 5, 5), (2, 2, 3, 3)), {"stride": 0}, "stride = 0 must be"),
        (
            ((1, 2, 5, 5), (2, 2, 3, 3)),
            {"padding": (1, 2, 3)},
            r"padding = \(1, 2, 3\) must be one number, or 2",
        ),
        (((1, 2, 5, 5), (2, 2, 3, 3)), {"stride": 1.5}, "stride = 1.5"),
        (((1, 2, 5, 5), (2, 2, 3, 3)), {"padding": "same"}, "padding = 'same'"),
        (((1, 2, 5, 5), (2, 2, 3, 3)), {"groups": 0}, "groups = 0"),
        (
            ((1, 2, 5, 5), (2, 2, 6, 3)),
            {},
            "weights reach over 6 entries of axis 0, inputs with padding have 5",
        ),
    ],
)
def test_convolutions_that_cannot_be_are_refused(shapes, options, message):
    x, w = (np.ones(shape, int) for shape in shapes)
    with pytest.raises(SettingError, match=message):
        conv2d(AnalogChip(UNIT), x, w, **options)

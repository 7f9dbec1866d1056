"""The fixed pattern of a chip: what it does to products, its seeds, trims, age and temperature."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurohw.errors import SettingError
from neurohw.hardware.analog import AnalogUnit, load_unit
from neurohw_analog.chip import AnalogChip
from neurohw_analog.pattern import draw_pattern
from neurohw_analog.trims import effect, middle
from tests.naive import vmm

SPREADS = {
    "synapse_spread": 0.1,
    "driver_slope_spread": 0.05,
    "driver_offset_spread": 0.5,
    "column_gain_imbalance": 0.1,
    "column_gain_spread": 0.15,
    "column_offset_spread": 3.0,
}
SMALL = AnalogUnit(rows=12, columns=8, noise=0.0, gain=0.02, **SPREADS)


def operands(unit, vectors, rows, columns, seed):
    random = np.random.default_rng(seed)
    inputs = random.integers(0, unit.input_max + 1, (vectors, rows))
    return inputs, random.integers(-unit.weight_max, unit.weight_max + 1, (rows, columns))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 12), st.integers(1, 8), st.integers(1, 3), st.integers(0, 2**31), st.integers(0, 1))
def test_membranes_add_up_what_the_definition_says(rows, columns, num_sends, seed, array):
    chip = AnalogChip(SMALL, seed)
    inputs, weights = operands(SMALL, 3, rows, columns, seed)
    pattern = draw_pattern(SMALL, seed, array)
    expected = [vmm.membrane(SMALL, pattern, vector, weights, num_sends) for vector in inputs]
    found = chip.membranes(inputs, weights, num_sends=num_sends, array=array)
    # weights are rounded so that sums stay exact; with 12 rows that is far below an LSB
    np.testing.assert_allclose(found, expected, atol=num_sends * 0.02 * 31 * 12 * 2.0**-8)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31))
def test_results_are_the_floor_of_the_membranes(seed):
    chip = AnalogChip(SMALL, seed)
    inputs, weights = operands(SMALL, 5, 12, 8, seed)
    membranes = chip.membranes(inputs, weights)
    clear = np.abs(membranes - np.rint(membranes)) > 1e-9
    expected = np.clip(np.floor(membranes), -128, 127)
    assert (chip.multiply(inputs, weights) == expected)[clear].all()


def test_an_input_of_zero_sends_nothing_whatever_its_driver_adds():
    chip = AnalogChip(AnalogUnit(noise=0.0, driver_offset_spread=2.0), 3)
    assert not chip.multiply(np.zeros((1, 128), int), np.full((128, 4), 63)).any()


@pytest.mark.parametrize("name", ["brainscales2", "pcm"])
def test_rounded_weights_keep_their_sums_exact_in_single_precision(name):
    unit = load_unit(name)
    chip = AnalogChip(unit, 5)
    weights = np.full((unit.rows, unit.columns), unit.weight_max)
    programmed = chip.arrays[0].program(weights.astype(np.float32))
    assert programmed.is_exact
    parts = (programmed.exc + programmed.inh) / programmed.step
    assert (parts == np.rint(parts)).all()
    steps = 8 if programmed.driver_offset.any() else 1  # of an input, once drivers have offsets
    largest = programmed.largest_input * steps
    assert (parts.sum(axis=0) * largest <= 2**24).all()


def test_a_chip_without_a_seed_has_no_pattern():
    inputs, weights = operands(SMALL, 4, 12, 8, 0)
    plain = AnalogChip(SMALL.ideal()).multiply(inputs, weights)
    np.testing.assert_array_equal(AnalogChip(SMALL).multiply(inputs, weights), plain)


def test_a_seed_is_a_chip():
    inputs, weights = operands(SMALL, 4, 12, 8, 0)
    first, again, other = (AnalogChip(SMALL, seed).multiply(inputs, weights) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_arrays_of_a_chip_differ():
    inputs, weights = operands(SMALL, 4, 12, 8, 0)
    chip = AnalogChip(SMALL, 1)
    assert (chip.membranes(inputs, weights, array=0) != chip.membranes(inputs, weights, array=1)).any()


def test_switching_one_effect_off_leaves_the_others():
    whole = draw_pattern(SMALL, 4, 0)
    part = draw_pattern(SMALL.replace(driver_offset_spread=None), 4, 0)
    np.testing.assert_array_equal(whole.column_offset, part.column_offset)
    np.testing.assert_array_equal(whole.synapse_inh, part.synapse_inh)
    assert not part.driver_offset.any()


def test_an_imbalance_is_common_to_all_columns():
    pattern = draw_pattern(AnalogUnit(column_gain_imbalance=0.25), 1, 0)
    np.testing.assert_array_equal(pattern.column_gain_exc, 1.25)
    np.testing.assert_array_equal(pattern.column_gain_inh, 1.0)
    assert (draw_pattern(AnalogUnit(column_gain_imbalance=0.25), None, 0).column_gain_exc == 1).all()


def test_spreads_are_those_of_the_unit():
    unit = load_unit("brainscales2")
    pattern = draw_pattern(unit, 8, 1)
    assert pattern.synapse_exc.std() == pytest.approx(unit.synapse_spread, rel=0.05)
    assert pattern.column_offset.std() == pytest.approx(unit.column_offset_spread, rel=0.2)
    gains = np.corrcoef(pattern.column_gain_exc, pattern.column_gain_inh)[0, 1]
    assert abs(gains) < 0.25  # drawn apart
    means = pattern.column_gain_exc.mean(), pattern.column_gain_inh.mean()
    imbalance = unit.column_gain_imbalance
    assert means == pytest.approx((1 + imbalance, 1), abs=4 * unit.column_gain_spread / 16)


def test_trims_shift_what_they_name():
    chip = AnalogChip(SMALL.ideal(), 0)
    zero, weights = np.zeros((1, 12), int), np.zeros((12, 8), int)
    setting = chip.trims.column_offset.copy()
    setting[0, 2] += 16
    chip.trims = chip.trims.changed(column_offset=setting)
    expected = np.zeros(8)
    expected[2] = effect(setting[0, 2], SMALL.offset_trim_bits, SMALL.offset_trim_range)
    np.testing.assert_array_equal(chip.membranes(zero, weights)[0], expected)
    assert expected[2] == 32.0 * 16 / middle(10)


@pytest.mark.parametrize(
    "wrong", [np.full((2, 8), 1024), np.full((2, 8), -1), np.zeros((2, 7), int), np.zeros((2, 8))]
)
def test_settings_out_of_range_are_refused(wrong):
    chip = AnalogChip(SMALL, 0)
    with pytest.raises(SettingError, match="trim column_offset"):
        chip.trims = chip.trims.changed(column_offset=wrong)


def test_cells_drift_with_the_power_of_their_age():
    unit = AnalogUnit(noise=0.0, gain=0.002, drift_exponent=0.05, drift_start_s=20.0)
    exc, inh = AnalogChip(unit, 1, age_s=2000.0).effective_weights([[63, -63]])
    assert exc[0, 0] == pytest.approx(63 * 100**-0.05, rel=1e-4)
    assert inh[0, 1] == pytest.approx(63 * 100**-0.05, rel=1e-4)
    spread = AnalogChip(unit.replace(drift_spread=0.01), 1, age_s=2000.0)
    weights = spread.effective_weights(np.full((128, 256), 63))[0]
    assert np.log(weights / 63).std() == pytest.approx(0.01 * np.log(100), rel=0.02)


def test_the_gain_follows_the_temperature():
    unit = AnalogUnit(noise=0.0, gain_per_kelvin=-0.002, temperature_c=25.0)
    warm = AnalogChip(unit, temperature_c=50.0).membranes(np.full((1, 128), 31), np.full((128, 1), 16))
    assert warm[0, 0] == pytest.approx(0.95 * 0.002 * 128 * 31 * 16, rel=1e-4)


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"age_s": 100.0}, "no drift"),
        ({"temperature_c": 30.0}, "gain_per_kelvin"),
    ],
)
def test_conditions_without_effect_are_refused(conditions, message):
    with pytest.raises(SettingError, match=message):
        AnalogChip(AnalogUnit(), **conditions)


@pytest.mark.parametrize("conditions", [{"age_s": 1.0}, {"age_s": float("nan")}])
def test_an_age_before_the_first_reading_is_refused(conditions):
    with pytest.raises(SettingError, match="drift_start_s = 20"):
        AnalogChip("pcm", 1, **conditions)

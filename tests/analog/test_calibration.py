"""Calibration: what it finds through results alone, what it leaves, and its file."""

from dataclasses import replace

import numpy as np
import pytest

from neurohw.errors import SettingError, UnsupportedError
from neurohw.hardware.analog import AnalogUnit, load_unit
from neurohw_analog.board import AnalogBoard
from neurohw_analog.calibration import CalibratedChip, calibrate, load_calibration, save_calibration
from neurohw_analog.calibration.probes import Prober, Probes
from neurohw_analog.calibration.search import search_settings
from neurohw_analog.chip import AnalogChip

RUNS = 40


@pytest.fixture(scope="module")
def chip():
    # trims reach the weakest of the excitatory inputs, which are weaker on the whole
    wide = {"column_gain_spread": 0.15, "column_offset_spread": 3.0, "gain_trim_range": 0.95}
    return AnalogChip(load_unit("brainscales2").replace(**wide), 11)


@pytest.fixture(scope="module")
def calibration(chip):
    return calibrate(chip, runs=RUNS)


def test_probes_measure_what_the_pattern_holds(chip):
    prober = Prober(chip, Probes(RUNS, 0))
    pattern = chip.arrays[1].pattern
    offset, noise = prober.offsets(1)
    assert np.abs(offset - pattern.column_offset).max() < 2.0
    assert np.corrcoef(offset, pattern.column_offset)[0, 1] > 0.99
    assert noise.mean() == pytest.approx(2.0, rel=0.05)
    for sign, gain in ((1, pattern.column_gain_exc), (-1, pattern.column_gain_inh)):
        assert np.corrcoef(prober.column_gains(1, sign), gain)[0, 1] > 0.99
    slope, begins = prober.drivers(1)
    assert np.corrcoef(slope, pattern.driver_slope)[0, 1] > 0.97
    assert np.abs(begins - pattern.driver_offset).max() < 0.3


def test_circuits_come_closer_to_the_median(calibration):
    spreads = {
        line["property"]: (line["spread_before"], line["spread_after"]) for line in calibration.table()
    }
    for name in ("column offset", "column gain, exc", "column gain, inh", "driver offset"):
        before, after = spreads[name]
        assert after < before / 4, name
    before, after = spreads["driver slope"]  # for which a chip has no trims
    assert after == pytest.approx(before, rel=0.1)
    assert calibration.column_success.mean() > 0.95
    assert calibration.driver_success.mean() > 0.99


def test_a_calibrated_chip_is_closer_to_the_ideal(chip, calibration):
    random = np.random.default_rng(0)
    x, w = random.integers(0, 20, (200, 128)), random.integers(-30, 31, (128, 256))
    ideal = AnalogChip(chip.unit.ideal().replace(noise=0.0)).multiply(x, w).astype(float)

    def miss(results):
        return np.sqrt(np.mean((results - ideal) ** 2))

    plain = miss(chip.multiply(x, w))
    digital = miss(CalibratedChip(chip, calibration).multiply(x, w))
    fresh = AnalogChip(chip.unit, 11)
    calibration.apply_to(fresh)
    trimmed = miss(fresh.multiply(x, w))
    assert trimmed < plain / 2
    assert digital < plain / 2


@pytest.mark.parametrize(("seed", "runs"), [(None, 10), (None, 60), (5, 10)])
def test_circuits_that_do_not_differ_keep_their_settings(seed, runs):
    chip = AnalogChip(load_unit("brainscales2").ideal(), seed)
    trims = calibrate(chip, runs=runs).trims
    for name in ("column_offset", "column_gain_exc", "column_gain_inh", "driver_offset"):
        np.testing.assert_array_equal(getattr(trims, name), getattr(chip.trims, name), name)


def test_only_what_differs_is_corrected():
    unit = load_unit("brainscales2").ideal().replace(column_offset_spread=1.0)
    chip = AnalogChip(unit, 5)
    calibration = calibrate(chip, runs=RUNS)
    calibration.apply_to(chip)
    assert chip.arrays[0].pattern.column_offset.std() < 0.4
    assert (calibration.trims.column_gain_exc == 512).all()


def test_settings_are_left_as_they_were(chip, calibration):
    assert (chip.trims.column_offset == 512).all()
    assert not (calibration.trims.column_offset == 512).all()


def test_the_same_noise_finds_the_same_settings():
    unit = load_unit("brainscales2").replace(rows=16, columns=8, blocks_per_chip=1, gain=0.016)
    first, again = (calibrate(AnalogChip(unit, 1), runs=10) for _ in range(2))
    np.testing.assert_array_equal(first.trims.column_gain_exc, again.trims.column_gain_exc)
    np.testing.assert_array_equal(first.trims.driver_offset, again.trims.driver_offset)


def test_a_column_beyond_its_trims_did_not_succeed():
    unit = load_unit("brainscales2").replace(
        rows=16, columns=32, blocks_per_chip=1, gain=0.016, column_offset_spread=3.0, offset_trim_range=2.0
    )
    chip = AnalogChip(unit, 2)
    calibration = calibrate(chip, runs=20)
    beyond = np.abs(chip.arrays[0].pattern.column_offset) > 4.0
    assert beyond.any()
    assert not calibration.column_success[0][beyond].any()


def test_a_file_holds_all_of_it(calibration, chip, tmp_path):
    path = tmp_path / "calibration.npz"
    save_calibration(calibration, path)
    read = load_calibration(path)
    np.testing.assert_array_equal(read.trims.driver_offset, calibration.trims.driver_offset)
    assert read.table() == calibration.table()
    assert (read.unit, read.seed) == ("brainscales2", 11)
    read.apply_to(AnalogChip(chip.unit, 11))
    assert [p.name for p in tmp_path.iterdir()] == ["calibration.npz"]


def test_what_is_no_calibration_is_refused(calibration, tmp_path):
    path = tmp_path / "calibration.npz"
    with pytest.raises(SettingError, match="cannot be read"):
        load_calibration(path)
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(SettingError, match="no calibration"):
        load_calibration(path)
    np.savez(path, unit="brainscales2")
    with pytest.raises(SettingError, match="no calibration"):
        load_calibration(path)
    with pytest.raises(SettingError, match="cannot write"):
        save_calibration(calibration, tmp_path / "absent" / "calibration.npz")


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("before.column_offset", lambda a: a[:, :-1], r"before.column_offset: float64 \(2, 255\)"),
        ("after.noise", lambda a: a + np.nan, "after.noise has values that are no finite numbers"),
        ("trims.driver_offset", lambda a: a.astype(float), "trims.driver_offset: float64"),
        ("seed", lambda a: a + 0.5, "seed = 11.5 is no whole number"),
        ("column_success", lambda a: a[0], r"column_success: bool \(256,\)"),
    ],
)
def test_damaged_arrays_are_refused(calibration, tmp_path, name, change, message):
    path = tmp_path / "calibration.npz"
    save_calibration(calibration, path)
    with np.load(path) as file:
        arrays = dict(file)
    np.savez(path, **{**arrays, name: change(arrays[name])})
    with pytest.raises(SettingError, match=message):
        load_calibration(path)


def test_bits_that_flip_are_refused_or_change_nothing_else(calibration, tmp_path):
    path = tmp_path / "calibration.npz"
    save_calibration(calibration, path)
    whole = path.read_bytes()
    random = np.random.default_rng(1)
    refused = 0
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[random.integers(len(whole))] ^= 1 << random.integers(8)
        path.write_bytes(damaged)
        try:
            load_calibration(path)
        except SettingError:
            refused += 1
    assert refused > 100


def test_a_calibration_that_hardly_succeeded_warns(calibration, chip):
    poor = replace(calibration, column_success=np.zeros((2, 256), bool))
    with pytest.warns(UserWarning, match="seed 11: 0% of its columns"):
        poor.apply_to(AnalogChip(chip.unit, 11))


def test_a_calibration_is_for_its_unit(calibration):
    with pytest.raises(SettingError, match="is none for unit 'ideal'"):
        calibration.apply_to(AnalogChip(AnalogUnit()))


def test_a_calibration_is_for_its_chip(calibration, chip):
    with pytest.raises(SettingError, match="chip with seed 11 is none for that with seed 12"):
        calibration.apply_to(AnalogChip(chip.unit, 12))
    with pytest.raises(SettingError, match="seed 11 is none for that with seed None"):
        CalibratedChip(AnalogChip(chip.unit), calibration)


def test_what_cannot_be_calibrated_is_refused(chip):
    with pytest.raises(SettingError, match="runs = 1"):
        calibrate(chip, runs=1)
    with pytest.raises(UnsupportedError, match="each of its chips"):
        calibrate(AnalogBoard([chip]))
    with pytest.raises(SettingError, match="takes an AnalogChip, not str 'brainscales2'"):
        calibrate("brainscales2")
    with pytest.raises(UnsupportedError, match="slices"):
        calibrate(AnalogChip("rram", 1))


@pytest.mark.parametrize("bits", [1, 4, 10])
def test_a_search_finds_the_nearest_setting(bits):
    random = np.random.default_rng(bits)
    steps = random.uniform(0.5, 2.0, 50)
    target = random.uniform(0, 2**bits - 1, 50) * steps
    found = search_settings(bits, lambda settings: settings * steps, target)
    np.testing.assert_array_equal(found, np.clip(np.rint(target / steps), 0, 2**bits - 1))

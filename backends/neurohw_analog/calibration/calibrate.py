"""The calibration of a chip: measure, search settings that bring its circuits to the median, measure again.

The steps are those of calix, the calibration software of BrainScaleS-2: drivers first, as their offsets reach every
column, then offsets of columns, then their gains, the inhibitory ones to the same target as the excitatory ones.
Settings of a kind in which the circuits of a chip differ by no more than noise are left as they are: a search would
follow the noise, and make alike circuits differ.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from neurohw.errors import SettingError, UnsupportedError
from neurohw.progress import with_progress
from neurohw_analog.board import AnalogBoard
from neurohw_analog.calibration.probes import Prober, Probes
from neurohw_analog.calibration.result import Calibration, Measured
from neurohw_analog.calibration.search import search_settings
from neurohw_analog.chip import AnalogChip
from neurohw_analog.operands import check_whole
from neurohw_analog.trims import Trims, bits_of, neutral_trims

Array = np.ndarray

RUNS = 60
LEAST_RUNS, MOST_RUNS = 2, 10**6  # there is no noise in one run
OFFSET_TOLERANCE = 1.0  # LSB
GAIN_TOLERANCE = 0.05  # relative
DRIVER_TOLERANCE = 0.5  # input steps


def calibrate(chip: Any, *, runs: int = RUNS, noise_seed: int = 0) -> Calibration:
    """Find settings that make the circuits of a chip alike, and leave the chip with those that it had.

    Parameters
    ----------
    chip : a single chip.
    runs : how often each probe is sent; its noise falls with their root.
    noise_seed : of the noise of the measurements.

    Raises
    ------
    SettingError
        For what is no chip, and for fewer than two runs.
    UnsupportedError
        For a board, whose chips are calibrated one by one, or a unit with bit slices, whose columns are no matrix
        columns.
    """
    _check_chip(chip)
    check_whole("runs", runs, LEAST_RUNS, MOST_RUNS)
    if chip.unit.n_slices > 1:
        raise UnsupportedError(
            f"unit {chip.unit.name!r}: weights in {chip.unit.n_slices} slices hide the gains of single columns; "
            "calibration needs slice_bits = None"
        )
    found = chip.trims
    try:
        chip.trims = neutral_trims(chip.unit)
        return _calibrate(chip, Prober(chip, Probes(runs, noise_seed)))
    finally:
        chip.trims = found


def _check_chip(chip: Any) -> None:
    if isinstance(chip, AnalogBoard):
        raise UnsupportedError("a board has no settings of its own; calibrate each of its chips")
    if not isinstance(chip, AnalogChip):
        raise SettingError(
            f"calibrate takes an AnalogChip, not {type(chip).__name__} {chip!r}; make a chip of it first"
        )


def _calibrate(chip: Any, prober: Prober) -> Calibration:
    unit = chip.unit
    arrays = range(unit.blocks_per_chip)
    before = _measured(prober, arrays)

    def search(name: str, measure: Callable[[int], Array], target: float) -> None:
        def with_settings(settings: Array) -> Array:
            chip.trims = chip.trims.changed(**{name: settings})
            return _of_each(arrays, f"searching {name}", measure)

        neutral = getattr(chip.trims, name)
        if not _is_above_noise(*(with_settings(neutral) - target for _ in range(2))):
            return
        best = search_settings(bits_of(unit, name), with_settings, np.full(neutral.shape, target))
        chip.trims = chip.trims.changed(**{name: best})

    begins = float(np.median(before.driver_offset))
    search("driver_offset", lambda array: prober.drivers(array)[1], begins)
    search("column_offset", lambda array: prober.offsets(array)[0], 0.0)
    search("column_gain_exc", lambda array: prober.column_gains(array, 1), before.gain)
    search("column_gain_inh", lambda array: prober.column_gains(array, -1), before.gain)
    after = _measured(prober, arrays)
    return Calibration(
        unit=unit.name,
        unit_digest=unit.digest(),
        seed=chip.seed,
        trims=chip.trims,
        before=before,
        after=after,
        column_success=_columns_within(after, before.gain) & ~_at_an_end(unit, chip.trims),
        driver_success=np.abs(after.driver_offset - begins) <= DRIVER_TOLERANCE,
    )


def _is_above_noise(misses: Array, again: Array) -> bool:
    """Return whether circuits miss their target by more than noise, from two measurements of all of them.

    The variance of their difference is twice that of one measurement, a quarter of it is in their mean. From twice as
    much on, circuits are as far off as a search leaves them, which ends with measurements of the same noise.
    """
    in_mean = np.mean((misses - again) ** 2) / 4
    return bool(np.mean(((misses + again) / 2) ** 2) > 2 * in_mean)


def _measured(prober: Prober, arrays: range) -> Measured:
    offset, noise = _of_each(arrays, "measuring offsets", prober.offsets).swapaxes(0, 1)
    slope, begins = _of_each(arrays, "measuring drivers", prober.drivers).swapaxes(0, 1)
    exc, inh = (
        _of_each(arrays, "measuring gains", partial(prober.column_gains, sign=sign)) for sign in (1, -1)
    )
    return Measured(
        column_offset=offset,
        column_gain_exc=exc,
        column_gain_inh=inh,
        driver_slope=slope,
        driver_offset=begins,
        noise=noise,
    )


def _of_each(arrays: range, label: str, measure: Callable[[int], Any]) -> Array:
    """Return what is measured at each array, [arrays, ...]."""
    return np.array([measure(array) for array in with_progress(arrays, label)])


def _columns_within(measured: Measured, gain: float) -> Array:
    gains = np.array([measured.column_gain_exc, measured.column_gain_inh])
    misses = np.abs(gains / gain - 1.0).max(axis=0)
    within: Array = (misses <= GAIN_TOLERANCE) & (np.abs(measured.column_offset) <= OFFSET_TOLERANCE)
    return within


def _at_an_end(unit: Any, trims: Trims) -> Array:
    ends = []
    for name in ("column_offset", "column_gain_exc", "column_gain_inh"):
        settings = getattr(trims, name)
        ends += [settings == 0, settings == 2 ** bits_of(unit, name) - 1]
    return np.logical_or.reduce(ends)

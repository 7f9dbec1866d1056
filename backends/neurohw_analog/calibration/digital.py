"""A calibration applied digitally: weights and results are corrected, the chip stays as it is."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurohw_analog.calibration.result import Calibration
from neurohw_analog.operands import checked_weights
from neurohw_analog.partition import partition

Array = np.ndarray


class CalibratedChip:
    """A chip whose weights are programmed larger where its circuits are weak, and whose offsets are subtracted.

    Corrected weights are rounded to whole numbers and end at the largest weight, so that less is recovered than with
    trims; slopes of drivers, for which a chip has no trims, are corrected as well.

    Parameters
    ----------
    chip : a single chip, with the settings that it had when its calibration began.
    calibration : of this chip.

    Raises
    ------
    SettingError
        For a calibration of another chip or unit.
    """

    def __init__(self, chip: Any, calibration: Calibration) -> None:
        calibration.check(chip)
        self.chip = chip
        self.unit = chip.unit
        measured = calibration.before
        slope = measured.driver_slope / np.median(measured.driver_slope)
        self._factor_exc, self._factor_inh = (
            measured.gain / np.maximum(slope[:, :, None] * gain[:, None, :], 0.1 * measured.gain)
            for gain in (measured.column_gain_exc, measured.column_gain_inh)
        )
        self._offset = np.rint(measured.column_offset).astype(np.int64)

    def multiply(self, inputs: Any, weights: Any, *, first_block: int = 0, **settings: Any) -> Array:
        """Multiply vectors by a matrix; parameters and errors are those of :class:`AnalogChip`."""
        given = checked_weights(self.unit, weights).astype(np.float64)
        corrected = np.empty_like(given)
        offset = np.zeros(given.shape[1], np.int64)
        for block in partition(self.unit, given.shape, self.unit.blocks_per_chip, first_block):
            part = given[block.rows, block.columns]
            corner = np.s_[block.array, : block.n_rows, : block.n_columns]
            factor = np.where(part > 0, self._factor_exc[corner], self._factor_inh[corner])
            corrected[block.rows, block.columns] = np.rint(part * factor)
            offset[block.columns] += self._offset[block.array, : block.n_columns]
        limit = self.unit.weight_max
        np.clip(corrected, -limit, limit, out=corrected)
        results = self.chip.multiply(inputs, corrected, first_block=first_block, **settings)
        inside = np.clip(results - offset, self.unit.result_min, self.unit.result_max)
        return inside.astype(results.dtype)

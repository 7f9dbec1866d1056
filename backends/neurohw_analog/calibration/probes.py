"""Probe vectors and matrices that show one property of a chip's circuits in its results.

Nothing here looks into a chip: all is measured with ``multiply``. A result is the floor of a voltage, so that half an
LSB is added to its mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from neurohw.hardware.analog import AnalogUnit

Array = np.ndarray

HALF_LSB = 0.5
_FILL = 0.5  # share of the range of a result that probes fill


@dataclass(frozen=True)
class Probes:
    """How often each probe is sent, and with which noise."""

    runs: int
    noise_seed: int


class Prober:
    """Measures the arrays of one chip, each measurement with noise of its own."""

    def __init__(self, chip: Any, probes: Probes) -> None:
        self._chip = chip
        self._unit: AnalogUnit = chip.unit
        self._probes = probes
        self._vectors = 0

    def offsets(self, array: int) -> tuple[Array, Array]:
        """Return offset and noise of each column, LSB: what comes without any event."""
        unit = self._unit
        results = self._results(array, np.zeros((1, unit.rows)), np.zeros((unit.rows, unit.matrix_columns)))
        return results.mean(axis=1)[0] + HALF_LSB, results.std(axis=1)[0]

    def column_gains(self, array: int, sign: int) -> Array:
        """Return for each column the LSB for one input step and weight step, of weights of one sign."""
        unit = self._unit
        weight = max(unit.weight_max // 2, 1)
        few, many = _two_inputs(unit, unit.rows * weight)
        vectors = np.array([[few], [many]]) * np.ones(unit.rows)
        matrix = np.full((unit.rows, unit.matrix_columns), sign * weight)
        low, high = self._results(array, vectors, matrix).mean(axis=1)
        gains: Array = sign * (high - low) / (unit.rows * weight * (many - few))
        return gains

    def drivers(self, array: int) -> tuple[Array, Array]:
        """Return for each row its slope (LSB for an input step and weight step) and the input at which it begins.

        One row at a time is sent, so often that the sum of it alone fills the range; the mean is taken over columns.
        """
        unit = self._unit
        few, many = max(unit.input_max // 4, 1), max(3 * unit.input_max // 4, 2)
        sends = max(round(_FILL * unit.result_max / (unit.gain * many * unit.weight_max)), 1)
        rows = np.eye(unit.rows)
        matrix = np.full((unit.rows, unit.matrix_columns), unit.weight_max)
        offset = self.offsets(array)[0]
        low, high = (
            (self._results(array, x * rows, matrix, sends).mean(axis=1) + HALF_LSB - offset).mean(axis=1)
            for x in (few, many)
        )
        slope = (high - low) / (many - few)
        begins = few - low / np.where(slope > 0, slope, np.inf)
        return slope / (sends * unit.weight_max), begins

    def _results(self, array: int, vectors: Array, matrix: Array, sends: int = 1) -> Array:
        """Return results [vectors, runs, columns] of one array."""
        runs = self._probes.runs
        inputs = np.repeat(vectors, runs, axis=0)
        results = self._chip.multiply(
            inputs,
            matrix,
            num_sends=sends,
            first_block=array,
            noise_seed=self._probes.noise_seed,
            first_vector=self._vectors,
        )
        self._vectors += len(inputs)
        shaped: Array = results.reshape(len(vectors), runs, -1).astype(np.float64)
        return shaped


def _two_inputs(unit: AnalogUnit, weight_sum: int) -> tuple[int, int]:
    """Return two inputs whose difference, sent to all rows, fills a share of the range."""
    many = int(_FILL * unit.result_max / (unit.gain * weight_sum))
    many = min(max(many, 2), unit.input_max)
    return max(many // 4, 1), many

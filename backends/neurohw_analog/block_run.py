"""One block of a matrix in its array: programmed once, then multiplied by vector after vector."""

from __future__ import annotations

import numpy as np

from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.array import SynapseArray
from neurohw_analog.conversion import CellNoise, Draw, add_digits
from neurohw_analog.dynamics import is_static, membranes
from neurohw_analog.slices import cell_unit, joined, sliced

Array = np.ndarray


class BlockRun:
    """A block of weights in an array, ready to be multiplied.

    Parameters
    ----------
    weights : float32 [rows, columns], checked.
    slot_us : from event to event.
    single : multiply the gain in single precision.
    """

    def __init__(
        self,
        unit: AnalogUnit,
        array: SynapseArray,
        weights: Array,
        num_sends: int,
        slot_us: float,
        single: bool,
    ) -> None:
        self._unit = unit
        self._cells = cell_unit(unit)
        self._programmed = array.program(sliced(unit, weights))
        self._num_sends = num_sends
        self._slot_us = slot_us
        self._single = single
        self._noise = CellNoise(self._cells, self._programmed, num_sends)
        self._digits = unit.digit_range
        self._is_exact = is_static(unit) and self._programmed.is_exact
        if self._is_exact:
            step = self._programmed.step
            signed = (self._programmed.exc - self._programmed.inh) / step
            self._weights = signed.astype(np.float32)
            self._scale = num_sends * self._cells.gain * step

    def add_to(self, total: Array, inputs: Array, draw: Draw) -> int:
        """Add the results of vectors to ``total`` (int32 [vectors, columns]); return how many conversions clipped.

        Rows of ``total`` lie one after the other in memory; inputs may be a part of longer vectors.
        """
        driven = self._programmed.driven(inputs)
        sums, scale = self._sums(inputs, driven)
        has_slices = self._unit.slice_bits is not None
        digits = np.zeros(sums.shape, np.int32) if has_slices else total
        clipped = add_digits(
            digits,
            sums,
            scale,
            self._programmed.column_offset,
            self._unit.noise,
            (self._noise.variance(driven), self._noise.scale),
            self._digits,
            draw,
        )
        if has_slices:
            total += joined(self._unit, digits)
        return clipped

    def membranes(self, inputs: Array) -> Array:
        """Return what the columns have gathered at the reading, with their offsets, in LSB."""
        gathered = membranes(self._cells, self._programmed, inputs, self._num_sends, self._slot_us)
        total: Array = gathered + self._programmed.column_offset
        return total

    def _sums(self, inputs: Array, driven: Array) -> tuple[Array, Array]:
        """Return sums of columns [vectors, columns] and the LSB that each step of them is worth [columns]."""
        if not self._is_exact:
            sums = membranes(self._cells, self._programmed, inputs, self._num_sends, self._slot_us)
            return sums, np.ones(sums.shape[1])
        exact = driven @ self._weights
        if not self._single:
            return exact, self._scale
        return exact * self._scale.astype(np.float32), np.ones(exact.shape[1])

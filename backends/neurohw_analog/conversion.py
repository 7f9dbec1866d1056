"""The converter of an array: how it makes digits, and the noise that its results carry."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.kernels.conversion import convert
from neurohw_analog.kernels.normals import make_pieces
from neurohw_analog.programmed import Programmed

Array = np.ndarray

_EXACT = 2.0**24  # whole numbers up to here are exact in float32


class Draw(NamedTuple):
    """Which random numbers a block's results carry: the same for the same key, block and vector."""

    key: int  # see :func:`neurohw_analog.noise_key.noise_key`
    block: int
    first_vector: int


class CellNoise:
    """The noise of the cells of a block, drawn column by column: its variance is a product of squares."""

    def __init__(self, unit: AnalogUnit, programmed: Programmed, num_sends: int) -> None:
        self._is_there = bool(unit.cell_noise)
        columns = programmed.exc.shape[1]
        self.scale = np.ones(columns)
        if not self._is_there:
            return
        squares = programmed.exc**2 + programmed.inh**2
        # per column as fine as sums of whole numbers stay exact in float32
        room = _EXACT / programmed.largest_input**2 - squares.shape[0]
        step = np.maximum(squares.sum(axis=0), 1e-30) / max(room, 1.0)
        self._squares = np.rint(squares / step).astype(np.float32)
        self.scale = step * num_sends * (unit.gain * (unit.cell_noise or 0.0)) ** 2

    def variance(self, driven: Array) -> Array:
        """Return float32 [vectors, columns] in steps of ``scale``; no vectors where cells have no noise."""
        if not self._is_there:
            return np.empty((0, 0), np.float32)
        product: Array = np.rint(driven * driven).astype(np.float32) @ self._squares
        return product


def add_digits(
    total: Array,
    sums: Array,
    scale: Array,
    offset: Array,
    noise: float,
    cells: tuple[Array, Array],
    digits: tuple[int, int],
    draw: Draw,
) -> int:
    """Add the digits of one block to ``total`` (int32 [vectors, columns]); return how many were clipped."""
    lowest, highest = (float(digit) for digit in digits)
    numbers = tuple(np.uint64(number) for number in draw)
    clipped: int = convert(total, sums, scale, offset, noise, *cells, lowest, highest, numbers, _pieces())
    return clipped


@cache
def _pieces() -> tuple[Array, Array]:
    return make_pieces()

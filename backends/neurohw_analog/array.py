"""One synapse array: its circuits as they are, and what a block of weights becomes in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.errors import CapacityError
from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.conditions import Conditions
from neurohw_analog.pattern import Pattern
from neurohw_analog.programmed import Programmed, program

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class SynapseArray:
    """An array of a chip, with its trims in effect."""

    unit: AnalogUnit
    pattern: Pattern
    conditions: Conditions

    def program(self, weights: Array) -> Programmed:
        """Return a block of weights (whole numbers, [rows, columns]) as this array holds them.

        Raises
        ------
        CapacityError
            For a block larger than the array.
        """
        rows, columns = weights.shape
        if rows > self.unit.rows or columns > self.unit.columns:
            raise CapacityError(
                f"a block of {rows} x {columns} weights: an array of unit {self.unit.name!r} has {self.unit.rows} rows "
                f"and {self.unit.columns} columns"
            )
        return program(self.unit, self.pattern, self.conditions, weights)

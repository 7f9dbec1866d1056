"""Weights as an array holds them: what pattern, drift and wires make of the numbers programmed.

A sum over the rows is exact in float32 when all its terms are whole numbers and their magnitudes add up to at most
2^24. Weights are therefore rounded, column by column, to multiples of a power of two as small as that allows: on
BrainScaleS-2 1/4 of a weight step or less, which moves a result by some 0.01 LSB, by 0.06 LSB where all inputs and
weights are at their largest. Then no result depends on the order in which a library adds, and so
neither on how a batch is cut nor on the number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.conditions import Conditions
from neurohw_analog.kernels.drivers import drive
from neurohw_analog.pattern import OFFSET_STEPS, Pattern
from neurohw_analog.wires import through_wires

Array = np.ndarray

_EXACT = 2.0**24  # whole numbers up to here are exact in float32


@dataclass(frozen=True, eq=False)
class Programmed:
    """The weights of one block as its array holds them, in weight steps; all are at least 0."""

    exc: Array  # float64 [rows, columns]
    inh: Array  # float64 [rows, columns]
    step: Array  # float64 [columns], power of two of which the weights of a column are multiples
    driver_offset: Array  # float64 [rows], input steps
    column_offset: Array  # float64 [columns], LSB
    largest_input: float  # that a driver can send
    is_exact: bool  # sums are exact in float32

    def driven(self, inputs: Array) -> Array:
        """Return inputs as the drivers send them, in input steps: nothing for 0, else less the driver's offset."""
        if not self.driver_offset.any():
            return inputs
        driven: Array = drive(np.ascontiguousarray(inputs), self.driver_offset.astype(inputs.dtype))
        return driven


def program(unit: AnalogUnit, pattern: Pattern, conditions: Conditions, weights: Array) -> Programmed:
    """Return the weights of a block (float [rows, columns], whole numbers) as an array with this pattern holds them."""
    rows, columns = weights.shape
    corner = np.s_[:rows, :columns]
    w = weights.astype(np.float64)
    offset = pattern.synapse_offset[corner] * unit.cell_max
    exc = np.maximum(w, 0.0) * pattern.synapse_exc[corner] + np.maximum(offset, 0.0)
    inh = np.maximum(-w, 0.0) * pattern.synapse_inh[corner] + np.maximum(-offset, 0.0)
    exc *= conditions.drift_exc[corner]
    inh *= conditions.drift_inh[corner]
    if unit.wire_ohm is not None:
        exc, inh = (through_wires(unit, cells) for cells in (exc, inh))
    slope = (pattern.driver_slope[:rows] * conditions.gain)[:, None]
    exc *= slope * pattern.column_gain_exc[:columns]
    inh *= slope * pattern.column_gain_inh[:columns]
    driver_offset = pattern.driver_offset[:rows]
    largest = unit.input_max - float(driver_offset.min(initial=0.0))
    parts = OFFSET_STEPS if driver_offset.any() else 1
    step, is_exact = _steps(exc + inh, largest * parts)
    return Programmed(
        exc=np.rint(exc / step) * step,
        inh=np.rint(inh / step) * step,
        step=step,
        driver_offset=driver_offset,
        column_offset=pattern.column_offset[:columns],
        largest_input=largest,
        is_exact=is_exact,
    )


def _steps(magnitude: Array, largest: float) -> tuple[Array, bool]:
    """Return for each column the power of two to whose multiples it is rounded, and whether its sums are exact."""
    room = _EXACT / largest - magnitude.shape[0]  # each of two roundings adds at most one half
    whole = np.maximum(magnitude.sum(axis=0), 1.0)
    bits = np.floor(np.log2(max(room, 1.0) / whole))
    return 2.0 ** -np.maximum(bits, 0.0), bool(room >= whole.max(initial=1.0))

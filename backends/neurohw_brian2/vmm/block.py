"""One block of weights in its array: what it is to be, and how its circuits differ from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from neurohw.errors import SettingError
from neurohw.frozen import freeze_arrays
from neurohw.hardware.analog import AnalogUnit

Array = np.ndarray


class Pattern(Protocol):
    """How the circuits of an array differ; its arrays may be larger than the weights need."""

    synapse_exc: Array  # [rows, columns], factor on a weight above zero
    synapse_inh: Array  # [rows, columns], factor on a weight below zero
    synapse_offset: Array  # [rows, columns], added whatever the weight, over the largest
    driver_slope: Array  # [rows]
    driver_offset: Array  # [rows], input steps at which a driver begins
    column_gain_exc: Array  # [columns]
    column_gain_inh: Array  # [columns]
    column_offset: Array  # [columns], LSB


@dataclass(frozen=True)
class Block:
    """Charges of one block, float64.

    Attributes
    ----------
    exc, inh : for one input step, in weight steps, at least 0 [rows, columns].
    driver_offset : input steps at which a row's driver begins [rows].
    column_offset : LSB [columns].
    """

    exc: Array
    inh: Array
    driver_offset: Array
    column_offset: Array

    def __post_init__(self) -> None:
        """Make the arrays read-only."""
        freeze_arrays(
            self, exc=np.float64, inh=np.float64, driver_offset=np.float64, column_offset=np.float64
        )

    @classmethod
    def held(cls, weights: Array, array: Any) -> Block:
        """Return weights as an array says that it holds them."""
        held = array.program(weights)
        return cls(held.exc, held.inh, held.driver_offset, held.column_offset)

    @classmethod
    def ideal(cls, weights: Array) -> Block:
        """Return weights without a pattern (whole numbers [rows, columns])."""
        rows, columns = weights.shape
        return cls(np.maximum(weights, 0), np.maximum(-weights, 0), np.zeros(rows), np.zeros(columns))

    @classmethod
    def of(cls, unit: AnalogUnit, weights: Array, pattern: Pattern) -> Block:
        """Return weights in an array with a pattern; both sides have a synapse in every row and column."""
        rows, columns = weights.shape
        offset = unit.weight_max * pattern.synapse_offset[:rows, :columns]
        slope = pattern.driver_slope[:rows, None]
        exc = np.maximum(weights, 0) * pattern.synapse_exc[:rows, :columns] + np.maximum(offset, 0)
        inh = np.maximum(-weights, 0) * pattern.synapse_inh[:rows, :columns] + np.maximum(-offset, 0)
        return cls(
            exc * slope * pattern.column_gain_exc[:columns],
            inh * slope * pattern.column_gain_inh[:columns],
            pattern.driver_offset[:rows],
            pattern.column_offset[:columns],
        )

    def pulses(self, inputs: Array) -> Array:
        """Return the lengths of pulses, in input steps [vectors, rows]."""
        pulses: Array = np.maximum(inputs - self.driver_offset, 0.0)
        return pulses


def blocks_of(
    unit: AnalogUnit, weights: Array, arrays: Sequence[Any] | None, patterns: Sequence[Pattern] | None
) -> list[Block]:
    """Cut weights (whole numbers [rows, columns]) into blocks of a unit's rows.

    Raises
    ------
    SettingError
        For arrays or patterns that are not as many as the blocks, or both.
    """
    parts = [weights[row : row + unit.rows] for row in range(0, len(weights), unit.rows)]
    if arrays is not None and patterns is not None:
        raise SettingError(
            "arrays and patterns are given; the weights are either as held or as patterns make them"
        )
    for name, given in (("arrays", arrays), ("patterns", patterns)):
        if given is not None and len(given) != len(parts):
            raise SettingError(f"{len(given)} {name} for {len(parts)} blocks of {unit.rows} rows")
    if arrays is not None:
        return [Block.held(part, array) for part, array in zip(parts, arrays, strict=True)]
    if patterns is not None:
        return [Block.of(unit, part, pattern) for part, pattern in zip(parts, patterns, strict=True)]
    return [Block.ideal(part) for part in parts]

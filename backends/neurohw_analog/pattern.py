"""The fixed pattern of a synapse array: how its circuits differ from the nominal, drawn once for each chip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.hardware.analog import AnalogUnit

Array = np.ndarray

OFFSET_STEPS = 8  # a driver's offset is a multiple of an eighth of an input step, so that sums stay exact
_DRIFT = 7  # stream of the drift exponents, apart from the other numbers of an array


@dataclass(frozen=True, eq=False)
class Pattern:
    """Factors and offsets of one array; all factors are 1 and all offsets 0 where nothing differs."""

    synapse_exc: Array  # [rows, columns], factor on a weight above zero
    synapse_inh: Array  # [rows, columns], factor on a weight below zero
    synapse_offset: Array  # [rows, columns], added whatever the weight, over the largest of a cell
    driver_slope: Array  # [rows]
    driver_offset: Array  # [rows], input steps at which the driver begins, in eighths
    column_gain_exc: Array  # [columns]
    column_gain_inh: Array  # [columns]
    column_offset: Array  # [columns], LSB


def draw_pattern(unit: AnalogUnit, seed: int | None, block: int) -> Pattern:
    """Return the pattern of a chip's array, none for a chip without a seed.

    Parameters
    ----------
    seed : of the chip.
    block : which array of the chip.
    """
    shape = (unit.rows, unit.columns)
    stream = _Stream(seed, block)
    driver_offset = stream.offsets(unit.driver_offset_spread, unit.rows)
    imbalance = 0.0 if seed is None else unit.column_gain_imbalance or 0.0
    return Pattern(
        synapse_exc=stream.factors(unit.synapse_spread, shape),
        synapse_inh=stream.factors(unit.synapse_spread, shape),
        synapse_offset=stream.offsets(unit.synapse_offset_spread, shape),
        driver_slope=stream.factors(unit.driver_slope_spread, unit.rows),
        driver_offset=np.round(OFFSET_STEPS * driver_offset) / OFFSET_STEPS,
        column_gain_exc=(1.0 + imbalance) * stream.factors(unit.column_gain_spread, unit.columns),
        column_gain_inh=stream.factors(unit.column_gain_spread, unit.columns),
        column_offset=stream.offsets(unit.column_offset_spread, unit.columns),
    )


def draw_drift(unit: AnalogUnit, seed: int | None, block: int) -> tuple[Array, Array]:
    """Return the drift exponents of the cells for weights above and below zero, [rows, columns] each."""
    stream = _Stream(seed, block, _DRIFT)
    nominal = unit.drift_exponent or 0.0
    shape = (unit.rows, unit.columns)
    exc, inh = (np.maximum(nominal + stream.offsets(unit.drift_spread, shape), 0.0) for _ in range(2))
    return exc, inh


class _Stream:
    """Random factors and offsets; without a seed, none differs from the nominal."""

    def __init__(self, seed: int | None, *which: int) -> None:
        self._generator = None if seed is None else np.random.default_rng([seed, *which])

    def offsets(self, spread: float | None, shape: int | tuple[int, ...]) -> Array:
        # drawn even where there is no spread: switching one effect off leaves the others as they are
        numbers = np.zeros(shape) if self._generator is None else self._generator.standard_normal(shape)
        return numbers * (spread or 0.0)

    def factors(self, spread: float | None, shape: int | tuple[int, ...]) -> Array:
        return np.maximum(1.0 + self.offsets(spread, shape), 0.0)

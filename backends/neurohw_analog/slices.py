"""Bit slicing: a weight as digits in neighbouring columns, whose results are shifted and added."""

from __future__ import annotations

import numpy as np

from neurohw.hardware.analog import AnalogUnit

Array = np.ndarray


def cell_unit(unit: AnalogUnit) -> AnalogUnit:
    """Return the unit as its columns work: with slices, the gain is larger as the digits are smaller than weights."""
    if unit.slice_bits is None:
        return unit
    return unit.replace(gain=unit.gain * unit.weight_max / unit.cell_max)


def sliced(unit: AnalogUnit, weights: Array) -> Array:
    """Return the digits of weights, [rows, columns * slices], lowest digit first; each has the sign of its weight."""
    if unit.slice_bits is None:
        return weights
    magnitude = np.abs(weights).astype(np.int64)
    shifts = unit.slice_bits * np.arange(unit.n_slices)
    digits = (magnitude[:, :, None] >> shifts) & unit.cell_max
    signed = np.sign(weights)[:, :, None] * digits
    return signed.reshape(len(weights), -1).astype(weights.dtype)


def joined(unit: AnalogUnit, results: Array) -> Array:
    """Return the results of weights (int32 [vectors, columns]) from those of their digits, clipped to their range."""
    if unit.slice_bits is None:
        return results
    shifts = unit.slice_bits * np.arange(unit.n_slices)
    by_slice = results.reshape(len(results), -1, unit.n_slices).astype(np.int64)
    whole = np.floor((by_slice << shifts).sum(axis=2) * (unit.cell_max / unit.weight_max))
    return np.clip(whole, unit.result_min, unit.result_max).astype(np.int32)

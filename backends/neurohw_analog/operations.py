"""What networks do on analog chips: linear layers and convolutions on the arrays, the rest in digital logic.

Results are whole numbers from -128 to 127, inputs from 0 to 31. Names and meaning are those of hxtorch (Spilger et al.
2020, arXiv 2006.13138).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from neurohw.errors import SettingError
from neurohw.hardware.analog import AnalogUnit
from neurohw_analog.layer_report import LayerReport
from neurohw_analog.operands import check_whole, checked_results

Array = np.ndarray

MOST_AVERAGED = 2**16  # columns that hold the same weights


def linear(chip: Any, inputs: Any, weights: Any, *, average: int = 1, **settings: Any) -> Array:
    """Multiply vectors by a matrix; see :func:`linear_and_report`."""
    return linear_and_report(chip, inputs, weights, average=average, **settings)[0]


def linear_and_report(
    chip: Any, inputs: Any, weights: Any, *, average: int = 1, **settings: Any
) -> tuple[Array, LayerReport]:
    """Multiply vectors by a matrix, each column of it held ``average`` times.

    Parameters
    ----------
    chip : a chip or a board.
    inputs : whole numbers [..., rows].
    weights : whole numbers [rows, columns].
    average : columns that hold the same weights; their mean, rounded down, is the result. Noise falls with its root.
    settings : of :meth:`neurohw_analog.chip.AnalogChip.multiply`.

    Returns
    -------
    Results [..., columns], and what they cost.

    Raises
    ------
    SettingError
        As ``multiply`` does, and for an average that is no whole number from 1 to ``MOST_AVERAGED``.
    """
    check_whole("average", average, 1, MOST_AVERAGED)
    x, w = np.asarray(inputs), np.asarray(weights)
    vectors = x.reshape(-1, x.shape[-1]) if x.ndim else x
    repeated = np.repeat(w, average, axis=1) if average > 1 and w.ndim == 2 else w
    results, report = chip.multiply_and_report(vectors, repeated, **settings)
    if average > 1:
        means = results.reshape(len(results), -1, average).mean(axis=2)
        results = np.floor(means).astype(results.dtype)
    return results.reshape(*x.shape[:-1], w.shape[1]), report


def add(unit: AnalogUnit, first: Any, second: Any) -> Array:
    """Return the sum of results, clipped to their range; shapes are broadcast.

    Raises
    ------
    SettingError
        For shapes that cannot be broadcast, and what no converter of the unit gives.
    """
    a, b = checked_results(unit, first).astype(np.int64), checked_results(unit, second)
    try:
        total: Array = np.add(a, b)
    except ValueError as error:
        raise SettingError(
            f"results of shapes {a.shape} and {b.shape} cannot be added: from the last axis on, sizes must be equal "
            "or 1"
        ) from error
    return _clipped(unit, total)


def relu(unit: AnalogUnit, results: Any) -> Array:
    """Return results with those below 0 set to 0."""
    return np.maximum(checked_results(unit, results), 0)


def converting_relu(unit: AnalogUnit, results: Any, *, shift: int = 2) -> Array:
    """Return results as inputs of a next layer: ``min(max(result, 0) >> shift, 31)``.

    Raises
    ------
    SettingError
        For a shift that is no whole number from 0 to the bits of a result.
    """
    check_whole("shift", shift, 0, unit.result_bits)
    return np.minimum(np.maximum(checked_results(unit, results), 0) >> shift, unit.input_max)


def argmax(unit: AnalogUnit, results: Any, *, axis: int = -1) -> Array:
    """Return the index of the largest result along an axis, the first of several.

    Raises
    ------
    SettingError
        For an axis that results do not have or that has no entries, and what no converter of the unit gives.
    """
    array = np.atleast_1d(checked_results(unit, results))
    check_whole(f"results of shape {array.shape}: axis", axis, -array.ndim, array.ndim - 1)
    if not array.shape[axis]:
        raise SettingError(
            f"results of shape {array.shape}: axis {axis} must have at least one entry to be the largest"
        )
    largest: Array = np.argmax(array, axis=axis)
    return largest


def _clipped(unit: AnalogUnit, total: Array) -> Array:
    return np.clip(total, unit.result_min, unit.result_max).astype(np.min_scalar_type(unit.result_min))

"""Inputs and weights as a synapse array takes them: whole numbers in range, or an error that says which is not."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np

from neurohw.errors import SettingError
from neurohw.hardware.analog import AnalogUnit

Array = np.ndarray


def checked_inputs(unit: AnalogUnit, inputs: Any) -> Array:
    """Return input vectors as float32 [batch, rows], whole numbers from 0 to the largest input."""
    return _checked("inputs", inputs, 0, unit.input_max, "input_bits", unit.input_bits)


def checked_weights(unit: AnalogUnit, weights: Any) -> Array:
    """Return a weight matrix as float32 [rows, columns], whole numbers of at most the largest weight."""
    return _checked("weights", weights, -unit.weight_max, unit.weight_max, "weight_bits", unit.weight_bits)


def _checked(name: str, given: Any, lowest: int, highest: int, bits_name: str, bits: int) -> Array:
    try:
        array = np.asarray(given)
    except ValueError as error:
        raise SettingError(f"{name}: rows of different lengths are no array ({error})") from error
    except (TypeError, RuntimeError) as error:  # of PyTorch's tensors
        raise SettingError(f"{name}: {type(given).__name__} is nothing that NumPy reads: {error}") from error
    if array.ndim != 2:
        axes = "[vectors, rows]" if name == "inputs" else "[rows, columns]"
        raise SettingError(f"{name}: shape {array.shape} must have two axes, {axes}")
    if array.dtype.kind not in "iuf":
        raise SettingError(f"{name}: type {array.dtype} must be whole numbers")
    if not array.size:
        return array.astype(np.float32)
    if array.dtype.kind == "f" and not (array == np.rint(array)).all():
        wrong = np.argwhere(~(array == np.rint(array)))[0]
        value = array[tuple(wrong)]
        hint = "is not a number" if np.isnan(value) else f"= {value:g} is no whole number; round it first"
        raise SettingError(
            f"{name}[{wrong[0]}, {wrong[1]}] {hint} (whole numbers from {lowest} to {highest}, {bits_name} = {bits})"
        )
    least, most = array.min(), array.max()
    if least < lowest or most > highest:
        value = least if least < lowest else most
        row, column = np.argwhere(array == value)[0]
        raise SettingError(
            f"{name}[{row}, {column}] = {value:g} must be from {lowest} to {highest} ({bits_name} = {bits})"
        )
    return array.astype(np.float32)


def check_whole(name: str, value: Any, least: int, most: int) -> None:
    """Refuse a setting that is no whole number within its limits.

    Raises
    ------
    SettingError
        Naming the setting, its value and its limits.
    """
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not is_whole or not least <= int(value) <= most:
        raise SettingError(f"{name} = {value!r} must be a whole number from {least} to {most}")


def check_fit(inputs: Array, weights: Array) -> None:
    """Refuse vectors that have not as many entries as a matrix has rows, and a matrix without rows.

    Raises
    ------
    SettingError
        Naming both shapes.
    """
    if not len(weights):
        raise SettingError(f"weights: shape {weights.shape} must have at least one row")
    if inputs.shape[1] != weights.shape[0]:
        raise SettingError(
            f"inputs {inputs.shape} and weights {weights.shape} do not go together: {inputs.shape[1]} entries a "
            f"vector, {weights.shape[0]} rows"
        )


def is_single(given: Any) -> bool:
    """Return whether an operand is of single precision."""
    return np.asarray(given).dtype == np.float32


def checked_results(unit: AnalogUnit, results: Any) -> Array:
    """Return results as integers of any shape.

    Raises
    ------
    SettingError
        For values that no converter of the unit gives.
    """
    array = np.asarray(results)
    if array.dtype.kind not in "iu":
        raise SettingError(f"results: type {array.dtype} must be whole numbers")
    if array.size and (array.min() < unit.result_min or array.max() > unit.result_max):
        raise SettingError(
            f"results from {array.min()} to {array.max()} must be from {unit.result_min} to {unit.result_max}"
        )
    return array

"""Checks of what layers are given: settings, and tensors with the place of a wrong value in PyTorch's own order."""

from __future__ import annotations

from math import isfinite
from numbers import Integral, Real
from typing import Any

import torch

from neurohw.errors import SettingError


def check_whole(name: str, value: Any, least: int, most: int | None = None) -> int:
    """Return a setting that is a whole number of at least ``least``, and at most ``most`` where that is given.

    Raises
    ------
    SettingError
        For anything else.
    """
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not is_whole or value < least:
        wanted = f"must be at least {least}" if is_whole else f"must be a whole number of at least {least}"
        raise SettingError(f"{name} = {value!r} {wanted}")
    if most is not None and value > most:
        raise SettingError(f"{name} = {value} must be at most {most}")
    return int(value)


def check_number(name: str, value: Any, *, above_zero: bool = False) -> float:
    """Return a setting that is a finite number of at least, or above, zero.

    Raises
    ------
    SettingError
        For anything else.
    """
    is_number = isinstance(value, Real) and not isinstance(value, bool) and isfinite(value)
    if not is_number or value < 0 or (above_zero and value == 0):
        limit = "above 0" if above_zero else "of at least 0"
        raise SettingError(f"{name} = {value!r} must be a finite number {limit}")
    return float(value)


def check_sizes(name: str, value: Any, least: int, n_axes: int) -> None:
    """Refuse sizes along axes, one for all or one for each, that are not whole numbers of at least ``least``."""
    sizes = value if isinstance(value, tuple | list) else [value] * n_axes
    if len(sizes) != n_axes:
        raise SettingError(f"{name} = {value!r} must be one number, or {n_axes} of them")
    for size in sizes:
        check_whole(name, size, least)


def checked_tensor(name: str, given: Any) -> torch.Tensor:
    """Return a tensor of floating-point numbers; whole ones are converted.

    Raises
    ------
    SettingError
        For what is no tensor of real numbers in main memory.
    """
    if not isinstance(given, torch.Tensor):
        raise SettingError(f"{name}: {type(given).__name__} must be a torch.Tensor")
    if given.is_complex() or given.dtype == torch.bool:
        raise SettingError(f"{name}: tensor of {given.dtype} must be of real numbers")
    if given.device.type != "cpu":
        raise SettingError(f"{name}: tensor on {given.device} must be in main memory; move it with .cpu()")
    return given if given.is_floating_point() else given.to(torch.get_default_dtype())


def check_finite(name: str, tensor: torch.Tensor) -> None:
    """Refuse a tensor with values that are no finite numbers.

    Raises
    ------
    SettingError
        Naming the first of them.
    """
    values = tensor.detach()
    # one pass; NaN is smallest and largest then
    if values.numel() and not all(isfinite(value) for value in values.aminmax()):
        raise SettingError(_at_first(name, values, ~values.isfinite(), "must be a finite number"))


def check_range(name: str, tensor: torch.Tensor, lowest: int, highest: int, bits: str) -> None:
    """Refuse a tensor with values that are out of a range once they are rounded, or no numbers.

    Parameters
    ----------
    bits : of the unit, which cause the limits: ``weight_bits = 6``.

    Raises
    ------
    SettingError
        Naming the first of them.
    """
    values = tensor.detach()
    if not values.numel():
        return
    if all(lowest <= torch.round(value) <= highest for value in values.aminmax()):
        return
    whole = torch.round(values)
    inside = (whole >= lowest) & (whole <= highest)
    raise SettingError(_at_first(name, values, ~inside, f"must be from {lowest} to {highest} ({bits})"))


def _at_first(name: str, values: torch.Tensor, is_wrong: torch.Tensor, wanted: str) -> str:
    place = tuple(int(index) for index in is_wrong.nonzero()[0])
    value = float(values[place])
    problem = "is not a number" if value != value else f"= {value:g} {wanted}"
    return f"{name}{list(place)} {problem}"

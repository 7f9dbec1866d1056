"""Convolutions on arrays: every patch of an image is a vector, every kernel a column of the matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from neurohw.errors import SettingError
from neurohw_analog.layer_report import LayerReport
from neurohw_analog.multiplication import LARGEST_BLOCK
from neurohw_analog.operands import check_whole
from neurohw_analog.operations import MOST_AVERAGED, linear_and_report
from neurohw_analog.partition import n_blocks

Array = np.ndarray
Sizes = int | Sequence[int]

LARGEST_SIZE = 2**31 - 1  # of strides, padding and dilation


def conv1d(chip: Any, inputs: Any, weights: Any, **options: Any) -> Array:
    """Convolve [images, channels, length] by [out, channels / groups, kernel]; see :func:`convolve`."""
    return convolve(chip, inputs, weights, 1, **options)[0]


def conv2d(chip: Any, inputs: Any, weights: Any, **options: Any) -> Array:
    """Convolve [images, channels, height, width] by [out, channels / groups, *kernel]; see :func:`convolve`."""
    return convolve(chip, inputs, weights, 2, **options)[0]


def convolve(
    chip: Any,
    inputs: Any,
    weights: Any,
    n_axes: int,
    *,
    stride: Sizes = 1,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    **settings: Any,
) -> tuple[Array, LayerReport]:
    """Convolve images as a product of their patches by the kernels, group by group.

    Parameters
    ----------
    chip : a chip or a board.
    inputs : whole numbers [images, channels, *sizes].
    weights : whole numbers [out channels, channels / groups, *kernel].
    n_axes : spatial axes.
    stride, padding, dilation : one number, or one for each axis. Padding is with 0, which sends no event.
    groups : each convolves its own channels.
    settings : of :func:`neurohw_analog.operations.linear`. Groups lie in blocks behind each other, from ``first_block``
        on.

    Returns
    -------
    Results [images, out channels, *out sizes], and what they cost; with groups, all of them one after the other.

    Raises
    ------
    SettingError
        For shapes that do not go together, options out of range and all that ``multiply`` refuses.
    """
    x, w = np.asarray(inputs), np.asarray(weights)
    steps, pads, gaps = (
        _sizes(name, value, n_axes, least)
        for name, value, least in (("stride", stride, 1), ("padding", padding, 0), ("dilation", dilation, 1))
    )
    _check_shapes(x, w, n_axes, groups)
    patches = _patches(x, w.shape[2:], steps, pads, gaps)  # [images, *out sizes, channels, *kernel]
    out_sizes = patches.shape[1 : 1 + n_axes]
    parts = [
        linear_and_report(chip, part.reshape(*part.shape[: 1 + n_axes], -1), kernels, **of_group)
        for (part, kernels), of_group in zip(
            _groups(patches, w, n_axes, groups), _settings_of_groups(chip, w, groups, settings), strict=True
        )
    ]
    results = np.concatenate([results for results, _ in parts], axis=-1)
    shaped = np.moveaxis(results.reshape(len(x), *out_sizes, len(w)), -1, 1)
    return np.ascontiguousarray(shaped), _sum([report for _, report in parts])


def _settings_of_groups(
    chip: Any, kernels: Array, groups: int, settings: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the settings of each group: each lies in blocks of its own, which have their own patterns and noise."""
    first, average = settings.get("first_block", 0), settings.get("average", 1)
    check_whole("first_block", first, 0, LARGEST_BLOCK)
    check_whole("average", average, 1, MOST_AVERAGED)
    columns, rows = len(kernels) // groups, int(np.prod(kernels.shape[1:]))
    taken = n_blocks(chip.unit, (rows, columns * average))
    return [{**settings, "first_block": first + group * taken} for group in range(groups)]


def _groups(patches: Array, w: Array, n_axes: int, groups: int) -> list[tuple[Array, Array]]:
    per_group = np.split(patches, groups, axis=1 + n_axes)
    kernels = np.split(w, groups)
    return [(part, k.reshape(len(k), -1).T) for part, k in zip(per_group, kernels, strict=True)]


def _patches(x: Array, kernel: Sequence[int], stride: Sequence[int], padding: Any, dilation: Any) -> Array:
    n_axes = len(kernel)
    padded = np.pad(x, [(0, 0), (0, 0), *((pad, pad) for pad in padding)])
    reach = [gap * (size - 1) + 1 for size, gap in zip(kernel, dilation, strict=True)]
    sizes = padded.shape[2:]
    for axis, (size, span) in enumerate(zip(sizes, reach, strict=True)):
        if size < span:
            raise SettingError(
                f"weights reach over {span} entries of axis {axis}, inputs with padding have {size}"
            )
    axes: Any = tuple(range(2, 2 + n_axes))
    windows = sliding_window_view(padded, reach, axes)
    strided = windows[
        (
            slice(None),
            slice(None),
            *(slice(None, None, s) for s in stride),
            *(slice(None, None, g) for g in dilation),
        )
    ]
    return np.moveaxis(strided, 1, 1 + n_axes)


def _check_shapes(x: Array, w: Array, n_axes: int, groups: int) -> None:
    if x.ndim != n_axes + 2 or w.ndim != n_axes + 2:
        raise SettingError(
            f"inputs {x.shape} and weights {w.shape} must have {n_axes + 2} axes each: [images, channels, ...] and "
            "[out channels, channels / groups, ...]"
        )
    check_whole("groups", groups, 1, LARGEST_SIZE)
    if x.shape[1] % groups or w.shape[0] % groups:
        raise SettingError(
            f"groups = {groups} must divide the {x.shape[1]} channels and the {w.shape[0]} kernels"
        )
    if w.shape[1] * groups != x.shape[1]:
        raise SettingError(
            f"weights {w.shape} take {w.shape[1]} channels in {groups} groups, inputs have {x.shape[1]}"
        )


def _sizes(name: str, value: Sizes, n_axes: int, least: int) -> list[int]:
    sizes = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value] * n_axes
    if len(sizes) != n_axes:
        raise SettingError(f"{name} = {value} must be one number, or {n_axes} of them")
    for size in sizes:
        check_whole(name, size, least, LARGEST_SIZE)
    return [int(size) for size in sizes]


def _sum(reports: list[LayerReport]) -> LayerReport:
    """Return what several multiplications cost, one after the other."""
    first = reports[0]
    if len(reports) == 1:
        return first
    added = ("rows", "columns", "blocks", "runs", "events", "time_us", "energy_uj")
    totals = {
        item.name: sum(getattr(r, item.name) for r in reports) for item in fields(first) if item.name in added
    }
    runs = max(totals["runs"], 1)
    utilisation = sum(r.utilisation * r.runs for r in reports) / runs
    clipped = float(np.mean([r.clipped for r in reports]))  # groups are alike in size
    return replace(first, **totals, utilisation=utilisation, clipped=clipped)

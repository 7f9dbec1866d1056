"""Convolutions on a chip: every patch of the input is one vector, and all kernels of a group are one matrix."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
import torch
from torch import nn

from neurohw.ann.analog_layer import AnalogLayer, Options
from neurohw.ann.checks import check_sizes, checked_tensor
from neurohw.errors import SettingError

Sizes = int | tuple[int, ...]

_ALONG_AXES = ("kernel_size", "stride", "dilation")
_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _Convolution(AnalogLayer, nn.modules.conv._ConvNd):
    """What convolutions along one and two axes share."""

    n_axes: int

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        num_sends: int | None = None,
        wait_between_events: int | None = None,
        mock: bool = False,
        **options: Unpack[Options],
    ) -> None:
        sizes: dict[str, Any] = {
            "in_channels": in_channels,
            "out_channels": out_channels,
            "kernel_size": kernel_size,
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "groups": groups,
        }
        _check_sizes(type(self).__name__, self.n_axes, padding_mode=padding_mode, **sizes)
        self._configure(num_sends, wait_between_events, mock, options)
        super().__init__(**sizes, bias=bias, padding_mode=padding_mode)
        self._add_transforms(options)

    @property
    def n_groups(self) -> int:
        """Matrices of the layer, each with its own part of the channels."""
        return self.groups

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Return the results, whole numbers; shapes as in PyTorch."""
        input = checked_tensor(f"{self.title}: input", input)
        n_axes = self.n_axes
        if input.dim() not in (n_axes + 1, n_axes + 2) or input.shape[-n_axes - 1] != self.in_channels:
            raise SettingError(
                f"{self.title}: input of shape {tuple(input.shape)} must have {self.in_channels} channels and "
                f"{n_axes} axes of positions behind them"
            )
        batch = input if input.dim() == n_axes + 2 else input[None]
        padded = self._padded(self.chip_input(batch))
        reach = [gap * (width - 1) + 1 for width, gap in zip(self.kernel_size, self.dilation, strict=True)]
        if any(size < needed for size, needed in zip(padded.shape[2:], reach, strict=True)):
            raise SettingError(
                f"{self.title}: input of {tuple(padded.shape[2:])} positions with padding is smaller than the "
                f"kernel, {tuple(reach)}"
            )
        results = self._convolved(padded, self.chip_weight())
        results = self.add_bias(results, 1)
        return results if input.dim() == n_axes + 2 else results[0]

    def _padded(self, inputs: torch.Tensor) -> torch.Tensor:
        mode = "constant" if self.padding_mode == "zeros" else self.padding_mode
        return nn.functional.pad(inputs, self._reversed_padding_repeated_twice, mode=mode)

    def _convolved(self, inputs: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        # one axis becomes two, of which the first has one position
        kernel, stride, dilation = (_two(size) for size in (self.kernel_size, self.stride, self.dilation))
        images = inputs if inputs.dim() == 4 else inputs[:, :, None]
        patches = nn.functional.unfold(images, kernel, dilation, stride=stride)  # [batch, entries, positions]
        groups = [
            self._group(part, matrix, index)
            for index, (part, matrix) in enumerate(
                zip(patches.chunk(self.groups, 1), weight.chunk(self.groups), strict=True)
            )
        ]
        positions = [
            (size - gap * (width - 1) - 1) // step + 1
            for size, width, step, gap in zip(
                inputs.shape[2:], self.kernel_size, self.stride, self.dilation, strict=True
            )
        ]
        return torch.cat(groups, 1).unflatten(2, positions)

    def _group(self, patches: torch.Tensor, weight: torch.Tensor, index: int) -> torch.Tensor:
        vectors = patches.transpose(1, 2).flatten(0, 1)
        results = self.multiply(vectors, weight.flatten(1).T, index)
        return results.unflatten(0, (len(patches), patches.shape[2])).transpose(1, 2)


class Conv1d(_Convolution, nn.Conv1d):
    """`torch.nn.Conv1d` on a chip.

    Parameters
    ----------
    in_channels ... padding_mode : as in PyTorch.
    num_sends, wait_between_events, mock, **options : as in `Linear`.
    """

    n_axes = 1


class Conv2d(_Convolution, nn.Conv2d):
    """`torch.nn.Conv2d` on a chip.

    Parameters
    ----------
    in_channels ... padding_mode : as in PyTorch.
    num_sends, wait_between_events, mock, **options : as in `Linear`.
    """

    n_axes = 2


def _check_sizes(title: str, n_axes: int, padding: Sizes | str, padding_mode: str, **sizes: Any) -> None:
    for name, size in sizes.items():
        check_sizes(f"{title}: {name}", size, 1, n_axes if name in _ALONG_AXES else 1)
    for name in ("in_channels", "out_channels"):
        if sizes[name] % sizes["groups"]:
            raise SettingError(
                f"{title}: {name} = {sizes[name]} must be a multiple of groups = {sizes['groups']}"
            )
    if padding_mode not in _PADDING_MODES:
        raise SettingError(
            f"{title}: padding_mode = {padding_mode!r} must be one of {', '.join(_PADDING_MODES)}"
        )
    if not isinstance(padding, str):
        check_sizes(f"{title}: padding", padding, 0, n_axes)
    elif padding not in ("same", "valid"):
        raise SettingError(f"{title}: padding = {padding!r} must be 'same', 'valid' or whole numbers")
    elif padding == "same" and {*np.ravel(sizes["stride"])} != {1}:
        raise SettingError(f"{title}: padding = 'same' needs stride = 1, not {sizes['stride']}")


def _two(sizes: tuple[int, ...]) -> tuple[int, int]:
    return (sizes[0], sizes[1]) if len(sizes) == 2 else (1, sizes[0])

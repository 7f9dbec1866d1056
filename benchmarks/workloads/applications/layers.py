"""Layers of a feed-forward network, as who sends to whom: cells of a layer stand channel by channel, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

Array = np.ndarray
Shape = tuple[int, int, int]  # channels, height, width


@dataclass(frozen=True, eq=False)
class Connections:
    """Presynaptic cells of each cell of a layer, and which of the layer's weights goes with each."""

    indptr: Array  # int64 [n_post + 1]
    pre: Array  # int32 [n]
    weight: Array  # int32 [n], index into the weights of the layer
    n_weights: int


class Layer(Protocol):
    """What follows a layer of a given shape."""

    def shape(self, before: Shape) -> Shape:
        """Return the shape of the layer."""

    def connections(self, before: Shape) -> Connections:
        """Return its synapses from a layer of the given shape."""


@dataclass(frozen=True)
class Dense:
    """All cells before send to all of ``size`` cells, each with a weight of its own."""

    size: int

    def shape(self, before: Shape) -> Shape:
        """Return the shape of the layer: one channel, one row."""
        return 1, 1, self.size

    def connections(self, before: Shape) -> Connections:
        """Return the synapses, ``[size, n_pre]`` of them."""
        n_pre = int(np.prod(before))
        n = n_pre * self.size
        indptr = np.arange(self.size + 1, dtype=np.int64) * n_pre
        pre = np.tile(np.arange(n_pre, dtype=np.int32), self.size)
        return Connections(indptr, pre, np.arange(n, dtype=np.int32), n)


@dataclass(frozen=True)
class Convolution:
    """Each of ``channels`` channels has a square kernel over all channels before; cells at the border see fewer."""

    channels: int
    kernel: int
    stride: int = 1
    padding: int = 0

    def shape(self, before: Shape) -> Shape:
        """Return the shape of the layer."""
        height, width = (_windows(n, self.kernel, self.stride, self.padding) for n in before[1:])
        return self.channels, height, width

    def connections(self, before: Shape) -> Connections:
        """Return the synapses; all cells of a channel share the weights of its kernel."""
        channels, height, width = before
        place, pre, tap = _window_cells(height, width, self.kernel, self.stride, self.padding)
        n_places = int(np.prod(self.shape(before)[1:]))
        taps = self.kernel * self.kernel
        # of one place: its window in the first channel before, then in the second, ...
        order = np.argsort(np.tile(place, channels), kind="stable")
        seen = (np.arange(channels)[:, None] * (height * width) + pre).ravel()[order]
        of_kernel = (np.arange(channels)[:, None] * taps + tap).ravel()[order]
        fan_in = np.bincount(place, minlength=n_places) * channels
        indptr = np.concatenate([[0], np.cumsum(np.tile(fan_in, self.channels), dtype=np.int64)])
        kernels = np.arange(self.channels, dtype=np.int32)[:, None] * np.int32(channels * taps)
        weight = (kernels + of_kernel.astype(np.int32)).ravel()
        return Connections(
            indptr, np.tile(seen.astype(np.int32), self.channels), weight, self.channels * channels * taps
        )


@dataclass(frozen=True)
class Pooling:
    """Each cell sees a square window of its own channel; all have the same weight."""

    kernel: int

    def shape(self, before: Shape) -> Shape:
        """Return the shape of the layer: windows do not overlap, and what fills none is left out."""
        channels, height, width = before
        return channels, height // self.kernel, width // self.kernel

    def connections(self, before: Shape) -> Connections:
        """Return the synapses."""
        channels, height, width = before
        place, pre, _tap = _window_cells(height, width, self.kernel, self.kernel, 0)
        in_order = pre[np.argsort(place, kind="stable")]
        cells = (np.arange(channels, dtype=np.int32)[:, None] * np.int32(height * width) + in_order).ravel()
        n_post = int(np.prod(self.shape(before)))
        indptr = np.arange(n_post + 1, dtype=np.int64) * self.kernel**2
        return Connections(indptr, cells.astype(np.int32), np.zeros(cells.size, np.int32), 1)


def _windows(n: int, kernel: int, stride: int, padding: int) -> int:
    return (n + 2 * padding - kernel) // stride + 1


def _window_cells(
    height: int, width: int, kernel: int, stride: int, padding: int
) -> tuple[Array, Array, Array]:
    """Return (place, cell, tap) of all pairs of a window's place and a cell in it, over one channel."""
    rows, columns = (_windows(n, kernel, stride, padding) for n in (height, width))
    y, x, dy, dx = np.meshgrid(
        np.arange(rows), np.arange(columns), np.arange(kernel), np.arange(kernel), indexing="ij"
    )
    row, column = y * stride + dy - padding, x * stride + dx - padding
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    return (y * columns + x)[inside], (row * width + column)[inside], (dy * kernel + dx)[inside]

"""Placer ``hilbert``: clusters in order of their numbers along a Hilbert curve, which keeps near what is near."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.place.problem import PlacementProblem
from neurohw.hardware.topology import topology_of

Array = np.ndarray


def hilbert(problem: PlacementProblem) -> Array:
    """Place items along the curve (Jin et al. 2023, doi:10.1145/3582016.3582038); where there is no grid, in order.

    The curve is that of the smallest square with a power of two as its side that holds the grid; what lies outside
    is left out, so that on other grids the way has gaps.
    """
    grid = topology_of(problem.chip.interconnect).grid
    return problem.start() if grid is None else hilbert_curve(*grid)[: problem.n_items]


def hilbert_curve(width: int, height: int) -> Array:
    """Return the tiles of a grid in the order of the curve, int32 [width * height]."""
    tiles = np.arange(width * height, dtype=np.int32)
    y, x = np.divmod(tiles, width)
    side = 1 << (max(width, height) - 1).bit_length()
    distance = np.zeros(tiles.size, np.int64)
    half = side // 2
    while half:
        right, lower = (x & half) > 0, (y & half) > 0
        distance += half * half * ((3 * right) ^ lower)
        # the quarter's own curve: the upper two lie on their sides, the right one also upside down
        mirrored = ~lower & right
        x, y = np.where(mirrored, side - 1 - x, x), np.where(mirrored, side - 1 - y, y)
        x, y = np.where(lower, x, y), np.where(lower, y, x)
        half //= 2
    return tiles[np.argsort(distance)]

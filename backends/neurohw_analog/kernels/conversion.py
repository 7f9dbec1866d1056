"""From sums of columns to digits: noise, floor and the range of the converter, added over blocks of rows."""

from __future__ import annotations

import math

import numpy as np

from neurohw.jit import kernel
from neurohw_analog.kernels.normals import LANES, TILE, fill_normals


@kernel
def convert(total, sums, scale, offset, sigma, variance, variance_scale, lowest, highest, draw, pieces):
    """Add the digits of one block of rows to ``total`` (int32 [vectors, columns]); return how many were clipped.

    Parameters
    ----------
    sums : float32 or float64 [vectors, columns], what a column adds up, in its own steps.
    scale, offset : float64 [columns], LSB for a step, and LSB where there is nothing.
    sigma : LSB, standard deviation of a column's noise.
    variance, variance_scale : float32 [vectors, columns] and float64 [columns], variance of the cells' noise in steps
        and LSB^2 for a step; no vectors where cells have none.
    lowest, highest : digits at which the converter clips.
    draw : (key, stream, first vector) of the noise, uint64.
    pieces : intercept and slope of :func:`neurohw_analog.kernels.normals.make_pieces`.
    """
    n_vectors, n_columns = sums.shape
    key, stream, first = draw
    has_cells = variance.shape[0] > 0
    is_noisy = sigma > 0.0 or has_cells
    normals = np.zeros(-(-n_columns // TILE) * TILE, np.float32)
    spread = np.full(n_columns, sigma)
    words = np.empty((4, LANES), np.uint32)
    numbers = np.empty(TILE, np.float32)
    clipped = 0
    for row in range(n_vectors):
        if is_noisy:
            fill_normals(normals, words, numbers, pieces[0], pieces[1], key, stream, first + np.uint64(row))
        if has_cells:
            cells = variance[row]
            for i in range(n_columns):
                spread[i] = math.sqrt(sigma * sigma + cells[i] * variance_scale[i])
        clipped += _convert_row(total[row], sums[row], scale, offset, spread, normals, lowest, highest)
    return clipped


@kernel
def _convert_row(total, sums, scale, offset, spread, normals, lowest, highest):
    clipped = np.int32(0)
    for i in range(total.size):
        digit = np.floor(sums[i] * scale[i] + offset[i] + spread[i] * normals[i])
        inside = lowest if digit < lowest else digit
        inside = highest if inside > highest else inside
        clipped += np.int32(inside != digit)
        total[i] += np.int32(inside)
    return clipped

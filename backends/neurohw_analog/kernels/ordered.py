"""A matrix product in double precision whose sums always run over the rows in order."""

from __future__ import annotations

import numpy as np

from neurohw.jit import kernel


@kernel
def ordered_product(x, w):
    """Return ``x @ w`` (float64 [n, columns]) of float64 [n, rows] and [rows, columns].

    Every sum starts at 0 and takes its rows in order, so that no number depends on how many vectors there are or how
    many threads a library has. Rows with an input of 0 are left out.
    """
    n, rows = x.shape
    out = np.zeros((n, w.shape[1]))
    for vector in range(n):
        sums = out[vector]
        row = 0
        while row + 4 <= rows:
            a, b, c, d = x[vector, row], x[vector, row + 1], x[vector, row + 2], x[vector, row + 3]
            if a != 0.0 or b != 0.0 or c != 0.0 or d != 0.0:
                _add_four(sums, a, w[row], b, w[row + 1], c, w[row + 2], d, w[row + 3])
            row += 4
        while row < rows:
            _add(sums, x[vector, row], w[row])
            row += 1
    return out


@kernel
def _add_four(sums, a, row_a, b, row_b, c, row_c, d, row_d):
    for i in range(sums.size):
        sums[i] = (((sums[i] + a * row_a[i]) + b * row_b[i]) + c * row_c[i]) + d * row_d[i]


@kernel
def _add(sums, a, row_a):
    for i in range(sums.size):
        sums[i] += a * row_a[i]

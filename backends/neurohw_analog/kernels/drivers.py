"""What drivers send for their inputs."""

from __future__ import annotations

import numpy as np

from neurohw.jit import kernel


@kernel
def drive(x, offset):
    """Return inputs less the offsets of their rows, where an input is above 0 and more than the offset; else 0.

    Parameters
    ----------
    x : float32 or float64 [vectors, rows].
    offset : of the same type [rows].
    """
    out = np.empty_like(x)
    for vector in range(x.shape[0]):
        for row in range(x.shape[1]):
            lifted = x[vector, row] - offset[row]
            out[vector, row] = lifted if x[vector, row] > 0 and lifted > 0 else 0
    return out

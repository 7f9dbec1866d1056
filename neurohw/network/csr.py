"""Compressed rows from lists of connections, by a stable counting sort (10 ns a synapse)."""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def csr_from_pairs(pre: Array, post: Array, n_pre: int, *values: Array) -> tuple[Array, ...]:
    """Sort connections by presynaptic cell, keeping the order within a row.

    Parameters
    ----------
    pre, post : integer arrays [n], presynaptic and postsynaptic index of each connection.
    n_pre : number of presynaptic cells.
    values : arrays [n] to carry along; one that ``np.broadcast_to`` made of a scalar stays so.

    Returns
    -------
    indptr (int64 [n_pre + 1]), target (int32 [n]), then each of ``values`` in the new order.
    """
    from neurohw.network.kernels import row_order, sort_by_row

    row, target = np.ascontiguousarray(pre, dtype=np.int32), np.ascontiguousarray(post, dtype=np.int32)
    if (row[1:] >= row[:-1]).all():
        return np.searchsorted(row, np.arange(n_pre + 1, dtype=np.int32)), target, *values
    if all(is_constant(value) for value in values):
        return *sort_by_row(row, n_pre, target), *values
    indptr, order = row_order(row, n_pre)
    return (
        indptr,
        target[order],
        *(value if is_constant(value) else np.asarray(value)[order] for value in values),
    )


def is_constant(array: Array) -> bool:
    """True for an array that ``np.broadcast_to`` made of one number."""
    return array.strides == (0,)

"""Synapses as a matrix [pre, post]: what several synapses of one pair become."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray


def _accumulate(ufunc: np.ufunc, start: float) -> Callable[..., Array]:
    def merge(pre: Array, post: Array, values: Array, shape: tuple[int, int]) -> Array:
        matrix = np.full(shape, start)
        ufunc.at(matrix, (pre, post), values)
        return matrix

    return merge


def _last(pre: Array, post: Array, values: Array, shape: tuple[int, int]) -> Array:
    return _first(pre[::-1], post[::-1], values[::-1], shape)


def _first(pre: Array, post: Array, values: Array, shape: tuple[int, int]) -> Array:
    matrix = np.zeros(shape)
    pairs, index = np.unique(np.ravel_multi_index((pre, post), shape), return_index=True)
    matrix.flat[pairs] = values[index]  # numpy does not say which of several values an assignment leaves
    return matrix


MERGE: dict[str, Callable[..., Array]] = {
    "sum": _accumulate(np.add, 0.0),
    "min": _accumulate(np.minimum, np.inf),
    "max": _accumulate(np.maximum, -np.inf),
    "first": _first,
    "last": _last,
}

"""Arrays that begin with cache lines, and memory that threads do not share.

A line that one processor writes is taken from all others, which wait for it to come back: counters of two threads that
happened to be neighbours in one made each write as slow as one to memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np

from neurohw_event.layout import Array

CACHE_LINE = 64  # bytes
_PAIR = 128  # bytes of two lines, as they are fetched in pairs
_LARGE = 2**16  # bytes; of larger arrays only the ends can meet others

T = TypeVar("T")


def aligned_zeros(n: int, dtype: np.dtype) -> Array:
    """Return zeros that begin with a cache line: records of that size lie in one each, not across two."""
    raw = np.zeros(n * dtype.itemsize + CACHE_LINE, np.uint8)
    begin = -raw.ctypes.data % CACHE_LINE
    return raw[begin : begin + n * dtype.itemsize].view(dtype)


def apart(state: T, shared: Any = ()) -> T:
    """Return a tuple of arrays, and of such tuples, in which arrays have cache lines of their own.

    Those that are in ``shared``, another such tuple, and large ones are left where they are.
    """
    return _apart(state, {id(array) for array in _arrays(shared)})


def _apart(value: Any, shared: set[int]) -> Any:
    if isinstance(value, np.ndarray):
        return value if id(value) in shared or value.nbytes > _LARGE else _alone(value)
    if isinstance(value, tuple):
        return type(value)._make(_apart(part, shared) for part in value)  # type: ignore[attr-defined]
    return value


def _alone(array: Array) -> Array:
    """Return a copy whose cache lines hold nothing else."""
    memory = np.empty(array.nbytes + 2 * _PAIR, np.uint8)
    begin = -memory.ctypes.data % _PAIR
    copy = memory[begin : begin + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def _arrays(value: Any) -> Iterator[Array]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _arrays(part)

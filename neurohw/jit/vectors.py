"""Vectors of 32 numbers for kernels: what they do one by one in a loop, the processor does for several at a time.

A loop over an array is taken so, too, if its compiler finds that nothing else refers to the same memory; that it asks
each time, and does the rest of an array one by one. Vectors are for short loops, and for state that is to stay in
registers. They have ``+``, ``-``, ``*``, and ``<`` and ``>=``, which give vectors of flags, and these have ``&``. In
Python they are arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from neurohw.jit.instruction import on_vectors

LANES = 32  # numbers in a vector: with three vectors a loop fills half of the registers of AVX-512


@on_vectors("load")
def load(array: Any, index: int) -> Any:
    """Return the numbers of an array, of any type, from an index on; all must be there."""
    return array[index : index + LANES].astype(np.float64)


@on_vectors("fetch")
def fetch(array: Any, index: int) -> None:
    """Have those numbers fetched into the first cache while work goes on, if they are there; in Python nothing.

    Of each 64 bytes the line is fetched in which they end. That in which the first number stands may be another one:
    it is fetched with the numbers before.
    """


@on_vectors("store")
def store(array: Any, index: int, vector: Any) -> None:
    """Write a vector to an array of float64 from an index on, where there must be room."""
    array[index : index + LANES] = vector


@on_vectors("spread")
def spread(number: float) -> Any:
    """Return a vector of one number."""
    return np.full(LANES, number)


@on_vectors("where")
def where(flags: Any, vector: Any, other: Any) -> Any:
    """Return a vector that has the numbers of one where flags are set, and else those of the other."""
    return np.where(flags, vector, other)


@on_vectors("bits")
def bits(flags: Any) -> int:
    """Return flags as bits of a number, the first one the lowest."""
    return int(np.packbits(flags, bitorder="little").view("<u4")[0])

"""Sorting in place, without allocation."""

import numpy as np

from neurohw.jit import inlined, inner

DIGIT = 8  # bits
N_DIGITS = 1 << DIGIT
_BITS = 63  # of a value
_FEW = 24  # up to so many, shifting them is faster than counting digits


@inner
def sort_ascending(values):
    """Sort an array of whole numbers by Shell's method with the gaps of Knuth (1973)."""
    if _is_ascending(values):
        return
    gap = 1
    while gap < values.size // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, values.size):
            value = values[i]
            j = i
            while j >= gap and values[j - gap] > value:
                values[j] = values[j - gap]
                j -= gap
            values[j] = value
        gap //= 3


@inlined
def _is_ascending(values):
    """True when values are sorted, as often they are."""
    at = 1
    while at < values.size and values[at - 1] <= values[at]:
        at += 1
    return at >= values.size


@inner
def sort_by_digits(values, spare, counts):
    """Sort whole numbers from 0 on by one digit after the other, the lowest first (Knuth 1973, section 5.2.5).

    ``spare`` is as long as ``values``, ``counts`` holds ``N_DIGITS`` numbers; both are scratch, of int64.
    """
    if values.size <= _FEW or _is_ascending(values):
        sort_ascending(values)
        return
    largest = np.int64(0)
    for value in values:
        largest = max(largest, value)
    shift = 0
    while shift < _BITS and largest >> shift > 0:
        _sort_by_digit(values, spare, counts, shift)
        _sort_by_digit(spare, values, counts, shift + DIGIT)
        shift += 2 * DIGIT


@inlined
def _sort_by_digit(values, out, counts, shift):
    """Write values to ``out`` by the digit that begins with bit ``shift``; those alike stay in order."""
    for digit in range(N_DIGITS):
        counts[digit] = 0
    for value in values:
        counts[np.uint64(value >> shift) & np.uint64(N_DIGITS - 1)] += 1
    before = np.int64(0)
    for digit in range(N_DIGITS):
        before, counts[digit] = before + counts[digit], before
    for value in values:
        digit = np.uint64(value >> shift) & np.uint64(N_DIGITS - 1)
        out[counts[digit]] = value
        counts[digit] += 1

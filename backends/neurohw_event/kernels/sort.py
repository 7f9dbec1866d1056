"""Sorting in place, without allocation."""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.bits import lowest_bit

DIGIT, SHORT_DIGIT = 8, 6  # bits
N_DIGITS = 1 << DIGIT
_BITS = 63  # of a value
_FEW = 24  # up to so many, shifting them is faster than counting digits
_SEVERAL = 512  # from so many on, fewer passes are faster


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

    Only bits in which they differ count; digits of a few values are shorter, as counts cost more than the values.
    ``spare`` is as long as ``values``, ``counts`` holds ``N_DIGITS`` numbers; both are scratch, of int64.
    """
    if values.size <= _FEW or _is_ascending(values):
        sort_ascending(values)
        return
    differ = np.int64(0)
    for value in values:
        differ |= value ^ values[0]
    width = SHORT_DIGIT if values.size < _SEVERAL else DIGIT
    shift = np.int64(lowest_bit(np.uint64(differ)))
    while differ >> shift > 0:
        _sort_by_digit(values, spare, counts, shift, width)
        shift += width
        if differ >> min(shift, _BITS) > 0:
            _sort_by_digit(spare, values, counts, shift, width)
        else:
            for index in range(values.size):
                values[index] = spare[index]
        shift = min(shift + width, _BITS)


@inlined
def _sort_by_digit(values, out, counts, shift, width):
    """Write values to ``out`` by the digit that begins with bit ``shift``; those alike stay in order."""
    mask = (np.uint64(1) << np.uint64(width)) - np.uint64(1)
    for digit in range(1 << width):
        counts[digit] = 0
    for value in values:
        counts[np.uint64(value >> shift) & mask] += 1
    before = np.int64(0)
    for digit in range(1 << width):
        before, counts[digit] = before + counts[digit], before
    for value in values:
        digit = np.uint64(value >> shift) & mask
        out[counts[digit]] = value
        counts[digit] += 1

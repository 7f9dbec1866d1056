"""Compiled loops that networks need on every backend: row sorting and random numbers.

Random numbers come from Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405), a function of
(seed, stream, index, count): the same whatever the chunks of a run, the backend or the number of threads. Counts of
busy sources come from Philox4x32-7, the fewest rounds with which it passes all tests of BigCrush (table 2 there).
"""

from __future__ import annotations

import math

import numpy as np

from neurohw.jit import inlined, inner, kernel, leaf

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_TO_UNIT = 2.0**-53
_STREAM_SHIFT = np.uint64(48)
_BITS_OF_ROOT = np.int64(np.float64(math.sqrt(0.5)).view(np.int64))
_MANTISSA = np.int64(52)
_LOG_2 = math.log(2.0)

# what random numbers are for: no two uses share one
STREAM_TRAIN = 0  # spikes of a source; index: global id of the cell
STREAM_FIRING = 1  # stochastic firing; index: global id of the cell, count: tick
STREAM_SYNAPSE = 2  # stochastic release; index: number of the synapse, count: numbers that it has drawn
STREAM_CURRENT = 3  # noisy currents; index: number of the source
STREAM_TRAFFIC = 4  # packets without neurons; index: tile, count: numbers that it has drawn
STREAM_PLACEMENT = 5  # moves of a placer; count: number of the move
# spikes of a busy source; index: global id of the cell, count: as in ``sources.counts.halves``
STREAM_COUNT = 6


def row_order(row, n_rows):
    """Return (indptr, order): the stable permutation that sorts connections by ``row`` (int32 [n])."""
    indptr, order = np.zeros(n_rows + 1, np.int64), np.empty(row.size, np.int64)
    _order_rows(row, indptr, np.empty(n_rows, np.int64), order)
    return indptr, order


def sort_by_row(row, n_rows, values):
    """Return (indptr, values): int32 [n] in the order of ``row_order``, which takes twice their memory."""
    indptr, out = np.zeros(n_rows + 1, np.int64), np.empty(row.size, np.int32)
    _sort_by_row(row, indptr, np.empty(n_rows, np.int64), values, out)
    return indptr, out


@leaf
def _order_rows(row, indptr, place, order):
    """Fill ``indptr`` (zeros before) and ``order``; ``place`` is scratch, one number a row."""
    _count_rows(row, indptr, place)
    for i in range(row.size):
        order[place[row[i]]] = i
        place[row[i]] += 1


@leaf
def _sort_by_row(row, indptr, place, values, out):
    """Fill ``indptr`` (zeros before) and ``out``; ``place`` is scratch, one number a row."""
    _count_rows(row, indptr, place)
    for i in range(row.size):
        out[place[row[i]]] = values[i]
        place[row[i]] += 1


@inlined
def _count_rows(row, indptr, place):
    """Fill ``indptr`` (zeros before), and ``place`` with where each row begins."""
    for i in range(row.size):
        indptr[row[i] + 1] += 1
    for i in range(place.size):
        indptr[i + 1] += indptr[i]
        place[i] = indptr[i]


@inlined
def philox(key_0, key_1, c_0, c_1, c_2, c_3):
    """Return four words (uint64 below 2^32) of Philox4x32-10 for a 2-word key and a 4-word counter."""
    for _ in range(10):
        c_0, c_1, c_2, c_3 = _round(key_0, key_1, c_0, c_1, c_2, c_3)
        key_0, key_1 = (key_0 + _WEYL_0) & _LOW, (key_1 + _WEYL_1) & _LOW
    return c_0, c_1, c_2, c_3


@inlined
def philox_7(key_0, key_1, c_0, c_1, c_2, c_3):
    """Return four words of Philox4x32-7; arguments as of ``philox``."""
    for _ in range(7):
        c_0, c_1, c_2, c_3 = _round(key_0, key_1, c_0, c_1, c_2, c_3)
        key_0, key_1 = (key_0 + _WEYL_0) & _LOW, (key_1 + _WEYL_1) & _LOW
    return c_0, c_1, c_2, c_3


@inlined
def _round(key_0, key_1, c_0, c_1, c_2, c_3):
    product_0, product_1 = _MULTIPLIER_0 * c_0, _MULTIPLIER_1 * c_2
    return (
        (product_1 >> _SHIFT) ^ c_1 ^ key_0,
        product_1 & _LOW,
        (product_0 >> _SHIFT) ^ c_3 ^ key_1,
        product_0 & _LOW,
    )


@inlined
def uniform_pair(seed, stream, index, count):
    """Return two numbers, uniform in [0, 1) and independent; the first is what ``uniform`` returns."""
    a, b, c, d = four_words(seed, stream, index, count)
    return _unit(a, b), _unit(c, d)


@inlined
def four_words(seed, stream, index, count):
    """Return four independent words (uint64 below 2^32); arguments as of ``uniform``."""
    key_0, key_1, c_0, c_1, c_2, c_3 = _key_and_counter(seed, stream, index, count)
    return philox(key_0, key_1, c_0, c_1, c_2, c_3)


@inlined
def four_words_7(seed, stream, index, count):
    """Return four independent words of ``philox_7`` of a stream that has these alone; arguments as of ``uniform``."""
    key_0, key_1, c_0, c_1, c_2, c_3 = _key_and_counter(seed, stream, index, count)
    return philox_7(key_0, key_1, c_0, c_1, c_2, c_3)


@inlined
def _key_and_counter(seed, stream, index, count):
    count_ = np.uint64(count)
    index_ = np.uint64(index) | np.uint64(stream) << _STREAM_SHIFT
    seed_ = np.uint64(seed)
    return seed_ & _LOW, seed_ >> _SHIFT, count_ & _LOW, count_ >> _SHIFT, index_ & _LOW, index_ >> _SHIFT


@kernel
def uniform(seed, stream, index, count):
    """Return the ``count``-th number, uniform in [0, 1), that a stream has for a cell or a synapse.

    All arguments are int64; ``stream`` is one of ``STREAM_*``, ``index`` below 2^48 and ``count`` at least 0.
    """
    return uniform_pair(seed, stream, index, count)[0]


@inlined
def _unit(high, low):
    """Return the number in [0, 1) that 53 bits of two words give."""
    return np.float64((high >> np.uint64(5)) * np.uint64(67108864) + (low >> np.uint64(6))) * _TO_UNIT


@inner
def exponential(seed, cell, count):
    """Return the ``count``-th standard exponential deviate of a cell (int64 arguments)."""
    return _minus_log(1.0 - uniform(seed, STREAM_TRAIN, cell, count))


@inner
def fill_exponentials(out, seed, cell, count):
    """Write the deviates of a cell from the ``count``-th on into ``out`` (float64), several at a time."""
    for i in range(out.size):
        out[i] = _minus_log(1.0 - uniform_pair(seed, STREAM_TRAIN, cell, count + i)[0])


@inner
def fill_exponentials_of(out, seed, cell, count):
    """Write a deviate of each cell, with the counts of each, into ``out`` (float64), several at a time."""
    for i in range(out.size):
        out[i] = _minus_log(1.0 - uniform_pair(seed, STREAM_TRAIN, cell[i], count[i])[0])


@inlined
def _minus_log(x):
    """Return -log(x) for a number above 0 and up to 1, to a few units in the last place.

    Not the library's function: that is not the same on all machines, and takes one number at a time. The number is
    2^e m with m from sqrt(1/2) to sqrt(2), and log m = 2 artanh s with s = (m - 1) / (m + 1), by its Taylor series.
    """
    bits = np.float64(x).view(np.int64)
    e = (bits - _BITS_OF_ROOT) >> _MANTISSA
    m = np.int64(bits - (e << _MANTISSA)).view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    series = 1 / 17 + z * (1 / 19 + z * (1 / 21))
    series = 1 / 11 + z * (1 / 13 + z * (1 / 15 + z * series))
    series = 1 / 5 + z * (1 / 7 + z * (1 / 9 + z * series))
    return -np.float64(e) * _LOG_2 - (2.0 * s + 2.0 * s * z * (1 / 3 + z * series))

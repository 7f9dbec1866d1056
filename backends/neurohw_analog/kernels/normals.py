"""Normal variates as a function of (seed, stream, vector, column): cheap, and the same however a batch is cut.

Words come from Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405). A word becomes a normal variate by
inversion of the normal distribution with straight pieces, finer towards the tails: 32 in each factor of two of the tail
probability, as in hierarchical segmentation (Lee et al. 2006, doi:10.1109/TVLSI.2006.884048). The largest error is
below 1e-4 standard deviations, and tails reach 6.2 of them.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from neurohw.jit import kernel

TILE = 64  # columns whose variates are made at a time, 16 from each of the four words
LANES = 16

_FRACTION_BITS = 23  # of a float32
_PIECE_BITS = 5  # pieces in each octave: 2^5
_SHIFT = np.int32(_FRACTION_BITS - _PIECE_BITS)
_LOWEST = np.int32(np.float32(0.5).view(np.int32) >> (_FRACTION_BITS - _PIECE_BITS))
_WORDS = 2.0**32

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF_WORD = np.uint64(32)


def make_pieces() -> tuple[np.ndarray, np.ndarray]:
    """Return intercept and slope (float32) of each piece: variate = intercept + slope * (number + 1/2).

    The number has 31 bits; (number + 1/2) / 2^32 is the probability of a larger variate.
    """
    first = np.arange(32 << _PIECE_BITS, dtype=np.int64) + int(_LOWEST)
    edges = (np.append(first, first[-1] + 1) << int(_SHIFT)).astype(np.int32).view(np.float32).astype(float)
    height = -ndtri(edges / _WORDS)
    slope = np.diff(height) / np.diff(edges)
    intercept = height[:-1] - slope * edges[:-1]
    # one more for the number that rounds up to 2^31
    return np.append(intercept, 0.0).astype(np.float32), np.append(slope, 0.0).astype(np.float32)


@kernel
def fill_words(words, key, stream, vector, tile):
    """Fill ``words`` (uint32 [4, 16]) for one tile of columns of a vector; arguments are uint64."""
    vector_low = vector & _LOW
    vector_high = vector >> _HALF_WORD
    for lane in range(LANES):
        c_0 = np.uint64(tile * LANES + lane)
        c_1 = stream
        c_2 = vector_low
        c_3 = vector_high
        key_0 = key & _LOW
        key_1 = key >> _HALF_WORD
        for _ in range(10):
            product_0 = _MULTIPLIER_0 * c_0
            product_1 = _MULTIPLIER_1 * c_2
            c_0, c_1, c_2, c_3 = (
                (product_1 >> _HALF_WORD) ^ c_1 ^ key_0,
                product_1 & _LOW,
                (product_0 >> _HALF_WORD) ^ c_3 ^ key_1,
                product_0 & _LOW,
            )
            key_0 = (key_0 + _WEYL_0) & _LOW
            key_1 = (key_1 + _WEYL_1) & _LOW
        words[0, lane] = np.uint32(c_0)
        words[1, lane] = np.uint32(c_1)
        words[2, lane] = np.uint32(c_2)
        words[3, lane] = np.uint32(c_3)


@kernel
def fill_normals(out, words, numbers, intercept, slope, key, stream, vector):
    """Fill ``out`` (float32, a whole number of tiles) with the variates of a vector's columns.

    ``words`` (uint32 [4, 16]) and ``numbers`` (float32 [64]) are room to work in.
    """
    flat = words.reshape(-1)
    bits = numbers.view(np.int32)
    for tile in range(out.size // TILE):
        fill_words(words, key, stream, vector, tile)
        for i in range(TILE):
            numbers[i] = np.float32(np.int32(flat[i] >> np.uint32(1))) + np.float32(0.5)
        part = out[tile * TILE : (tile + 1) * TILE]
        for i in range(TILE):
            piece = np.uint32((bits[i] >> _SHIFT) - _LOWEST)
            height = intercept[piece] + slope[piece] * numbers[i]
            part[i] = height if flat[i] & np.uint32(1) else -height

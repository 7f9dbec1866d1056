"""The Mersenne Twister MT19937 (Matsumoto & Nishimura 1998, doi:10.1145/272991.272995), compiled.

numpy's ``RandomState`` is this generator. Its state is read into :class:`Words` and written back after use, so
that compiled loops draw the very numbers that the same calls of numpy would draw, and leave it where they would.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.jit import inlined, inner, kernel

LENGTH = 624
_SHIFT = 397
_LAG = LENGTH - _SHIFT
_UPPER = np.uint32(0x80000000)
_LOWER = np.uint32(0x7FFFFFFF)
_MATRIX = np.uint32(0x9908B0DF)


class Words(NamedTuple):
    """The generator's state; ``tempered[position[0]:]`` are the next 32-bit words."""

    key: np.ndarray  # uint32 [624]
    tempered: np.ndarray  # uint32 [624], the words that belong to the key
    position: np.ndarray  # int64 [1]


@inlined
def _mixed(high, low, far):
    joined = (high & _UPPER) | (low & _LOWER)
    return far ^ (joined >> np.uint32(1)) ^ ((joined & np.uint32(1)) * _MATRIX)


@kernel
def temper(words):
    """Fill ``tempered`` from the key."""
    for k in range(LENGTH):
        y = words.key[k]
        y ^= y >> np.uint32(11)
        y ^= (y << np.uint32(7)) & np.uint32(0x9D2C5680)
        y ^= (y << np.uint32(15)) & np.uint32(0xEFC60000)
        y ^= y >> np.uint32(18)
        words.tempered[k] = y


@inner
def refill(words):
    """Go on to the next 624 words; loops of constant distance, which the compiler makes vector code of."""
    key = words.key
    for k in range(_LAG):
        key[k] = _mixed(key[k], key[k + 1], key[k + _SHIFT])
    for k in range(_SHIFT - 1):
        key[k + _LAG] = _mixed(key[k + _LAG], key[k + _LAG + 1], key[k])
    key[LENGTH - 1] = _mixed(key[LENGTH - 1], key[0], key[_SHIFT - 1])
    temper(words)
    words.position[0] = 0


@inlined
def next_word(words):
    """Return the next word."""
    if words.position[0] == LENGTH:
        refill(words)
    word = words.tempered[words.position[0]]
    words.position[0] += 1
    return word


@inlined
def mask_of(top):
    """Return the least 2^k - 1 that is not below ``top``."""
    mask = np.int64(0)
    while mask < top:
        mask = 2 * mask + 1
    return mask


@inlined
def integer_up_to(words, top, mask):
    """Return an integer from 0 to ``top``: words masked to as few bits as it needs, until one is in range."""
    if top == 0:
        return np.int64(0)
    value = np.int64(next_word(words)) & mask
    while value > top:
        value = np.int64(next_word(words)) & mask
    return value

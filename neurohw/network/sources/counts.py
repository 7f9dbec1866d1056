"""How often a busy Poisson source fires in a tick, compiled: a function of (seed, global id, tick) alone.

A block of four ticks has four random words; the count in a tick is where its word lies in the distribution, exact to
2^-32 for every probability.
"""

from __future__ import annotations

import numpy as np

from neurohw.jit import inlined, inner
from neurohw.network.kernels import STREAM_COUNT, four_words
from neurohw.network.sources.columns import PLACE, PROCESS, Process

BLOCK = 4  # ticks
BOUNDS = 8  # of a table, gone through at once
_POISSON = int(Process.POISSON)


@inlined
def place_of(clock, row):
    """Return the place of a random source in the tables of counts, -1 where it has none."""
    return clock[row, PLACE] if clock[row, PROCESS] == _POISSON else np.int64(-1)


@inner
def count_at(tables, place, seed, cell, tick):
    """Return the spikes in a tick of the source ``cell`` (global id) that has ``place`` in the tables."""
    if tick < tables.first_tick[place] or tick > tables.last_tick[place]:
        return np.int64(0)
    words = four_words(seed, STREAM_COUNT, cell, tick // BLOCK)
    return count_of(tables, table_at(tables, place, tick), np.uint32(words[tick % BLOCK]))


@inlined
def table_at(tables, place, tick):
    """Return the table of a source in a tick between its first and its last."""
    if tick == tables.first_tick[place]:
        return tables.table[place, 0]
    return tables.table[place, 2 if tick == tables.last_tick[place] else 1]


@inlined
def count_of(tables, table, word):
    """Return the count that a random word stands for, by bisection."""
    bound = tables.bound[table]
    low, high = np.int64(0), tables.size[table]
    while low < high:
        middle = (low + high) >> 1
        if word > bound[middle]:
            low = middle + 1
        else:
            high = middle
    return tables.lowest[table] + low


@inner
def fill_words(words_0, words_1, words_2, words_3, seed, first, block):
    """Write the random words of the cells from ``first`` on in the four ticks of a block (uint32 [n] each)."""
    for i in range(words_0.size):
        a, b, c, d = four_words(seed, STREAM_COUNT, first + i, block)
        words_0[i] = np.uint32(a)
        words_1[i] = np.uint32(b)
        words_2[i] = np.uint32(c)
        words_3[i] = np.uint32(d)


@inner
def fill_counts(counts, words, lowest, bound, n_bounds):
    """Write the counts (uint16 [n]) that words stand for; each has a column of ``bound`` (uint32 [width, n])."""
    for i in range(counts.size):
        counts[i] = lowest[i]
    for k in range(0, n_bounds, BOUNDS):
        lower, upper = bound[k : k + 4], bound[k + 4 : k + 8]
        _count_exceeded(
            counts, words, lower[0], lower[1], lower[2], lower[3], upper[0], upper[1], upper[2], upper[3]
        )


@inner
def fill_equal_counts(counts, words, lowest, bound, n_bounds):
    """Write the counts (uint16 [n]) that words stand for; all have the first column of ``bound``."""
    for i in range(counts.size):
        counts[i] = lowest
    for k in range(0, n_bounds, BOUNDS):
        _count_exceeded_by_all(counts, words, bound[k : k + BOUNDS, 0])


@inner
def _count_exceeded_by_all(counts, words, bounds):
    """Add to counts how many of eight bounds, the same for all, each word exceeds."""
    bound_0, bound_1, bound_2, bound_3 = bounds[0], bounds[1], bounds[2], bounds[3]
    bound_4, bound_5, bound_6, bound_7 = bounds[4], bounds[5], bounds[6], bounds[7]
    for i in range(counts.size):
        word = words[i]
        n = np.uint32(word > bound_0) + np.uint32(word > bound_1)
        n += np.uint32(word > bound_2) + np.uint32(word > bound_3)
        n += np.uint32(word > bound_4) + np.uint32(word > bound_5)
        n += np.uint32(word > bound_6) + np.uint32(word > bound_7)
        counts[i] += np.uint16(n)


@inner
def _count_exceeded(counts, words, bound_0, bound_1, bound_2, bound_3, bound_4, bound_5, bound_6, bound_7):
    """Add to counts how many of eight bounds each word exceeds; with fewer, counts are loaded and stored more often."""
    for i in range(counts.size):
        word = words[i]
        n = np.uint32(word > bound_0[i]) + np.uint32(word > bound_1[i])
        n += np.uint32(word > bound_2[i]) + np.uint32(word > bound_3[i])
        n += np.uint32(word > bound_4[i]) + np.uint32(word > bound_5[i])
        n += np.uint32(word > bound_6[i]) + np.uint32(word > bound_7[i])
        counts[i] += np.uint16(n)

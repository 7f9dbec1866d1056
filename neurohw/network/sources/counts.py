"""How often a busy Poisson source fires in a tick, compiled: a function of (seed, global id, tick) alone.

The count in a tick is what a random word of 32 bits stands for: of the 2^32 words as many stand for each count as the
distribution says, so that each probability is exact to 2^-32. Nearly always the upper half of the word says which: each
count has the halves that belong to it alone, one after the other, as a table that is looked up by the first bits of a
number (Marsaglia 1963, doi:10.1145/366193.366228) would have. Halves behind these are the *rest*, of which lower halves
are drawn, too: there each count has the words that are left of its own. A block of eight ticks has two calls of the
random generator, one with its upper halves and one with its lower ones, two in each of the four words.
"""

from __future__ import annotations

import numpy as np

from neurohw.jit import inlined, inner
from neurohw.network.kernels import STREAM_COUNT, four_words_7
from neurohw.network.sources.columns import PLACE, PROCESS, Process

BLOCK = 8  # ticks
BOUNDS = 6  # of a table, gone through at once
UPPER, LOWER = range(2)
_HALF, _OF_HALF = np.uint64(16), np.uint64(0xFFFF)
_POISSON = int(Process.POISSON)


@inlined
def place_of(clock, row):
    """Return the place of a random source in the tables of counts, -1 where it has none."""
    return clock[row, PLACE] if clock[row, PROCESS] == _POISSON else np.int64(-1)


@inlined
def halves(seed, cell, block, which):
    """Return four words with the ``UPPER`` or ``LOWER`` halves of a block of ticks, the first in the lowest bits."""
    return four_words_7(seed, STREAM_COUNT, cell, 2 * block + which)


@inlined
def half_at(seed, cell, tick, which):
    """Return half of the random word of a source (global id) in a tick."""
    words = halves(seed, cell, tick // BLOCK, which)
    word = words[tick % BLOCK >> 1]
    return np.uint16((word >> _HALF if tick & 1 else word) & _OF_HALF)


@inner
def count_at(tables, place, seed, cell, tick):
    """Return the spikes in a tick of the source ``cell`` (global id) that has ``place`` in the tables."""
    if tick < tables.first_tick[place] or tick > tables.last_tick[place]:
        return np.int64(0)
    return count_of(tables, table_at(tables, place, tick), half_at(seed, cell, tick, UPPER), seed, cell, tick)


@inlined
def table_at(tables, place, tick):
    """Return the table of a source in a tick between its first and its last."""
    if tick == tables.first_tick[place]:
        return tables.table[place, 0]
    return tables.table[place, 2 if tick == tables.last_tick[place] else 1]


@inlined
def count_of(tables, table, upper, seed, cell, tick):
    """Return the count that the upper half of the word of a source in a tick stands for, by bisection."""
    bound = tables.bound[table]
    low, high = np.int64(0), tables.size[table]
    while low < high:
        middle = (low + high) >> 1
        if upper > bound[middle]:
            low = middle + 1
        else:
            high = middle
    if low < tables.size[table]:
        return tables.lowest[table] + low
    return count_of_rest(tables, table, upper, half_at(seed, cell, tick, LOWER))


@inner
def count_of_rest(tables, table, upper, lower):
    """Return the count of a word in the rest, by bisection."""
    above = np.int64(upper) - np.int64(tables.bound[table, tables.size[table] - 1]) - 1
    word = np.int64(lower) + above * 65536
    rest = tables.rest[table]
    low, high = np.int64(0), rest.size - 1
    while low < high:
        middle = (low + high) >> 1
        if word >= rest[middle]:
            low = middle + 1
        else:
            high = middle
    return tables.lowest_of_rest[table] + low


@inner
def fill_halves(half_0, half_1, half_2, half_3, half_4, half_5, half_6, half_7, seed, first, block):
    """Write the upper halves of the cells from ``first`` on in the eight ticks of a block (uint16 [n] each)."""
    for i in range(half_0.size):
        a, b, c, d = halves(seed, first + i, block, UPPER)
        half_0[i] = np.uint16(a)
        half_1[i] = np.uint16(a >> _HALF)
        half_2[i] = np.uint16(b)
        half_3[i] = np.uint16(b >> _HALF)
        half_4[i] = np.uint16(c)
        half_5[i] = np.uint16(c >> _HALF)
        half_6[i] = np.uint16(d)
        half_7[i] = np.uint16(d >> _HALF)


@inlined
def fill_counts(counts, upper, lowest, bound, n_bounds):
    """Write the counts (uint8 [n]) that upper halves stand for; each has a column of ``bound`` (uint16 [width, n]).

    Returns how many are in the rest: what is written for these is no count.
    """
    for i in range(counts.size):
        counts[i] = lowest[i]
    n_in_rest = np.int64(0)
    for k in range(0, n_bounds, BOUNDS):
        b = bound[k : k + BOUNDS]
        n_in_rest = _count_exceeded(counts, upper, b[0], b[1], b[2], b[3], b[4], b[5])
    return n_in_rest


@inlined
def fill_equal_counts(counts, upper, lowest, bound, n_bounds):
    """Write counts as ``fill_counts`` does; all have the first column of ``bound``."""
    for i in range(counts.size):
        counts[i] = lowest
    n_in_rest = np.int64(0)
    for k in range(0, n_bounds, BOUNDS):
        n_in_rest = _count_exceeded_by_all(counts, upper, bound[k : k + BOUNDS, 0])
    return n_in_rest


@inlined
def _count_exceeded_by_all(counts, upper, bounds):
    """Add to counts how many of six bounds, the same for all, each half exceeds; returns how many exceed all six."""
    bound_0, bound_1, bound_2 = bounds[0], bounds[1], bounds[2]
    bound_3, bound_4, bound_5 = bounds[3], bounds[4], bounds[5]
    n_above = np.uint16(0)
    for i in range(counts.size):
        half = upper[i]
        n = np.uint16(np.uint16(half > bound_0) + np.uint16(half > bound_1))
        n = np.uint16(n + np.uint16(half > bound_2))
        n = np.uint16(n + np.uint16(half > bound_3))
        n = np.uint16(n + np.uint16(half > bound_4))
        n = np.uint16(n + np.uint16(half > bound_5))
        counts[i] += np.uint8(n)
        n_above = np.uint16(n_above + np.uint16(half > bound_5))
    return np.int64(n_above)


@inlined
def _count_exceeded(counts, upper, bound_0, bound_1, bound_2, bound_3, bound_4, bound_5):
    """Do as ``_count_exceeded_by_all`` does; with fewer bounds at once counts are loaded and stored more often."""
    n_above = np.uint16(0)
    for i in range(counts.size):
        half = upper[i]
        n = np.uint16(np.uint16(half > bound_0[i]) + np.uint16(half > bound_1[i]))
        n = np.uint16(n + np.uint16(half > bound_2[i]))
        n = np.uint16(n + np.uint16(half > bound_3[i]))
        n = np.uint16(n + np.uint16(half > bound_4[i]))
        n = np.uint16(n + np.uint16(half > bound_5[i]))
        counts[i] += np.uint8(n)
        n_above = np.uint16(n_above + np.uint16(half > bound_5[i]))
    return np.int64(n_above)

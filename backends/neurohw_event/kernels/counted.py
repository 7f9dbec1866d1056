"""Busy Poisson sources that are counted: the counts of many sources at once, several a machine instruction."""

import numpy as np

from neurohw.jit import inner
from neurohw.network.sources.counts import (
    BLOCK,
    count_of,
    fill_counts,
    fill_equal_counts,
    fill_words,
    table_at,
)

CHUNK = 256  # sources


@inner
def count_drive(drives, drive, tables, seed, tick, last):
    """Write the counts of a drive's sources from ``tick`` to ``last``; those that are not counted get 0."""
    columns = drives.columns
    place, first = drives.place[drive], drives.first[drive]
    n_sources = drives.end[drive] - first
    for begin in range(0, n_sources, CHUNK):
        size = min(CHUNK, n_sources - begin)
        # rows of their own lie close together in memory, and are written several numbers at a time
        words = columns.words
        a, b, c, d = words[0, :size], words[1, :size], words[2, :size], words[3, :size]
        for block in range(tick // BLOCK, last // BLOCK + 1):
            fill_words(a, b, c, d, seed, first + begin, block)
            for now in range(max(tick, BLOCK * block), min(last, BLOCK * block + BLOCK - 1) + 1):
                row = drives.counts[now & (drives.counts.shape[0] - 1), place + begin : place + begin + size]
                word = columns.words[now % BLOCK, :size]
                chunk = columns.chunk[drive] + begin // CHUNK
                lowest, bound, n_bounds = columns.lowest[chunk], columns.bound[chunk], columns.n_bounds[chunk]
                if columns.are_equal[chunk]:
                    fill_equal_counts(row, word, lowest[0], bound, n_bounds)
                else:
                    fill_counts(row, word, lowest, bound, n_bounds)
                if not columns.all_from[chunk] <= now <= columns.all_to[chunk]:
                    _correct(row, word, columns, chunk, drives.counted[place + begin :], tables, now)


@inner
def add_counts(drives, drive, spikes, tick, last):
    """Add what a drive's sources do from ``tick`` to ``last`` to their ``spikes``; returns how many these are."""
    mask = drives.counts.shape[0] - 1
    place, first = drives.place[drive], drives.first[drive]
    n_sources = drives.end[drive] - first
    total = np.int64(0)
    for begin in range(0, n_sources, CHUNK):
        size = min(CHUNK, n_sources - begin)
        sums = drives.columns.words[0, :size]
        sums[:] = 0
        for now in range(tick, last + 1):
            _add(sums, drives.counts[now & mask, place + begin : place + begin + size])
        total += _add_sums(spikes[first + begin : first + begin + size], sums)
    return total


@inner
def _correct(counts, words, columns, chunk, counted, tables, tick):
    """Write the counts of sources whose columns do not hold in this tick."""
    from_tick, to_tick = columns.from_tick[chunk], columns.to_tick[chunk]
    for i in range(counts.size):
        if from_tick[i] <= tick <= to_tick[i]:
            continue
        place = counted[i]
        counts[i] = 0
        if tables.first_tick[place] <= tick <= tables.last_tick[place]:
            counts[i] = count_of(tables, table_at(tables, place, tick), words[i])


@inner
def _add(sums, counts):
    for i in range(counts.size):
        sums[i] += np.uint32(counts[i])


@inner
def _add_sums(spikes, sums):
    total = np.int64(0)
    for i in range(sums.size):
        spikes[i] += np.int64(sums[i])
        total += np.int64(sums[i])
    return total

"""Busy Poisson sources that are counted: the counts of many sources at once, several a machine instruction."""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw.network.sources.counts import (
    BLOCK,
    LOWER,
    count_of,
    count_of_rest,
    fill_counts,
    fill_equal_counts,
    fill_halves,
    half_at,
    table_at,
)

CHUNK = 1024  # sources
AT_ONCE = 64  # so many columns, or a multiple, are written at once: loops have no rest that is gone through one by one


@inner
def count_drive(drives, drive, tables, seed, tick, last):
    """Write the counts of a drive's sources from ``tick`` to ``last``; those that are not counted get 0."""
    columns = drives.columns
    place, first = drives.place[drive], drives.first[drive]
    n_sources = drives.end[drive] - first
    for begin in range(0, n_sources, CHUNK):
        size, chunk = _width(n_sources - begin), columns.chunk[drive] + begin // CHUNK
        counted = drives.counted[place + begin : place + begin + size]
        for block in range(tick // BLOCK, last // BLOCK + 1):
            _fill_upper(columns.upper, size, seed, first + begin, block)
            now, until = max(tick, BLOCK * block), min(last, BLOCK * block + BLOCK - 1) + 1
            # those of a block are one after the other
            row, from_, n = now & (drives.counts.shape[0] - 1), now - BLOCK * block, until - now
            n_in_rest = _fill_counts(
                drives.counts,
                columns.upper,
                (row, from_, n),
                (place + begin, size),
                columns.n_in_rest,
                columns.lowest[chunk],
                columns.bound[chunk],
                columns.n_bounds[chunk],
                columns.are_equal[chunk],
            )
            if n_in_rest > 0 or now < columns.all_from[chunk] or until > columns.all_to[chunk] + 1:
                counts = drives.counts[row : row + n, place + begin : place + begin + size]
                upper = columns.upper[from_ : from_ + n, :size]
                _look_at_ticks(counts, upper, columns, chunk, counted, tables, seed, first + begin, now)


@inlined
def _fill_upper(upper, size, seed, first, block):
    """Fill eight rows, which lie close together in memory, and are written several numbers at a time."""
    a, b, c, d = upper[0, :size], upper[1, :size], upper[2, :size], upper[3, :size]
    e, f, g, h = upper[4, :size], upper[5, :size], upper[6, :size], upper[7, :size]
    fill_halves(a, b, c, d, e, f, g, h, seed, first, block)


@inner
def _fill_counts(counts, upper, ticks, sources, n_in_rest, lowest, bound, n_bounds, is_equal):
    """Write the counts of a chunk that its columns stand for in some ticks of a block.

    All ticks in one go: a call for each takes some 40 ns, as long as 600 counts. ``ticks`` are a row of ``counts``, one
    of ``upper``, and how many there are from these on; ``sources`` are a column of ``counts``, and how many. Writes how
    many are in the rest in each tick, too; returns how many these are in all.
    """
    row, from_, n_ticks = ticks
    first, size = sources
    total = np.int64(0)
    for k in range(n_ticks):
        own, halves = counts[row + k, first : first + size], upper[from_ + k, :size]
        if is_equal:
            n = fill_equal_counts(own, halves, lowest[0], bound, n_bounds)
        else:
            n = fill_counts(own, halves, lowest, bound, n_bounds)
        n_in_rest[k] = n
        total += n
    return total


@inner
def _look_at_ticks(counts, upper, columns, chunk, counted, tables, seed, first, tick):
    """Write the counts that the columns of a chunk do not say, in some ticks from ``tick`` on."""
    for row in range(counts.shape[0]):
        now = tick + row
        if columns.n_in_rest[row] > 0:
            _count_rest(counts[row], upper[row], columns, chunk, counted, tables, seed, first, now)
        if not columns.all_from[chunk] <= now <= columns.all_to[chunk]:
            _correct(counts[row], upper[row], columns, chunk, counted, tables, seed, first, now)


@inner
def _count_rest(counts, upper, columns, chunk, counted, tables, seed, first, tick):
    """Write the counts of sources whose words are in the rest of their tables."""
    last = columns.bound[chunk, columns.n_bounds[chunk] - 1]
    is_equal = columns.are_equal[chunk]
    for begin in range(0, counts.size, AT_ONCE):
        if is_equal and not _is_any_above(upper[begin : begin + AT_ONCE], last[0]):
            continue
        for i in range(begin, begin + AT_ONCE):
            if upper[i] > last[0 if is_equal else i] and counted[i] >= 0:
                lower = half_at(seed, first + i, tick, LOWER)
                counts[i] = count_of_rest(tables, tables.table[counted[i], 1], upper[i], lower)


@inlined
def _is_any_above(upper, bound):
    n = np.uint16(0)
    for i in range(upper.size):
        n = np.uint16(n + np.uint16(upper[i] > bound))
    return n > 0


@inlined
def _width(n_sources):
    """Return the columns of the next chunk, of so many sources or what fits."""
    return min(CHUNK, (n_sources + AT_ONCE - 1) // AT_ONCE * AT_ONCE)


@inner
def add_counts(drives, drive, spikes, tick, last):
    """Add what a drive's sources do from ``tick`` to ``last`` to their ``spikes``; returns how many these are."""
    mask = drives.counts.shape[0] - 1
    place, first = drives.place[drive], drives.first[drive]
    n_sources = drives.end[drive] - first
    total = np.int64(0)
    for begin in range(0, n_sources, CHUNK):
        size = _width(n_sources - begin)
        sums = drives.columns.sums[:size]
        sums[:] = 0
        own = slice(place + begin, place + begin + size)
        now = tick
        while now + 3 <= last:
            a, b = drives.counts[now & mask, own], drives.counts[(now + 1) & mask, own]
            c, d = drives.counts[(now + 2) & mask, own], drives.counts[(now + 3) & mask, own]
            _add_four(sums, a, b, c, d)
            now += 4
        while now <= last:
            _add(sums, drives.counts[now & mask, own])
            now += 1
        end = min(begin + CHUNK, n_sources)
        total += _add_sums(spikes[first + begin : first + end], sums)
    return total


@inner
def _correct(counts, upper, columns, chunk, counted, tables, seed, first, tick):
    """Write the counts of sources whose columns do not hold in this tick."""
    from_tick, to_tick = columns.from_tick[chunk], columns.to_tick[chunk]
    for i in range(counts.size):
        if from_tick[i] <= tick <= to_tick[i]:
            continue
        place = counted[i]
        counts[i] = 0
        if tables.first_tick[place] <= tick <= tables.last_tick[place]:
            counts[i] = count_of(tables, table_at(tables, place, tick), upper[i], seed, first + i, tick)


@inner
def _add(sums, counts):
    for i in range(counts.size):
        sums[i] += np.uint16(counts[i])


@inner
def _add_four(sums, a, b, c, d):
    for i in range(sums.size):
        two = np.uint16(np.uint16(a[i]) + np.uint16(b[i]))
        sums[i] += np.uint16(two + np.uint16(np.uint16(c[i]) + np.uint16(d[i])))


@inner
def _add_sums(spikes, sums):
    total = np.int64(0)
    for i in range(spikes.size):
        spikes[i] += np.int64(sums[i])
        total += np.int64(sums[i])
    return total

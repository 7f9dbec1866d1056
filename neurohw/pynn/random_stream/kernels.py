"""Compiled loops of the frontend: the partners that connectors draw.

Each takes from the generator what the calls of PyNN's connectors take from numpy's ``RandomState``.
"""

from __future__ import annotations

import numpy as np

from neurohw.jit import kernel
from neurohw.pynn.random_stream.mersenne import LENGTH, integer_up_to, mask_of, next_word, refill


@kernel
def uniforms_below(words, bound, n, hits):
    """Write to ``hits`` which of ``n`` uniform numbers are below ``bound`` / 2^53; return how many.

    A uniform number takes two words, a and b, and is ((a >> 5) 2^26 + (b >> 6)) / 2^53. The first word decides
    alone but for one case in 2^27. ``hits`` needs ``n`` + 1 places.
    """
    tempered = words.tempered
    high, low = bound >> np.int64(26), bound & np.int64((1 << 26) - 1)
    first_above = (high + 1) << np.int64(5)
    found = done = np.int64(0)
    while done < n:
        position = words.position[0]
        pairs = min((LENGTH - position) // 2, n - done)
        if pairs == 0:
            a, b = np.int64(next_word(words)) >> 5, np.int64(next_word(words)) >> 6
            hits[found] = done
            found += np.int64(a < high or (a == high and b < low))
            done += 1
            continue
        start = found
        for k in range(pairs):  # without a jump, which could not be foretold
            hits[found] = done + k
            found += np.int64(np.int64(tempered[position + 2 * k]) < first_above)
        kept = start
        for hit in range(start, found):
            place = position + 2 * (hits[hit] - done)
            hits[kept] = hits[hit]
            kept += np.int64(
                (np.int64(tempered[place]) >> 5) < high or (np.int64(tempered[place + 1]) >> 6) < low
            )
        found = kept
        words.position[0] = position + 2 * pairs
        done += pairs
    return found


@kernel
def split_hits(hits, n_pre, first_post, pre, post):
    """Turn rising positions in a list of all pairs, target by target, into sources and targets."""
    row, start = np.int64(0), np.int64(0)
    for i in range(hits.size):
        while hits[i] >= start + n_pre:
            start += n_pre
            row += 1
        pre[i] = hits[i] - start
        post[i] = first_post + row


@kernel
def alternate_draws(words, n_a, n_b, a, b):
    """Draw an integer below ``n_a`` and one below ``n_b`` in turn, ``a[0], b[0], a[1], ...``."""
    top_a, top_b = n_a - 1, n_b - 1
    mask_a, mask_b = mask_of(top_a), mask_of(top_b)
    for pair in range(a.size):
        a[pair] = integer_up_to(words, top_a, mask_a)
        b[pair] = integer_up_to(words, top_b, mask_b)


@kernel
def draw_others(words, counts, n_cells, drawn):
    """Draw, for cell after cell, ``counts[cell]`` of ``n_cells`` cells with replacement, but never itself.

    Those that hit the cell are drawn again after the others.
    """
    top, mask = n_cells - 1, mask_of(n_cells - 1)
    start = 0
    for cell in range(counts.size):
        stop = start + counts[cell]
        for i in range(start, stop):
            drawn[i] = integer_up_to(words, top, mask)
        hit = True
        while hit:
            hit = False
            for i in range(start, stop):
                if drawn[i] == cell:
                    drawn[i] = integer_up_to(words, top, mask)
                    hit = hit or drawn[i] == cell
        start = stop


@kernel
def draw_distinct(words, counts, n_cells, exclude_self, drawn):
    """Draw, for cell after cell, ``counts[cell]`` of ``n_cells`` cells: all as often as possible, a random rest.

    The rest are the first of the cells after a shuffle (Fisher & Yates; Knuth's algorithm P).
    """
    size = n_cells - np.int64(exclude_self)
    swaps = np.empty(size + 1, np.int32)
    holder = np.full(size, -1, np.int32)
    start = 0
    for cell in range(counts.size):
        stop = start + counts[cell]
        rest = counts[cell] % size
        for i in range(start, stop - rest):
            drawn[i] = (i - start) % size
        if rest > 0:
            _draw_swaps(words, size, swaps)
            _trace_first(swaps, size, holder, drawn[stop - rest : stop])
        if exclude_self:
            for i in range(start, stop):
                drawn[i] += np.int64(drawn[i] >= cell)
        start = stop


@kernel
def _draw_swaps(words, size, swaps):
    """Draw the partner ``swaps[i]``, from 0 to i, of each place from the last down to 1."""
    tempered = words.tempered
    i = np.int64(size - 1)
    while i > 0:
        mask = mask_of(i)
        half = mask >> 1
        while i > half:
            if words.position[0] == LENGTH:
                refill(words)
            position = words.position[0]
            stop = min(np.int64(LENGTH), position + i - half)  # even if all are in range
            for k in range(position, stop):  # without a jump: a number out of range is written over
                value = np.int64(tempered[k]) & mask
                swaps[i] = value
                i -= np.int64(value <= i)
            words.position[0] = stop


@kernel
def _trace_first(swaps, size, holder, first):
    """Find what the swaps of a shuffle bring to the places ``first`` covers, going back from its end.

    ``holder`` [size] is -1 but for places that are followed; it is left all -1.
    """
    n = first.size
    for place in range(n):
        holder[place] = place
        first[place] = place
    for i in range(1, n):
        a, b = holder[i], holder[swaps[i]]
        holder[i], holder[swaps[i]] = b, a
        first[b], first[a] = i, swaps[i]
    for i in range(n, size):
        followed = holder[swaps[i]]
        if followed >= 0:
            holder[swaps[i]] = -1
            holder[i] = followed
            first[followed] = i
    for place in range(n):
        holder[first[place]] = -1


@kernel
def redraw_outside(numbers, counts, low, high, values):
    """Take ``counts[i]`` of the numbers after one another, replacing round by round those outside [low, high].

    Returns how many numbers that took, or -1 if there are too few.
    """
    place = np.empty(counts.max() if counts.size else 0, np.int64)
    used = start = 0
    for count in counts:
        for i in range(count):
            place[i] = start + i
        missing = count
        while missing > 0:
            if used + missing > numbers.size:
                return -1
            outside = 0
            for i in range(missing):
                number = numbers[used + i]
                values[place[i]] = number
                place[outside] = place[i]
                outside += np.int64(number < low or number > high)
            used += missing
            missing = outside
        start += count
    return used

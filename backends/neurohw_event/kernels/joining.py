"""Deliveries of one tick to neighbouring tiles, joined: what a spike brings to them stands together.

Arrivals are marked in words of 64 bits as they are made. Runs of marks are runs of segments, which are put on their
wheel and delivered as one: with a chip a spike of a cell makes an arrival at each of its tiles, most of them in one or
two ticks.
"""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.kernels.pending import push_arrival, push_of_one_delay, push_segments
from neurohw_event.kernels.sort import sort_ascending

_ALL = np.uint64(2**64 - 1)
_ONE = np.uint64(1)
_WORD = 6  # bits of the number of a bit in a word
_IN_WORD = (1 << _WORD) - 1


@inlined
def mark(marks, wiring, pending, arrival, tick):
    """Mark an arrival to be handed over, or hand it over at once where it is made a second time in a tick."""
    at = np.uint64(arrival >> _WORD)
    bit, word = _ONE << np.uint64(arrival & _IN_WORD), marks.word[at]
    if word & bit:
        push_arrival(pending, wiring, arrival, tick)
        return
    n = marks.size[0]
    marks.listed[n] = at
    marks.size[0] = n + np.int64(word == 0)
    marks.word[at] = word | bit


@inlined
def hand_over_marked(marks, wiring, pending, tick):
    """Put the segments of all marked arrivals into the slots of their delays, and forget the marks."""
    n_words = marks.size[0]
    if n_words > 1:  # few; what is put on the wheel in order need not be sorted when it is due
        sort_ascending(marks.listed[:n_words])
    for index in range(n_words):
        at = marks.listed[index]
        word = marks.word[at]
        marks.word[at] = np.uint64(0)
        while word:
            begin = np.uint64(lowest_bit(word))
            unmarked = ~(word >> begin)
            n = np.uint64(lowest_bit(unmarked)) if unmarked else np.uint64(_IN_WORD + 1)
            arrival = (np.int64(at) << _WORD) + np.int64(begin)
            first = wiring.segments_of_arrival[arrival]
            end = wiring.segments_of_arrival[arrival + np.int64(n)]
            if marks.delay > 0:
                push_of_one_delay(pending, marks.delay, first, end - first, tick)
            else:
                push_segments(pending, wiring.delay, first, end - first, tick)
            behind = begin + n
            word = word & (_ALL << behind) if behind <= _IN_WORD else np.uint64(0)
    marks.size[0] = 0

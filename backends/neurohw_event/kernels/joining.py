"""Deliveries of one tick to neighbouring tiles, joined: what a spike brings to them stands together.

Arrivals are marked in words of 64 bits as they are made. Runs of marks are runs of segments, which are put on their
wheel and delivered as one: with a chip a spike of a cell makes an arrival at each of its tiles, most of them in one or
two ticks. Where all synapses have a delay of one tick, marks wait for the next one and are read when they are due.
"""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.account import MARKED, RESERVED, WORDS
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.kernels.due import list_runs
from neurohw_event.kernels.pending import push_arrival, push_of_one_delay, push_segments
from neurohw_event.kernels.sort import sort_ascending
from neurohw_event.layout import LONGEST_RUN, RUN_BITS

_ALL = np.uint64(2**64 - 1)
_ONE = np.uint64(1)
_WORD = 6  # bits of the number of a bit in a word
_IN_WORD = (1 << _WORD) - 1


@inlined
def mark_all(marks, wiring, pending, arrival, n, tick):
    """Mark the first ``n`` of the arrivals made in a tick, and hand them over, or keep them for the next."""
    n_marked = 0
    for index in range(n):
        n_marked += mark(marks, wiring, pending, arrival[index], tick)
    if marks.delay != 1:
        hand_over_marked(marks, wiring, pending, tick)
        return
    marks.size[MARKED] = tick
    marks.size[RESERVED] += n_marked * wiring.widest
    pending.free[1] -= n_marked * wiring.widest


@inlined
def mark(marks, wiring, pending, arrival, tick):
    """Mark an arrival, or hand it over at once where it is made again in a tick; returns how many are marked."""
    at = np.uint64(arrival >> _WORD)
    bit, word = _ONE << np.uint64(arrival & _IN_WORD), marks.word[at]
    if word & bit:
        push_arrival(pending, wiring, arrival, tick)
        return 0
    n = marks.size[WORDS]
    marks.listed[n] = at
    marks.size[WORDS] = n + np.int64(word == 0)
    marks.word[at] = word | bit
    return 1


@inlined
def is_marked(net):
    """True where arrivals are kept for the tick after theirs."""
    if net is None:
        return False
    return net.marks.size[WORDS] > 0


@inlined
def hand_over_kept(net, wiring, pending):
    """Put what has been kept for the next tick on the wheel, where all that is under way is looked for."""
    if net is not None and net.marks.size[WORDS] > 0:
        hand_over_marked(net.marks, wiring, pending, net.marks.size[MARKED])


@inlined
def list_due_runs(net, wiring, pending, tick):
    """List what is due in a tick as ``due.list_runs`` does, be it on the wheel or kept.

    Returns how many runs it is, and whether what they read was fetched a few ticks ago, as all was sent.
    """
    slot = tick & (pending.head.size - 1)
    if net is None:
        return list_runs(pending, slot, 0), False
    if is_marked(net):
        if pending.head[slot] < 0:
            return list_marked(net.marks, wiring, pending), True
        hand_over_kept(net, wiring, pending)
    return list_runs(pending, slot, 0), net.marks.delay == 1


@inlined
def hand_over_marked(marks, wiring, pending, tick):
    """Put the segments of all marked arrivals into the slots of their delays, and forget the marks."""
    for index in range(_sort_words(marks, pending)):
        at = marks.listed[index]
        word = marks.word[at]
        while word:
            arrival, n, word = _first_run(at, word)
            first, end = _segments(marks, wiring, arrival, n)
            if marks.delay > 0:
                push_of_one_delay(pending, marks.delay, first, end - first, tick)
            else:
                push_segments(pending, wiring.delay, first, end - first, tick)
        marks.word[at] = np.uint64(0)


@inlined
def list_marked(marks, wiring, pending):
    """Write the runs of segments of all marked arrivals to the first row of ``due``, in order; forget the marks."""
    due, n_runs, behind = pending.due[0], 0, np.int64(-1)
    for index in range(_sort_words(marks, pending)):
        at = marks.listed[index]
        word = marks.word[at]
        while word:
            arrival, n, word = _first_run(at, word)
            segment, end = _segments(marks, wiring, arrival, n)
            if segment == behind and (due[n_runs - 1] & LONGEST_RUN) + end - segment <= LONGEST_RUN:
                due[n_runs - 1] += end - segment  # goes on behind a word
                segment = end
            while segment < end:
                size = min(end - segment, LONGEST_RUN)
                due[n_runs] = segment << RUN_BITS | size
                n_runs += 1
                segment += size
            behind = end
        marks.word[at] = np.uint64(0)
    return n_runs


@inlined
def _sort_words(marks, pending):
    """Put the words with marks in order, and give back what was reserved for them; returns how many words they are.

    They are few; what is put on the wheel in order need not be sorted when it is due.
    """
    n_words = marks.size[WORDS]
    if n_words > 1:
        sort_ascending(marks.listed[:n_words])
    pending.free[1] += marks.size[RESERVED]
    marks.size[WORDS] = marks.size[RESERVED] = 0
    return n_words


@inlined
def _first_run(at, word):
    """Return the first run of marks in a word: its first arrival, how many they are, and the marks behind it."""
    begin = np.uint64(lowest_bit(word))
    unmarked = ~(word >> begin)
    n = np.uint64(lowest_bit(unmarked)) if unmarked else np.uint64(_IN_WORD + 1)
    behind = begin + n
    rest = word & (_ALL << behind) if behind <= _IN_WORD else np.uint64(0)
    return (np.int64(at) << _WORD) + np.int64(begin), np.int64(n), rest


@inlined
def _segments(marks, wiring, arrival, n):
    """Return the first segment of ``n`` arrivals that follow each other, and the one behind their last."""
    if marks.is_plain:
        return arrival, arrival + n
    return wiring.segments_of_arrival[arrival], wiring.segments_of_arrival[arrival + n]

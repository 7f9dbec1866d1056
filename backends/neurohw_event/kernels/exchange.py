"""What shares of the cells, each simulated by a thread of its own, tell each other: spikes, and when they are ready.

A share writes what the others are to know into arrays of its own, and then comes to a meeting. It goes on when all
have come to that meeting. Between two meetings nobody writes what others read: spikes of a window are written to one
half of the room for them, while those of the window before are read in the other.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np

from neurohw.jit import inlined, inner
from neurohw.jit.instruction import acquiring, pausing, releasing, sleeping, yielding
from neurohw_event.account import DELIVERED, EVENTS, SENT
from neurohw_event.layout import NEVER, TICK, TIMES, Array

CELL_BITS = 32
LINE = 16  # words that the processors do not share: two cache lines, as they are fetched in pairs
# Looks at whether the others have come. Between looks a thread pauses, which leaves a core to the other thread where
# two processors are one; after so many, some microseconds, and each time that they have doubled it lets others have its
# processor. Who has waited for longer than shares differ, some hundred microseconds (an estimate), sleeps after each
# look: where processors are fewer than threads, a system lets those who have slept go before others when they wake.
_LOOKS, _MOST_LOOKS = 256, 4096


class Share(NamedTuple):
    """One share of the cells; arrays are the same for all shares where they are not said to be its own."""

    number: int
    n_ticks: int  # of a window at most
    patience: int  # looks at who has come, before Python is to see whether all is well
    until: Array  # int64 [4], its own: last tick of the window, and of the run, current steps taken into account, and
    # which half of the room for spikes is that of the window
    size: Array  # int64 [n_groups], cells of the populations, in all shares
    met: Array  # int64 [n_shares * LINE], to how many meetings each has come
    next_busy: Array  # int64 [n_shares], first tick in which something can happen
    events: Array  # int64 [n_shares, n_groups], as in ``Grid``
    fits: Array  # bool [n_shares, n_groups], as in ``Spans``
    at_threshold: Array  # bool [n_shares, n_groups], some cell has a drive that ends at its threshold
    spike: Array  # int64 [2, n_shares, capacity], spikes of a window: tick << CELL_BITS | cell
    times: Array  # int32 [2, n_shares, capacity], how many these are
    n_posted: Array  # int64 [2, n_shares, LINE], entries of these, and spikes
    ways: Array  # int32 or int64 [n_cells, 4], its own: where the spikes of a cell go in this share, as below
    taken: Array  # int64 [n_shares], its own scratch


WINDOW_END, RUN_END, STEPS_SEEN, HALF = range(4)  # of Share.until
# columns of Share.ways: first segment, how many, their synapses, and whether a spike is counted as sent here
FIRST, N_SEGMENTS, N_SYNAPSES, N_SENT = range(4)


@acquiring
def _read(words, index):
    return words[index]


@releasing
def _write(words, index, value):
    words[index] = value


@pausing
def _pause():
    """Leave a core to its other thread for a moment; in Python nothing."""


@yielding
def _yield():
    time.sleep(0)


@sleeping
def _sleep():
    time.sleep(0)


@inlined
def come(share):
    """Come to the next meeting: what this share has written so far is for all to read."""
    at = share.number * LINE
    _write(share.met, at, share.met[at] + 1)


@inner
def have_all_come(share):
    """Wait for the other shares at a meeting; False when patience is over."""
    wanted = share.met[share.number * LINE]
    other = looks = 0
    while other < share.next_busy.size:
        if _read(share.met, other * LINE) >= wanted:
            other += 1
            continue
        looks += 1
        if looks >= share.patience:
            return False
        _wait(looks)
    return True


@inlined
def _wait(looks):
    """Wait for a moment after so many looks in vain."""
    if looks >= _MOST_LOOKS:
        _pause()  # not every system can sleep
        _sleep()
    elif looks >= _LOOKS and looks & (looks - 1) == 0:
        _yield()
    else:
        _pause()


@inlined
def is_set_in_any(flags, group):
    """Return whether any share has set the flag of a population."""
    is_set = False
    for other in range(flags.shape[0]):
        is_set |= flags[other, group]
    return is_set


@inlined
def last_tick_of_run(share, last_tick):
    """Return the last tick of the run under way, of a window of which ``last_tick`` is the last one."""
    if share is None:
        return last_tick
    return share.until[RUN_END]


@inlined
def clear_posts(share):
    """Begin a window, without spikes so far; those of the window before may still be read by others."""
    half = 1 - share.until[HALF]
    share.until[HALF] = half
    share.n_posted[half, share.number, 0] = 0
    share.n_posted[half, share.number, 1] = 0


@inlined
def post(share, fired):
    """Write down the spikes on hand for all shares."""
    half, own = share.until[HALF], share.number
    n = share.n_posted[half, own, 0]
    spike, times = share.spike[half, own, n:], share.times[half, own, n:]
    for index in range(fired.size[0]):
        spike[index] = (fired.sent[TICK, index] << CELL_BITS) | np.int64(fired.cell[index])
        times[index] = fired.sent[TIMES, index]
    share.n_posted[half, own, 0] = n + fired.size[0]
    share.n_posted[half, own, 1] += fired.size[1]


@inlined
def n_posted(share):
    """Return how many spikes all shares posted."""
    total = np.int64(0)
    for other in range(share.n_posted.shape[1]):
        total += share.n_posted[share.until[HALF], other, 1]
    return total


@inner
def take_posted(share, account, fired):
    """Count the spikes of all shares and have them on hand, with the segments of each in this one."""
    sent, n_sent, n_events = fired.sent, np.int64(0), np.int64(0)
    n = _merge(share, fired)
    # looked up for all cells first: in a loop as short as this the processor fetches many places at once
    for index in range(n):
        cell, times = np.uint64(fired.cell[index]), sent[TIMES, index]
        sent[0, index] = share.ways[cell, FIRST]
        sent[1, index] = share.ways[cell, FIRST] + np.int64(share.ways[cell, N_SEGMENTS])
        n_sent += share.ways[cell, N_SENT] * times
        n_events += share.ways[cell, N_SYNAPSES] * times
    account.counters[SENT] += n_sent
    account.counters[DELIVERED] += n_sent
    account.counters[EVENTS] += n_events
    fired.size[0] = n


@inlined
def _merge(share, fired):
    """Have the spikes of all shares on hand, by tick and cell: what is pushed in order need not be sorted later."""
    taken, half = share.taken, share.until[HALF]
    posted, n_of_share = share.spike[half], share.n_posted[half]
    n = total = 0
    for other in range(taken.size):
        taken[other] = 0
        total += n_of_share[other, 0]
    while n < total:
        # the share with the next spike, that spike, and the next of all others
        first, next_, behind = 0, NEVER, NEVER
        for other in range(taken.size):
            spike = posted[other, taken[other]] if taken[other] < n_of_share[other, 0] else NEVER
            if spike < next_:
                first, next_, behind = other, spike, next_
            else:
                behind = min(behind, spike)
        at, end = taken[first], n_of_share[first, 0]
        while at < end and posted[first, at] < behind:
            fired.cell[n] = posted[first, at] & ((1 << CELL_BITS) - 1)
            fired.sent[TICK, n] = posted[first, at] >> CELL_BITS
            fired.sent[TIMES, n] = share.times[half, first, at]
            n += 1
            at += 1
        taken[first] = at
    return n

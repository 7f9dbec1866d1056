"""Random sources in blocks of ticks: those that draw intervals fire in all ticks of a block before anything else.

They are taken in ascending order, and the first number that each draws is drawn for several of them at a time.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw.network.sources.columns import COUNT, FIRST, LAST_MS, NEXT_MS, STOP_MS
from neurohw.network.sources.processes import draw_next, fill_poisson_next, fill_ticks, spike_tick
from neurohw_event.kernels.agenda import schedule
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.layout import NEVER, TIMES_BITS

_WORD = 8  # cells whose flags are one word
_BYTE = np.uint64(3)  # bits of the number of a bit in a byte
_NONE, _ONE = np.uint64(0), np.uint64(1)
_AT_ONCE = 8  # numbers that are drawn together


@inlined
def flag(sources, cell):
    """Have a source fire in the block."""
    sources.is_due[cell] = True
    sources.bounds[0] = min(sources.bounds[0], cell)
    sources.bounds[1] = max(sources.bounds[1], cell + 1)


@inner
def fire_flagged(block, tick, cells, agenda):
    """Fire the sources that are flagged as often as they do in the block that begins at ``tick``."""
    sources, last, state = block.sources, tick + block.n_ticks[0] - 1, cells.state
    n = _list_flagged(sources)
    if n == 0:
        return
    now_ms, next_ms = sources.time_ms[0], sources.time_ms[1]
    due, next_due = sources.due[0], sources.due[1]
    _draw(sources, n, cells)
    for index in range(n):
        cell = sources.cell[index]
        if due[index] <= last:
            _put(block, due[index] - tick, cell)
            state[cell, LAST_MS], state[cell, NEXT_MS] = now_ms[index], next_ms[index]
            cells.clock[cell, COUNT] = sources.used[index]
        if next_due[index] > last and next_ms[index] < np.inf:
            due_next = next_due[index] if due[index] <= last else due[index]
            schedule(agenda.head, agenda.next, agenda.previous, agenda.due, cell, due_next, last)
        else:
            _fire_on(block, cell, last, tick, cells, agenda)


@inlined
def _draw(sources, n, cells):
    """Note the next spike of each source on the list and draw the one behind it; lists are filled up."""
    n_drawn = (n + _AT_ONCE - 1) // _AT_ONCE * _AT_ONCE
    count, rate_hz, stop_ms = sources.used[:n_drawn], sources.rate_hz[:n_drawn], sources.stop_ms[:n_drawn]
    now_ms, next_ms = sources.time_ms[0, :n_drawn], sources.time_ms[1, :n_drawn]
    for index in range(n_drawn):
        cell = sources.cell[min(index, n - 1)]
        row = cells.state[cell]
        sources.cell[index] = cell
        now_ms[index], rate_hz[index], stop_ms[index] = row[NEXT_MS], row[FIRST], row[STOP_MS]
        count[index] = cells.clock[cell, COUNT]
    fill_ticks(sources.due[0, :n_drawn], now_ms, cells.timestep_ms)
    fill_poisson_next(next_ms, cells.seed, sources.cell[:n_drawn], count, now_ms, rate_hz, stop_ms)
    fill_ticks(sources.due[1, :n_drawn], next_ms, cells.timestep_ms)


@inlined
def _fire_on(block, cell, last, tick, cells, agenda):
    """Fire a source as often as it does up to the last tick of the block."""
    state = cells.state
    while state[cell, NEXT_MS] < np.inf:
        now_ms = state[cell, NEXT_MS]
        due = spike_tick(now_ms, cells.timestep_ms)
        if due > last:
            schedule(agenda.head, agenda.next, agenda.previous, agenda.due, cell, due, last)
            break
        _put(block, due - tick, cell)
        state[cell, LAST_MS] = now_ms
        draw_next(state, cells.clock, cell, cells.seed, cell, now_ms, None)


@inlined
def _put(block, k, cell):
    """Note a spike of a source in a tick of the block; further ones of that tick follow at once."""
    n = block.n_fired[k]
    if n > 0 and block.spikes[k, n - 1] >> TIMES_BITS == cell:
        block.spikes[k, n - 1] += 1
    else:
        block.spikes[k, n] = cell << TIMES_BITS | 1
        block.n_fired[k] = n + 1


@inlined
def _list_flagged(sources):
    """List the sources that are flagged, in ascending order, and take back their flags; returns how many."""
    flags, n_words, n = sources.flags, 0, 0
    for word in range(sources.bounds[0] // _WORD, (sources.bounds[1] + _WORD - 1) // _WORD):
        sources.word[n_words] = word
        n_words += np.int64(flags[word] != 0)
    for index in range(n_words):
        word = sources.word[index]
        left = flags[word]
        flags[word] = _NONE
        while left != 0:
            sources.cell[n] = word * _WORD + np.int64(np.uint64(lowest_bit(left)) >> _BYTE)
            left &= left - _ONE
            n += 1
    sources.bounds[0], sources.bounds[1] = NEVER, 0
    return n

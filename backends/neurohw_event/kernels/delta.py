"""Delta cells on the grid: all cells of a population stepped by one tick, and those that fire."""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.kernels.grid import CHUNK
from neurohw_event.kernels.holding import begin_queue, hold, release
from neurohw_event.layout import (
    DRIVE,
    HELD_UNTIL,
    IN_EXC,
    IN_INH,
    REFRACTORY,
    RESET,
    THRESHOLD,
    TIMES_BITS,
    V_V,
    V,
)

_LINE = 8  # cells in a cache line
_WORD = 8  # cells whose flags are one word
_BYTE = np.uint64(3)  # bits of the number of a bit in a byte
_ONE = np.uint64(1)


@inlined
def step_delta(group, first, tick, block, clock, grid, spikes):
    """Advance the cells of a population to ``tick``, write down the spikes of those that fire; returns how many.

    What arrives stands in the columns of inputs.
    """
    columns, constant, fires = grid.state, grid.constant[group], block.fires
    keep, threshold = grid.step[group, V_V], constant[THRESHOLD]
    n_fired, begin, end = np.int64(0), first, grid.end[group]
    begin_queue(grid.held, group, clock, first, end, tick)
    release(grid.held, group, tick)
    while begin < end:
        own = slice(begin, min(begin - begin % _LINE + CHUNK, end))  # further ones begin where cache lines do
        v, free = columns[V, own], grid.held.free[own]
        # equal drives are read where they are in the cache
        from_ = begin if grid.drives_vary[group] else first
        drive = columns[DRIVE, from_ : from_ + v.size]
        _step(v, drive, columns[IN_EXC, own], columns[IN_INH, own], free, keep, threshold, fires)
        fires[v.size : (v.size + _WORD - 1) // _WORD * _WORD] = False
        n_fired += _fire(block, group, begin, v, tick, constant, clock, grid, spikes[n_fired:])
        begin = own.stop
    grid.events[group] += grid.looks[group] * n_fired
    return n_fired


@inner
def _step(v, drive, in_exc, in_inh, free, keep, threshold, fires):
    """Step cells, add their inputs, and flag those that are to fire."""
    for i in range(v.size):
        moved = drive[i] + (v[i] - drive[i]) * keep
        moved += in_exc[i] + in_inh[i]
        is_free = free[i]
        moved = moved if is_free else v[i]
        v[i] = moved
        in_exc[i] = 0.0
        in_inh[i] = 0.0
        fires[i] = is_free & (moved >= threshold)


@inner
def _fire(block, group, first, v, tick, constant, clock, grid, spikes):
    """Fire the cells that are flagged; returns how many they are."""
    words, own, reset, until = block.words, block.own, constant[RESET], tick + np.int64(constant[REFRACTORY])
    n_words = n = 0
    # nothing here depends on what a word holds but a number: the processor need not guess
    for word in range((v.size + _WORD - 1) // _WORD):
        own[n_words] = word
        n_words += np.int64(words[word] != 0)
    for index in range(n_words):
        word = own[index]
        flags = words[word]
        while flags != 0:
            i = word * _WORD + np.int64(np.uint64(lowest_bit(flags)) >> _BYTE)
            flags &= flags - _ONE
            v[i] = reset
            clock[first + i, HELD_UNTIL] = until
            if until > tick:
                hold(grid.held, group, first + i, until)
            spikes[n] = (first + i) << TIMES_BITS | 1
            n += 1
    return n

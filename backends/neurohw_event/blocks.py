"""Blocks of ticks that are simulated population by population: for which networks, and the arrays they need."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.jit.vectors import LANES
from neurohw_event.cache_lines import aligned_zeros, apart
from neurohw_event.kernels.grid import CHUNK
from neurohw_event.layout import NEVER, Array, Fired, Groups, Kind, Wiring

LONGEST_BLOCK = 16  # ticks
# Larger populations leave the first caches within a tick, and a tick costs little beside them.
MOST_CELLS = 2**16

_KINDS = (Kind.DELTA, Kind.RANDOM, Kind.TRAIN)


class BlockSources(NamedTuple):
    """Random sources that fire in a block: flags; and a list of those that are flagged, with room for a few more."""

    is_due: Array  # bool [n_cells or a few more]
    flags: Array  # uint64, the same memory
    bounds: Array  # int64 [2], the first that is flagged, and the one behind the last
    word: Array  # int64, scratch: numbers of words
    cell: Array  # int64
    used: Array  # int64, how many random numbers
    rate_hz: Array  # float64
    stop_ms: Array  # float64, last possible spike
    time_ms: Array  # float64 [2, n], next spike, and the one behind it
    due: Array  # int64 [2, n], ticks of both


class Dense(NamedTuple):
    """What is needed to step cells to which only rows of dense layers come over some ticks."""

    last_v: Array  # float64 [LANES], scratch: cells of which there are too few for a vector
    last_until: Array  # float64 [LANES]
    last_drive: Array  # float64 [LANES]
    flags: Array  # uint64 [longest * n_vectors + 1], scratch: which cells of a vector fire in a tick, as bits
    words: Array  # int64 [longest * n_vectors + 1], scratch: that tick, and the first cell of the vector


class Block(NamedTuple):
    """Ticks taken at once: their number, what is due and who fires in each; rows and entries by tick in the block."""

    n_ticks: Array  # int64 [1], of the block under way
    spikes: Array  # int64 [longest, n_cells], the cells that fire in each tick << TIMES_BITS | how often
    n_fired: Array  # int64 [longest], how many cells
    begin: Array  # int64 [n_groups * longest], the first of the segments due for a population in each tick
    end: Array  # int64 [n_groups * longest], the one behind the last
    only_rows: Array  # bool [n_groups * longest], all of them are rows of dense layers, to one receptor
    n_waiting: Array  # int64 [1], spikes on hand that were counted and recorded, and are yet to be brought to synapses
    delay: int  # ticks, of all segments; 0 where they differ
    sources: BlockSources
    dense: Dense
    fires: Array  # bool [CHUNK]: which cells fire, none between ticks
    words: Array  # uint64, the same memory
    own: Array  # int64, scratch: numbers of words


def make_block(groups: Groups, wiring: Wiring, n_cells: int) -> Block | None:
    """Return the arrays of blocks as long as the shortest delay, None where blocks are not worth it."""
    longest = int(wiring.delay.min(initial=LONGEST_BLOCK))
    if longest < 2 or n_cells > MOST_CELLS or not np.isin(groups.kind, _KINDS).all():
        return None
    fires = np.zeros(CHUNK, bool)
    return Block(
        n_ticks=np.ones(1, np.int64),
        spikes=np.empty((longest, n_cells), np.int64),
        n_fired=np.zeros(longest, np.int64),
        begin=np.zeros(len(groups.kind) * longest, np.int64),
        end=np.zeros(len(groups.kind) * longest, np.int64),
        only_rows=np.zeros(len(groups.kind) * longest, bool),
        n_waiting=np.zeros(1, np.int64),
        delay=longest if (wiring.delay == longest).all() else 0,
        sources=make_sources(len(wiring.arrivals_of_cell) - 1),
        dense=make_dense(longest, n_cells),
        fires=fires,
        words=fires.view(np.uint64),
        own=np.zeros(CHUNK, np.int64),
    )


def of_own(block: Block | None) -> Block | None:
    """Return a copy whose arrays share cache lines with nothing else; words are the memory of its own flags."""
    if block is None:
        return None
    block = apart(block)
    flags = block.sources.is_due.view(np.uint64)
    return block._replace(words=block.fires.view(np.uint64), sources=block.sources._replace(flags=flags))


def make_dense(longest: int, n_cells: int) -> Dense:
    """Return the arrays for blocks of at most so many ticks."""
    n_vectors, real = -(-n_cells // LANES), np.dtype(np.float64)
    return Dense(
        last_v=aligned_zeros(LANES, real),
        last_until=aligned_zeros(LANES, real),
        last_drive=aligned_zeros(LANES, real),
        flags=np.zeros(longest * n_vectors + 1, np.uint64),
        words=np.zeros(longest * n_vectors + 1, np.int64),
    )


def make_sources(n_cells: int) -> BlockSources:
    """Return the arrays for the random sources among so many cells, none of them flagged."""
    n = -(-n_cells // 8) * 8
    is_due = np.zeros(n, bool)
    return BlockSources(
        is_due=is_due,
        flags=is_due.view(np.uint64),
        bounds=np.array([NEVER, 0]),
        word=np.zeros(n, np.int64),
        cell=np.zeros(n, np.int64),
        used=np.zeros(n, np.int64),
        rate_hz=np.zeros(n),
        stop_ms=np.zeros(n),
        time_ms=np.zeros((2, n)),
        due=np.zeros((2, n), np.int64),
    )


def make_fired(n_cells: int, n_ticks: int) -> Fired:
    """Return room for the spikes of so many ticks, none of them on hand so far."""
    n = n_cells * n_ticks
    return Fired(
        cell=np.empty(n, np.int32),
        times=np.empty(n_cells, np.int32),
        sent=np.empty((5, n), np.int64),
        size=np.zeros(2, np.int64),
    )

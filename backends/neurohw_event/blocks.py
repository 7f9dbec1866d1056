"""Blocks of ticks that are simulated population by population: for which networks, and the arrays they need."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw_event.kernels.grid import CHUNK
from neurohw_event.layout import Array, Fired, Groups, Kind, Wiring

LONGEST_BLOCK = 16  # ticks
# Larger populations leave the first caches within a tick, and a tick costs little beside them.
MOST_CELLS = 2**16

_KINDS = (Kind.DELTA, Kind.RANDOM, Kind.TRAIN)


class Block(NamedTuple):
    """Ticks taken at once: their number, what is due and who fires in each; rows and entries by tick in the block."""

    n_ticks: Array  # int64 [1], of the block under way
    spikes: Array  # int64 [longest, n_cells], the cells that fire in each tick << TIMES_BITS | how often
    n_fired: Array  # int64 [longest], how many cells
    due_end: Array  # int64 [longest], behind the segments due in each tick
    begin: Array  # int64 [n_groups], the first of the segments due for a population that is not delivered yet
    end: Array  # int64 [n_groups], the one behind the last
    zeros: Array  # [CHUNK], of the type of weights


def make_block(groups: Groups, wiring: Wiring, n_cells: int) -> Block | None:
    """Return the arrays of blocks as long as the shortest delay, None where blocks are not worth it."""
    longest = int(wiring.delay.min(initial=LONGEST_BLOCK))
    if longest < 2 or n_cells > MOST_CELLS or not np.isin(groups.kind, _KINDS).all():
        return None
    return Block(
        n_ticks=np.ones(1, np.int64),
        spikes=np.empty((longest, n_cells), np.int64),
        n_fired=np.zeros(longest, np.int64),
        due_end=np.zeros(longest, np.int64),
        begin=np.zeros(len(groups.kind), np.int64),
        end=np.zeros(len(groups.kind), np.int64),
        zeros=np.zeros(CHUNK, wiring.weight.dtype),
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

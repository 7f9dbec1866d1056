"""Where busy Poisson sources keep what is drawn for many ticks at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

Array = np.ndarray


class Columns(NamedTuple):
    """Tables of counts as columns, one a source; chunks of sources follow each other, those of each drive together."""

    chunk: Array  # int64 [n_drives], the first of a drive
    bound: Array  # uint16 [n_chunks, width, CHUNK]
    n_bounds: Array  # int64 [n_chunks], rows in use
    lowest: Array  # uint8 [n_chunks, CHUNK]
    are_equal: Array  # bool [n_chunks], all sources have the first column
    from_tick: Array  # int64 [n_chunks, CHUNK], first tick in which the column holds: not a part of a tick
    to_tick: Array  # int64 [n_chunks, CHUNK], the last one
    all_from: Array  # int64 [n_chunks], when all columns hold
    all_to: Array  # int64 [n_chunks]
    upper: Array  # uint16 [BLOCK, CHUNK], scratch
    n_in_rest: Array  # int64 [BLOCK], scratch: of a chunk, by tick
    sums: Array  # uint16 [CHUNK], scratch


class Drives(NamedTuple):
    """Populations of busy Poisson sources, whose spikes are drawn many ticks at a time; entries by drive.

    Where each source has one synapse, all with one delay and on one cell after the other of one population, spikes go
    straight to these; otherwise they are sent one by one, and ``segment`` is -1.
    """

    of_group: Array  # int64 [n_groups], the drive of a population, -1: none
    first: Array  # int64, global id of the first source
    end: Array  # int64, the one behind the last
    place: Array  # int64, column of the first source in ``counts``
    segment: Array  # int64, of the first source
    delay: Array  # int64, ticks
    group: Array  # int64, postsynaptic population
    target: Array  # int64, global id of the first target
    origin: Array  # int64, as in ``Wiring``
    stride: Array  # int64
    is_equal: Array  # bool, all weights are
    next_to: Array  # int64 [n_groups], the only drive whose spikes go straight to a population, -1: none or several
    is_first: Array  # bool [1], nothing comes before drives in this tick
    added: Array  # int64, the last tick in which a drive was added to cells with their step
    # uint8 [n_rows, n_columns], spikes of tick t stand in row t modulo n_rows; drives end with spare columns
    counts: Array
    weight: Array  # float64 [n_columns], of the synapse of a source where it has one
    counted: Array  # int64 [n_columns], place in ``Cells.tables``, -1 where intervals are drawn
    has_intervals: Array  # bool, some of its sources are not counted
    columns: Columns  # of the sources that are counted
    intervals: Array  # float64, scratch
    n_ticks: int  # drawn at once
    lingers: int  # ticks after the last draw in which spikes may be under way, the same in all shares
    drawn: Array  # int64 [1], last tick that is known
    busy_until: Array  # int64 [1], tick after which nothing comes

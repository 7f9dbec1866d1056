"""Tables of counts as columns, one a source: what the kernel goes through for many sources at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neurohw.network.sources import CountTables
from neurohw.network.sources.counts import BLOCK, BOUNDS
from neurohw_event.drive_layout import Columns
from neurohw_event.kernels.counted import CHUNK
from neurohw_event.layout import NEVER, Array

FEW_BOUNDS = 64  # longer tables, of 65 spikes a tick and more, are searched source by source
_EXCEEDED_BY_NONE = np.uint16(2**16 - 1)


def make_columns(tables: CountTables, counted: Sequence[Array]) -> Columns:
    """Return the columns of drives; ``counted`` has the places in ``tables`` of the sources of each.

    A source that is not counted, place -1, has a column that counts nothing.
    """
    n_chunks = np.array([-(-len(place) // CHUNK) for place in counted], np.int64)
    chunk = np.cumsum(n_chunks) - n_chunks
    place = np.full(int(n_chunks.sum()) * CHUNK, -1, np.int64)
    for first, own in zip(chunk, counted, strict=True):
        place[first * CHUNK : first * CHUNK + len(own)] = own
    is_counted = place >= 0
    own, table = place[is_counted], tables.table[place[is_counted]]
    size = np.zeros(len(place), np.int64)
    size[is_counted] = tables.size[table[:, 1]]
    is_few = size <= FEW_BOUNDS
    size[~is_few] = 0
    from_tick, to_tick = np.zeros(len(place), np.int64), np.full(len(place), NEVER)
    from_tick[is_counted] = tables.first_tick[own] + (table[:, 0] != table[:, 1])
    to_tick[is_counted] = tables.last_tick[own] - (table[:, 2] != table[:, 1])
    from_tick[~is_few], to_tick[~is_few] = NEVER, -1
    is_few &= is_counted
    in_column = tables.table[place[is_few], 1]
    lowest = np.zeros(len(place), np.uint8)
    lowest[is_few] = tables.lowest[in_column]
    width = -(-int(size.max(initial=0)) // BOUNDS) * BOUNDS
    bound = np.full((len(place), width), _EXCEEDED_BY_NONE)
    bound[is_few] = tables.bound[in_column, :width]
    shape = (len(place) // CHUNK, CHUNK)
    is_source = np.concatenate([np.empty(0, bool), *(_are_sources(len(own)) for own in counted)])
    differs = (bound != np.repeat(bound[::CHUNK], CHUNK, axis=0)).any(axis=1)
    differs |= lowest != np.repeat(lowest[::CHUNK], CHUNK)
    return Columns(
        chunk=chunk,
        bound=np.ascontiguousarray(bound.reshape(*shape, width).swapaxes(1, 2)),
        n_bounds=size.reshape(shape).max(axis=1),
        lowest=lowest.reshape(shape),
        are_equal=~(differs & is_source).reshape(shape).any(axis=1),
        from_tick=from_tick.reshape(shape),
        to_tick=to_tick.reshape(shape),
        all_from=from_tick.reshape(shape).max(axis=1),
        all_to=to_tick.reshape(shape).min(axis=1),
        upper=np.empty((BLOCK, CHUNK), np.uint16),
        n_in_rest=np.zeros(BLOCK, np.int64),
        sums=np.empty(CHUNK, np.uint16),
    )


def _are_sources(size: int) -> Array:
    """Return which columns of a drive are those of a source; others fill its last chunk."""
    return np.arange(-(-size // CHUNK) * CHUNK) < size

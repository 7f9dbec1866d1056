"""Where synaptic events stand that are under way one by one, each with a delay of its own."""

from typing import NamedTuple

import numpy as np

Array = np.ndarray

# columns of Streams.row
SEGMENT, DELAY = range(2)
# rows of Streams.sent
SENT_CELL, SENT_TICK, SENT_TIMES = range(3)


class Streams(NamedTuple):
    """Events under way of streamed synapses: a stream for each tick and place to which such synapses lead.

    A stream is a list of chunks, full but for the last one. Chunk 0 is in no list.
    """

    own: Array  # int64 [n_cells, 2], the first arrival of a cell here, and the one behind the last
    row: Array  # int64 [n_arrivals, 2], first streamed segment of an arrival, and first delay of its synapses
    column: Array  # int64 [n_places], row of ``cursor``, -1 where no streamed synapse leads
    place: Array  # int64 [n_columns], as in ``Wiring``
    cursor: Array  # uint32 [n_columns, n_slots], where the next event goes; a multiple of ``size``: into a new chunk,
    # 0: the first one
    head: Array  # int32 [n_columns, n_slots], first chunk
    n_due: Array  # int64 [n_slots], streams with events
    next: Array  # int32 [n_chunks], the next chunk of a stream, or of those that are free
    target: Array  # [n_chunks * size], as in ``Wiring``
    weight: Array  # [n_chunks * size], as in ``Wiring``
    free: Array  # int64 [2], the first free chunk, and how many there are
    bits: int  # the size of a chunk is 2 to this power
    widest: int  # streamed synapses of a cell, at most
    longest: int  # delay, ticks
    sent: Array  # int64 [3, capacity], spikes of cells of which events may be under way: cell, tick, how many
    n_sent: Array  # int64 [1]
    since: Array  # int64 [n_groups of synapses], spikes up to this tick did not go to the group as it is now

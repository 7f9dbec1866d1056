"""What the closed loop keeps of the interconnect: deliveries counted by arrival, by tile and in all, and its clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from neurohw_event.cache_lines import aligned_zeros
from neurohw_event.fabric import Array, Arrived, Work
from neurohw_event.kernels.histogram import EXACT, N_BINS

if TYPE_CHECKING:
    from neurohw_event.fcfs import Fcfs
    from neurohw_event.kernels.credit.state import Credit
    from neurohw_event.layout import Wiring
    from neurohw_event.timeline import Bins
    from neurohw_event.tracing import MessageLog
    from neurohw_event.ways import Senders

# Account.counters. With an interconnect the kernels count neither causes of lateness nor events nor rows: these follow
# from the counts of arrivals, see ``neurohw_event.arrival_counts``, and what is here is to be added.
SENT, DELIVERED, LATE_DISTANCE, LATE_CONTENTION, DISCARDED, DISORDER, ROW_READS, EVENTS = range(8)
N_COUNTERS = 8

# rows of Account.histogram and Account.total; the way in an empty network is known from the ends
LATENCY, GENERATION, PROCESSING, BLOCKING, INTERVAL = range(5)
N_MEASURES = 5
SUM, MAX = 0, 1  # columns of Account.total and Account.long

# half a cache line: a delivery reads and counts in one place, and those of a spike are neighbours
ARRIVAL = np.dtype(
    (
        np.record,
        [
            ("last", "i8"),  # latency of the delivery before, -1: none yet
            ("latency_sum", "u4"),  # below 2^31, as is the next; what is more is in ``Account.more``
            ("square_sum", "u4"),
            ("made", "u4"),
            ("late", "u4"),
            ("zero_load", "i4"),  # cycles from encoder to crossbar in an empty network
            ("tile", "i4"),
        ],
    )
)

# columns of Account.of_tile
TILE_EVENTS, LATEST_FIRED, STEP, STEP_WORK = range(4)
TILE_COLUMNS = 4
# columns of Account.more
LATENCY_SUM, SQUARE_SUM = range(2)

# Marks.size: how many words have bits; where these are kept the room on the wheel held for them, and their tick
WORDS, RESERVED, MARKED = range(3)

# Pace.clock: a tick, the cycle with which it begins, and the most cycles that a tile computes in the present step
TICK, BASE, COMPUTE = range(3)
N_CLOCKS = 3


class Account(NamedTuple):
    """Counts of deliveries; all but the first four are empty without an interconnect."""

    counters: Array  # int64 [N_COUNTERS]
    histogram: Array  # int64 [N_MEASURES, N_BINS], deliveries by cycles
    total: Array  # int64 [N_MEASURES, 2], sum and maximum, up to the end of a run
    long: Array  # int64 [N_MEASURES, 2], of what has no bin of its own in the histogram
    of_arrival: Array  # ARRIVAL [n_arrivals]
    more: Array  # int64 [n_arrivals, 2], sums that were too large
    late_dropped: Array  # int32 [n_arrivals]
    # int64 [n_arrivals], of the delivery before; empty where none overtakes another on its way
    last_fired: Array
    of_tile: Array  # int64 [n_tiles, TILE_COLUMNS], events as in ``counters``


class Pace(NamedTuple):
    """How the chip's cycles and the network's ticks go together."""

    per_tick: int  # cycles of a tick; with a barrier those of a step without spikes, less the barrier itself
    sync_cycles: int  # the barrier takes
    is_barrier: int
    drops_late: int
    encode_cycles: int
    reads: int  # 1: crossbars take time
    update_cycles: Array  # int64 [n_tiles], for all neurons of the tile
    clock: Array  # int64 [N_CLOCKS]


class Marks(NamedTuple):
    """The arrivals made in the present tick, or the one before; see ``neurohw_event.kernels.joining``."""

    word: Array  # uint64 [n_arrivals / 64, rounded up], bit set: made
    listed: Array  # int64 [n_arrivals / 64 + 1], the words with bits
    size: Array  # int64 [3]: WORDS, RESERVED, MARKED
    delay: int  # of all segments, in ticks; 0: they differ
    is_plain: int  # 1: each arrival has one segment, by the same number


class Interconnect(NamedTuple):
    """What the loop over ticks needs; the kernel that is not used is None."""

    senders: Senders
    rank_of_node: Array  # int32 [n_nodes], as in ``Ways``
    pace: Pace
    reach: Array  # REACH [n_cells], what the spikes of a cell read
    work: Work
    arrived: Arrived
    arrival: Array  # int32, which arrivals the deliveries on hand are; as long as the lists of ``arrived``
    marks: Marks
    fcfs: Fcfs | None
    credit: Credit | None
    messages: MessageLog | None
    bins: Bins


def make_account(n_arrivals: int = 0, n_tiles: int = 0, overtakes: bool = False) -> Account:
    """Return counts of nothing; where it ``overtakes``, a delivery may be made before one that was sent earlier."""
    of_arrival = aligned_zeros(n_arrivals, ARRIVAL)
    of_arrival["last"] = -1
    of_tile = np.zeros((n_tiles, TILE_COLUMNS), np.int64)
    of_tile[:, STEP] = -1
    return Account(
        counters=np.zeros(N_COUNTERS, np.int64),
        histogram=np.zeros((N_MEASURES, N_BINS), np.int64),
        total=np.zeros((N_MEASURES, 2), np.int64),
        long=np.zeros((N_MEASURES, 2), np.int64),
        of_arrival=of_arrival,
        more=np.zeros((n_arrivals, 2), np.int64),
        late_dropped=np.zeros(n_arrivals, np.int32),
        last_fired=np.zeros(n_arrivals if overtakes else 0, np.int64),
        of_tile=of_tile,
    )


def sum_up(account: Account) -> None:
    """Bring ``Account.total`` up to date: what is below ``EXACT`` follows from the histogram."""
    cycles, counts, long = np.arange(EXACT), account.histogram[:, :EXACT], account.long
    account.total[:, SUM] = counts @ cycles + long[:, SUM]
    account.total[:, MAX] = np.maximum((cycles * (counts > 0)).max(axis=1), long[:, MAX])


def make_marks(wiring: Wiring) -> Marks:
    """Return marks of no arrival."""
    n_words, delay = -(-len(wiring.tile) // 64), wiring.delay
    is_one = len(delay) > 0 and delay.min() == delay.max()
    return Marks(
        word=np.zeros(n_words, np.uint64),
        listed=np.zeros(n_words + 1, np.int64),
        size=np.zeros(3, np.int64),
        delay=int(delay[0]) if is_one else 0,
        is_plain=int(np.array_equal(wiring.segments_of_arrival, np.arange(len(wiring.tile) + 1))),
    )

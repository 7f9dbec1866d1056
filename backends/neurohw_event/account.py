"""What the closed loop keeps of the interconnect: deliveries counted by arrival, by tile and in all, and its clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from neurohw_event.fabric import Array, Arrived, Work, aligned_zeros
from neurohw_event.kernels.histogram import N_BINS

if TYPE_CHECKING:
    from neurohw_event.fcfs import Fcfs
    from neurohw_event.kernels.credit.state import Credit
    from neurohw_event.layout import Wiring
    from neurohw_event.timeline import Bins
    from neurohw_event.tracing import MessageLog
    from neurohw_event.ways import Senders

# Account.counters
SENT, DELIVERED, LATE_DISTANCE, LATE_CONTENTION, DISCARDED, DISORDER, ROW_READS, EVENTS = range(8)

# rows of Account.histogram and Account.total; the way in an empty network is known from the ends
LATENCY, GENERATION, PROCESSING, BLOCKING, INTERVAL = range(5)
N_MEASURES = 5
SUM, MAX = 0, 1  # columns of Account.total

ARRIVAL = np.dtype(  # a cache line, so that a delivery reads and counts in one place
    (
        np.record,
        [
            ("latency_sum", "i8"),
            ("square_sum", "i8"),
            ("last_fired", "i8"),  # -1: none yet
            ("last_cycle", "i8"),
            ("made", "i4"),
            ("late", "i4"),
            ("late_dropped", "i4"),
            ("tile", "i4"),  # this one and those below as ``Wiring`` says
            ("rows", "i4"),
            ("synapses", "i4"),
            ("segment", "i4"),  # the first
            ("n_segments", "i4"),
        ],
    )
)

# columns of Account.of_tile
PACKETS, TILE_EVENTS, TILE_LATE, LATEST_FIRED, STEP, STEP_WORK = range(6)
TILE_COLUMNS = 8

# Pace.clock: a tick, the cycle with which it begins, and the most cycles that a tile computes in the present step
TICK, BASE, COMPUTE = range(3)
N_CLOCKS = 3


class Account(NamedTuple):
    """Counts of deliveries; the last three are empty without an interconnect."""

    counters: Array  # int64 [8]
    histogram: Array  # int64 [N_MEASURES, N_BINS], deliveries by cycles
    total: Array  # int64 [N_MEASURES, 2]
    of_arrival: Array  # ARRIVAL [n_arrivals]
    of_tile: Array  # int64 [n_tiles, 8]
    zero_load: Array  # int32 [n_arrivals], cycles from encoder to crossbar in an empty network


class Pace(NamedTuple):
    """How the chip's cycles and the network's ticks go together."""

    per_tick: (
        int  # cycles of a tick; with a barrier those of a step without spikes, without the barrier itself
    )
    sync_cycles: int  # the barrier takes
    is_barrier: int
    drops_late: int
    encode_cycles: int
    reads: int  # 1: crossbars take time
    update_cycles: Array  # int64 [n_tiles], for all neurons of the tile
    clock: Array  # int64 [N_CLOCKS]


class Reach(NamedTuple):
    """Where what the spikes of a cell read stands, to be fetched as they are sent."""

    segments_of_cell: Array  # int64 [n_cells + 1]
    synapses_of_cell: Array  # int64 [n_cells + 1]


class Interconnect(NamedTuple):
    """What the loop over ticks needs; the kernel that is not used is None."""

    senders: Senders
    rank_of_node: Array  # int32 [n_nodes], as in ``Ways``
    pace: Pace
    reach: Reach
    work: Work
    arrived: Arrived
    fcfs: Fcfs | None
    credit: Credit | None
    messages: MessageLog | None
    bins: Bins


def make_account(n_arrivals: int, n_tiles: int) -> Account:
    """Return counts of nothing."""
    of_arrival = aligned_zeros(n_arrivals, ARRIVAL)
    of_arrival["last_fired"] = -1
    of_tile = np.zeros((n_tiles, TILE_COLUMNS), np.int64)
    of_tile[:, STEP] = -1
    return Account(
        counters=np.zeros(8, np.int64),
        histogram=np.zeros((N_MEASURES, N_BINS), np.int64),
        total=np.zeros((N_MEASURES, 2), np.int64),
        of_arrival=of_arrival,
        of_tile=of_tile,
        zero_load=np.zeros(n_arrivals, np.int32),
    )


def make_reach(wiring: Wiring) -> Reach:
    """Return where the segments and the synapses of each cell stand."""
    segments = wiring.segments_of_arrival[wiring.arrivals_of_cell]
    return Reach(segments, wiring.synapses_of_segment[segments])

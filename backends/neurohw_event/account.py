"""What the closed loop keeps of the interconnect: deliveries counted by arrival, by tile and in all, and its clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from neurohw_event.fabric import Array, Arrived, Work
from neurohw_event.kernels.histogram import N_BINS

if TYPE_CHECKING:
    from neurohw_event.fcfs import Fcfs
    from neurohw_event.kernels.credit.state import Credit
    from neurohw_event.tracing import MessageLog
    from neurohw_event.ways import Senders

# Account.counters
SENT, DELIVERED, LATE_DISTANCE, LATE_CONTENTION, DISCARDED, DISORDER, ROW_READS, EVENTS = range(8)

# rows of Account.histogram and Account.total; the way in an empty network is known from the ends
LATENCY, GENERATION, PROCESSING, BLOCKING, INTERVAL = range(5)
N_MEASURES = 5
SUM, MAX = 0, 1  # columns of Account.total

# columns of Account.of_arrival
MADE, LATE, LATE_DROPPED, LATENCY_SUM, SQUARE_SUM, LAST_FIRED, LAST_CYCLE = range(7)
ARRIVAL_COLUMNS = 8  # a cache line

# columns of Account.of_tile
PACKETS, TILE_EVENTS, TILE_LATE, LATEST_FIRED, STEP, STEP_WORK = range(6)
TILE_COLUMNS = 8

# Pace.clock: a tick, the cycle with which it begins, and the most cycles that a tile computes in the present step
TICK, BASE, COMPUTE = range(3)
N_CLOCKS = 3


class Account(NamedTuple):
    """Counts of deliveries; ``of_arrival`` and ``of_tile`` are empty without an interconnect."""

    counters: Array  # int64 [8]
    histogram: Array  # int64 [N_MEASURES, N_BINS], deliveries by cycles
    total: Array  # int64 [N_MEASURES, 2]
    of_arrival: Array  # int64 [n_arrivals, 8]
    of_tile: Array  # int64 [n_tiles, 8]


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


class Ends(NamedTuple):
    """What the deliveries of ends are; other nodes have entries, too."""

    rank: Array  # int32 [n_nodes], which of the packet's deliveries it is
    zero_load: Array  # int64 [n_nodes], cycles from encoder to crossbar in an empty network


class Interconnect(NamedTuple):
    """What the loop over ticks needs; the kernel that is not used is None."""

    senders: Senders
    ends: Ends
    pace: Pace
    work: Work
    arrived: Arrived
    fcfs: Fcfs | None
    credit: Credit | None
    messages: MessageLog | None


def make_account(n_arrivals: int, n_tiles: int) -> Account:
    """Return counts of nothing."""
    of_arrival = np.zeros((n_arrivals, ARRIVAL_COLUMNS), np.int64)
    of_arrival[:, LAST_FIRED] = -1
    of_tile = np.zeros((n_tiles, TILE_COLUMNS), np.int64)
    of_tile[:, STEP] = -1
    return Account(
        counters=np.zeros(8, np.int64),
        histogram=np.zeros((N_MEASURES, N_BINS), np.int64),
        total=np.zeros((N_MEASURES, 2), np.int64),
        of_arrival=of_arrival,
        of_tile=of_tile,
    )

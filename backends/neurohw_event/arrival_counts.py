"""What follows from the counts of arrivals: a cell's spike at a tile brings the same whenever it is made."""

from __future__ import annotations

import numpy as np

from neurohw_event.account import (
    EVENTS,
    LATE_CONTENTION,
    LATE_DISTANCE,
    LATENCY_SUM,
    N_COUNTERS,
    ROW_READS,
    SQUARE_SUM,
    TILE_EVENTS,
    Account,
)
from neurohw_event.fabric import Array
from neurohw_event.interconnect import Transport
from neurohw_event.layout import Wiring


def counters_of(account: Account, transport: Transport | None, wiring: Wiring) -> Array:
    """Return all counters of ``Account.counters``, int64 [N_COUNTERS]."""
    if transport is None:
        return account.counters
    return account.counters + _counters(account, transport, wiring)


def events_of_tiles(account: Account, wiring: Wiring) -> Array:
    """Return the synaptic events at each tile, int64 [n_tiles]."""
    events: Array = account.of_tile[:, TILE_EVENTS] + _events_of_tiles(account, wiring)
    return events


def of_tiles(account: Account, count: str) -> Array:
    """Return a count of arrivals (a field of ``ARRIVAL``) for each tile, int64 [n_tiles]."""
    return _summed(account, account.of_arrival[count].astype(np.int64))


def latency_sums(account: Account) -> tuple[Array, Array]:
    """Return for each arrival the sums of its latencies and of their squares, int64 [n_arrivals] each."""
    at, more = account.of_arrival, account.more
    return at["latency_sum"] + more[:, LATENCY_SUM], at["square_sum"] + more[:, SQUARE_SUM]


def keep_past(account: Account, transport: Transport, old: Wiring, new: Wiring) -> None:
    """Have what arrivals brought so far stay counted where the synapses change.

    To be called before the transport knows of it, as a crossbar works longer on more synapses.
    """
    account.counters[:] += _counters(account, transport, old)
    account.of_tile[:, TILE_EVENTS] += _events_of_tiles(account, old)
    transport.rewire(new)
    account.counters[:] -= _counters(account, transport, new)
    account.of_tile[:, TILE_EVENTS] -= _events_of_tiles(account, new)


def _counters(account: Account, transport: Transport, wiring: Wiring) -> Array:
    """Return the counters that the kernels leave out, as if synapses had always been these."""
    at, pace, work = account.of_arrival, transport.net.pace, transport.net.work
    made, late = at["made"].astype(np.int64), at["late"].astype(np.int64)
    alone = pace.encode_cycles + at["zero_load"] + work.cycles[np.arange(len(at)) * work.stride]
    is_far = alone >= pace.per_tick
    counters = np.zeros(N_COUNTERS, np.int64)
    counters[LATE_DISTANCE], counters[LATE_CONTENTION] = late[is_far].sum(), late[~is_far].sum()
    counters[EVENTS], counters[ROW_READS] = made @ _synapses(wiring), made @ wiring.rows.astype(np.int64)
    return counters


def _events_of_tiles(account: Account, wiring: Wiring) -> Array:
    return _summed(account, account.of_arrival["made"] * _synapses(wiring))


def _synapses(wiring: Wiring) -> Array:
    """Return the synapses of each arrival, int64 [n_arrivals]."""
    return np.diff(wiring.synapses_of_segment[wiring.segments_of_arrival]).astype(np.int64)


def _summed(account: Account, numbers: Array) -> Array:
    sums = np.zeros(len(account.of_tile), np.int64)
    np.add.at(sums, account.of_arrival["tile"], numbers)
    return sums

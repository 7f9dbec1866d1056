"""Synaptic events of each projection, from counts per arrival: a cell's spike at a tile, or at all of its targets."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network
from neurohw.result import ProjectionLoad
from neurohw_event.account import Account
from neurohw_event.interconnect import Transport
from neurohw_event.layout import Array, SpikeLog, Wiring

N_COUNTS = 3  # made, late, lost


class ProjectionCounts:
    """Sums over the run so far; where synapses change, what happened before is kept."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._past = np.zeros((N_COUNTS, 0))
        self._base: Array | None = None  # counts of arrivals at the last change

    def rewire(self, wiring: Wiring, log: SpikeLog, account: Account, transport: Transport | None) -> None:
        """Go on with other synapses."""
        self._past = self._sums(log, account, transport)
        self._wiring = wiring
        self._base = arrival_counts(wiring, log, account, transport)

    def load(
        self, network: Network, log: SpikeLog, account: Account, transport: Transport | None
    ) -> ProjectionLoad:
        """Return the rows of a report; without an interconnect nothing is late or lost."""
        n = len(network.synapses)
        made, late, lost = _resized(self._sums(log, account, transport), n).astype(np.int64)
        simulated = transport is not None
        return ProjectionLoad(
            name=np.array([synapses.name for synapses in network.synapses], dtype=np.str_),
            synapses=np.array([synapses.size for synapses in network.synapses], dtype=np.int64),
            synaptic_events=made,
            late=late if simulated else None,
            lost=lost if simulated else None,
        )

    def _sums(self, log: SpikeLog, account: Account, transport: Transport | None) -> Array:
        since = arrival_counts(self._wiring, log, account, transport)
        if self._base is not None:
            since -= self._base
        now = _by_projection(self._wiring, since)
        n = max(now.shape[1], self._past.shape[1])
        return _resized(now, n) + _resized(self._past, n)


def arrival_counts(wiring: Wiring, log: SpikeLog, account: Account, transport: Transport | None) -> Array:
    """Return how often each arrival was made, came late and was lost, int64 [3, n_arrivals]."""
    sent = np.repeat(log.spikes, np.diff(wiring.arrivals_of_cell))
    if transport is None:
        return np.stack([sent, np.zeros_like(sent), np.zeros_like(sent)])
    made = account.of_arrival["made"].astype(np.int64)
    return np.stack([made, account.of_arrival["late"], sent - made - transport.under_way(wiring)])


def _by_projection(wiring: Wiring, counts: Array) -> Array:
    """Return counts of arrivals (int64 [3, n_arrivals]) as sums over synapses, float64 [3, n_projections]."""
    arrival = np.repeat(np.arange(len(wiring.tile)), np.diff(wiring.segments_of_arrival))
    n_segments = len(arrival)  # those behind are kept for spikes under way only
    synapses = np.diff(wiring.synapses_of_segment)[:n_segments]
    channel = wiring.channel[:n_segments]
    return np.stack([np.bincount(channel, weights=row[arrival] * synapses) for row in counts])


def _resized(columns: Array, n: int) -> Array:
    """Return the first ``n`` columns, with zeros where there are fewer."""
    resized = np.zeros((len(columns), n))
    kept = min(n, columns.shape[1])
    resized[:, :kept] = columns[:, :kept]
    return resized

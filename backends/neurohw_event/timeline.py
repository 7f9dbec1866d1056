"""What links do over time: busy cycles and longest queues in bins of ticks, which become wider as a run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from neurohw.result import Timeline

if TYPE_CHECKING:
    from neurohw_event.interconnect import Transport

Array = np.ndarray

MOST_BINS = 128  # even; then pairs of bins become one
FIRST_BIN_MS = 1.0
MOST_LINKS = 16  # shown of each: those with the longest queues


class Bins(NamedTuple):
    """Closed bins. They begin at multiples of their width, so that it does not matter where a run is interrupted."""

    cycle: Array  # int64 [MOST_BINS + 1], with which each bin begins
    busy: Array  # int64 [MOST_BINS + 1, n_wires], cycles up to there
    longest: Array  # int64 [MOST_BINS, n_links], packets that waited at once at most
    state: Array  # int64 [2]: closed bins, ticks of a bin


def make_bins(n_wires: int, n_links: int, timestep_ms: float) -> Bins:
    """Return room for bins, none of them closed."""
    return Bins(
        cycle=np.zeros(MOST_BINS + 1, np.int64),
        busy=np.zeros((MOST_BINS + 1, n_wires), np.int64),
        longest=np.zeros((MOST_BINS, n_links), np.int64),
        state=np.array([0, max(1, round(FIRST_BIN_MS / timestep_ms))]),
    )


def longest_of_bins(bins: Bins) -> Array:
    """Return the longest queue of each link in all closed bins, int64 [n_links]."""
    longest: Array = bins.longest[: bins.state[0]].max(axis=0, initial=0)
    return longest


def timeline_of(transport: Transport, timestep_ms: float, tick: int) -> Timeline:
    """Return what was up to and including ``tick``; the last bin may be shorter."""
    bins = transport.net.bins
    n_closed, width = bins.state.tolist()
    n_wires = bins.busy.shape[1]
    edges, cycles = np.arange(n_closed + 1) * width, bins.cycle[: n_closed + 1]
    busy, longest = bins.busy[: n_closed + 1], bins.longest[:n_closed, :n_wires]
    if edges[-1] <= tick:
        edges = np.append(edges, tick + 1)
        cycles = np.append(cycles, transport.begin_of(tick + 1))
        busy = np.vstack([busy, transport.busy_of_wires()])
        longest = np.vstack([longest, transport.longest_since()[:n_wires]])
    utilisation = np.diff(busy, axis=0) / np.maximum(np.diff(cycles), 1)[:, None]
    shown = np.lexsort((-utilisation.sum(axis=0), -longest.max(axis=0, initial=0)))[:MOST_LINKS]
    return Timeline(
        edges_ms=edges * timestep_ms,
        link=shown,
        utilisation=utilisation[:, shown],
        occupancy=longest[:, shown],
        most_utilisation=utilisation.max(axis=1, initial=0.0),
        most_occupancy=longest.max(axis=1, initial=0),
    )

"""What links do over time: busy cycles and longest queues in bins of ticks, which become wider as a run goes on."""

from __future__ import annotations

import numpy as np

from neurohw.result import Timeline
from neurohw_event.fabric import Array
from neurohw_event.interconnect import Transport

MOST_BINS = 128  # then pairs of bins become one
FIRST_BIN_MS = 1.0
MOST_LINKS = 16  # shown of each: those with the longest queues


class TimelineRecorder:
    """Bins that begin at multiples of their width, so that it does not matter where a run is interrupted."""

    def __init__(self, transport: Transport, timestep_ms: float) -> None:
        self._transport, self._timestep_ms = transport, timestep_ms
        self._n_links = transport.chip_links.topology.links.n_links
        self._width = max(1, round(FIRST_BIN_MS / timestep_ms))  # ticks
        self._cycles = [0]  # with which each bin begins
        self._busy = [np.zeros(self._n_links, np.int64)]  # up to there
        self._longest: list[Array] = []

    def last_tick(self, tick: int) -> int:
        """Return the last tick of the bin that a tick belongs to."""
        return (tick // self._width + 1) * self._width - 1

    def take(self, tick: int) -> None:
        """Close a bin if it ends with ``tick``, up to which the session has come."""
        if tick != self.last_tick(tick):
            return
        self._cycles.append(self._transport.begin_of(tick + 1))
        self._busy.append(self._transport.busy_of_wires())
        self._longest.append(self._transport.take_longest()[: self._n_links])
        if len(self._longest) == MOST_BINS:
            self._width *= 2
            self._cycles, self._busy = self._cycles[::2], self._busy[::2]
            self._longest = list(np.maximum(self._longest[::2], self._longest[1::2]))

    def timeline(self, tick: int) -> Timeline:
        """Return what was up to and including ``tick``; the last bin may be shorter."""
        transport = self._transport
        cycles, busy, longest = list(self._cycles), list(self._busy), list(self._longest)
        edges = [n * self._width for n in range(len(cycles))]
        if edges[-1] <= tick:
            edges.append(tick + 1)
            cycles.append(transport.begin_of(tick + 1))
            busy.append(transport.busy_of_wires())
            longest.append(transport.longest_since()[: self._n_links])
        spans = np.maximum(np.diff(cycles), 1)
        utilisation = np.diff(np.array(busy), axis=0) / spans[:, None]
        occupancy = np.array(longest).reshape(-1, self._n_links)
        shown = np.lexsort((-utilisation.sum(axis=0), -occupancy.max(axis=0, initial=0)))[:MOST_LINKS]
        return Timeline(
            edges_ms=np.array(edges) * self._timestep_ms,
            link=shown,
            utilisation=utilisation[:, shown],
            occupancy=occupancy[:, shown],
            most_utilisation=utilisation.max(axis=1, initial=0.0),
            most_occupancy=occupancy.max(axis=1, initial=0),
        )

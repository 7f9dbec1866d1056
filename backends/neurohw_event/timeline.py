"""What links do over time: bins of equal length in ticks, merged in pairs when there are too many."""

from __future__ import annotations

import numpy as np

from neurohw.result import Timeline
from neurohw_event.fabric import Array
from neurohw_event.interconnect import Transport

FIRST_BIN_MS = 1.0
MOST_BINS = 120  # even
MOST_LINKS = 16


class LinkTimeline:
    """Cycles held and longest queue of every link, bin by bin; a run advances from one end of a bin to the next."""

    def __init__(self, transport: Transport, timestep_ms: float) -> None:
        self._transport, self._timestep_ms = transport, timestep_ms
        self._n_links = transport.chip_links.topology.links.n_links
        self._width = max(1, round(FIRST_BIN_MS / timestep_ms))  # ticks of a bin
        self._begins = [0]  # cycles
        self._busy: list[Array] = []  # since the beginning of the run, at the end of each bin
        self._longest: list[Array] = []

    def stop(self, tick: int, until_tick: int) -> int:
        """Return the tick up to which to advance from ``tick`` on: the last of its bin, or ``until_tick``."""
        return min(until_tick, (tick // self._width + 1) * self._width - 1)

    def note(self, tick: int) -> None:
        """Close the bin of a tick that has been done, if it is the last of it."""
        if (tick + 1) % self._width:
            return
        self._begins.append(self._transport.begin_of(tick + 1))
        busy, longest = self._transport.look()
        self._busy.append(busy[: self._n_links])
        self._longest.append(longest[: self._n_links])
        self._transport.forget_longest()
        if len(self._busy) == MOST_BINS:
            self._begins = self._begins[::2]
            self._busy = self._busy[1::2]
            self._longest = [
                np.maximum(*pair) for pair in zip(self._longest[::2], self._longest[1::2], strict=True)
            ]
            self._width *= 2

    def timeline(self, tick: int) -> Timeline | None:
        """Return what was done up to a tick; None before the first."""
        begins, busy, longest = self._begins, self._busy, self._longest
        done = len(busy) * self._width
        ends = np.arange(len(busy) + 1) * self._width
        if done <= tick:
            begins = [*begins, self._transport.begin_of(tick + 1)]
            busy_now, longest_now = self._transport.look()
            busy, longest = [*busy, busy_now[: self._n_links]], [*longest, longest_now[: self._n_links]]
            ends = np.append(ends, tick + 1)
        if not busy:
            return None
        held = np.diff(np.stack(busy), axis=0, prepend=0)
        utilisation = held / np.maximum(np.diff(begins), 1)[:, None]
        occupancy = np.stack(longest)
        shown = np.lexsort((-utilisation.sum(axis=0), -occupancy.max(axis=0)))[:MOST_LINKS]
        return Timeline(
            edges_ms=ends * self._timestep_ms,
            link=shown,
            utilisation=utilisation[:, shown],
            occupancy=occupancy[:, shown],
            most_utilisation=utilisation.max(axis=1),
            most_occupancy=occupancy.max(axis=1),
        )

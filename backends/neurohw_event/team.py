"""The threads of a run, each with a share of the cells: the spikes are those of one thread for all."""

from __future__ import annotations

import time
from collections.abc import Sequence
from threading import Thread
from typing import Any

import numpy as np

from neurohw.errors import SimulationError
from neurohw_event.cache_lines import apart
from neurohw_event.drives import under_way
from neurohw_event.kernels.drives import hand_back
from neurohw_event.kernels.exchange import HALF
from neurohw_event.kernels.loop import SEND, settle
from neurohw_event.kernels.shares import BEGIN, ROOM, run_share
from neurohw_event.layout import Array, Kind, Pending, Probes, SpikeLog
from neurohw_event.recording import empty_log
from neurohw_event.room import grow_log, grow_pending, with_room
from neurohw_event.shares import Whole, make_parts, n_shares_of, share_of_segment
from neurohw_event.streams import with_streams
from neurohw_event.transit import divided, joined


class Team:
    """The shares of a run, and the wheels and logs that grow."""

    def __init__(self, whole: Whole, share_of_cell: Array, pendings: Sequence[Pending], tick: int) -> None:
        """Divide a run that stands at ``tick``."""
        self._whole, self._share_of_cell = whole, share_of_cell
        n_shares = n_shares_of(share_of_cell)
        self.pendings = list(pendings)
        if len(pendings) != n_shares:
            to = share_of_segment(whole.wiring, share_of_cell)
            self.pendings = divided(joined(pendings, tick), to, n_shares, tick)
        wheels = [with_streams(own, whole.wiring, share, tick) for share, own in enumerate(self.pendings)]
        self.pendings = [apart(own, whole.wiring) for own in wheels]
        self._parts = make_parts(whole, share_of_cell, tick + 1)
        self._logs = [apart(_log_of(whole.log), whole.log) for _ in self._parts]
        self._cell_bits = whole.network.n_cells.bit_length()
        self._has_failed = False

    def run(self, tick: int, until: int, probes: Probes) -> tuple[Array, Array]:
        """Simulate from ``tick`` to ``until``; returns the recorded spikes (ids, ticks) in order.

        Raises
        ------
        SimulationError
            When an earlier call was ended by an error, which the shares met in different ticks.
        """
        self._refuse_failed()
        failures: list[BaseException] = []
        keys: list[Array] = [np.empty(0, np.int64) for _ in self._parts]

        def simulate(number: int) -> None:
            try:
                self._run_one(number, tick, until, probes)
                keys[number] = self._take_log(number, tick)
            except BaseException as failure:  # whatever it is, the others must not wait for this one
                self._has_failed = True
                failures.append(failure)

        threads = [
            Thread(target=simulate, args=(number,), daemon=True) for number in range(1, len(self._parts))
        ]
        try:
            for thread in threads:
                thread.start()
            simulate(0)
            for thread in threads:
                thread.join()
        except BaseException:  # there is no thread to be had, or an interrupt
            self._has_failed = True
            raise
        if failures:
            raise failures[0]
        return self._merged(keys, tick)

    def _refuse_failed(self) -> None:
        if self._has_failed:
            raise SimulationError("a run that an error ended cannot go on: open another one")

    def _run_one(self, number: int, tick: int, until: int, probes: Probes) -> None:
        part, whole = self._parts[number], self._whole
        own_probes = _own_probes(probes, self._share_of_cell == number)
        stepped = part.cells.stepped if Kind.STEPPED in part.groups.kind else None
        stage = BEGIN
        while True:
            tick, stage = run_share(
                tick,
                until,
                stage,
                (part.cells, part.groups, whole.group_of_cell, part.agenda, part.grid, stepped),
                (whole.wiring, self.pendings[number], None, part.block),
                part.steps,
                part.fired,
                self._logs[number],
                own_probes,
                part.account,
                part.extras,
                part.share,
            )
            if tick > until and stage == BEGIN:
                return
            if self._has_failed:
                return
            if stage == ROOM:
                deliveries = int(part.share.n_posted[part.share.until[HALF], :, 1].sum())
                self.pendings[number] = with_room(self.pendings[number], whole.wiring, deliveries, tick)
            elif stage == SEND:
                self._logs[number] = grow_log(self._logs[number], int(part.fired.size[1]))
            else:
                time.sleep(0)  # let others work

    def _take_log(self, number: int, first_tick: int) -> Array:
        """Return what a share recorded since ``first_tick``, in order: ticks since then << bits of a cell | cell."""
        log = self._logs[number]
        n = int(log.size[0])
        keys = log.ticks[:n] - first_tick
        keys <<= self._cell_bits
        keys |= log.ids[:n]
        log.size[0] = 0
        return keys

    def _merged(self, keys: list[Array], first_tick: int) -> tuple[Array, Array]:
        """Return what all shares recorded (ids, ticks), by tick and cell, and count what was delivered."""
        for part in self._parts:
            self._whole.account.counters[:] += part.account.counters
            part.account.counters[:] = 0
        spikes = np.sort(np.concatenate(keys), kind="stable")  # which merges what is in order
        ids = spikes & ((1 << self._cell_bits) - 1)
        return ids.astype(np.int32), (spikes >> self._cell_bits) + first_tick

    def settle(self, tick: int) -> None:
        """Bring the state of all cells up to ``tick``, and put all that is under way onto the wheels.

        Raises
        ------
        SimulationError
            As of ``run``.
        """
        self._refuse_failed()
        if tick < 0:
            return
        for number, part in enumerate(self._parts):
            if part.extras is not None:
                drives = part.extras.drives
                pending = grow_pending(self.pendings[number], under_way(drives, tick))
                hand_back(drives, self._whole.wiring, pending, tick)
                self.pendings[number] = pending
            settle(tick, part.cells, part.groups, part.grid, part.extras)


def _own_probes(probes: Probes, is_own: Array) -> Probes:
    own = is_own[probes.cell]
    selected: dict[str, Any] = {
        name: getattr(probes, name)[own] for name in ("cell", "column", "every", "group", "offset")
    }
    return apart(probes._replace(**selected, look=np.empty_like(probes.look)), probes)


def _log_of(whole: SpikeLog) -> SpikeLog:
    """Return an empty log of a share; what is counted by cell is that of all."""
    return whole._replace(**empty_log())

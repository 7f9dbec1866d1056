"""One run in progress: the arrays of the simulation, moved on by one kernel call per stretch of time."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

import numpy as np

from neurohw.backend import refuse, refuse_past
from neurohw.network import Network, verify
from neurohw.program import Program
from neurohw.result import Result, Spikes, Traffic
from neurohw.tracing import Tracing
from neurohw_event.account import make_account, sum_up
from neurohw_event.accounting import count_traffic, make_report
from neurohw_event.arrival_counts import keep_past
from neurohw_event.blocks import make_block, make_fired
from neurohw_event.cells import (
    make_agenda,
    make_bins,
    make_cells,
    make_groups,
    make_steps,
    restarted,
    start_random,
)
from neurohw_event.changes import one_by_one, refuse_other_shape
from neurohw_event.drives import make_drives, under_way
from neurohw_event.extras import needed_extras
from neurohw_event.grid import make_grid
from neurohw_event.history import make_history_room
from neurohw_event.interconnect import Transport
from neurohw_event.kernels.drives import hand_back
from neurohw_event.kernels.interconnect import packets_of
from neurohw_event.kernels.loop import MOVE, SEND, STUCK, UPDATE, run_ticks, settle
from neurohw_event.layout import Array, Kind, Probes
from neurohw_event.plastic_changes import forget_settings, go_on, kept_groups
from neurohw_event.plastic_layout import Plastic
from neurohw_event.plastic_state import as_of, variables
from neurohw_event.plasticity import Past, delivery_order, make_plastic
from neurohw_event.projections import ProjectionCounts
from neurohw_event.recording import Recorder, make_log, recorded
from neurohw_event.room import appended, grow_log, grow_pending, with_room
from neurohw_event.shares import Whole, bounds_of, can_be_shared, share_of_cell
from neurohw_event.streams import with_streams
from neurohw_event.support import unsupported
from neurohw_event.team import Team
from neurohw_event.tracing import messages_of, transfers_of
from neurohw_event.transit import POOL, carry_over, entries, joined, make_pending, same_segments
from neurohw_event.waveforms import make_waves
from neurohw_event.wiring import make_wiring, places_of


class EventSession:
    """A run of the event-driven backend; see :class:`neurohw.backend.Session`."""

    def __init__(
        self, program: Program, fidelity: str, seed: int, tracing: Tracing | None = None, threads: int = 1
    ) -> None:
        started = time.perf_counter()
        verify(program.network)
        network = program.network
        self.program, self.fidelity, self.seed = program, fidelity, seed
        self.tick = -1  # last tick done
        self._by_tile = fidelity != "ideal" and program.chip is not None
        self._share_of_cell = None if self._by_tile else share_of_cell(network, threads)
        self._groups = make_groups(network)
        sizes = [population.size for population in network.populations]
        self._group_of_cell = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        self._cells = make_cells(network, seed, 0)
        self._bins = make_bins(network, self._cells)
        for population, kind in zip(network.populations, self._groups.kind, strict=True):
            if kind == Kind.RANDOM:
                start_random(population, self._cells, self._bins, 0.0)
        self._grid = make_grid(network, self._cells, self._groups, 0)
        self._agenda = make_agenda(network.n_cells, 0)
        self._steps = make_steps(network, self._group_of_cell, 0)
        self._waves = make_waves(network, self._group_of_cell, 0, seed)
        self.wiring = make_wiring(program, self._by_tile, share_of_cell=self._share_of_cell)
        self._places = places_of(program, self._by_tile, self._share_of_cell)
        self._plastic = make_plastic(network, self.wiring, self._places, seed)
        self._orders: dict[int, Array | slice] = {}
        self._pendings = [make_pending(int(self.wiring.delay.max(initial=1)), POOL)]
        self.account, self.transport = make_account(), None
        if self._by_tile and program.chip is not None:
            self.transport = Transport(program, program.chip, fidelity, self.wiring, tracing)
            self.account = self.transport.make_account(self.wiring)
        self.log = make_log(network)
        self.projections = ProjectionCounts(self.wiring)
        self._take_extras()
        self._recorder = Recorder(network, self._group_of_cell)
        self._build_s = time.perf_counter() - started
        self._run_s = 0.0

    def advance(self, until_tick: int) -> None:
        """Simulate up to and including ``until_tick``.

        Raises
        ------
        SettingError
            When ``until_tick`` lies in the past.
        DeadlockError
            When packets wait for each other for ever (fidelity ``credit``).
        """
        refuse_past(self.tick, until_tick)
        if until_tick == self.tick:
            return
        started = time.perf_counter()
        probes = self._recorder.open(self.tick + 1, until_tick)
        self._run_all(self.tick + 1, until_tick, probes)
        self._recorder.close(probes)
        self.tick = until_tick
        self._run_s += time.perf_counter() - started

    def _run_all(self, tick: int, until_tick: int, probes: Probes) -> None:
        """Simulate from ``tick`` to ``until_tick``, making room as it is needed."""
        if self._team is not None:
            self.log = appended(self.log, *self._team.run(tick, until_tick, probes))
            return
        tick, stage = self._run(tick, UPDATE, until_tick, probes)
        while tick <= until_tick:
            if stage == STUCK and self.transport is not None:
                raise self.transport.deadlock()
            self._make_room(tick, stage)
            tick, stage = self._run(tick, stage, until_tick, probes)

    def _run(self, tick: int, stage: int, until_tick: int, probes: Probes) -> tuple[int, int]:
        stepped = self._cells.stepped if Kind.STEPPED in self._groups.kind else None
        reached: tuple[int, int] = run_ticks(
            tick,
            until_tick,
            stage,
            (self._cells, self._groups, self._group_of_cell, self._agenda, self._grid, stepped),
            (
                self.wiring,
                self._pendings[0],
                self._plastic if len(self._plastic.weight) else None,
                self._block,
            ),
            self._steps,
            self._fired,
            self.log,
            probes,
            self.account,
            self._extras,
            None if self.transport is None else self.transport.net,
            None,
        )
        sum_up(self.account)
        return reached

    def _make_room(self, tick: int, stage: int) -> None:
        self.log = grow_log(self.log, int(self._fired.size[1]))
        self._plastic = make_history_room(self._plastic, self.wiring, tick)
        if self.transport is None:
            deliveries = int(self._fired.size[1])
        else:
            deliveries = self.transport.waiting_deliveries
            self.transport.note_waiting()
        self._pendings = [with_room(self._pendings[0], self.wiring, deliveries, tick)]
        if self.transport is not None and not deliveries:
            packets = int(packets_of(self.transport.net, self._fired)) if stage == SEND else 0
            self.transport.make_room(packets, copies=stage == MOVE)

    def set(self, program: Program) -> None:
        """Go on with another program of the same populations; its parameters hold from the next tick on.

        Spikes under way arrive with the new weights. What was under way as connections or delays changed arrives as it
        was then, with the weights set together with the delays; weights set later do not reach it.
        Synapses that are not static keep their state where their group has the same model and connections.

        Raises
        ------
        UnsupportedError
            When populations, or the routes of a simulated chip, are others.
        """
        refuse(unsupported(program, self.fidelity))
        verify(program.network)
        refuse_other_shape(self.program, program, on_chip=self.transport is not None)
        before, network, self.program = self.program.network, program.network, program
        self._settle()
        self._cells = make_cells(network, self.seed, self.tick + 1, self._cells)
        self._bins = make_bins(network, self._cells)
        self._grid = make_grid(network, self._cells, self._groups, self.tick + 1)
        for population in restarted(before, network):
            start_random(population, self._cells, self._bins, max(0, self.tick) * network.timestep_ms)
        self._agenda = make_agenda(network.n_cells, self.tick + 1)
        self._steps = make_steps(network, self._group_of_cell, self.tick + 1)
        self._waves = make_waves(network, self._group_of_cell, self.tick + 1, self.seed)
        for step in one_by_one(before, program):
            self._rewire(before, step)
            before = step.network
        self.log.recorded[:] = recorded(network)
        self._take_extras()
        self._recorder.set(network)
        self.projections.rewire(self.wiring, self.log, self.account, self.transport)

    def traffic(self) -> Traffic:
        """Return the deliveries so far."""
        return count_traffic(self)

    def result(self) -> Result:
        """Return everything recorded since the session was opened."""
        n = int(self.log.size[0])
        network, transport = self.program.network, self.transport
        return Result(
            timestep_ms=network.timestep_ms,
            until_tick=max(0, self.tick),
            spikes=Spikes(self.log.ids[:n].astype(np.int64), self.log.ticks[:n].copy()),
            traces=self._recorder.traces(),
            report=make_report(self),
            messages=None if transport is None else messages_of(transport, self.wiring),
            transfers=None
            if transport is None
            else transfers_of(transport, self.wiring, transport.begin_of(self.tick + 1)),
        )

    def synapse_state(self, group: int) -> dict[str, Array]:
        """Return weights, and short-term variables, of one group of synapses; see ``Session``."""
        network = self.program.network
        if network.synapses[group].model.is_static:
            return {"weight": np.array(network.synapses[group].weight)}
        if group not in self._orders:
            self._orders[group] = delivery_order(network, group, self._places)
        return variables(self._as_of(group, self.tick), group, self._orders[group])

    @property
    def timing_s(self) -> dict[str, float]:
        """Wall time spent so far."""
        return {"build": self._build_s, "run": self._run_s}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def _rewire(self, before: Network, program: Program) -> None:
        wiring = make_wiring(program, self._by_tile, share_of_cell=self._share_of_cell, before=self.wiring)
        kept = kept_groups(before, program.network)
        self._plastic = forget_settings(self._plastic, self.wiring, self.tick)
        past = Past(self._plastic, kept, self.tick)
        plastic = make_plastic(program.network, wiring, self._places, self.seed, past)
        plastic, sent, others = go_on(plastic, past, self.wiring, self._as_of)
        if others or not same_segments(self.wiring, wiring):
            found = [group for group in kept if group not in others]
            wheel = joined(self._pendings, self.tick)
            carried, wiring = carry_over(wheel, self.wiring, wiring, sent, found, self.tick)
            self._pendings = [carried]
        if self.transport is not None:
            keep_past(self.account, self.transport, self.wiring, wiring)
        self.wiring, self._plastic, self._orders = wiring, plastic, {}

    def _take_extras(self) -> None:
        network, goes_straight = self.program.network, self.transport is None
        unseen = ~self.log.recorded & goes_straight
        bounds = bounds_of(network, 1)
        self._drives = make_drives(network, self._cells, self.wiring, bounds, unseen, self.tick + 1)
        self._extras = needed_extras(network, self._groups, self._drives, self._waves, self._bins)
        is_plain = self._extras is None and not len(self._plastic.weight) and self.transport is None
        self._block = make_block(self._groups, self.wiring, network.n_cells) if is_plain else None
        self._fired = make_fired(network.n_cells, 1 if self._block is None else len(self._block.n_fired))
        self._take_team(unseen)

    def _take_team(self, unseen: Array) -> None:
        """Have threads simulate a share each, where the session was opened for them and the network allows it."""
        share, network = self._share_of_cell, self.program.network
        if share is None or not can_be_shared(network):
            wheel = joined(self._pendings, self.tick)
            self._team, self._pendings = None, [with_streams(wheel, self.wiring, None, self.tick)]
            return
        state = self._cells, self._groups, self._group_of_cell, self._agenda, self._grid, self._steps
        whole = Whole(network, *state, self.wiring, self._extras, self.log, self.account, unseen)
        self._team = Team(whole, share, self._pendings, self.tick)

    def _settle(self) -> None:
        """Bring the state of all cells up to the tick done, and put all that is under way onto the wheels."""
        if self._team is not None:
            self._team.settle(self.tick)
            self._pendings = self._team.pendings
            return
        if self.tick < 0:
            return
        self._pendings = [grow_pending(self._pendings[0], under_way(self._drives, self.tick))]
        hand_back(self._drives, self.wiring, self._pendings[0], self.tick)
        settle(self.tick, self._cells, self._groups, self._grid, self._extras)

    def _as_of(self, channel: int, tick: int) -> Plastic:
        return as_of(self._plastic, self.wiring, entries(self._pendings[0], self.tick), channel, tick)

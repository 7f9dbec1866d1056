"""One run of the reference in progress."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

import numpy as np

from neurohw.backend import refuse_past
from neurohw.errors import UnsupportedError
from neurohw.network import Network, Synapses, verify
from neurohw.network.declarations import CellModel
from neurohw.program import Program
from neurohw.result import Result, Traffic
from neurohw_brian2.accounting import count_traffic, make_report
from neurohw_brian2.recording import Recorder, SpikeLog
from neurohw_brian2.simulation import Simulation, State
from neurohw_brian2.sources import Sources

Array = np.ndarray
NONE = np.empty(0, np.int64)


class Brian2Session:
    """A run of the reference; see :class:`neurohw.backend.Session`."""

    def __init__(self, program: Program, seed: int) -> None:
        started = time.perf_counter()
        network = program.network
        verify(network)
        self._program, self._seed = program, seed
        self._tick = -1  # last tick done
        self._sources = Sources(network, seed)
        self._source_spikes: dict[int, Array] = {}
        self._log = SpikeLog(network.n_cells)
        self._log.probe(network, 0)
        self._recorder = Recorder(network)
        self._simulation = Simulation(network, seed=seed)
        self._simulation.initialise()
        self._build_s = time.perf_counter() - started
        self._run_s = 0.0

    def advance(self, until_tick: int) -> None:
        """Simulate up to and including ``until_tick``.

        Raises
        ------
        SettingError
            When ``until_tick`` lies in the past.
        """
        refuse_past(self._tick, until_tick)
        if until_tick == self._tick:
            return
        started = time.perf_counter()
        self._draw_source_spikes(until_tick)
        if self._tick < 0:
            self._tick = 0
            self._simulation.see(self._source_spikes.get(0, NONE))
            self._recorder.sample(0, self._simulation.values)
        while self._tick < until_tick:
            fired = self._simulation.step(self._source_spikes.pop(self._tick, NONE))
            self._tick += 1
            self._simulation.see(np.concatenate([fired, self._source_spikes.get(self._tick, NONE)]))
            self._log.add(self._tick, fired)
            self._recorder.sample(self._tick, self._simulation.values)
        self._run_s += time.perf_counter() - started

    def set(self, program: Program) -> None:
        """Go on with another program of the same populations; it holds from the next tick on.

        A spike under way arrives with the weight in force at its arrival.

        Raises
        ------
        UnsupportedError
            When populations, connections or delays are others: what is under way would lose its way.
        """
        started = time.perf_counter()
        network = program.network
        verify(network)
        _check_structure(self._program.network, network)
        self._program = program
        self._log.probe(network, self._tick + 1)
        self._recorder.set(network)
        self._sources.set(network, max(0, self._tick))
        state = State(self._simulation.variables(), self._log.last_spike(), self._simulation.plastic)
        self._simulation = Simulation(network, max(0, self._tick), self._seed)
        self._simulation.restore(state, self._log.at)
        self._build_s += time.perf_counter() - started

    def traffic(self) -> Traffic:
        """Return the deliveries so far."""
        return count_traffic(self._program.network, self._log.counts())

    def result(self) -> Result:
        """Return everything recorded since the session was opened."""
        return Result(
            timestep_ms=self._program.network.timestep_ms,
            until_tick=max(0, self._tick),
            spikes=self._log.probed(),
            traces=self._recorder.traces(),
            report=make_report(
                self._program,
                self._seed,
                until_tick=max(0, self._tick),
                spikes=self._log.counts(),
                timing_s={"build": self._build_s, "run": self._run_s},
            ),
        )

    def synapse_state(self, group: int) -> dict[str, Array]:
        """Return weights, and short-term variables, of one group of synapses; see ``Session``."""
        if group in self._simulation.plastic:
            return self._simulation.plastic[group].state()
        return {"weight": np.array(self._program.network.synapses[group].weight)}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def _draw_source_spikes(self, until_tick: int) -> None:
        ids, ticks = self._sources.draw(self._tick + 1, until_tick)
        if not ids.size:
            return
        distinct, starts = np.unique(ticks, return_index=True)
        for tick, fired in zip(distinct.tolist(), np.split(ids, starts[1:]), strict=True):
            self._source_spikes[tick] = fired
            self._log.add(tick, fired)


def _check_structure(before: Network, after: Network) -> None:
    """Refuse what cannot change during a run."""
    if _shape(before) != _shape(after):
        raise UnsupportedError("populations were added, removed or resized during a run: reset first")
    same = len(before.synapses) == len(after.synapses) and all(
        (a.pre, a.post, a.receptor, a.model.name) == (b.pre, b.post, b.receptor, b.model.name)
        and all(np.array_equal(getattr(a, name), getattr(b, name)) for name in ("indptr", "target", "delay"))
        and np.array_equal(_dendritic_share(a), _dendritic_share(b))
        for a, b in zip(before.synapses, after.synapses, strict=True)
    )
    if not same:
        raise UnsupportedError("connections or delays were changed during a run: reset first")


def _dendritic_share(synapses: Synapses) -> Array:
    return synapses.parameters.get("dendritic_delay_fraction", np.empty(0))


def _shape(network: Network) -> tuple[float, list[tuple[CellModel, int]]]:
    return network.timestep_ms, [(p.model, p.size) for p in network.populations]

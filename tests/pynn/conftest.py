"""A module with a fresh state, and a backend that only keeps the books: no neurons, sources fire as told."""

from __future__ import annotations

import numpy as np
import pyNN.neurohw as neurohw_module
import pytest

from neurohw import backend as backends
from neurohw.result import HardwareReport, PopulationLoad, Result, Spikes, Traffic


class BookSession:
    """Emits the trains of array sources and traces that equal ``tick + cell / 1000``.

    Synapses that learn gain ``GAIN`` times their place in the group, each tick.
    """

    GAIN = 0.5

    def __init__(self, program, fidelity, seed):
        self.programs = [program]
        self.fidelity, self.seed = fidelity, seed
        self.advanced = []
        self.traced_from = {}
        self.spikes = []
        self.is_open = True
        self.weights_since = 0
        self.n_fetched = 0

    @property
    def network(self):
        return self.programs[-1].network

    @property
    def tick(self):
        return self.advanced[-1] if self.advanced else -1

    def advance(self, until_tick):
        for index, probe in enumerate(self.network.probes):
            self.traced_from.setdefault((probe.population, probe.variable), self.tick + 1)
            if probe.variable == "spikes":
                self.spikes += self._spikes_of(self.network.probes[index], until_tick)
        self.advanced.append(until_tick)

    def _spikes_of(self, probe, until_tick):
        population = self.network.populations[probe.population]
        if population.trains is None:
            return []
        found = []
        for cell in probe.cells:
            ticks = population.trains.ticks[
                population.trains.indptr[cell] : population.trains.indptr[cell + 1]
            ]
            found += [(t, population.first + cell) for t in ticks if self.tick < t <= until_tick]
        return found

    def set(self, program):
        self.programs.append(program)
        self.weights_since = self.tick

    def synapse_state(self, group):
        self.n_fetched += 1
        synapses = self.network.synapses[group]
        ticks = self.tick - self.weights_since if synapses.model.learns else 0
        return {"weight": synapses.weight + self.GAIN * ticks * np.arange(synapses.size)}

    def result(self):
        spikes = np.array(sorted(self.spikes), dtype=np.int64).reshape(-1, 2)
        traces = {key: self._trace(key) for key in self.traced_from if key[1] != "spikes"}
        return Result(
            self.network.timestep_ms,
            max(0, self.tick),
            Spikes(spikes[:, 1], spikes[:, 0]),
            traces,
            self.report(),
        )

    def traffic(self):
        return Traffic(0, 0, 0, 0, 0, {}, {}, 0, 0, 0)

    def report(self):
        names = [population.name for population in self.network.populations]
        counts = np.zeros(len(names), np.int64)
        return HardwareReport(
            backend="book",
            fidelity=self.fidelity,
            chip=None,
            seed=self.seed,
            timestep_ms=self.network.timestep_ms,
            biological_ms=self.tick * self.network.timestep_ms,
            populations=PopulationLoad(np.array(names), counts, counts),
            traffic=self.traffic(),
        )

    def _trace(self, key):
        probe = next(p for p in self.network.probes if (p.population, p.variable) == key)
        ticks = np.arange(0, self.tick + 1, probe.every)
        return ticks[ticks >= self.traced_from[key], None] + probe.cells / 1000

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_open = False


class BookBackend:
    """Remembers the sessions that it opened."""

    name = "book"

    def __init__(self):
        self.sessions = []

    def unsupported(self, program, fidelity):
        return []

    def open(self, program, *, fidelity="ideal", seed=0, tracing=None, threads=1):
        self.sessions.append(BookSession(program, fidelity, seed))
        return self.sessions[-1]


@pytest.fixture
def sim():
    """The PyNN module after ``setup(timestep=0.1)``."""
    neurohw_module.setup(timestep=0.1)
    yield neurohw_module
    neurohw_module.setup()


@pytest.fixture
def book(monkeypatch):
    """The bookkeeping backend, known as ``event``."""
    backend = BookBackend()
    monkeypatch.setattr(backends, "load", lambda name: backend)
    return backend

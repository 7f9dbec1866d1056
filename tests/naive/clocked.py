"""The oracle of every backend: a plain clocked loop, written straight from the definition of a tick.

At tick n: (1) all states advance by one tick, v frozen while refractory; (2) what arrives at n is added:
jumps of v (dropped while refractory) or of a synaptic variable; (3) v >= v_thresh of a cell that is not
refractory is a spike at n; (4) v = v_reset. A cell that spiked at s is refractory at ticks s + 1 to s + R.
Linear cells advance by the matrix exponential of their equations, IF_cond_exp cells by many small Runge-
Kutta steps; all others stand in ``tests.naive.cells``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.linalg import expm

from neurohw.network import Network, Population
from neurohw.network.sources import PROCESS_OF_MODEL, SourceTrains, is_restarted
from tests.naive.cells import OdeCells
from tests.naive.currents import injected_na
from tests.naive.interconnect import NaiveInterconnect
from tests.naive.plasticity import Plasticity

STATES = {
    "IF_curr_delta": ("v",),
    "IF_curr_exp": ("v", "isyn_exc", "isyn_inh"),
    "IF_curr_alpha": ("v", "isyn_exc", "isyn_inh", "rise_exc", "rise_inh"),
    "IF_cond_exp": ("v", "gsyn_exc", "gsyn_inh"),
}
# (state, factor) that an arriving weight adds to
ARRIVAL = {
    ("IF_curr_delta", "excitatory"): ("v", 1.0),
    ("IF_curr_delta", "inhibitory"): ("v", 1.0),
    ("IF_curr_exp", "excitatory"): ("isyn_exc", 1.0),
    ("IF_curr_exp", "inhibitory"): ("isyn_inh", 1.0),
    ("IF_curr_alpha", "excitatory"): ("rise_exc", np.e),
    ("IF_curr_alpha", "inhibitory"): ("rise_inh", np.e),
    ("IF_cond_exp", "excitatory"): ("gsyn_exc", 1.0),
    ("IF_cond_exp", "inhibitory"): ("gsyn_inh", 1.0),
}
SUBSTEPS = 20
# Conductance cells are integrated: nearer to the threshold than this, either answer is right.
TIE_MV = 1e-4
LONG_AGO = -(10**9)


@dataclass
class NaiveResult:
    """Spikes of the probed cells, sorted by tick, then by id, and traces as in ``neurohw.result.Result``.

    From tick ``first_tie`` on (``None``: never) spikes hang on less than ``TIE_MV``.
    """

    ids: np.ndarray
    ticks: np.ndarray
    traces: dict[tuple[int, str], np.ndarray]
    plasticity: Plasticity
    first_tie: int | None


def simulate(
    network: Network,
    until_tick: int,
    seed: int = 0,
    changes: Mapping[int, Network] | None = None,
    interconnect: NaiveInterconnect | None = None,
) -> NaiveResult:
    """Run a network tick by tick.

    ``changes`` maps a tick to the network that takes over after that tick: same populations and probes.
    Spikes in flight then arrive with the new weights. With an interconnect, a spike reaches the synapses in a tile
    when its packet does.
    """
    changes = changes or {}
    cells = {
        i: _cells(p, network.timestep_ms, seed)
        for i, p in enumerate(network.populations)
        if not p.model.is_source
    }
    sources = {
        i: Source(p, network.timestep_ms, seed)
        for i, p in enumerate(network.populations)
        if p.model.is_source
    }
    plasticity = Plasticity(network, seed)
    pending = defaultdict(list)  # tick -> [(index of the synapses, index of the synapse)]
    spikes = []
    samples = defaultdict(list)
    first_tie = None
    for tick in range(until_tick + 1):
        plasticity.begin(tick)
        fired = {i: source.fire(tick) for i, source in sources.items()}
        if tick > 0:
            for group in cells.values():
                group.advance(tick)
            for which, k in pending.pop(tick, []):
                synapses = network.synapses[which]
                weight = plasticity.passed(which, k, synapses.weight[k])
                cells[synapses.post].receive(synapses.receptor, synapses.target[k], weight)
            if first_tie is None and any(map(_is_tied, cells.values())):
                first_tie = tick
            fired |= {i: group.fire(tick) for i, group in cells.items()}
        ids = [network.populations[i].first + cell for i in fired for cell in fired[i]]
        plasticity.fired(ids, tick)
        arrivals = interconnect.step(tick, ids) if interconnect else [(cell, None) for cell in ids]
        for cell, tile in arrivals:
            for which, k in _synapses_of(network, cell):
                if tile is None or tile == interconnect.tile_of_cell[_target(network, which, k)]:
                    plasticity.arrived(which, k, tick)
                    pending[tick + network.synapses[which].delay[k]].append((which, k))
        spikes += [(tick, network.populations[i].first + cell) for i in fired for cell in fired[i]]
        for probe in network.probes:
            if probe.variable != "spikes" and tick % probe.every == 0:
                sample = cells[probe.population].x[probe.variable][probe.cells].copy()
                samples[probe.population, probe.variable].append(sample)
        if tick in changes:
            network = changes[tick]
            plasticity.change(network)
            for i, population in enumerate(network.populations):
                (cells.get(i) or sources[i]).change(population, tick)
        for i, group in cells.items():
            group.inject(network, i, tick, seed)
    return _result(network, spikes, samples, plasticity, first_tie)


def _cells(population, timestep_ms, seed):
    if population.model.name in STATES:
        return Cells(population, timestep_ms)
    return OdeCells(population, timestep_ms, seed)


def _is_tied(cells):
    """Return whether a free conductance cell is too near its threshold to say whether it fires."""
    if not isinstance(cells, Cells) or cells.population.model.name != "IF_cond_exp":
        return False
    near = np.abs(cells.x["v"] - cells.p["v_thresh"]) < TIE_MV
    return bool((near & ~cells.refractory).any())


def _synapses_of(network, cell):
    for which, synapses in enumerate(network.synapses):
        pre = network.populations[synapses.pre]
        if cell in pre.ids:
            row = cell - pre.first
            yield from ((which, k) for k in range(synapses.indptr[row], synapses.indptr[row + 1]))


def _target(network, which, k):
    synapses = network.synapses[which]
    return network.populations[synapses.post].first + synapses.target[k]


def _result(network, spikes, samples, plasticity, first_tie):
    probed = {
        network.populations[probe.population].first + cell
        for probe in network.probes
        if probe.variable == "spikes"
        for cell in probe.cells
    }
    kept = sorted(spike for spike in spikes if spike[1] in probed)
    ids = np.array([cell for _, cell in kept], np.int64)
    ticks = np.array([tick for tick, _ in kept], np.int64)
    traces = {key: np.array(rows) for key, rows in samples.items()}
    return NaiveResult(ids, ticks, traces, plasticity, first_tie)


class Cells:
    """The neurons of one population."""

    def __init__(self, population: Population, timestep_ms: float) -> None:
        self.timestep_ms = timestep_ms
        n = population.size
        self.x = {name: np.zeros(n) for name in STATES[population.model.name]}
        self.x["v"] = population.parameters["v_rest"].copy()
        for name, values in population.initial.items():
            self.x[name] = values.copy()
        self.last_spike = np.full(n, LONG_AGO)
        self.refractory = np.zeros(n, bool)
        self.current = np.zeros(n)
        self.change(population, 0)

    def change(self, population: Population, tick: int) -> None:
        """Take over parameters."""
        self.population = population
        self.p = population.parameters
        self.refractory_ticks = np.array(
            [round(t / self.timestep_ms) for t in self.p["tau_refrac"]], np.int64
        )
        if population.model.name != "IF_cond_exp":
            matrices = [self.matrix(i) for i in range(population.size)]
            self.propagators = [expm(matrix * self.timestep_ms) for matrix in matrices]

    def matrix(self, i: int) -> np.ndarray:
        """Return A of dx/dt = A x of a cell; x is v - v_rest, the synaptic states, the current into it."""
        names = [*STATES[self.population.model.name], "current"]
        at = {name: k for k, name in enumerate(names)}
        a = np.zeros((len(names), len(names)))
        a[0, 0] = -1 / self.p["tau_m"][i]
        a[0, at["current"]] = 1 / self.p["cm"][i]
        for side, tau_name in (("exc", "tau_syn_E"), ("inh", "tau_syn_I")):
            current, rise = at.get(f"isyn_{side}"), at.get(f"rise_{side}")
            if current is not None:
                tau = self.p[tau_name][i]
                a[0, current] = 1 / self.p["cm"][i]
                a[current, current] = -1 / tau
            if rise is not None:
                a[current, rise] = 1 / tau
                a[rise, rise] = -1 / tau
        return a

    def inject(self, network: Network, index: int, tick: int, seed: int) -> None:
        """Set the current that flows from ``tick`` to the next one: offset, all steps so far, waveforms."""
        self.current = self.p["i_offset"] + injected_na(network, index, tick, seed)

    def advance(self, tick: int) -> None:
        """Advance all states to ``tick``."""
        self.refractory = tick <= self.last_spike + self.refractory_ticks
        frozen = self.x["v"][self.refractory]
        if self.population.model.name == "IF_cond_exp":
            self.advance_conductance()
        else:
            self.advance_linear()
        self.x["v"][self.refractory] = frozen

    def advance_linear(self) -> None:
        """Multiply every cell's state by its propagator."""
        names = STATES[self.population.model.name]
        for i, propagator in enumerate(self.propagators):
            x = np.array([*(self.x[name][i] for name in names), self.current[i]])
            x[0] -= self.p["v_rest"][i]
            x = propagator @ x
            x[0] += self.p["v_rest"][i]
            for name, value in zip(names, x[:-1], strict=True):
                self.x[name][i] = value

    def advance_conductance(self) -> None:
        """Take small classical Runge-Kutta steps of dv/dt; the conductances decay exactly."""
        p, h = self.p, self.timestep_ms / SUBSTEPS
        g_e, g_i = self.x["gsyn_exc"], self.x["gsyn_inh"]

        def slope(v, t):
            i_syn = g_e * np.exp(-t / p["tau_syn_E"]) * (p["e_rev_E"] - v)
            i_syn = i_syn + g_i * np.exp(-t / p["tau_syn_I"]) * (p["e_rev_I"] - v)
            return (p["v_rest"] - v) / p["tau_m"] + (i_syn + self.current) / p["cm"]

        v = self.x["v"].copy()
        for step in range(SUBSTEPS):
            t = step * h
            k1 = slope(v, t)
            k2 = slope(v + h / 2 * k1, t + h / 2)
            k3 = slope(v + h / 2 * k2, t + h / 2)
            k4 = slope(v + h * k3, t + h)
            v += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        self.x["v"] = v
        self.x["gsyn_exc"] = g_e * np.exp(-self.timestep_ms / p["tau_syn_E"])
        self.x["gsyn_inh"] = g_i * np.exp(-self.timestep_ms / p["tau_syn_I"])

    def receive(self, receptor: str, cell: int, weight: float) -> None:
        """Add one synaptic event to its state."""
        name, factor = ARRIVAL[self.population.model.name, receptor]
        if name == "v" and self.refractory[cell]:
            return
        self.x[name][cell] += factor * weight

    def fire(self, tick: int) -> list[int]:
        """Reset the cells at or above threshold and return them."""
        fired = np.flatnonzero((self.x["v"] >= self.p["v_thresh"]) & ~self.refractory)
        self.x["v"][fired] = self.p["v_reset"][fired]
        self.last_spike[fired] = tick
        return fired.tolist()


class Source:
    """The spike sources of one population; a cell may fire several times in one tick."""

    def __init__(self, population: Population, timestep_ms: float, seed: int) -> None:
        self.timestep_ms = timestep_ms
        self.population = population
        self.random = None
        if population.model.name in PROCESS_OF_MODEL:
            self.random = SourceTrains(population, timestep_ms, seed)

    def change(self, population: Population, tick: int) -> None:
        """Take over spike trains, or rates; equal rates change nothing."""
        old, self.population = self.population, population
        if self.random and is_restarted(old, population):
            self.random.restart(population, tick * self.timestep_ms)

    def fire(self, tick: int) -> list[int]:
        """Return the cells that fire at ``tick``, as often as they do."""
        if self.random:
            return self.random.advance(tick)[0].tolist()
        trains = self.population.trains
        rows = range(self.population.size)
        return [i for i in rows for t in trains.ticks[trains.indptr[i] : trains.indptr[i + 1]] if t == tick]

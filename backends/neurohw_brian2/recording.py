"""What a run leaves behind: every spike, and the samples that probes ask for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from neurohw.network import Network, Probe
from neurohw.result import Spikes

Array = np.ndarray
Key = tuple[int, str]  # population, variable

LONG_AGO = -(10**9)  # tick of the last spike of a cell that has not fired


class SpikeLog:
    """All spikes by tick, of probed cells and others."""

    def __init__(self, n_cells: int) -> None:
        self._n_cells = n_cells
        self._ids_of_tick: dict[int, Array] = {}
        self._probed: list[tuple[int, Array]] = []  # from that tick on, these cells

    def probe(self, network: Network, from_tick: int) -> None:
        """Report the cells that ``network`` probes, from a tick on."""
        probed = np.zeros(self._n_cells, bool)
        for probe in network.probes:
            if probe.variable == "spikes":
                probed[network.populations[probe.population].first + probe.cells] = True
        self._probed.append((from_tick, probed))

    def add(self, tick: int, ids: Array) -> None:
        """Take the spikes of a tick."""
        if ids.size:
            self._ids_of_tick[tick] = np.concatenate([self.at(tick), ids])

    def at(self, tick: int) -> Array:
        """Return the global ids that fired at a tick, ascending."""
        return np.sort(self._ids_of_tick.get(tick, np.empty(0, np.int64)))

    def all(self) -> tuple[Array, Array]:
        """Return (ids, ticks) of all spikes, sorted by tick, then by id."""
        counts = [ids.size for ids in self._ids_of_tick.values()]
        ticks = np.repeat(np.array(list(self._ids_of_tick), np.int64), counts)
        ids = np.concatenate([np.empty(0, np.int64), *self._ids_of_tick.values()])
        order = np.lexsort((ids, ticks))
        return ids[order], ticks[order]

    def probed(self) -> Spikes:
        """Return the spikes of probed cells."""
        ids, ticks = self.all()
        kept = np.zeros(ids.size, bool)
        for from_tick, probed in self._probed:
            later = ticks >= from_tick
            kept[later] = probed[ids[later]]
        return Spikes(ids[kept], ticks[kept])

    def counts(self) -> Array:
        """Return the number of spikes of every cell."""
        return np.bincount(self.all()[0], minlength=self._n_cells)

    def last_spike(self) -> Array:
        """Return the tick of the last spike of every cell."""
        ids, ticks = self.all()
        last = np.full(self._n_cells, LONG_AGO)
        last[ids] = ticks
        return last


class Recorder:
    """Samples of state variables at ticks 0, every, 2 * every, ...

    ``read(variable, cells)`` returns a variable of cells of one population (global ids).
    """

    def __init__(self, network: Network) -> None:
        self._rows: dict[Key, list[Array]] = {}
        self._probes: dict[Key, tuple[Probe, Array]] = {}
        self.set(network)

    def set(self, network: Network) -> None:
        """Take over probes; one that is new or another starts anew."""
        before = self._probes
        self._probes = {
            (probe.population, probe.variable): (
                probe,
                network.populations[probe.population].first + probe.cells,
            )
            for probe in network.probes
            if probe.variable != "spikes"
        }
        for key, (probe, _) in self._probes.items():
            if key not in before or not before[key][0].same_as(probe):
                self._rows[key] = []

    def sample(self, tick: int, read: Callable[[str, Array], Array]) -> None:
        """Take the samples of a tick."""
        for key, (probe, cells) in self._probes.items():
            if tick % probe.every == 0:
                self._rows[key].append(read(probe.variable, cells) if cells.size else np.empty(0))

    def traces(self) -> dict[Key, Array]:
        """Return all samples, [samples, cells] per population and variable."""
        return {
            key: np.array(self._rows[key]).reshape(len(self._rows[key]), cells.size)
            for key, (_, cells) in self._probes.items()
        }

"""The spikes of all sources of a network, drawn stretch by stretch."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network, Population
from neurohw.network.sources import PROCESS_OF_MODEL, SourceTrains, is_restarted

Array = np.ndarray


class Sources:
    """Array and random sources, each of which may fire several times in one tick."""

    def __init__(self, network: Network, seed: int) -> None:
        self._network = network
        self._random = {
            population.first: SourceTrains(population, network.timestep_ms, seed)
            for population in network.populations
            if population.model.name in PROCESS_OF_MODEL
        }

    def set(self, network: Network, tick: int) -> None:
        """Take over spike trains and rates at ``tick``; random sources with the same parameters go on."""
        for old, new in zip(self._network.populations, network.populations, strict=True):
            if new.first in self._random and is_restarted(old, new):
                self._random[new.first].restart(new, tick * network.timestep_ms)
        self._network = network

    def draw(self, first_tick: int, last_tick: int) -> tuple[Array, Array]:
        """Return (ids, ticks) of the spikes of the next stretch of time, sorted by tick, then by id."""
        parts = [self._of(population, first_tick, last_tick) for population in self._network.populations]
        ids = np.concatenate([np.empty(0, np.int64), *(ids for ids, _ in parts)])
        ticks = np.concatenate([np.empty(0, np.int64), *(ticks for _, ticks in parts)])
        order = np.lexsort((ids, ticks))
        return ids[order], ticks[order]

    def _of(self, population: Population, first_tick: int, last_tick: int) -> tuple[Array, Array]:
        if population.first in self._random and population.size:
            cells, ticks = self._random[population.first].advance(last_tick)
            return population.first + cells, ticks
        if population.trains is None:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        trains = population.trains
        cells = np.repeat(np.arange(population.size), np.diff(trains.indptr))
        inside = (trains.ticks >= first_tick) & (trains.ticks <= last_tick)
        return population.first + cells[inside], trains.ticks[inside]

"""The spike trains of Poisson sources, the same on every backend for one seed.

The k-th interval of source ``id`` is the k-th exponential deviate of that id over the rate; the spike is put on the
first tick not before its time. A change of rate, start or duration starts a new interval at that moment
(the process has no memory), with the next deviate.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from neurohw.jit import kernel
from neurohw.network.kernels import poisson_next, poisson_tick
from neurohw.network.network import Population

Array = np.ndarray


@dataclass
class PoissonTrains:
    """The state of the Poisson sources of one population: call ``advance`` with rising ticks."""

    population: Population
    timestep_ms: float
    seed: int
    now_ms: float = 0.0
    count: Array = field(init=False)  # deviates used, int64
    next_ms: Array = field(init=False)  # time of the next spike

    def __post_init__(self) -> None:
        self.count = np.zeros(self.population.size, np.int64)
        self.restart(self.population, self.now_ms)

    def restart(self, population: Population, now_ms: float) -> None:
        """Take new parameters at ``now_ms``."""
        self.population = population
        self.next_ms = next_spikes(population, self.seed, self.count, now_ms)

    def advance(self, until_tick: int) -> tuple[Array, Array]:
        """Return (cells, ticks) of all spikes up to ``until_tick``, sorted by tick, then by cell."""
        p = self.population.parameters
        stop = p["start"] + p["duration"]
        first = self.population.first
        cells, ticks = take_spikes(
            self.seed, first, self.count, self.next_ms, p["rate"], stop, self.timestep_ms, until_tick
        )
        order = np.lexsort((cells, ticks))
        return cells[order], ticks[order]


def next_spikes(population: Population, seed: int, count: Array, now_ms: float) -> Array:
    """Return the time in ms of the next spike of each source after ``now_ms``; ``count`` is moved on."""
    p = population.parameters
    start = np.maximum(p["start"], now_ms)
    times: Array = first_spikes(
        seed, population.first, count, start, p["rate"].copy(), p["start"] + p["duration"]
    )
    return times


def is_restarted(before: Population, after: Population) -> bool:
    """True when Poisson sources start new intervals because a parameter has changed."""
    return any(
        not np.array_equal(before.parameters[name], after.parameters[name]) for name in after.parameters
    )


@kernel
def first_spikes(seed, first, count, start_ms, rate_hz, stop_ms):
    """Draw the first spike after ``start_ms`` of every cell; ``count`` is moved on."""
    times = np.empty(count.size, np.float64)
    for i in range(count.size):
        times[i] = poisson_next(seed, first + i, count[i], start_ms[i], rate_hz[i], stop_ms[i])
        count[i] += 1
    return times


@kernel
def take_spikes(seed, first, count, next_ms, rate_hz, stop_ms, timestep_ms, until_tick):
    """Emit all spikes up to ``until_tick``, cell by cell; ``count`` and ``next_ms`` are moved on."""
    cells = np.empty(1024, np.int64)
    ticks = np.empty(1024, np.int64)
    n = 0
    for i in range(count.size):
        while next_ms[i] < np.inf:
            tick = poisson_tick(next_ms[i], timestep_ms)
            if tick > until_tick:
                break
            if n == cells.size:
                cells = np.concatenate((cells, np.empty(n, np.int64)))
                ticks = np.concatenate((ticks, np.empty(n, np.int64)))
            cells[n] = i
            ticks[n] = tick
            n += 1
            next_ms[i] = poisson_next(seed, first + i, count[i], next_ms[i], rate_hz[i], stop_ms[i])
            count[i] += 1
    return cells[:n].copy(), ticks[:n].copy()

"""The sources of a population as arrays: started, changed, and their spikes taken stretch by stretch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from neurohw.network.network import Histograms, Population
from neurohw.network.sources.columns import (
    END_BIN,
    FIRST,
    FIRST_BIN,
    LAST_MS,
    PARAMETERS,
    PROCESS,
    PROCESS_OF_MODEL,
    START_MS,
    STOP_MS,
    Bins,
    Process,
)
from neurohw.network.sources.counting import lay_out_counts
from neurohw.network.sources.processes import draw_all, take_spikes

Array = np.ndarray
ROUNDING_MS = 1e-6


@dataclass
class SourceTrains:
    """The state of the sources of one population: call ``advance`` with rising ticks."""

    population: Population
    timestep_ms: float
    seed: int
    _state: Array = field(init=False, repr=False)
    _clock: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._next_tick = 0
        self._state = np.zeros((self.population.size, START_MS + 1))
        self._clock = np.zeros((self.population.size, PROCESS + 1), np.int64)
        self.restart(self.population, 0.0)

    def restart(self, population: Population, now_ms: float) -> None:
        """Take new parameters at ``now_ms``."""
        self.population = population
        bins = lay_out_bins([(population, self._clock)])
        self._bins = bins if has_memory(population) else None
        self._tables = lay_out_counts([(population, self._clock)], self.timestep_ms)
        start_sources(population, self._state, self._clock, self.seed, now_ms, self._bins)

    def advance(self, until_tick: int) -> tuple[Array, Array]:
        """Return (cells, ticks) of all spikes up to ``until_tick``, sorted by tick, then by cell."""
        first = self.population.first
        cells, ticks = take_spikes(
            self._state,
            self._clock,
            self.seed,
            first,
            self.timestep_ms,
            self._next_tick,
            until_tick,
            self._tables,
            self._bins,
        )
        self._next_tick = max(self._next_tick, until_tick + 1)
        order = np.lexsort((cells, ticks))
        return cells[order], ticks[order]


def start_sources(
    population: Population, state: Array, clock: Array, seed: int, now_ms: float, bins: Bins | None
) -> None:
    """Give the sources of a population their parameters, and draw the next spike of each after ``now_ms``.

    Parameters
    ----------
    state : float64 [size, at least 6], the columns of ``columns``; zeros where nothing has run yet.
    clock : int64 [size, 4], likewise; of Poisson sources with what ``lay_out_counts`` wrote there.
    bins : what ``lay_out_bins`` returned; None will do for Poisson processes.
    """
    process = PROCESS_OF_MODEL[population.model.name]
    parameters, histograms = population.parameters, population.histograms
    start_ms = parameters["start"]
    if histograms is not None:
        start_ms = np.maximum(start_ms, histograms.tbins[histograms.indptr[:-1]])
    # the start that a source had counts as a spike once it has come; a spike may lie behind its tick by a rounding
    has_come = state[:, START_MS] <= now_ms + ROUNDING_MS
    state[:, LAST_MS] = np.where(
        has_come, np.maximum(state[:, LAST_MS], state[:, START_MS]), state[:, LAST_MS]
    )
    state[:, START_MS] = start_ms
    state[:, STOP_MS] = parameters["start"] + parameters["duration"]
    for column, name in enumerate(PARAMETERS[process], FIRST):
        state[:, column] = parameters[name]
    clock[:, PROCESS] = process
    draw_all(state, clock, seed, population.first, np.maximum(start_ms, now_ms), bins)


def has_memory(population: Population) -> bool:
    """True for sources that are no Poisson processes."""
    return PROCESS_OF_MODEL.get(population.model.name, Process.POISSON) != Process.POISSON


def lay_out_bins(sources: Sequence[tuple[Population, Array]]) -> Bins:
    """Join the histograms of populations; each source's row of ``clock`` (int64 [size, 4]) gets its range."""
    joined = []
    size = 0
    for population, clock in sources:
        histograms = population.histograms
        if histograms is None:
            continue
        clock[:, FIRST_BIN] = size + histograms.indptr[:-1]
        clock[:, END_BIN] = size + histograms.indptr[1:]
        joined.append((histograms.tbins, histograms.a, histograms.b * 1000.0))
        size += len(histograms.tbins)
    columns = zip(*joined, strict=True) if joined else [()] * 3
    return Bins(*(np.concatenate([np.empty(0), *column]) for column in columns))


def is_restarted(before: Population, after: Population) -> bool:
    """True when sources draw new intervals because a parameter has changed."""
    return not _same_histograms(before.histograms, after.histograms) or any(
        not np.array_equal(before.parameters[name], after.parameters[name]) for name in after.parameters
    )


def _same_histograms(before: Histograms | None, after: Histograms | None) -> bool:
    if before is None or after is None:
        return before is after
    names = ("indptr", "tbins", "a", "b")
    return all(np.array_equal(getattr(before, name), getattr(after, name)) for name in names)

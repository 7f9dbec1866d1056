"""Figures of what the network does: raster, rates over time, distributions over cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from neurohw.analysis.plots.style import COLOURS, FAINT, LINE_STYLES, new_figure, short, styled, tidy
from neurohw.analysis.recording import RecordedPopulation, Recording
from neurohw.analysis.statistics import interval_cvs, population_rate_hz, rates_hz, select

Array = np.ndarray

MOST_RASTER_CELLS = 500
MOST_POPULATIONS = 6
RATE_BINS = 200


@styled
def raster(recordings: Sequence[Recording]) -> Figure:
    """Return one row of dots per cell, one panel per run; large populations are thinned evenly."""
    figure = new_figure(0.6 + 1.9 * len(recordings))
    panels = figure.subplots(len(recordings), 1, sharex=True, squeeze=False)[:, 0]
    for panel, recording in zip(panels, recordings, strict=True):
        _raster_panel(panel, recording)
    panels[-1].set_xlabel("time (ms)")
    panels[-1].set_xlim(0, max(recording.duration_ms for recording in recordings))
    handles, labels = panels[0].get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside upper right", ncols=3, frameon=False, markerscale=8)
    return figure


def _raster_panel(panel: Any, recording: Recording) -> None:
    populations = _shown(recording)
    n_cells = sum(population.cells.size for population in populations)
    step = max(1, -(-n_cells // MOST_RASTER_CELLS))
    height = 0
    for population, colour in zip(populations, _colours(), strict=False):
        chosen = population.cells[::step]
        spikes = select(recording.spikes, chosen)
        panel.plot(
            spikes.ticks * recording.timestep_ms,
            height + spikes.ids,
            linestyle="",
            marker=".",
            markersize=1.8,
            markeredgewidth=0,
            color=colour,
            label=short(population.name),
            rasterized=True,  # tens of thousands of dots: an image inside the drawing
        )
        height += chosen.size
    panel.set_ylim(-0.5, max(height - 0.5, 0.5))
    panel.set_yticks([])
    panel.set_ylabel(f"{height:,} of {n_cells:,} cells" if step > 1 else f"{n_cells:,} cells")
    panel.set_title(short(recording.label), loc="left", fontsize=9, fontweight="bold")
    tidy(panel)


@styled
def population_rates(recordings: Sequence[Recording]) -> Figure:
    """Return the rate of each population over time, one panel per population, one line per run."""
    names = [population.name for population in _shown(recordings[0])]
    figure = new_figure(0.7 + 1.5 * len(names))
    panels = figure.subplots(max(len(names), 1), 1, sharex=True, squeeze=False)[:, 0]
    for panel, name in zip(panels, names, strict=False):
        for recording, look in zip(recordings, _lines(), strict=False):
            time, rate = _rate_over_time(recording, name)
            panel.plot(time, rate, linewidth=1.1, label=short(recording.label), **look)
        panel.set_ylim(bottom=0)
        panel.set_ylabel("rate (Hz)")
        panel.set_title(short(name), loc="left", fontsize=9, fontweight="bold")
        tidy(panel)
    panels[-1].set_xlabel("time (ms)")
    panels[-1].set_xlim(0, max(recording.duration_ms for recording in recordings))
    handles, labels = panels[0].get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside upper right", ncols=3, frameon=False)
    return figure


def _rate_over_time(recording: Recording, name: str) -> tuple[Array, Array]:
    """Return the middles of the bins in ms, and the mean rate in each."""
    bin_ticks = max(1, recording.until_tick // RATE_BINS)
    cells = _cells_of(recording, name)
    ticks = select(recording.spikes, cells).ticks
    rate = population_rate_hz(ticks, cells.size, bin_ticks, recording.until_tick, recording.timestep_ms)
    return (np.arange(rate.size) + 0.5) * bin_ticks * recording.timestep_ms, rate


@styled
def distributions(recordings: Sequence[Recording]) -> Figure:
    """Return the distributions over cells of rate and CV of interspike intervals, one line per run."""
    figure = new_figure(2.6)
    left, right = figure.subplots(1, 2)
    samples = [_rates_and_cvs(recording) for recording in recordings]
    for axes, which, label in ((left, 0, "rate of a cell (Hz)"), (right, 1, "CV of interspike intervals")):
        values = [sample[which] for sample in samples]
        top = max((float(value.max()) for value in values if value.size), default=1.0) or 1.0
        # steps that fall between the values that counts of spikes can give
        n_bins = 30 if which else min(30, max(len(np.unique(value)) for value in values))
        edges = np.linspace(0, top * (1 + 1e-9), n_bins + 1)
        for value, recording, look in zip(values, recordings, _lines(), strict=False):
            share = np.histogram(value, edges)[0] / max(value.size, 1)
            axes.stairs(share * 100, edges, linewidth=1.3, label=short(recording.label), **look)
        axes.set_xlabel(label)
        axes.set_ylabel("cells (%)")
        tidy(axes)
    right.legend(frameon=False)
    if not any(sample[1].size for sample in samples):
        right.text(0.5, 0.5, "no cell has 3 spikes", transform=right.transAxes, ha="center", color=FAINT)
    return figure


def _rates_and_cvs(recording: Recording) -> tuple[Array, Array]:
    cells = np.unique(np.concatenate([np.empty(0, np.int64), *(p.cells for p in recording.watched)]))
    spikes = select(recording.spikes, cells)
    return rates_hz(spikes, cells.size, recording.duration_ms), interval_cvs(spikes, cells.size)


def _shown(recording: Recording) -> Sequence[RecordedPopulation]:
    return recording.watched[:MOST_POPULATIONS]


def _cells_of(recording: Recording, name: str) -> Array:
    for population in recording.populations:
        if population.name == name:
            return population.cells
    return np.empty(0, np.int64)


def _colours() -> Iterator[str]:
    yield from COLOURS


def _lines() -> Iterator[dict[str, Any]]:
    """Yield looks that differ in colour and in stroke."""
    for index, colour in enumerate(COLOURS):
        yield {"color": colour, "linestyle": LINE_STYLES[index % len(LINE_STYLES)]}

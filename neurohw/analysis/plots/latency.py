"""Figures of how long spikes take: the whole latency, and the stages that it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter

from neurohw.analysis.plots.style import COLOURS, INK, new_figure, styled, tidy
from neurohw.result import Latency

Array = np.ndarray

TAIL = 3.0  # a maximum beyond this multiple of the 99th percentile is named, but not drawn
MOST_BINS = 60
LEAST_SHARE = 0.04  # of the mean latency, for a stage to be labelled in its bar


@styled
def latency_histogram(latency: Latency, cycle_ns: float, cycles_per_tick: int | None) -> Figure:
    """Return the histogram of spike latency in us of the chip's time, with its mean and tail and one tick.

    ``cycles_per_tick`` is None where ticks have no fixed length.
    """
    figure = new_figure(2.7)
    axes = figure.subplots()
    us = cycle_ns * 1e-3
    right = max(1.0, min(latency.max * 1.05, latency.p99 * TAIL))
    edges, counts = _rebinned(latency, right)
    axes.stairs(counts, edges * us, fill=True, color=COLOURS[5], alpha=0.75)
    axes.stairs(counts, edges * us, color=COLOURS[0], linewidth=1)
    marks = [("mean", latency.mean, "--"), ("99 %", latency.p99, "--"), ("max", latency.max, "--")]
    if cycles_per_tick is not None:
        marks.append(("1 tick", float(cycles_per_tick), ":"))
    for row, (name, cycles, stroke) in enumerate(marks):
        _mark(axes, f"{name}: {cycles * us:.3g} µs", cycles, right, us, 0.93 - 0.12 * row, stroke)
    axes.set_xlim(0, right * us)
    axes.set_xlabel("latency from spike to crossbar (µs of the chip's time)")
    _count_deliveries(axes)
    return figure


@styled
def latency_stages(stages: Mapping[str, Latency], cycle_ns: float) -> Figure:
    """Return the mean of each stage of the latency as one stacked bar, and the histograms of the stages."""
    us = cycle_ns * 1e-3
    figure = new_figure(3.5)
    bar, histogram = figure.subplots(2, 1, height_ratios=[1, 3.4])
    total = sum(stage.mean for stage in stages.values())
    left = 0.0
    for colour, (name, stage) in zip(COLOURS, stages.items(), strict=False):
        bar.barh(0, stage.mean * us, left=left * us, color=colour, height=0.8, label=name)
        if stage.mean > LEAST_SHARE * total:
            middle = (left + stage.mean / 2) * us
            text = f"{stage.mean * us:.3g}"
            bar.text(middle, 0, text, ha="center", va="center", color="white", fontweight="bold", fontsize=8)
        left += stage.mean
    bar.set_yticks([])
    bar.set_xlim(0, max(total, 1e-9) * us)
    bar.set_xlabel("mean latency (µs)", labelpad=1)
    tidy(bar)
    right = max(1.0, max(min(stage.max * 1.05, stage.p99 * TAIL) for stage in stages.values()))
    for colour, (name, stage) in zip(COLOURS, stages.items(), strict=False):
        edges, counts = _rebinned(stage, right)
        histogram.stairs(counts, edges * us, color=colour, linewidth=1.4, label=name)
    histogram.set_xlim(0, right * us)
    histogram.set_yscale("symlog", linthresh=1)
    histogram.set_xlabel("time in a stage (µs of the chip's time)")
    _count_deliveries(histogram)
    handles, labels = bar.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=len(labels), frameon=False)
    return figure


def _count_deliveries(axes: Any) -> None:
    axes.set_ylim(bottom=0)
    axes.set_ylabel("deliveries")
    axes.yaxis.set_major_formatter(EngFormatter(sep=""))
    tidy(axes)


def _rebinned(latency: Latency, right: float) -> tuple[Array, Array]:
    """Return bins of equal width in whole cycles; the report's bins are spread evenly over these."""
    width = max(1, round(right / MOST_BINS))
    edges = np.arange(0, right + width, width)
    below = np.concatenate([[0], np.cumsum(latency.counts)])
    return edges, np.diff(np.interp(edges, latency.edges, below))


def _mark(axes: Any, text: str, cycles: float, right: float, us: float, height: float, stroke: str) -> None:
    """Draw a line at a latency with its name, or point to it where it lies outside."""
    transform = axes.get_xaxis_transform()
    if cycles > right:
        axes.text(right * us, height, f"{text} →", transform=transform, ha="right", fontsize=8, color=INK)
        return
    axes.axvline(cycles * us, color=INK, linewidth=0.9, linestyle=stroke)
    offset, side = (0.004 * right, "left") if cycles < 0.85 * right else (-0.004 * right, "right")
    paper = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.8}
    axes.text(
        (cycles + offset) * us, height, text, transform=transform, ha=side, fontsize=8, color=INK, bbox=paper
    )

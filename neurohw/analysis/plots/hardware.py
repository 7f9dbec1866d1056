"""Figures of what the hardware does: latency of spikes, use of the tiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter

from neurohw.analysis.plots.style import COLOURS, FAINT, INK, TILE_MAP, new_figure, styled, tidy
from neurohw.hardware import Chip
from neurohw.result import Latency, TileLoad

Array = np.ndarray

TAIL = 3.0  # a maximum beyond this multiple of the 99th percentile is named, but not drawn
MOST_BINS = 60


@styled
def latency_histogram(latency: Latency, cycle_ns: float, cycles_per_tick: int) -> Figure:
    """Return the histogram of spike latency in us of the chip's time, with its mean and tail and one tick."""
    figure = new_figure(2.7)
    axes = figure.subplots()
    us = cycle_ns * 1e-3
    right = max(1.0, min(latency.max * 1.05, latency.p99 * TAIL))
    edges, counts = _rebinned(latency, right)
    axes.stairs(counts, edges * us, fill=True, color=COLOURS[5], alpha=0.75)
    axes.stairs(counts, edges * us, color=COLOURS[0], linewidth=1)
    marks = [("mean", latency.mean, "--"), ("99 %", latency.p99, "--"), ("max", latency.max, "--")]
    marks.append(("1 tick", float(cycles_per_tick), ":"))
    for row, (name, cycles, stroke) in enumerate(marks):
        _mark(axes, f"{name}: {cycles * us:.3g} µs", cycles, right, us, 0.93 - 0.12 * row, stroke)
    axes.set_xlim(0, right * us)
    axes.set_xlabel("latency from spike to crossbar (µs of the chip's time)")
    axes.set_ylabel("deliveries")
    axes.yaxis.set_major_formatter(EngFormatter(sep=""))
    tidy(axes)
    return figure


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


@styled
def utilisation(tiles: TileLoad, mesh: tuple[int, int], chip: Chip | None) -> Figure:
    """Return the neurons placed, the crossbar rows taken and the spikes fired, drawn over the mesh."""
    figure = new_figure(0.7 + 2.5 * mesh[1] / max(mesh))
    panels = figure.subplots(1, 3)
    columns = rows = None
    if chip is not None:
        columns = chip.tile.crossbars * chip.crossbar.columns
        rows = chip.tile.crossbars * chip.crossbar.rows
    _tile_panel(figure, panels[0], np.asarray(tiles.cells), mesh, columns, "columns (neurons)")
    _tile_panel(figure, panels[1], np.asarray(tiles.rows), mesh, rows, "rows (axons)")
    _tile_panel(figure, panels[2], np.asarray(tiles.spikes), mesh, None, "spikes fired")
    return figure


def _tile_panel(
    figure: Figure, axes: Any, values: Array, mesh: tuple[int, int], limit: int | None, what: str
) -> None:
    """Draw one value per tile, as a percentage where there is a limit."""
    width, height = mesh
    shown = values.reshape(height, width) * (100 / limit if limit else 1.0)
    image = axes.imshow(
        shown, cmap=TILE_MAP, vmin=0, vmax=100 if limit else max(shown.max(), 1), origin="upper"
    )
    axes.set_title(f"{what}, {'% in use' if limit else 'per tile'}", fontsize=9, loc="left")
    axes.set_xticks(_few(width), [str(x) for x in _few(width)])
    axes.set_yticks(_few(height), [str(y) for y in _few(height)])
    axes.tick_params(length=0, colors=INK)
    for spine in axes.spines.values():
        spine.set_color(FAINT)
    figure.colorbar(image, ax=axes, fraction=0.046 * height / width, pad=0.02).outline.set_visible(False)


def _few(n: int) -> Sequence[int]:
    """Return at most about 8 positions to label."""
    return range(0, n, max(1, -(-n // 8)))

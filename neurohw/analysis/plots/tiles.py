"""Figures of the tiles: what they hold, how much they fire, and which of their stages limits them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from neurohw.analysis.plots.style import COLOURS, FAINT, INK, TILE_MAP, WIDTH_IN, new_figure, styled, tidy
from neurohw.hardware import Chip
from neurohw.result import Layout, TileLoad

Array = np.ndarray

SIDE = 0.92  # of a tile's square; neighbours are one apart
MOST_BARS = 24
STAGES = {"compute": COLOURS[2], "memory": COLOURS[0], "traffic": COLOURS[1]}


@styled
def utilisation(tiles: TileLoad, layout: Layout, chip: Chip | None) -> Figure:
    """Return the neurons placed, the crossbar rows taken and the spikes fired, drawn over the chip."""
    width, height = np.ptp(layout.tile, axis=0) + 1
    figure = new_figure(0.7 + 2.5 * height / max(width, height))
    panels = figure.subplots(1, 3)
    columns = rows = None
    if chip is not None:
        columns = chip.tile.crossbars * chip.crossbar.columns
        rows = chip.tile.crossbars * chip.crossbar.rows
    _tile_panel(figure, panels[0], np.asarray(tiles.cells), layout, columns, "columns (neurons)")
    _tile_panel(figure, panels[1], np.asarray(tiles.rows), layout, rows, "rows (axons)")
    _tile_panel(figure, panels[2], np.asarray(tiles.spikes), layout, None, "spikes fired")
    return figure


def _tile_panel(
    figure: Figure, axes: Any, values: Array, layout: Layout, limit: int | None, what: str
) -> None:
    """Draw one value per tile, as a percentage where there is a limit."""
    shown = values * (100 / limit if limit else 1.0)
    squares = PatchCollection(_squares(layout), cmap=TILE_MAP, edgecolor=FAINT, linewidth=0.3)
    squares.set_array(shown)
    squares.set_clim(0, 100 if limit else max(shown.max(), 1))
    _place(axes, squares, layout)
    axes.set_title(f"{what}, {'% in use' if limit else 'per tile'}", fontsize=9, loc="left")
    width, height = np.ptp(layout.tile, axis=0) + 1
    figure.colorbar(squares, ax=axes, fraction=0.046 * height / width, pad=0.02).outline.set_visible(False)


def _squares(layout: Layout) -> list[Rectangle]:
    return [Rectangle(place - SIDE / 2, SIDE, SIDE) for place in layout.tile]


def _place(axes: Any, squares: PatchCollection, layout: Layout) -> None:
    squares.set_rasterized(len(layout.tile) > 1000)
    axes.add_collection(squares)
    low, high = layout.tile.min(axis=0) - 0.55, layout.tile.max(axis=0) + 0.55
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(high[1], low[1])
    axes.set_aspect("equal")
    axes.axis("off")


@styled
def bounds(tiles: TileLoad, layout: Layout) -> Figure:
    """Return which stage limits each tile, drawn over the chip, and how busy the stages of the busiest tiles are."""
    width, height = np.ptp(layout.tile, axis=0) + 1
    figure = new_figure(max(2.4, min(4.2, 0.5 + 0.4 * WIDTH_IN * height / max(width, height))))
    chart, bars = figure.subplots(1, 2, width_ratios=[1, 1.5])
    parts = np.stack([tiles.compute, tiles.memory, tiles.traffic])
    bound = tiles.bound
    faces = [STAGES.get(str(name), "#f5f7fa") for name in bound]
    squares = PatchCollection(_squares(layout), facecolor=faces, edgecolor="white", linewidth=0.5)
    _place(chart, squares, layout)
    busiest = np.argsort(-parts.max(axis=0), kind="stable")[:MOST_BARS]
    busiest = busiest[parts.max(axis=0)[busiest] > 0]
    for row, (name, colour) in enumerate(STAGES.items()):
        bars.bar(
            np.arange(busiest.size) + (row - 1) * 0.28,
            parts[row, busiest] * 100,
            0.28,
            color=colour,
            label=name,
        )
    if parts.max(initial=0.0) > 0.8:
        bars.axhline(100, color=INK, linewidth=0.9, linestyle="--")
    bars.set_xticks(np.arange(busiest.size), [str(tile) for tile in busiest], fontsize=7)
    bars.set_xlabel("tile, the busiest first")
    bars.set_ylabel("busy (% of the chip's time)")
    tidy(bars)
    counts = {name: int(np.count_nonzero(bound == name)) for name in STAGES}
    legend = [Patch(color=colour, label=f"{name} ({counts[name]})") for name, colour in STAGES.items()]
    chart.legend(
        handles=legend, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=3, frameon=False, handlelength=1,
        columnspacing=1.0,
    )  # fmt: skip
    return figure

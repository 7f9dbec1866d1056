"""A mapping drawn over the chip: which populations share each tile, and the packets on each link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.collections import PatchCollection, PolyCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Patch, Rectangle

from neurohw.analysis.plots.style import (
    COLOURS,
    FAINT,
    INK,
    LINK_MAP,
    WIDTH_IN,
    add_bar,
    new_figure,
    short,
    styled,
)
from neurohw.analysis.plots.wires import TILE_SIDE, router_radius, routers_apart, wires_of
from neurohw.compiler.figures import all_loads
from neurohw.errors import SettingError
from neurohw.hardware import Chip
from neurohw.hardware.topology import LINK_HOP, Links, Topology, topology_of
from neurohw.program import Program, Routes
from neurohw.result import Layout

Array = np.ndarray

MOST_NUMBERED_TILES = 400
MOST_VECTOR_ARROWS = 3000
MARGIN = -0.12  # beyond half the way to where a neighbour would stand


@styled
def mapping_map(program: Program, spikes: Array) -> Figure:
    """Return the chip with its tiles filled by population and its links coloured by the packets that cross them.

    A tile is filled from below as far as its columns are in use.

    Parameters
    ----------
    program : compiled for a chip.
    spikes : int [n_cells], how often each cell fires.

    Raises
    ------
    SettingError
        For a program without a chip.
    """
    chip, placement, routes = program.chip, program.placement, program.routes
    if chip is None or placement is None or routes is None:
        raise SettingError("a program without a chip has no mapping: compile the network for a chip")
    topology = topology_of(chip.interconnect)
    layout = Layout(topology.name, topology.place_of_tile, topology.place_of_router, topology.router_of_tile)
    stations = np.concatenate([layout.tile, layout.router])
    low, high = stations.min(axis=0) - 0.5 - MARGIN, stations.max(axis=0) + 0.5 + MARGIN
    width, height = high - low
    figure = new_figure(np.clip(0.6 + (WIDTH_IN - 1.2) * height / width, 2.4, 8.0))
    axes = figure.subplots()
    held = _cells_of_tiles(program, chip)
    shown = np.argsort(-held.sum(axis=0), kind="stable")[: len(COLOURS) - 1]
    shown = np.sort(shown[held.sum(axis=0)[shown] > 0])
    _draw_tiles(axes, layout, held, shown, chip.crossbar.columns * chip.tile.crossbars)
    _draw_routers(axes, layout)
    scale = _draw_links(axes, topology, layout, routes, spikes)
    _number_tiles(axes, layout, max(width, height))
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(high[1], low[1])
    axes.set_aspect("equal")
    axes.axis("off")
    add_bar(figure, axes, scale, LINK_MAP, "packets over a link")
    _add_legend(figure, [program.network.populations[index].name for index in shown], held, shown)
    return figure


def _cells_of_tiles(program: Program, chip: Chip) -> Array:
    """Return how many neurons of each population each tile holds, int64 [n_tiles, n_populations]."""
    placement = program.placement
    assert placement is not None
    held = np.zeros((chip.n_tiles, len(program.network.populations)), np.int64)
    for number, population in enumerate(program.network.populations):
        if not population.model.is_source:
            tiles = placement.tile_of_cell[population.first : population.first + population.size]
            held[:, number] = np.bincount(tiles, minlength=chip.n_tiles)
    return held


def _draw_tiles(axes: Any, layout: Layout, held: Array, shown: Array, n_columns: int) -> None:
    corner = layout.tile - TILE_SIDE / 2
    frames = [Rectangle(place, TILE_SIDE, TILE_SIDE) for place in corner]
    others = held.sum(axis=1) - held[:, shown].sum(axis=1)
    filled = np.zeros(len(corner))
    for number, cells in enumerate([*held[:, shown].T, others]):
        colour = COLOURS[number] if number < shown.size else COLOURS[-1]
        share = cells / n_columns * TILE_SIDE
        strips = [
            Rectangle((x, y + TILE_SIDE - done - part), TILE_SIDE, part)
            for (x, y), done, part in zip(corner, filled, share, strict=True)
            if part
        ]
        filled += share
        axes.add_collection(
            PatchCollection(strips, facecolors=colour, edgecolors="none", alpha=0.75, zorder=1)
        )
    thin = min(0.7, 8 / np.ptp(layout.tile, axis=0).max(initial=1))
    axes.add_collection(PatchCollection(frames, facecolors="none", edgecolors=INK, linewidths=thin, zorder=2))


def _draw_routers(axes: Any, layout: Layout) -> None:
    radius = router_radius(layout)
    circles = [Circle(layout.router[router], radius[router]) for router in routers_apart(layout)]
    axes.add_collection(PatchCollection(circles, facecolors="#eef1f4", edgecolors=FAINT, zorder=2))


def _draw_links(axes: Any, topology: Topology, layout: Layout, routes: Routes, spikes: Array) -> Normalize:
    """Draw links between routers, and those of tiles whose router stands apart; return the scale of their colours."""
    links = topology.links
    is_apart = np.isin(links.source, routers_apart(layout))
    drawn = np.flatnonzero((links.kind == LINK_HOP) | is_apart)
    loads = all_loads(routes, spikes)
    scale = Normalize(0, max(1, int(loads[drawn].max(initial=0))))
    drawn = drawn[np.argsort(loads[drawn], kind="stable")]  # the busiest on top
    if drawn.size > MOST_VECTOR_ARROWS:
        drawn = drawn[loads[drawn] > 0]
    columns = (getattr(links, name)[drawn] for name in ("source", "target", "kind", "tile"))
    wires = wires_of(Links(*columns), layout)
    outlines = [outline for wire in wires for outline in wire.outlines]
    numbers = np.repeat(loads[drawn], [len(wire.outlines) for wire in wires])
    faces = np.where((numbers > 0)[:, None], LINK_MAP(0.08 + 0.92 * scale(numbers)), (1.0, 1.0, 1.0, 1.0))
    arrows = PolyCollection(outlines, facecolors=faces, edgecolors=FAINT, linewidths=0.25, zorder=3)
    arrows.set_rasterized(len(outlines) > MOST_VECTOR_ARROWS)
    axes.add_collection(arrows)
    return scale


def _number_tiles(axes: Any, layout: Layout, extent: float) -> None:
    if len(layout.tile) > MOST_NUMBERED_TILES:
        return
    size = max(4.0, min(9.0, 70 / extent))
    for tile, (x, y) in enumerate(layout.tile):
        axes.text(x, y, str(tile), ha="center", va="center", fontsize=size, color=INK, zorder=4)


def _add_legend(figure: Figure, names: Sequence[str], held: Array, shown: Array) -> None:
    handles = [
        Patch(color=COLOURS[number], alpha=0.75, label=short(name)) for number, name in enumerate(names)
    ]
    n_others = int((held.sum(axis=0) > 0).sum()) - shown.size
    if n_others:
        handles.append(Patch(color=COLOURS[-1], alpha=0.75, label=f"{n_others} others"))
    figure.legend(handles=handles, loc="outside upper right", ncols=4, frameon=False, handlelength=1)

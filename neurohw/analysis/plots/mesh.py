"""The load of the interconnect drawn over the mesh: tiles as squares, directed links as arrows."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PatchCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrow, Rectangle
from matplotlib.ticker import EngFormatter

from neurohw.analysis.plots.style import INK, LINK_MAP, TILE_MAP, new_figure, styled
from neurohw.hardware.topology import LINK_HOP, LINK_IN
from neurohw.result import LinkLoad, TileLoad

Array = np.ndarray

TILE_SIDE = 0.52
LANE = 0.11  # distance of the two directions of a link from the line between the tiles
MOST_NUMBERED_TILES = 400
MOST_VECTOR_ARROWS = 3000


@styled
def load_map(tiles: TileLoad, links: LinkLoad, mesh: tuple[int, int], n_named: int = 5) -> Figure:
    """Return a map of the mesh: tiles coloured by synaptic events, links by utilisation, the busiest named.

    A tile's own two links are the small triangles inside the square: out of the tile (up) and into it (down).
    """
    width, height = mesh
    figure = new_figure(min(9.0, 0.3 + 7.0 * height / width))
    axes = figure.subplots()
    tile_scale = Normalize(0, max(1, int(np.max(tiles.synaptic_events, initial=0))))
    link_scale = Normalize(0, max(1e-9, float(np.max(links.utilisation, initial=0.0)) * 100))
    _draw_tiles(axes, tiles, mesh, tile_scale)
    _draw_links(axes, links, mesh, link_scale)
    if width * height <= MOST_NUMBERED_TILES:
        _name_busiest(axes, links, mesh, n_named)
    axes.set_xlim(-0.6, width - 0.4)
    axes.set_ylim(height - 0.4, -0.6)
    axes.set_aspect("equal")
    axes.axis("off")
    for scale, colours, label in (
        (link_scale, LINK_MAP, "utilisation of a link (% of the chip's time)"),
        (tile_scale, TILE_MAP, "synaptic events of a tile"),
    ):
        bar = figure.colorbar(
            ScalarMappable(scale, colours),
            ax=axes,
            shrink=0.75,
            pad=0.015,
            aspect=30,
            format=EngFormatter(sep=""),
        )
        bar.set_label(label, color=INK)
        bar.outline.set_visible(False)
    return figure


def _draw_tiles(axes: Any, tiles: TileLoad, mesh: tuple[int, int], scale: Normalize) -> None:
    width, height = mesh
    squares = [
        Rectangle((x - TILE_SIDE / 2, y - TILE_SIDE / 2), TILE_SIDE, TILE_SIDE)
        for y in range(height)
        for x in range(width)
    ]
    events = np.asarray(tiles.synaptic_events)
    faces = TILE_MAP(scale(events))
    drawn = PatchCollection(squares, facecolors=faces, edgecolors=INK, linewidths=min(0.7, 8 / max(mesh)))
    drawn.set_rasterized(len(squares) > MOST_NUMBERED_TILES)
    axes.add_collection(drawn)
    if width * height > MOST_NUMBERED_TILES:
        return
    size = max(4.0, min(9.0, 70 / max(mesh)))
    for tile in range(width * height):
        axes.text(tile % width, tile // width, str(tile), ha="center", va="center", fontsize=size, color=INK)


def _draw_links(axes: Any, links: LinkLoad, mesh: tuple[int, int], scale: Normalize) -> None:
    order = np.argsort(links.utilisation, kind="stable")  # the busiest on top
    arrows = [_arrow(int(links.source[i]), int(links.target[i]), int(links.kind[i]), mesh[0]) for i in order]
    faces = LINK_MAP(0.08 + 0.92 * scale(np.asarray(links.utilisation)[order] * 100))
    drawn = PatchCollection(
        arrows, facecolors=faces, edgecolors=INK, linewidths=min(0.25, 3 / max(mesh)), zorder=3
    )
    drawn.set_rasterized(len(arrows) > MOST_VECTOR_ARROWS)
    axes.add_collection(drawn)


def _arrow(source: int, target: int, kind: int, width: int) -> FancyArrow:
    """Return the arrow of a link; y grows downward, as tiles are numbered."""
    x, y = source % width, source // width
    if kind != LINK_HOP:
        side, direction = (-1, -1) if kind == LINK_IN else (1, 1)
        return _wedge(x + side * 0.19, y + 0.17 - direction * 0.05, 0.0, direction * 0.1, 0.0, 0.12)
    dx, dy = target % width - x, target // width - y
    length = np.hypot(dx, dy)
    ux, uy = dx / length, dy / length
    start_x, start_y = (
        x + ux * (TILE_SIDE / 2 + 0.02) - uy * LANE,
        y + uy * (TILE_SIDE / 2 + 0.02) + ux * LANE,
    )
    reach = length - TILE_SIDE - 0.04
    return _wedge(start_x, start_y, ux * reach, uy * reach, 0.09, 0.18)


def _wedge(x: float, y: float, dx: float, dy: float, shaft: float, head: float) -> FancyArrow:
    return FancyArrow(
        x,
        y,
        dx,
        dy,
        width=shaft,
        head_width=head,
        head_length=0.14 if shaft else 0.1,
        length_includes_head=True,
    )


def _name_busiest(axes: Any, links: LinkLoad, mesh: tuple[int, int], n_named: int) -> None:
    """Write the names of the busiest links between routers beside them."""
    width = mesh[0]
    utilisation = np.where(np.asarray(links.kind) == LINK_HOP, np.asarray(links.utilisation) * 100, -1.0)
    for link in np.argsort(-utilisation, kind="stable")[:n_named]:
        if utilisation[link] <= 0:
            return
        source, target = int(links.source[link]), int(links.target[link])
        x, y = (source % width + target % width) / 2, (source // width + target // width) / 2
        dx, dy = target % width - source % width, target // width - source // width
        side = {0: "center", 1: "right", -1: "left"}[int(np.sign(dy))]
        axes.text(
            x - dy * 0.22, y + dx * 0.3, f"{links.name[link]}\n{utilisation[link]:.2g} %", ha=side,
            va="center",
            fontsize=max(4.0, min(7.5, 60 / max(mesh))), color=INK, fontweight="bold", zorder=4, linespacing=0.95,
        )  # fmt: skip

"""The load of the interconnect drawn over the chip: tiles, routers, and an arrow for each direction of a link."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import PatchCollection, PolyCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from neurohw.analysis.plots.style import INK, LINK_MAP, LOSS, TILE_MAP, WIDTH_IN, add_bar, new_figure, styled
from neurohw.analysis.plots.wires import TILE_SIDE, Wire, router_radius, routers_apart, wires_of
from neurohw.hardware.topology import LINK_HOP
from neurohw.result import Layout, LinkLoad, TileLoad
from neurohw.wording import percent

Array = np.ndarray

MOST_NUMBERED_TILES = 400
MOST_VECTOR_ARROWS = 3000
BARS_IN = 1.9  # width that the two colour bars take
MARGIN = 0.6


@styled
def load_map(tiles: TileLoad, links: LinkLoad, layout: Layout, n_named: int = 5) -> Figure:
    """Return a map of the chip: tiles coloured by synaptic events, links by utilisation, the busiest named.

    A cross marks links before which deliveries were lost, the larger the more. Where a tile has a router of its own,
    its two links are the small triangles inside the square: out of the tile (up) and into it (down).
    """
    wires = wires_of(links, layout)
    drawn = np.concatenate(
        [layout.tile, layout.router, *(outline for wire in wires for outline in wire.outlines)]
    )
    low, high = drawn.min(axis=0) - MARGIN / 2, drawn.max(axis=0) + MARGIN / 2
    width, height = high - low
    figure = new_figure(np.clip(0.3 + (WIDTH_IN - BARS_IN) * height / width, 2.7, 9.0))
    axes = figure.subplots()
    tile_scale = Normalize(0, max(1, int(np.max(tiles.synaptic_events, initial=0))))
    link_scale = Normalize(0, float(np.max(links.utilisation, initial=0.0)) * 100 or 1.0)
    extent = max(width, height)
    _draw_stations(axes, tiles, layout, tile_scale, extent)
    _draw_links(axes, links, wires, link_scale, extent)
    if len(layout.tile) <= MOST_NUMBERED_TILES:
        _name_busiest(axes, links, wires, n_named, extent)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(high[1], low[1])
    axes.set_aspect("equal")
    axes.axis("off")
    add_bar(figure, axes, link_scale, LINK_MAP, "utilisation of a link (% of the chip's time)")
    add_bar(figure, axes, tile_scale, TILE_MAP, "synaptic events of a tile")
    return figure


def _draw_stations(axes: Any, tiles: TileLoad, layout: Layout, scale: Normalize, extent: float) -> None:
    squares = [Rectangle(place - TILE_SIDE / 2, TILE_SIDE, TILE_SIDE) for place in layout.tile]
    radius = router_radius(layout)
    circles = [Circle(layout.router[router], radius[router]) for router in routers_apart(layout)]
    faces = TILE_MAP(scale(np.asarray(tiles.synaptic_events)))
    thin = min(0.7, 8 / extent)
    for patches, colour in ((squares, faces), (circles, "#eef1f4")):
        drawn = PatchCollection(patches, facecolors=colour, edgecolors=INK, linewidths=thin, zorder=2)
        drawn.set_rasterized(len(patches) > MOST_NUMBERED_TILES)
        axes.add_collection(drawn)
    if len(squares) > MOST_NUMBERED_TILES:
        return
    size = max(4.0, min(9.0, 70 / extent))
    for tile, (x, y) in enumerate(layout.tile):
        axes.text(x, y, str(tile), ha="center", va="center", fontsize=size, color=INK, zorder=3)


def _draw_links(axes: Any, links: LinkLoad, wires: list[Wire], scale: Normalize, extent: float) -> None:
    order = np.argsort(links.utilisation, kind="stable")  # the busiest on top
    outlines = [outline for link in order for outline in wires[link].outlines]
    order = np.repeat(order, [len(wires[link].outlines) for link in order])
    faces = LINK_MAP(0.08 + 0.92 * scale(np.asarray(links.utilisation)[order] * 100))
    drawn = PolyCollection(
        outlines,
        facecolors=faces,
        edgecolors=INK,
        linewidths=min(0.25, 3 / extent),
        zorder=4,
    )
    drawn.set_rasterized(len(wires) > MOST_VECTOR_ARROWS)
    axes.add_collection(drawn)
    losing = np.flatnonzero(links.dropped)
    if losing.size:
        lost = np.asarray(links.dropped)[losing]
        places = np.array([wires[link].middle for link in losing])
        largest = (72 * 7.0 / extent * 0.22) ** 2  # points: less than a quarter of a tile's pitch
        axes.scatter(
            *places.T,
            s=largest * (0.15 + 0.85 * lost / lost.max()),
            marker="X",
            color=LOSS,
            edgecolor="white",
            linewidth=0.4,
            zorder=5,
        )


def _name_busiest(axes: Any, links: LinkLoad, wires: list[Wire], n_named: int, extent: float) -> None:
    """Write the names of the busiest links between routers beside them."""
    utilisation = np.where(np.asarray(links.kind) == LINK_HOP, links.utilisation, -1.0)
    paper = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.4}
    for link in np.argsort(-utilisation, kind="stable")[:n_named]:
        if utilisation[link] <= 0:
            return
        x, y = wires[link].middle
        axes.annotate(
            f"{links.name[link]}\n{percent(utilisation[link])}",
            (x, y),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=max(4.0, min(7.5, 60 / extent)),
            color=INK,
            fontweight="bold",
            zorder=6,
            linespacing=0.95,
            bbox=paper,
        )

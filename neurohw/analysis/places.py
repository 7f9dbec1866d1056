"""Names of places on a chip, and which of them are the busiest."""

from __future__ import annotations

import numpy as np

from neurohw.hardware.topology import LINK_HOP, LINK_IN
from neurohw.result import HardwareReport, LinkLoad

GRIDS = ("mesh", "torus")


def tile_name(report: HardwareReport, tile: int) -> str:
    """Return number and, on a grid, column and row of a tile: ``"tile 9 (1, 1)"``."""
    layout = report.layout
    if layout is None or layout.topology not in GRIDS:
        return f"tile {tile}"
    column, row = layout.tile[tile]
    return f"tile {tile} ({column:.0f}, {row:.0f})"


def link_name(links: LinkLoad, link: int) -> str:
    """Return the name of a link with its ends: ``"router 3 to 4"``, ``"into tile 3"``, ``"out of tile 3"``."""
    kind = int(links.kind[link])
    if kind == LINK_HOP:
        return f"router {links.source[link]} to {links.target[link]}"
    return f"{'out of' if kind == LINK_IN else 'into'} tile {links.tile[link]}"


def busiest_links(links: LinkLoad, n: int) -> list[int]:
    """Return the indices of the ``n`` busiest links that carried anything, the busiest first."""
    order = np.lexsort((-np.asarray(links.packets), -np.asarray(links.utilisation)))
    return [int(link) for link in order[:n] if links.packets[link]]


def neuron_name(report: HardwareReport, cell: int) -> str:
    """Return population and index of a cell: ``"excitatory[12]"``."""
    ends = np.cumsum(report.populations.cells)
    population = int(np.searchsorted(ends, cell, side="right"))
    first = int(ends[population]) - int(report.populations.cells[population])
    return f"{report.populations.name[population]}[{cell - first}]"

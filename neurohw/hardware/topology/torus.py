"""A 2-D torus: a mesh whose rows and columns are closed to rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurohw.hardware.topology.declarations import Topology
from neurohw.hardware.topology.grid import Grid
from neurohw.hardware.topology.tiled_grid import tiled_grid

if TYPE_CHECKING:
    from neurohw.hardware.chip import Interconnect


def torus(wires: Interconnect) -> Topology:
    """Return a torus of ``width`` x ``height`` tiles, routed along x and then y, each the shorter way.

    Half way around a row (column) of an even number of tiles both ways are equally short: packets then go west
    (north), or east where bit 0 of the variant is set (south where bit 1 is); with ties in one dimension only
    there are two variants. Rows and columns of two tiles are not closed, their tiles are joined already.
    """
    shape = (wires.width, wires.height)
    return tiled_grid("torus", Grid(*shape, wraps=True), (wires.chip_width, wires.chip_height), shape)

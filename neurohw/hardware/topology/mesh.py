"""A 2-D mesh: one router a tile, joined to the routers in the east, west, south and north."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurohw.hardware.topology.declarations import Topology
from neurohw.hardware.topology.grid import Grid
from neurohw.hardware.topology.tiled_grid import tiled_grid

if TYPE_CHECKING:
    from neurohw.hardware.chip import Interconnect


def mesh(wires: Interconnect) -> Topology:
    """Return a mesh of ``width`` x ``height`` tiles in chips of ``chip_width`` x ``chip_height``, routed XY."""
    shape = (wires.width, wires.height)
    return tiled_grid("mesh", Grid(*shape), (wires.chip_width, wires.chip_height), shape)

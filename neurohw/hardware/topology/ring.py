"""A ring: every router joined to the ones of the tiles before and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurohw.hardware.topology.declarations import Topology
from neurohw.hardware.topology.grid import Grid
from neurohw.hardware.topology.tiled_grid import tiled_grid
from neurohw.hardware.topology.wiring import circle

if TYPE_CHECKING:
    from neurohw.hardware.chip import Interconnect


def ring(wires: Interconnect) -> Topology:
    """Return a ring of all tiles in order, routed the shorter way round; ties as in a torus of one row."""
    n_tiles = wires.width * wires.height
    return tiled_grid("ring", Grid(n_tiles, 1, wraps=True), place=circle(n_tiles))

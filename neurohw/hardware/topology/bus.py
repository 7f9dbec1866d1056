"""A shared bus: one link over which all packets go, one after the other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from neurohw.hardware.topology.declarations import Topology
from neurohw.hardware.topology.wiring import join_tiles, plain_topology

if TYPE_CHECKING:
    from neurohw.hardware.chip import Interconnect

Array = np.ndarray

ENTRY, EXIT = 0, 1  # the arbiter before the bus, and the taps behind it


def bus(wires: Interconnect) -> Topology:
    """Return a bus of ``width`` x ``height`` tiles: all enter at router 0, cross one link, leave at router 1."""
    n_tiles = wires.width * wires.height
    into, out_of = np.full(n_tiles, ENTRY), np.full(n_tiles, EXIT)
    links = join_tiles(into, out_of, np.array([ENTRY]), np.array([EXIT]))
    columns = -(-n_tiles // 2)  # a row of tiles on either side
    tiles = np.arange(n_tiles)
    return plain_topology(
        "bus",
        links,
        partial(_next_hops, links.n_links - 1),
        place_of_router=np.array([[-1.0, 1.0], [columns, 1.0]]),
        place_of_tile=np.stack([tiles % columns, tiles // columns * 2], axis=1),
    )


def _next_hops(shared_link: int, destinations: Array) -> Array:
    return np.full((1, 2, destinations.size), shared_link, np.int32)

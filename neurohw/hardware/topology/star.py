"""A star: all tiles on one router, an N x N switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurohw.hardware.topology.declarations import Topology
from neurohw.hardware.topology.wiring import circle, join_tiles, plain_topology

if TYPE_CHECKING:
    from neurohw.hardware.chip import Interconnect

Array = np.ndarray


def star(wires: Interconnect) -> Topology:
    """Return a star of ``width`` x ``height`` tiles."""
    return switch("star", wires.width * wires.height)


def switch(name: str, n_tiles: int, contention_free: bool = False) -> Topology:
    """Return one router with all tiles around it."""
    router, none = np.zeros(n_tiles), np.empty(0)
    return plain_topology(
        name,
        join_tiles(router, router, none, none),
        _no_hops,
        place_of_router=np.zeros((1, 2)),
        place_of_tile=circle(n_tiles, least_radius=1.0),
        contention_free=contention_free,
    )


def _no_hops(destinations: Array) -> Array:
    return np.full((1, 1, destinations.size), -1, np.int32)

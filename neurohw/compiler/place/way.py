"""Ways through all tiles of a chip on which neighbours in order stay neighbours."""

from __future__ import annotations

import numpy as np

from neurohw.hardware import Chip
from neurohw.hardware.topology import topology_of

Array = np.ndarray


def way_through(chip: Chip) -> Array:
    """Return the tiles in an order in which neighbours follow each other, int32 [n_tiles].

    On a mesh or torus that is the first row from left to right, the second back, and so on; on other topologies
    the order of the tiles' numbers.
    """
    grid = topology_of(chip.interconnect).grid
    return np.arange(chip.n_tiles, dtype=np.int32) if grid is None else boustrophedon(*grid)


def boustrophedon(width: int, height: int) -> Array:
    """Return the tiles of a mesh in the order of a snake, int32 [width * height]."""
    tiles = np.arange(width * height, dtype=np.int32).reshape(height, width)
    tiles[1::2] = tiles[1::2, ::-1].copy()
    return tiles.ravel()

"""A grid of routers with a tile each: what mesh, torus and ring share."""

from __future__ import annotations

from functools import partial

import numpy as np

from neurohw.hardware.topology.declarations import Topology
from neurohw.hardware.topology.grid import Grid
from neurohw.hardware.topology.wiring import join_tiles

Array = np.ndarray


def tiled_grid(
    name: str,
    grid: Grid,
    chip_size: tuple[float, float] = (np.inf, np.inf),
    shape: tuple[int, int] | None = None,
    place: Array | None = None,
) -> Topology:
    """Return a grid whose router ``t`` has tile ``t``.

    Parameters
    ----------
    name : of the topology.
    grid : routers and how they are joined.
    chip_size : tiles along x and y of one chip of a board.
    shape : columns and rows, where the tiles form a grid on the chip, too.
    place : float [n_tiles, 2], of routers and tiles in pictures; their columns and rows unless given.
    """
    tiles = np.arange(grid.n_routers, dtype=np.int32)
    x, y = grid.coordinates(tiles)
    neighbour = grid.neighbours()
    exists = neighbour >= 0
    source = np.repeat(tiles, np.count_nonzero(exists, axis=1))
    links = join_tiles(tiles, tiles, source, neighbour[exists])
    hop_link = np.full(neighbour.shape, -1, np.int32)
    hop_link[exists] = 2 * tiles.size + np.arange(source.size)
    ring = np.full(links.n_links, -1, np.int32)
    ring[2 * tiles.size :] = grid.rings()[exists]
    chip = np.stack([x // min(chip_size[0], grid.width), y // min(chip_size[1], grid.height)])
    places = np.stack([x, y], axis=1) if place is None else place
    n_variants = len(grid.variants)
    return Topology(
        name=name,
        grid=shape,
        links=links,
        router_of_tile=tiles,
        place_of_router=places,
        place_of_tile=places,
        is_chip_link=(chip[:, links.source] != chip[:, links.target]).any(axis=0),
        ring_of_link=ring,
        n_variants=n_variants,
        # neighbours along x and along y take different ways, so that every row and column is balanced
        variant_of_tile=(x + y) % 2 * (n_variants - 1),
        next_hops=partial(grid.next_hops, hop_link),
    )

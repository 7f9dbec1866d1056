"""Destinations and XY paths, with sets and plain loops."""

from __future__ import annotations

from itertools import pairwise

from neurohw.network import Network
from tests.naive.partition import inputs_of_cells


def destinations(network: Network, tile_of_cell: list[int]) -> list[set[int]]:
    """Return the tiles that hold targets of every cell."""
    tiles: list[set[int]] = [set() for _ in range(network.n_cells)]
    for post, inputs in enumerate(inputs_of_cells(network)):
        for pre in inputs:
            tiles[pre].add(tile_of_cell[post])
    return tiles


def xy_path(source: int, destination: int, width: int) -> list[str]:
    """Return the names of the links from one tile to another: along x first, then along y."""
    x, y = source % width, source // width
    x_end, y_end = destination % width, destination // width
    tiles = [source]
    while x != x_end:
        x += 1 if x < x_end else -1
        tiles.append(y * width + x)
    while y != y_end:
        y += 1 if y < y_end else -1
        tiles.append(y * width + x)
    hops = [f"{a}->{b}" for a, b in pairwise(tiles)]
    return [f"{source} in", *hops, f"{destination} out"]

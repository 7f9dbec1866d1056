"""Placer ``snake``: clusters along a way through the tiles on which neighbours in order stay neighbours."""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np

from neurohw.errors import CapacityError
from neurohw.hardware import Chip
from neurohw.hardware.quantities import MESH_LIMIT
from neurohw.hardware.topology import topology_of
from neurohw.network import Network
from neurohw.program import Clusters, Placement

Array = np.ndarray

# Spike sources are not on the chip: their spikes come from a host, taken to be connected to a corner.
INPUT_TILE = 0


def snake(network: Network, clusters: Clusters, chip: Chip) -> Placement:
    """Place clusters in order: on a mesh or torus the first row from left to right, the second back, and so on.

    On other topologies tiles are taken in order of their numbers, in which neighbours follow each other. A tile
    takes clusters while it has crossbars for the next one. Spikes of sources enter at tile 0, an estimate of
    where the interface to the host sits.

    Raises
    ------
    CapacityError
        When the chip has too few tiles, or a tile too few crossbars for one cluster.
    """
    visit_of_cluster = _visits(clusters.n_crossbars, chip)
    n_needed = int(visit_of_cluster[-1]) + 1 if clusters.n_clusters else 0
    if n_needed > chip.n_tiles:
        raise CapacityError(_too_large(network, clusters, chip, n_needed))
    tile_of_cluster = _way(chip)[visit_of_cluster]
    on_chip = clusters.cluster_of_cell >= 0
    tile_of_cell = np.full(network.n_cells, INPUT_TILE, np.int32)
    tile_of_cell[on_chip] = tile_of_cluster[clusters.cluster_of_cell[on_chip]]
    return Placement(tile_of_cluster, tile_of_cell)


def _way(chip: Chip) -> Array:
    """Return the tiles in the order in which they are filled, int32 [n_tiles]."""
    grid = topology_of(chip.interconnect).grid
    return np.arange(chip.n_tiles, dtype=np.int32) if grid is None else boustrophedon(*grid)


def boustrophedon(width: int, height: int) -> Array:
    """Return the tiles of a mesh in the order of a snake, int32 [width * height]."""
    tiles = np.arange(width * height, dtype=np.int32).reshape(height, width)
    tiles[1::2] = tiles[1::2, ::-1].copy()
    return tiles.ravel()


def _visits(n_crossbars: Array, chip: Chip) -> Array:
    """Return how many tiles along the way each cluster lies, on a mesh without end (int64 [n_clusters])."""
    available = chip.tile.crossbars
    visits = np.empty(len(n_crossbars), np.int64)
    visit, free = 0, available
    for cluster, needed in enumerate(n_crossbars.tolist()):
        if needed > available:
            raise CapacityError(
                f"cluster {cluster}: {needed} merged crossbars, a tile of chip {chip.name!r} has {available}"
            )
        if needed > free:
            visit, free = visit + 1, available
        free -= needed
        visits[cluster] = visit
    return visits


def _too_large(network: Network, clusters: Clusters, chip: Chip, n_needed: int) -> str:
    wires, crossbar = chip.interconnect, chip.crossbar
    n_neurons = int(np.count_nonzero(clusters.cluster_of_cell >= 0))
    per_place = chip.n_tiles // (wires.width * wires.height)  # of a tree's chips
    n_places = ceil(n_needed / per_place)
    width = ceil(sqrt(n_places))
    size = f"{crossbar.rows} rows x {crossbar.columns} columns"
    needs = f"{n_needed} tiles ({int(clusters.n_crossbars.sum())} crossbars of {size}"
    leaves = f" x {per_place} leaves" if per_place > 1 else ""
    has = f"{chip.n_tiles} ({wires.width} x {wires.height}{leaves}, crossbars = {chip.tile.crossbars} each)"
    remedy = "use a smaller network"
    if width <= MESH_LIMIT:
        remedy += f" or a larger chip, for example width = {width} and height = {ceil(n_places / width)}"
    return (
        f"network of {n_neurons} neurons and {network.n_synapses} synapses: needs {needs}), "
        f"chip {chip.name!r} has {has}; {remedy}"
    )

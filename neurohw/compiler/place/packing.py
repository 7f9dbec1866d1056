"""Clusters put together that share a tile, where a tile has several crossbars."""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np

from neurohw.errors import CapacityError
from neurohw.hardware import Chip
from neurohw.hardware.quantities import MESH_LIMIT
from neurohw.network import Network
from neurohw.program import Clusters
from neurohw.wording import counted

Array = np.ndarray


def pack(network: Network, clusters: Clusters, chip: Chip) -> Array:
    """Give clusters tiles to share: in order, a tile takes clusters while it has crossbars for the next one.

    Returns
    -------
    int64 [n_clusters], the number of the tile, not yet its place.

    Raises
    ------
    CapacityError
        When the chip has too few tiles, or a tile too few crossbars for one cluster.
    """
    item_of_cluster = _next_fit(clusters.n_crossbars, chip)
    n_needed = int(item_of_cluster[-1]) + 1 if clusters.n_clusters else 0
    if n_needed > chip.n_tiles:
        raise CapacityError(_too_large(network, clusters, chip, n_needed))
    return item_of_cluster


def _next_fit(n_crossbars: Array, chip: Chip) -> Array:
    available = chip.tile.crossbars
    items = np.empty(len(n_crossbars), np.int64)
    item, free = 0, available
    for cluster, needed in enumerate(n_crossbars.tolist()):
        if needed > available:
            raise CapacityError(
                f"cluster {cluster}: {needed} merged crossbars, a tile of chip {chip.name!r} has {available}"
            )
        if needed > free:
            item, free = item + 1, available
        free -= needed
        items[cluster] = item
    return items


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
        f"network of {n_neurons} neurons and {counted(network.n_synapses, 'synapse')}: needs {needs}), "
        f"chip {chip.name!r} has {has}; {remedy}"
    )

"""The placing of a network's clusters: which of them share a tile, and where the tiles lie."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.incoming import Incoming
from neurohw.compiler.place import BLIND, PLACERS, PlacementProblem, Placer, place_items
from neurohw.compiler.place.packing import pack
from neurohw.compiler.place.snake import snake
from neurohw.compiler.traffic import packets_between
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.program import Clusters, Placement
from neurohw.workload import ClusterGraph

Array = np.ndarray

# Spike sources are not on the chip: their spikes come from a host, taken to be connected to a corner.
INPUT_TILE = 0


def place_clusters(
    network: Network,
    incoming: Incoming,
    clusters: Clusters,
    chip: Chip,
    placer: Placer = snake,
    *,
    spikes: Array | None = None,
    seed: int = 0,
    seconds: float = 5.0,
    objective: str = "hops",
) -> Placement:
    """Place clusters on tiles; spikes of sources enter at tile 0, an estimate of where the host sits.

    Parameters
    ----------
    incoming : the network's synapses by postsynaptic cell.
    placer : one of ``PLACERS``, or another function of a problem.
    spikes : int [n_cells], how often each cell fires; by default once.
    seed, seconds : of the placer: of its random numbers, and the longest it may take.
    objective : what the placer lowers, a key of ``OBJECTIVES``.

    Raises
    ------
    CapacityError
        When the chip has too few tiles, or a tile too few crossbars for one cluster.
    MappingError
        When the placer returns something else than a tile of its own for each item.
    """
    item_of_cluster = pack(network, clusters, chip)
    n_items = int(item_of_cluster.max(initial=-1)) + 1
    on_chip = clusters.cluster_of_cell >= 0
    item_of_cell = np.full(network.n_cells, n_items, np.int32)
    item_of_cell[on_chip] = item_of_cluster[clusters.cluster_of_cell[on_chip]]
    if placer in (PLACERS[name] for name in BLIND):
        nothing = np.empty(0, np.int64)
        graph = ClusterGraph(n_items + 1, nothing, nothing, nothing)
    else:
        graph = packets_between(incoming, item_of_cell, n_items + 1, spikes)
    problem = PlacementProblem(graph, chip, (INPUT_TILE,), objective, seed, seconds)
    tile_of_item = np.append(place_items(problem, placer), INPUT_TILE)
    return Placement(tile_of_item[item_of_cluster], tile_of_item[item_of_cell])

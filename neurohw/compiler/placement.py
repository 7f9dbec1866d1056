"""The placing of a network's clusters: which of them share a tile, and where the tiles lie."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.incoming import Incoming
from neurohw.compiler.place import BLIND, PLACERS, PlacementProblem, Placer, place_items
from neurohw.compiler.place.packing import pack
from neurohw.compiler.place.snake import snake
from neurohw.compiler.traffic import packets_between
from neurohw.errors import MappingError
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
    tile_of_item = np.append(_checked(problem, place_items(problem, placer)), INPUT_TILE)
    return Placement(tile_of_item[item_of_cluster], tile_of_item[item_of_cell])


def _checked(problem: PlacementProblem, found: object) -> Array:
    """Return the tile of each item; refuse what is none, which a function of a user may return."""
    tile, n_tiles = np.asarray(found), problem.chip.n_tiles
    if tile.shape != (problem.n_items,) or tile.dtype.kind not in "iu":
        raise MappingError(
            f"the placer returned {tile.dtype} of shape {tile.shape}; expected whole numbers of shape "
            f"({problem.n_items},): the tile of each item"
        )
    wrong = np.flatnonzero((tile < 0) | (tile >= n_tiles))
    if wrong.size:
        raise MappingError(
            f"the placer returned tile {tile[wrong[0]]} for item {wrong[0]}; chip {problem.chip.name!r} has tiles 0 to "
            f"{n_tiles - 1}"
        )
    order = np.argsort(tile, kind="stable")
    again = np.flatnonzero(np.diff(tile[order]) == 0)
    if again.size:
        first, second = order[again[0]], order[again[0] + 1]
        raise MappingError(
            f"the placer returned tile {tile[first]} for item {first} and for item {second}; each item needs a tile of "
            "its own"
        )
    return tile

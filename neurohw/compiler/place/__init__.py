"""Placers: clusters to tiles, so that spikes have short ways."""

from collections.abc import Callable, Mapping

import numpy as np

from neurohw.compiler.place.anneal import anneal
from neurohw.compiler.place.board import OBJECTIVES, link_loads
from neurohw.compiler.place.checked import checked_tiles
from neurohw.compiler.place.force_directed import force_directed
from neurohw.compiler.place.hilbert import hilbert
from neurohw.compiler.place.hillclimb import hillclimb
from neurohw.compiler.place.problem import PlacementProblem
from neurohw.compiler.place.pso import pso
from neurohw.compiler.place.relieve import relieve
from neurohw.compiler.place.snake import snake

# problem -> the tile of each item, int32 [n_items]
Placer = Callable[[PlacementProblem], np.ndarray]

PLACERS: Mapping[str, Placer] = {
    "anneal": anneal,
    "force_directed": force_directed,
    "hilbert": hilbert,
    "hillclimb": hillclimb,
    "pso": pso,
    "snake": snake,
}

BLIND = frozenset({"hilbert", "snake"})  # these do not look at the spikes


def place_items(problem: PlacementProblem, placer: Placer) -> np.ndarray:
    """Return the tile of each item by a placer, and relieve busy links where that is the objective.

    Raises
    ------
    MappingError
        When the placer returns something else than a tile of its own for each item.
    """
    tiles = checked_tiles(problem, placer(problem))
    if problem.objective != "max_link_load" or placer in (snake, hilbert):
        return tiles
    return relieve(problem, tiles)


__all__ = [
    "BLIND",
    "OBJECTIVES",
    "PLACERS",
    "PlacementProblem",
    "Placer",
    "link_loads",
    "place_items",
    "relieve",
]

"""What a placer returns, refused where it is no tile of its own for each item: a function of a user may do so."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.place.problem import PlacementProblem
from neurohw.errors import MappingError

Array = np.ndarray


def checked_tiles(problem: PlacementProblem, found: object) -> Array:
    """Return the tile of each item, int [n_items].

    Raises
    ------
    MappingError
        For another shape or type, naming the item whose tile the chip does not have, or both that have one tile.
    """
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

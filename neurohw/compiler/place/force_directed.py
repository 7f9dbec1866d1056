"""Placer ``force_directed``: a Hilbert curve, then exchanges of neighbouring tiles, those under most tension first."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.place.hilbert import hilbert
from neurohw.compiler.place.kernels.exchanges import release, tensions
from neurohw.compiler.place.problem import PlacementProblem

Array = np.ndarray

_SHARE = 0.3  # of the pairs under tension that are looked at in one round


def force_directed(problem: PlacementProblem) -> Array:
    """Exchange neighbours as long as that shortens ways (Jin et al. 2023, doi:10.1145/3582016.3582038).

    Each round sorts the pairs of neighbouring tiles by how much an exchange would lower the cost, and makes the best
    ones, where they still lower it. Neighbours are those on the grid, or with tiles of following numbers.
    """
    places = problem.places(hilbert(problem))
    pairs = neighbouring_tiles(problem.board.along_x.shape[0], problem.board.along_y.shape[0])
    while not problem.is_over:
        tension = tensions(problem.board, problem.edges, places, pairs)
        order = np.argsort(-tension, kind="stable")
        n_tense = int(np.count_nonzero(tension > 0))
        if not n_tense:
            break
        release(problem.board, problem.edges, places, pairs[order[: int(np.ceil(_SHARE * n_tense))]])
    return problem.tiles(places)


def neighbouring_tiles(width: int, height: int) -> Array:
    """Return the pairs of tiles that lie side by side or one below the other, int32 [n, 2]."""
    tile = np.arange(width * height, dtype=np.int32).reshape(height, width)
    beside = np.stack([tile[:, :-1].ravel(), tile[:, 1:].ravel()], axis=1)
    below = np.stack([tile[:-1].ravel(), tile[1:].ravel()], axis=1)
    return np.concatenate([beside, below])

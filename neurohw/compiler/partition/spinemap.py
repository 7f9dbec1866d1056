"""Partitioner ``spinemap``: a swarm of particles, each an order in which neurons fill crossbars."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.partition.joined import fits_one_crossbar, with_joined
from neurohw.compiler.partition.kernels.inputs import count_synapse_spikes
from neurohw.compiler.partition.problem import PartitionProblem
from neurohw.compiler.partition.sequential import fill_in_order

Array = np.ndarray

_PARTICLES = 20
_MOST_ROUNDS, _LEAST_ROUNDS = 200, 5
_SYNAPSES = 2_000_000_000  # that all particles of all rounds may look at: some 20 s
# the usual constants of a swarm that converges (Clerc & Kennedy 2002, doi:10.1109/4235.985692)
_INERTIA, _PULL = 0.7298, 1.4962


def spinemap(problem: PartitionProblem) -> Array:
    """Minimise synapse spikes by particle swarm (Das et al. 2018, doi:10.23919/DATE.2018.8342201; used by SpiNeMap).

    A particle is a point with one coordinate for each neuron. Here neurons fill crossbars by rising coordinate, as
    with ``sequential``, so that no particle breaks a limit; one starts with the neurons in order of their ids.
    """
    cells = fits_one_crossbar(problem)
    best = _best_order(problem, cells) if cells.size else cells
    return with_joined(problem, cells, fill_in_order(problem, best)[cells])


def _best_order(problem: PartitionProblem, cells: Array) -> Array:
    rng = np.random.Generator(np.random.Philox(problem.seed))
    where = rng.random((_PARTICLES, cells.size))
    where[0] = (np.arange(cells.size) + 0.5) / cells.size
    speed = 0.1 * (rng.random(where.shape) - 0.5)
    own_best, own_cost = where.copy(), _costs(problem, cells, where)
    for _ in problem.rounds(_n_rounds(problem), "spinemap"):
        best = own_best[np.argmin(own_cost)]
        to_own, to_best = (_PULL * rng.random(where.shape) for _ in range(2))
        speed = _INERTIA * speed + to_own * (own_best - where) + to_best * (best - where)
        where = where + speed
        cost = _costs(problem, cells, where)
        better = cost < own_cost
        own_best[better], own_cost[better] = where[better], cost[better]
    return _order(cells, own_best[np.argmin(own_cost)])


def _n_rounds(problem: PartitionProblem) -> int:
    per_round = _PARTICLES * max(1, problem.graph.pre.size)
    return min(_MOST_ROUNDS, max(_LEAST_ROUNDS, _SYNAPSES // per_round))


def _costs(problem: PartitionProblem, cells: Array, where: Array) -> Array:
    """Return the spikes over synapses between clusters for each particle, int64."""
    graph = problem.graph
    orders = (_order(cells, point) for point in where)
    clusters = (fill_in_order(problem, order) for order in orders)
    return np.array([count_synapse_spikes(graph.indptr, graph.pre, c, graph.spikes) for c in clusters])


def _order(cells: Array, point: Array) -> Array:
    return np.ascontiguousarray(cells[np.argsort(point, kind="stable")])

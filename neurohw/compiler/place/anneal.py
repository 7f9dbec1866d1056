"""Placer ``anneal``: simulated annealing, twice: a cold run from the best of simple placements, then a hot one."""

from __future__ import annotations

from math import exp, log

import numpy as np

from neurohw.compiler.place.force_directed import force_directed
from neurohw.compiler.place.hillclimb import climb_to_the_top
from neurohw.compiler.place.kernels.exchanges import Places
from neurohw.compiler.place.kernels.exchanges import anneal as make_moves
from neurohw.compiler.place.problem import PlacementProblem
from neurohw.compiler.place.snake import snake
from neurohw.progress import with_progress

Array = np.ndarray

MOVES_PER_SECOND = 3_000_000  # of the time limit: a third of what a core does, so that time is left over
MOVES_PER_ITEM = 100_000  # more than that are of no use
_MOVES_AT_ONCE = 50_000  # between two looks at the clock

# temperatures in mean costs of an edge of one hop
_HOT, _WARM, _COLD = 1.5, 0.05, 0.012
_COLD_SHARE = 0.15  # of the moves: what the time limit cannot take away
_NEAR_NEIGHBOUR = 0.8  # share of moves to a place near a neighbour, not near the item itself


def anneal(problem: PlacementProblem) -> Array:
    """Anneal by exchanges of items with near tiles (Kirkpatrick et al. 1983, doi:10.1126/science.220.4598.671).

    The number of moves follows from the time limit, not from the clock, so that equal seeds give equal
    placements; the clock stops only a machine that is too slow. The better of both runs then climbs its hill.
    """
    start = min((snake(problem), force_directed(problem)), key=problem.cost)
    if not problem.joined.size:
        return start
    places = problem.places(start)
    n_moves = int(min(problem.seconds * MOVES_PER_SECOND, problem.joined.size * float(MOVES_PER_ITEM)))
    n_cold = int(_COLD_SHARE * n_moves)
    _cool(problem, places, _WARM, 0, n_cold)
    candidates = [problem.tiles(places)]
    if _cool(problem, places, _HOT, n_cold, n_moves):
        candidates.append(problem.tiles(places))
    best = problem.places(min(candidates, key=problem.cost))
    climb_to_the_top(problem, best)
    return problem.tiles(best)


def _cool(problem: PlacementProblem, places: Places, hottest: float, first: int, stop: int) -> bool:
    """Make moves ``first`` to ``stop - 1`` from a temperature down to the coldest; return whether time sufficed."""
    unit = float(np.mean(problem.edges.weight)) * _shortest(problem)
    factor = exp(log(_COLD / hottest) / max(1, stop - first))
    schedule = np.array([hottest * unit * factor**-first, factor, _NEAR_NEIGHBOUR])
    for begin in with_progress(range(first, stop, _MOVES_AT_ONCE), "anneal"):
        if problem.is_over:
            return False
        end = min(begin + _MOVES_AT_ONCE, stop)
        make_moves(problem.board, problem.edges, places, problem.joined, schedule, problem.seed, begin, end)
    return True


def _shortest(problem: PlacementProblem) -> float:
    """Return the shortest way between two tiles."""
    lengths = np.concatenate([table[table > 0] for table in problem.board])
    return float(lengths.min(initial=np.inf)) if lengths.size else 1.0

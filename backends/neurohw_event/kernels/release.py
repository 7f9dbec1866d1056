"""Stochastic transmission: release with a fixed probability, or from sites with recovering vesicles.

Fuhrmann et al. 2002, doi:10.1152/jn.00258.2001. Random numbers depend on the seed, the synapse and how many it has
used, never on the order in which synapses are visited.
"""

import math

from neurohw.jit import inlined
from neurohw.network.kernels import STREAM_SYNAPSE, uniform
from neurohw_event.kernels.short_term import facilitated
from neurohw_event.plastic_layout import AVAILABLE, DRAW, LAST_SPIKE, PROBABILITY, SITES, TAU_REC, USED


@inlined
def pass_by_chance(plastic, group, k, constant, weight):
    """Return the weight, or 0 where the spike is not passed on; ``k`` is a synapse of a group."""
    return weight if _draw(plastic, group, k) < constant[PROBABILITY] else 0.0


@inlined
def pass_vesicles(plastic, group, k, constant, state, weight, tick):
    """Return the share of the weight that the sites with a vesicle release at ``tick``.

    ``state`` holds how many sites were full after the last spike; sites are alike, so that a count is enough.
    """
    span = tick - state[LAST_SPIKE]
    used = facilitated(constant, state[USED], span)
    recovered = -math.expm1(-span / constant[TAU_REC])
    n_sites = int(constant[SITES])
    full, released = 0, 0
    for site in range(n_sites):
        if site < state[AVAILABLE] or _draw(plastic, group, k) < recovered:
            full += 1
            released += _draw(plastic, group, k) < used
    state[USED] = used
    state[AVAILABLE] = full - released
    state[LAST_SPIKE] = tick
    return weight * released / n_sites


@inlined
def _draw(plastic, group, k):
    """Return the next random number of a synapse of a group."""
    at = group[DRAW] + k
    plastic.drawn[at] += 1
    return uniform(plastic.seed, STREAM_SYNAPSE, plastic.number[at], plastic.drawn[at] - 1)

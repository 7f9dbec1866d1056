"""How weights are kept: in fewer bits than 64 where that changes none of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from neurohw.network import Network
from neurohw.network.csr import is_constant
from neurohw_event.delivery_order import Places
from neurohw_event.layout import Array
from neurohw_event.weight_levels import number_levels

LEAST_WEIGHTS = 2**20  # for fewer, 4 MB saved are not worth kernels compiled for another type
MOST_OF_ROWS = 0.5  # of the weights
_PIECE = 2**18  # weights looked at at a time


class StoredWeights(NamedTuple):
    """The weights of all groups of synapses as they are to be kept."""

    of_group: list[Array]  # weights or, with ``levels``, their numbers among the levels
    type: type[np.generic]
    levels: Array | None  # float64
    # int32 [n_groups, n_tiles], where those of a group's synapses with cells of a tile begin
    level_at: Array | None


def stored_weights(network: Network, places: Places, may_have_levels: bool) -> StoredWeights:
    """Return numbers of levels where 8 bits hold these, else float32 where it holds all weights, else float64.

    Both where static weights are many enough only. Sums are taken in float64 in all cases, so that spikes are the same
    to the last bit. Rows of layers connected all to all are sums of two arrays, and are added faster as they are than
    they are looked up: networks of these have no numbers of levels.
    """
    weights = [s.weight for s in network.synapses]
    static = [s.weight for s in network.synapses if s.model.is_static]
    n = sum(weight.size for weight in static if not is_constant(weight))
    if n < LEAST_WEIGHTS:
        return StoredWeights(weights, np.float64, None, None)
    may_have_levels = may_have_levels and _n_weights_of_rows(network) <= MOST_OF_ROWS * n
    numbered = number_levels(network, places) if may_have_levels else None
    if numbered is not None:
        return StoredWeights(numbered.of_group, np.uint8, numbered.levels, numbered.level_at)
    exact = (_is_float32(piece) for weight in static for piece in _pieces(weight))
    return StoredWeights(weights, np.float32 if all(exact) else np.float64, None, None)


def _n_weights_of_rows(network: Network) -> int:
    """Return how many weights belong to layers connected all to all."""
    populations = network.populations
    return sum(
        s.size
        for s in network.synapses
        if s.model.is_static
        and not is_constant(s.weight)
        and s.size == populations[s.pre].size * populations[s.post].size
    )


def _pieces(weight: Array) -> Iterator[Array]:
    if is_constant(weight):
        yield weight[:1]
        return
    for begin in range(0, weight.size, _PIECE):
        yield weight[begin : begin + _PIECE]


def _is_float32(weight: Array) -> bool:
    with np.errstate(over="ignore"):
        return bool((weight.astype(np.float32) == weight).all())

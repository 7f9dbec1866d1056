"""The type of the numbers in which weights are kept: half as long where that changes none of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from neurohw.network import Network
from neurohw.network.csr import is_constant
from neurohw_event.layout import Array

LEAST_WEIGHTS = 2**20  # for fewer, 4 MB saved are not worth kernels compiled for another type
_PIECE = 2**18  # weights looked at at a time


def weight_type(network: Network) -> type[np.floating]:
    """Return float32 where all weights of static synapses are such numbers and many enough, else float64.

    Sums are taken in float64 either way, so that spikes are the same to the last bit.
    """
    weights = [s.weight for s in network.synapses if s.model.is_static]
    if sum(weight.size for weight in weights if not is_constant(weight)) < LEAST_WEIGHTS:
        return np.float64
    exact = (_is_float32(piece) for weight in weights for piece in _pieces(weight))
    return np.float32 if all(exact) else np.float64


def _pieces(weight: Array) -> Iterator[Array]:
    if is_constant(weight):
        yield weight[:1]
        return
    for begin in range(0, weight.size, _PIECE):
        yield weight[begin : begin + _PIECE]


def _is_float32(weight: Array) -> bool:
    with np.errstate(over="ignore"):
        return bool((weight.astype(np.float32) == weight).all())

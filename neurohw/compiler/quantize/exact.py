"""Quantizer ``exact``: refuses a network whose weights are not whole numbers of steps that a cell can hold.

The size of a step is free, but one for all weights of a crossbar, receptor and unit. So each weight must be a fraction
of the largest one, and the common denominator of these fractions at most the number of levels above zero. Fractions
are found by continued fractions (Khinchin 1964, theorem 16: the best approximations of a number are its convergents).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm

import numpy as np

from neurohw.compiler.quantize.weights import cluster_of_synapse, scale_of
from neurohw.errors import CapacityError
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.program import Clusters

Array = np.ndarray

# of the largest weight: a weight that was computed, 3 * 0.1, is some roundings of a double away from its level
TOLERANCE = 1e-14
MOST_TERMS = 48  # of a continued fraction; a denominator below 2**52 has no more than that


@dataclass(frozen=True, eq=False)
class _Shares:
    """The distinct weights of one scale, as fractions of the largest of their cluster, by cluster."""

    cluster: Array  # int64 [n], ascending
    share: Array  # float64 [n], above 0 to 1
    largest: Array  # float64 [n]
    group: Array  # int64 [n], index of a projection that has the weight


def refuse_between_levels(network: Network, clusters: Clusters, chip: Chip) -> None:
    """Refuse weights that crossbar cells of ``weight_bits`` magnitude bits cannot hold exactly.

    Weights of synapses that learn are left alone, as in ``quantize_weights``.

    Raises
    ------
    CapacityError
        Naming a projection, its weight, the bits and what to do.
    """
    for scale in sorted({scale_of(network, group) for group in network.synapses if not group.model.learns}):
        shares = _shares(network, clusters, scale)
        wrong = _first_wrong(shares, 2**chip.crossbar.weight_bits - 1)
        if wrong is not None:
            raise CapacityError(_message(network, chip, shares, wrong))


def _shares(network: Network, clusters: Clusters, scale: tuple[str, str]) -> _Shares:
    """Collect the weights of one scale."""
    columns = []
    for index, group in enumerate(network.synapses):
        if group.model.learns or scale_of(network, group) != scale:
            continue
        cluster = cluster_of_synapse(network, group, clusters).astype(np.int64)
        cluster, weight = _distinct(cluster, np.abs(group.weight))
        columns.append((cluster, weight, np.full(cluster.size, index)))
    cluster, weight, group_index = (np.concatenate(column) for column in zip(*columns, strict=True))
    largest = np.zeros(clusters.n_clusters)
    np.maximum.at(largest, cluster, weight)
    used = weight > 0
    cluster, weight, group_index = cluster[used], weight[used], group_index[used]
    order = np.argsort(cluster, kind="stable")
    cluster, weight, group_index = cluster[order], weight[order], group_index[order]
    return _Shares(cluster, weight / largest[cluster], largest[cluster], group_index)


def _distinct(cluster: Array, weight: Array) -> tuple[Array, Array]:
    order = np.lexsort((weight, cluster))
    cluster, weight = cluster[order], weight[order]
    first = np.ones(order.size, bool)
    first[1:] = (np.diff(cluster) != 0) | (np.diff(weight) != 0)
    return cluster[first], weight[first]


def _first_wrong(shares: _Shares, n_levels: int) -> int | None:
    """Return the index of a share that is no level beside the others of its cluster; None when all are."""
    top = shares.share * n_levels
    between = np.abs(top - np.rint(top)) > TOLERANCE * n_levels
    # a cluster whose largest weight can be the top level is sound
    suspect = np.isin(shares.cluster, shares.cluster[between])
    indices = np.flatnonzero(suspect)
    denominators = _denominators(shares.share[indices], n_levels)
    common: dict[int, int] = {}
    for index, denominator in zip(indices.tolist(), denominators.tolist(), strict=True):
        cluster = int(shares.cluster[index])
        common[cluster] = lcm(common.get(cluster, 1), denominator)
        if common[cluster] > n_levels:
            return index
    return None


def _denominators(share: Array, most: int) -> Array:
    """Return the denominators of shares as fractions; ``most + 1`` or more where it would be above ``most``.

    Parameters
    ----------
    share : float64 [n], above 0 to 1.
    """
    before, denominator = np.zeros(share.size), np.ones(share.size)
    rest = share.copy()
    open_ = np.ones(share.size, bool)
    for _ in range(MOST_TERMS):
        product = share * denominator
        open_ &= np.abs(product - np.rint(product)) > TOLERANCE * denominator
        open_ &= denominator <= most
        if not open_.any():
            break
        rest[open_] = 1 / (rest[open_] % 1)
        after = np.floor(rest) * denominator + before
        before, denominator = np.where(open_, denominator, before), np.where(open_, after, denominator)
    return np.minimum(denominator, most + 1).astype(np.int64)


def _message(network: Network, chip: Chip, shares: _Shares, wrong: int) -> str:
    largest = shares.largest[wrong]
    bits = chip.crossbar.weight_bits
    return (
        f"projection {network.synapses[shares.group[wrong]].name!r}: weight {shares.share[wrong] * largest:.10g} "
        f"cannot be held exactly, crossbar cells of chip {chip.name!r} have {bits} bits: all weights of a crossbar "
        f"(the largest here is {largest:.10g}) must be at most {2**bits - 1:,} steps of one size; "
        "round them with quantize='nearest' or 'stochastic', or keep them as they are without quantize"
    )

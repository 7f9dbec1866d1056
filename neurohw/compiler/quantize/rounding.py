"""Quantizers ``nearest`` and ``stochastic``: weights rounded to the levels that a crossbar cell can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from neurohw.compiler.quantize.weights import cluster_of_synapse, scale_of
from neurohw.network import Network, Synapses
from neurohw.program import Clusters

Array = np.ndarray

# (levels as fractional numbers of steps, random generator) -> whole numbers of steps
Rounding = Callable[[Array, np.random.Generator], Array]


def nearest(steps: Array, rng: np.random.Generator) -> Array:
    """Round to the nearest level, ties to the even one."""
    return np.rint(steps)


def stochastic(steps: Array, rng: np.random.Generator) -> Array:
    """Round up with the probability of the fraction, so that the mean is kept.

    Gupta et al. 2015, arXiv:1502.02551.
    """
    below = np.floor(steps)
    return below + (rng.random(steps.size) < steps - below)


ROUNDINGS: Mapping[str, Rounding] = {
    "nearest": nearest,
    "stochastic": stochastic,
}


def quantize_weights(
    network: Network, clusters: Clusters, weight_bits: int, rounding: Rounding, seed: int = 0
) -> Network:
    """Return the network with weights that crossbar cells of ``weight_bits`` magnitude bits can hold.

    The largest |weight| of a cluster, receptor and unit (cells of several models may share a crossbar) is the
    largest level, ``2**weight_bits - 1`` steps above zero; it is kept exactly. Signs are kept, too: they belong to
    the receptor. Weights of synapses that learn are left alone, and out of the scale: they change in steps far below
    a level, and a chip that learns keeps them in more bits than it reads.

    Parameters
    ----------
    network : a verified network; it is not changed.
    clusters : says which synapses share a crossbar, or several merged ones.
    weight_bits : bits of the magnitude of a weight.
    rounding : one of ``ROUNDINGS``.
    seed : seed of the random numbers; those of one group of synapses depend on nothing else.
    """
    largest = _largest(network, clusters)
    groups = []
    for index, group in enumerate(network.synapses):
        if group.model.learns:
            groups.append(group)
            continue
        scale = largest[scale_of(network, group)][cluster_of_synapse(network, group, clusters)]
        rng = np.random.Generator(np.random.Philox(np.random.SeedSequence((seed, index))))
        groups.append(_rounded(group, scale, 2**weight_bits - 1, rounding, rng))
    return replace(network, synapses=tuple(groups))


def _largest(network: Network, clusters: Clusters) -> dict[tuple[str, str], Array]:
    """Return per receptor and unit the largest |weight| of each cluster, float64 [n_clusters]."""
    largest = {scale_of(network, group): np.zeros(clusters.n_clusters) for group in network.synapses}
    for group in network.synapses:
        if group.model.learns:
            continue
        np.maximum.at(
            largest[scale_of(network, group)],
            cluster_of_synapse(network, group, clusters),
            np.abs(group.weight),
        )
    return largest


def _rounded(
    group: Synapses, scale: Array, n_levels: int, rounding: Rounding, rng: np.random.Generator
) -> Synapses:
    """Round weights to levels of ``scale`` (float64 [n_synapses])."""
    share = np.divide(np.abs(group.weight), scale, out=np.zeros(group.size), where=scale > 0)
    # level / n_levels is exactly 1 at the top level, so the largest weight stays what it was
    weight = np.copysign(scale * (rounding(share * n_levels, rng) / n_levels), group.weight)
    if weight.size and (weight == weight[0]).all():
        weight = np.broadcast_to(weight[0], weight.shape)
    return replace(group, weight=weight)

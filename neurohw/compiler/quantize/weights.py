"""Which weights share a scale: those of one crossbar, receptor and unit."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network, Synapses
from neurohw.program import Clusters

Array = np.ndarray


def scale_of(network: Network, group: Synapses) -> tuple[str, str]:
    """Return what weights of one crossbar must share to be levels of one scale."""
    return group.receptor, network.populations[group.post].model.weight_unit


def cluster_of_synapse(network: Network, group: Synapses, clusters: Clusters) -> Array:
    """Return the cluster that holds each synapse of a group, int32 [n]."""
    post = network.populations[group.post]
    return clusters.cluster_of_cell[post.first : post.first + post.size][group.target]

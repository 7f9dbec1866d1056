"""Clusters numbered anew, without gaps, in the order of their first neurons."""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def without_gaps(cluster_of_vertex: Array) -> Array:
    """Return the clusters with the numbers 0, 1, ... in order of first appearance, int32."""
    _, first, index = np.unique(cluster_of_vertex, return_index=True, return_inverse=True)
    rank = np.empty(first.size, np.int32)
    rank[np.argsort(first)] = np.arange(first.size)
    return rank[index]

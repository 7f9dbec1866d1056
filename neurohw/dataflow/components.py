"""Strongly connected components: the parts of a directed graph in which every node reaches every other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def component_of_node(n_nodes: int, sources: Sequence[int], targets: Sequence[int]) -> list[int]:
    """Return for each node the number of its strongly connected component.

    Parameters
    ----------
    n_nodes : at least 1.
    sources, targets : node at which each edge begins and ends.
    """
    # here, as scipy takes 20 MB, and most programs that import this package analyse no graph
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(sources), dtype=np.int8)
    matrix = coo_array((ones, (np.asarray(sources, int), np.asarray(targets, int))), shape=(n_nodes, n_nodes))
    _, labels = connected_components(matrix, directed=True, connection="strong")
    return [int(label) for label in labels]

"""Neurons with more inputs than a crossbar has rows: they fill joined crossbars, after the clusters of all others."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.partition.problem import PartitionProblem
from neurohw.compiler.partition.sequential import fill_in_order

Array = np.ndarray


def fits_one_crossbar(problem: PartitionProblem) -> Array:
    """Return the neurons with rows enough in one crossbar, int32, ascending."""
    return np.flatnonzero(problem.graph.is_neuron & (problem.fan_in <= problem.rows)).astype(np.int32)


def with_joined(problem: PartitionProblem, cells: Array, cluster: Array) -> Array:
    """Return the cluster of each cell, those that need joined crossbars in further clusters, in order of id.

    Parameters
    ----------
    cells, cluster : int32, the neurons that fit one crossbar, in any order, and their clusters.
    """
    large = np.flatnonzero(problem.graph.is_neuron & (problem.fan_in > problem.rows)).astype(np.int32)
    cluster_of_cell = fill_in_order(problem, large)
    cluster_of_cell[large] += int(cluster.max(initial=-1)) + 1
    cluster_of_cell[cells] = cluster
    return cluster_of_cell

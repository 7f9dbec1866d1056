"""Partitioner ``sequential``: neurons in order of their ids fill one crossbar after the other (next-fit)."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.partition.problem import PartitionProblem

Array = np.ndarray


def sequential(problem: PartitionProblem) -> Array:
    """Fill crossbars in order of neuron id.

    The open crossbar takes the next neuron while it has a free column, and rows for those presynaptic
    cells that have none yet; else the next crossbar is opened, and the old one is never looked at again.
    Cells that are no neurons take no columns. Where crossbars may be joined, a cluster is opened with as many of
    them as its first neuron needs rows for; each of its neurons takes a column in all of them, and later
    neurons share the rows.
    """
    return fill_in_order(problem, np.flatnonzero(problem.graph.is_neuron).astype(np.int32))


def fill_in_order(problem: PartitionProblem, order: Array) -> Array:
    """Fill crossbars with some neurons (int32) in the order given."""
    from neurohw.compiler.partition.kernels.inputs import fill_crossbars

    graph = problem.graph
    return np.asarray(
        fill_crossbars(graph.indptr, graph.pre, order, problem.fan_in, problem.rows, problem.columns)
    )

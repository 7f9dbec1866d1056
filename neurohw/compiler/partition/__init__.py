"""Partitioners: neurons to clusters, each of which fits one crossbar (or several of one tile)."""

from collections.abc import Callable, Mapping

import numpy as np

from neurohw.compiler.partition.greedy import greedy
from neurohw.compiler.partition.kernighan_lin import kernighan_lin
from neurohw.compiler.partition.multilevel import multilevel
from neurohw.compiler.partition.problem import PartitionProblem
from neurohw.compiler.partition.sequential import sequential
from neurohw.compiler.partition.spinemap import spinemap

# problem -> the cluster of each cell, int32 [n_cells], -1 for cells that are no neurons
Partitioner = Callable[[PartitionProblem], np.ndarray]

PARTITIONERS: Mapping[str, Partitioner] = {
    "greedy": greedy,
    "kernighan_lin": kernighan_lin,
    "multilevel": multilevel,
    "sequential": sequential,
    "spinemap": spinemap,
}

__all__ = ["PARTITIONERS", "PartitionProblem", "Partitioner"]

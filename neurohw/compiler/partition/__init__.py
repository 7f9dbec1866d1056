"""Partitioners: neurons to clusters, each of which fits one crossbar (or several of one tile)."""

from collections.abc import Callable, Mapping

from neurohw.compiler.incoming import Incoming
from neurohw.compiler.partition.fill import fill
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.program import Clusters

# (network, its incoming synapses, chip, merge_columns) -> clusters
Partitioner = Callable[[Network, Incoming, Chip, bool], Clusters]

PARTITIONERS: Mapping[str, Partitioner] = {
    "fill": fill,
}

__all__ = ["PARTITIONERS", "Partitioner"]

"""The hand-over from compiler to backend: which neuron sits where, and which way its spikes go."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from neurohw.frozen import freeze_arrays
from neurohw.hardware import Chip
from neurohw.hardware.topology import Links
from neurohw.network import Network

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Clusters:
    """Neurons grouped so that each group fits one crossbar, or several of one tile that are joined."""

    cluster_of_cell: Array  # int32 [n_cells], -1 for spike sources
    column_of_cell: Array  # int32 [n_cells], -1 for spike sources
    n_rows: Array  # int32 [n_clusters], distinct presynaptic cells
    n_columns: Array  # int32 [n_clusters], neurons
    n_crossbars: Array  # int32 [n_clusters], crossbars taken; above 1 where columns are merged

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return len(self.n_rows)


@dataclass(frozen=True, eq=False)
class Placement:
    """The tile of each cluster, and of each cell (spike sources enter at the tile of the input port)."""

    tile_of_cluster: Array  # int32 [n_clusters]
    tile_of_cell: Array  # int32 [n_cells]

    def __post_init__(self) -> None:
        freeze_arrays(self)


@dataclass(frozen=True, eq=False)
class Routes:
    """The way of every cell's spikes, as trees of links.

    A tree is a run of nodes ``node_indptr[t]`` to ``node_indptr[t + 1]``, parents before children. A node
    is a link taken: ``node_link``, and ``node_parent`` the node before it (index within the tree, -1 at
    the root, which is the sender's ``LINK_IN``). Leaves are ``LINK_OUT`` links, each of which delivers to
    ``node_tile`` (-1 elsewhere). With multicast a tree shares its links; without, each destination has a
    chain of its own from a root of its own. The sender's own tile is reached without the interconnect and
    stands in ``is_local``.
    """

    links: Links
    tree_of_cell: Array  # int32 [n_cells], -1: no destination outside the own tile
    is_local: Array  # bool [n_cells]: the cell has targets in its own tile
    node_indptr: Array  # int64 [n_trees + 1]
    node_link: Array  # int32 [n_nodes]
    node_parent: Array  # int32 [n_nodes]
    node_tile: Array  # int32 [n_nodes]

    def __post_init__(self) -> None:
        freeze_arrays(self, is_local=np.bool_, node_indptr=np.int64)

    @property
    def n_trees(self) -> int:
        """Number of trees."""
        return len(self.node_indptr) - 1


@dataclass(frozen=True, eq=False)
class TileUsage:
    """What is in use of every tile, one row per tile."""

    cells: Array  # int64, neurons placed
    crossbars: Array  # int64, crossbars taken
    rows: Array  # int64, crossbar rows taken


@dataclass(frozen=True, eq=False, repr=False)
class Program:
    """A network compiled for a chip; without a chip, the network alone (runs ``ideal`` only)."""

    network: Network
    chip: Chip | None = None
    clusters: Clusters | None = None
    placement: Placement | None = None
    routes: Routes | None = None

    def tile_usage(self) -> TileUsage | None:
        """Count neurons, crossbars and rows in use of every tile; None without a chip."""
        if self.chip is None or self.clusters is None or self.placement is None:
            return None
        tile, clusters = self.placement.tile_of_cluster, self.clusters
        per_cluster = (clusters.n_columns, clusters.n_crossbars, clusters.n_rows)
        return TileUsage(*(_sum_by(tile, counts, self.chip.n_tiles) for counts in per_cluster))

    def __repr__(self) -> str:
        network = self.network
        text = f"{network.n_cells:,} cells, {network.n_synapses:,} synapses"
        usage = self.tile_usage()
        if usage is None or self.chip is None:
            return f"<Program: {text}, no chip>"
        n, crossbar = self.chip.n_tiles, self.chip.crossbar
        n_crossbars, n_rows = int(usage.crossbars.sum()), int(usage.rows.sum())
        full = 0.0 if not n_crossbars else n_rows / (n_crossbars * crossbar.rows)
        return (
            f"<Program: {text} on chip {self.chip.name!r}: {np.count_nonzero(usage.crossbars)} of {n} tiles, "
            f"{n_crossbars} of {n * self.chip.tile.crossbars} crossbars, {full:.0%} of their rows>"
        )

    def digest(self) -> str:
        """Return a hash of the network, the chip and the mapping."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        hash_ = hashlib.sha256(self.network.digest().encode())
        if self.chip is not None:
            hash_.update(self.chip.digest().encode())
        for part in (self.clusters, self.placement, self.routes):
            for item in fields(part) if part is not None else ():
                value = getattr(part, item.name)
                if isinstance(value, np.ndarray):
                    hash_.update(f"{item.name} {value.size}".encode() + value.tobytes())
        return hash_.hexdigest()[:16]


def _sum_by(index: Array, values: Array, size: int) -> Array:
    return np.bincount(index, weights=values, minlength=size).astype(np.int64)

"""Clusters and the spikes that go from one to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.errors import SettingError
from neurohw.frozen import freeze_arrays
from neurohw.workload.ids import checked_ids
from neurohw.workload.spikes import check_total, whole_spikes

Array = np.ndarray

_edge = "cluster graph: edge {}".format


@dataclass(frozen=True, eq=False)
class ClusterGraph:
    """Directed edges between clusters ``0 .. n_clusters - 1``; edges may repeat, and an edge to itself costs nothing.

    Raises
    ------
    SettingError
        For columns of unequal length, a number of clusters that is no whole number of at least 0, a cluster out of
        range, and spikes that are no whole numbers of at least 0 or together more than ``MOST_SPIKES``.
    """

    n_clusters: int
    source: Array  # int32 [n_edges]
    target: Array  # int32 [n_edges]
    spikes: Array  # int64 [n_edges], packets from source to target

    def __post_init__(self) -> None:
        if not isinstance(self.n_clusters, int | np.integer) or self.n_clusters < 0:
            raise SettingError(
                f"cluster graph: n_clusters = {self.n_clusters!r} must be a whole number of at least 0"
            )
        object.__setattr__(self, "spikes", whole_spikes(self.spikes, _edge))
        for name in ("source", "target"):
            ids = checked_ids(
                getattr(self, name), int(self.n_clusters), "cluster", name, "cluster graph: edge"
            )
            object.__setattr__(self, name, ids)
        freeze_arrays(self, spikes=np.int64)
        sizes = {name: getattr(self, name).shape for name in ("source", "target", "spikes")}
        if len(set(sizes.values())) > 1:
            raise SettingError(f"cluster graph: arrays must have one shape [n_edges], not {sizes}")
        check_total(self.spikes.astype(np.float64), _edge)

    @property
    def n_edges(self) -> int:
        """Number of edges."""
        return len(self.source)

    def neighbours(self) -> tuple[Array, Array, Array]:
        """Return the graph without directions, as rows: each pair of clusters once, its spikes summed.

        Returns
        -------
        indptr : int64 [n_clusters + 1].
        other : int32, the clusters joined to each, ascending.
        spikes : int64, between the two, in both directions together.
        """
        between = self.source != self.target
        ends = self.source[between].astype(np.int64), self.target[between].astype(np.int64)
        row, column = np.concatenate(ends), np.concatenate(ends[::-1])
        pair, index = np.unique(row * self.n_clusters + column, return_inverse=True)
        spikes = np.zeros(pair.size, np.int64)
        np.add.at(spikes, index, np.tile(self.spikes[between], 2))
        row, column = np.divmod(pair, max(1, self.n_clusters))
        indptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=self.n_clusters))])
        return indptr.astype(np.int64), column.astype(np.int32), spikes

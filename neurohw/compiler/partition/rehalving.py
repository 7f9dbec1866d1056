"""Refinement of clusters by twos and fours: their vertices are joined and halved anew, which moves many at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from neurohw.compiler.partition.bisection import COARSEST, LEAST, halved, parted
from neurohw.compiler.partition.hypergraph import of_few, without_sources
from neurohw.compiler.partition.kernels.hypergraph import Hypergraph
from neurohw.compiler.partition.kernels.partners import partners
from neurohw.compiler.partition.kernels.parts import Room, fitting
from neurohw.compiler.partition.refinement import by_cluster, filled, packets

Array = np.ndarray

_ROUNDS_OF_SIZE = {2: 8, 4: 4}  # at most, of groups of so many clusters
_PARTNERS = 4  # of each cluster, at most
_MOST_CLUSTERS = 32  # of a net that makes partners
_LEAST_SAVED = 1e-3  # of the packets, by a round, for another one
_WORK_BY_LEVELS = 4  # of a pin of a group that is made coarser, times that of one that is not
_WORK = 200_000_000  # pins of groups, counted so that all machines stop alike: some 50 s


def rehalved(
    graph: Hypergraph,
    cluster_of_vertex: Array,
    room: Room,
    rng: np.random.Generator,
    is_over: Callable[[], bool],
) -> Array:
    """Return clusters with no more packets, as many or fewer.

    What some clusters cost each other is the cut of the hypergraph of their vertices alone, whatever else their nets
    reach. Those that share most are halved anew, again and again for as long as one of them has changed since.

    Parameters
    ----------
    is_over : whether the time is used up.
    """
    least_saved = _LEAST_SAVED * packets(graph, cluster_of_vertex)
    clusters, work = _Clusters(graph, cluster_of_vertex, room, rng), _WORK
    for size, n_rounds in _ROUNDS_OF_SIZE.items():
        is_open = np.ones(clusters.n_clusters, np.bool_)
        for _ in range(n_rounds):
            saved, changed = 0, np.zeros(clusters.n_clusters, np.bool_)
            for group in clusters.pairs() if size == 2 else clusters.groups(size):
                if work <= 0 or is_over():
                    return clusters.of_vertex
                if not is_open[group].any():
                    continue
                gain, done = clusters.halve(group)
                work -= done
                saved += gain
                if gain > 0:
                    is_open[group] = changed[group] = True
            is_open = changed
            if saved <= least_saved:
                break
    return clusters.of_vertex


class _Clusters:
    """Clusters of a hypergraph, a few of which are halved anew at a time."""

    def __init__(self, graph: Hypergraph, cluster: Array, room: Room, rng: np.random.Generator) -> None:
        self._graph, self._nets, self._room, self._rng = graph, without_sources(graph), room, rng
        self.of_vertex, self.n_clusters = cluster.copy(), int(cluster.max()) + 1
        self._members = np.split(*self._order())
        self._number = np.full(self._nets.weight.size, -1, np.int32)

    def pairs(self) -> Array:
        """Return clusters and their partners, those first that share most, [n_pairs, 2]."""
        best, shared = self._partners(_PARTNERS)
        cluster, place = np.nonzero(best >= 0)
        pairs = np.sort(np.stack((cluster, best[cluster, place]), axis=1), axis=1)
        pairs, first = np.unique(pairs, axis=0, return_index=True)
        return pairs[np.argsort(-shared[cluster, place][first], kind="stable")]

    def groups(self, size: int) -> list[Array]:
        """Return each cluster that has so many partners with the best of them, in an order that is drawn."""
        best, _ = self._partners(size - 1)
        chosen = self._rng.permutation(np.flatnonzero((best >= 0).all(axis=1)))
        return [np.append(cluster, best[cluster]) for cluster in chosen]

    def halve(self, group: Array) -> tuple[int, int]:
        """Halve the vertices of some clusters anew, and return the packets saved and the work done."""
        vertices = np.sort(np.concatenate([self._members[cluster] for cluster in group]))
        part, n_pins = of_few(self._nets, vertices, self._number)
        work = n_pins * (_WORK_BY_LEVELS if vertices.size > COARSEST else 1)
        if not part.weight.size:
            return 0, work
        now = (self.of_vertex[vertices][:, np.newaxis] == group).argmax(axis=1).astype(np.int32)
        found = self._parted(part, now, group.size)
        saved = packets(part, now) - packets(part, found)
        clusters = [vertices[found == which] for which in range(group.size)]
        if saved <= 0 or not all(fitting(self._graph, cluster, self._room).all() for cluster in clusters):
            return 0, work
        self.of_vertex[vertices] = group[found]
        for number, cluster in zip(group, clusters, strict=True):
            self._members[number] = cluster
        return saved, work

    def _parted(self, part: Hypergraph, now: Array, n_clusters: int) -> Array:
        if n_clusters > 2:
            return parted(part, n_clusters, self._room.columns, self._rng, LEAST)
        most = np.full(2, self._room.columns)
        return halved(part, most, self._rng, LEAST, now.astype(np.int8)).side.astype(np.int32)

    def _partners(self, most: int) -> tuple[Array, Array]:
        members, ends = self._order()
        begin = np.concatenate(([0], ends, [members.size]))
        parts = filled(self._nets, self.of_vertex)
        return partners(self._nets, parts, begin, members, most, _MOST_CLUSTERS)

    def _order(self) -> tuple[Array, Array]:
        """Return the vertices by cluster, and where all clusters but the first begin."""
        order = by_cluster(self.of_vertex).astype(np.int32)
        return order, np.searchsorted(self.of_vertex[order], np.arange(1, self.n_clusters))

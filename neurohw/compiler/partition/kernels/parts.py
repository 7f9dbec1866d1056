"""Compiled loops over the clusters of a hypergraph: which nets they need, what a vertex would save in each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.jit import inlined, kernel, leaf

_LAST_OPENED = 64  # clusters that are tried when no cluster that shares nets has room
_WORK_OF_NET = 4  # beside that of its slots: what reading its numbers takes


class Parts(NamedTuple):
    """The cluster of each vertex, and what each cluster and net counts; changed in place."""

    cluster: np.ndarray  # int32 [n_vertices], -1: none yet
    n_rows: np.ndarray  # int64 [n_clusters]
    n_columns: np.ndarray  # int64 [n_clusters]
    slots: (
        np.ndarray
    )  # int32 [n_pins, 2], of each net: clusters that it goes to, and to how many vertices of them
    n_slots: np.ndarray  # int32 [n_nets]


class Room(NamedTuple):
    """What a cluster holds."""

    rows: int
    columns: int


class Scores(NamedTuple):
    """What a vertex would save in each cluster; only those touched are not zero."""

    saved: np.ndarray  # int64 [n_clusters], packets
    shared: np.ndarray  # int64 [n_clusters], rows that are there already
    touched: np.ndarray  # int32 [n_clusters]
    is_touched: np.ndarray  # bool [n_clusters]


@kernel
def no_scores(n_clusters):
    """Return scores of which none is touched."""
    return Scores(
        np.zeros(n_clusters, np.int64),
        np.zeros(n_clusters, np.int64),
        np.zeros(n_clusters, np.int32),
        np.zeros(n_clusters, np.bool_),
    )


@leaf
def put(graph, parts, vertex, cluster):
    """Put a vertex that has no cluster into one."""
    parts.cluster[vertex] = cluster
    parts.n_columns[cluster] += graph.columns[vertex]
    for i in range(graph.rows_begin[vertex], graph.rows_begin[vertex + 1]):
        net = graph.rows[i]
        begin = graph.pins_begin[net]
        slot, end = begin, begin + parts.n_slots[net]
        while slot < end and parts.slots[slot, 0] != cluster:
            slot += 1
        if slot == end:
            parts.slots[slot, 0], parts.slots[slot, 1] = cluster, 0
            parts.n_slots[net] += 1
            parts.n_rows[cluster] += graph.height[net]
        parts.slots[slot, 1] += 1


@leaf
def take(graph, parts, vertex):
    """Take a vertex out of its cluster."""
    cluster = parts.cluster[vertex]
    parts.cluster[vertex] = -1
    parts.n_columns[cluster] -= graph.columns[vertex]
    for i in range(graph.rows_begin[vertex], graph.rows_begin[vertex + 1]):
        net = graph.rows[i]
        slot = graph.pins_begin[net]
        last = slot + parts.n_slots[net] - 1
        while parts.slots[slot, 0] != cluster:
            slot += 1
        parts.slots[slot, 1] -= 1
        if parts.slots[slot, 1] == 0:
            parts.slots[slot, 0], parts.slots[slot, 1] = parts.slots[last, 0], parts.slots[last, 1]
            parts.n_slots[net] -= 1
            parts.n_rows[cluster] -= graph.height[net]


@inlined
def _touch(scores, n, cluster):
    if not scores.is_touched[cluster]:
        scores.is_touched[cluster] = True
        scores.touched[n] = cluster
        n += 1
    return n


@leaf
def score(graph, parts, scores, vertex):
    """Find what a vertex would save in each cluster, if it were in none now; return the clusters touched and the work.

    A packet is saved where the cluster receives the net anyway, or is its source; a row where it has one.
    """
    own, n, work = parts.cluster[vertex], 0, np.int64(0)
    for i in range(graph.rows_begin[vertex], graph.rows_begin[vertex + 1]):
        net = graph.rows[i]
        sender = graph.source[net]
        weight = 0 if sender == vertex else graph.weight[net]
        home = parts.cluster[sender] if sender >= 0 and sender != vertex else -1
        begin = graph.pins_begin[net]
        work += _WORK_OF_NET + parts.n_slots[net]
        for slot in range(begin, begin + parts.n_slots[net]):
            cluster = parts.slots[slot, 0]
            if cluster == own and parts.slots[slot, 1] == 1:
                continue
            n = _touch(scores, n, cluster)
            scores.shared[cluster] += graph.height[net]
            if cluster != home:
                scores.saved[cluster] += weight
        if home >= 0:
            n = _touch(scores, n, home)
            scores.saved[home] += weight
    for i in range(graph.sent_begin[vertex], graph.sent_begin[vertex + 1]):
        net = graph.sent[i]
        begin = graph.pins_begin[net]
        work += _WORK_OF_NET + parts.n_slots[net]
        for slot in range(begin, begin + parts.n_slots[net]):
            cluster = parts.slots[slot, 0]
            if cluster == own and graph.is_loop[net] and parts.slots[slot, 1] == 1:
                continue
            n = _touch(scores, n, cluster)
            scores.saved[cluster] += graph.weight[net]
    return n, work


@inlined
def clear(scores, n):
    """Forget the scores of the clusters touched."""
    for i in range(n):
        cluster = scores.touched[i]
        scores.saved[cluster] = scores.shared[cluster] = 0
        scores.is_touched[cluster] = False


@leaf
def best_cluster(graph, parts, scores, n, vertex, room):
    """Return the cluster touched, but for its own, that has room and saves most, the fullest of equals; or -1."""
    own, n_rows, best = parts.cluster[vertex], graph.n_rows[vertex], -1
    for i in range(n):
        cluster = scores.touched[i]
        if (
            cluster == own
            or parts.n_columns[cluster] + graph.columns[vertex] > room.columns
            or parts.n_rows[cluster] + n_rows - scores.shared[cluster] > room.rows
        ):
            continue
        if (
            best < 0
            or scores.saved[cluster] > scores.saved[best]
            or (scores.saved[cluster] == scores.saved[best] and parts.n_rows[cluster] > parts.n_rows[best])
        ):
            best = cluster
    return best


@kernel
def assign(graph, parts, order, n_clusters, room):
    """Put vertices, in an order, where they save most; those that fit no cluster open one; return their number.

    Parameters
    ----------
    n_clusters : those that are there already.
    """
    scores = no_scores(parts.n_rows.size)
    n_least = -(-graph.columns.sum() // room.columns)
    for vertex in order:
        n, _ = score(graph, parts, scores, vertex)
        best = best_cluster(graph, parts, scores, n, vertex, room)
        n_rows = graph.n_rows[vertex]
        last = max(0, n_clusters - _LAST_OPENED) if n_clusters >= n_least else n_clusters
        for cluster in range(n_clusters - 1, last - 1, -1):
            if best >= 0:
                break
            if (
                parts.n_columns[cluster] + graph.columns[vertex] <= room.columns
                and parts.n_rows[cluster] + n_rows - scores.shared[cluster] <= room.rows
            ):
                best = cluster
        clear(scores, n)
        if best < 0:
            best = n_clusters
            n_clusters += 1
        put(graph, parts, vertex, best)
    return n_clusters


@kernel
def fill(graph, parts, order, cluster_of_vertex):
    """Put all vertices, in order of their clusters, into them: a cluster's slot of a net is the last one, if any."""
    for vertex in order:
        cluster = cluster_of_vertex[vertex]
        parts.cluster[vertex] = cluster
        parts.n_columns[cluster] += graph.columns[vertex]
        for i in range(graph.rows_begin[vertex], graph.rows_begin[vertex + 1]):
            net = graph.rows[i]
            slot = graph.pins_begin[net] + parts.n_slots[net] - 1
            if parts.n_slots[net] == 0 or parts.slots[slot, 0] != cluster:
                slot += 1
                parts.slots[slot, 0], parts.slots[slot, 1] = cluster, 0
                parts.n_slots[net] += 1
                parts.n_rows[cluster] += graph.height[net]
            parts.slots[slot, 1] += 1


@kernel
def count_packets(rows_begin, rows, source, weight, order, cluster_of_vertex):
    """Return the sum over all nets of weight times clusters that it goes to, but for that of its source.

    Parameters
    ----------
    rows_begin, rows : the nets of each vertex.
    source, weight : of each net; -1: from outside.
    order : vertices in order of their clusters.
    """
    packets = 0
    counted_by = np.full(source.size, -1, np.int32)
    for vertex in order:
        cluster = cluster_of_vertex[vertex]
        for i in range(rows_begin[vertex], rows_begin[vertex + 1]):
            net = rows[i]
            if counted_by[net] == cluster:
                continue
            counted_by[net] = cluster
            if source[net] < 0 or cluster_of_vertex[source[net]] != cluster:
                packets += weight[net]
    return packets


@kernel
def fitting(graph, vertices, room):
    """Return which vertices fit one crossbar, if each in turn takes what room is left, bool [n]."""
    is_needed, fits = np.zeros(graph.weight.size, np.bool_), np.zeros(vertices.size, np.bool_)
    n_rows, n_columns = 0, 0
    for i, vertex in enumerate(vertices):
        nets = graph.rows[graph.rows_begin[vertex] : graph.rows_begin[vertex + 1]]
        more = 0
        for net in nets:
            if not is_needed[net]:
                more += graph.height[net]
        if n_rows + more > room.rows or n_columns + graph.columns[vertex] > room.columns:
            continue
        fits[i] = True
        is_needed[nets] = True
        n_rows += more
        n_columns += graph.columns[vertex]
    return fits

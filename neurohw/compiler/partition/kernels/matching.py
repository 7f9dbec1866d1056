"""Compiled loop of coarsening: small groups of vertices that share much of what they receive and send."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.jit import inlined, kernel, leaf

WINDOW = 64  # pins of a large net that are looked at, those around the vertex itself
_TRIES = 8  # groups tried, the best first


class Groups(NamedTuple):
    """Vertices that are joined; changed in place."""

    first: np.ndarray  # int32 [n_vertices], the vertex whose group each is in
    columns: np.ndarray  # int64 [n_vertices], of the group of a first vertex
    n_rows: np.ndarray  # int64 [n_vertices], the same, at most


@inlined
def _rate(rating, touched, n, vertex, amount):
    if rating[vertex] == 0.0:
        touched[n] = vertex
        n += 1
    rating[vertex] += amount
    return n


@leaf
def _rate_net(graph, value, within, groups, rating, touched, n, vertex, net):
    """Add to the ratings of the groups of a net's vertices what sharing it is worth; return how many are rated."""
    begin, end = graph.pins_begin[net], graph.pins_begin[net + 1]
    amount = value[net] / max(1, end - begin)
    source, home = graph.source[net], within[vertex]
    if source >= 0 and source != vertex and within[source] == home:
        n = _rate(rating, touched, n, groups.first[source], amount)
    if end - begin > WINDOW:
        middle = begin + np.searchsorted(graph.pins[begin:end], vertex)
        begin = max(begin, min(middle - WINDOW // 2, end - WINDOW))
        end = begin + WINDOW
    for i in range(begin, end):
        other = graph.pins[i]
        if other != vertex and other != source and within[other] == home:
            n = _rate(rating, touched, n, groups.first[other], amount)
    return n


@leaf
def _best_group(graph, groups, rating, touched, vertex, needed_by, max_rows, max_columns):
    """Return the group with the highest rating for its columns that has room for ``vertex``, or -1."""
    for _ in range(_TRIES):
        best, best_rating = -1, 0.0
        for other in touched:
            if rating[other] / groups.columns[other] > best_rating:
                best, best_rating = other, rating[other] / groups.columns[other]
        if best < 0:
            return -1
        rating[best] = -1.0  # tried
        if graph.columns[vertex] + groups.columns[best] > max_columns:
            continue
        n_together = groups.n_rows[best] + graph.n_rows[vertex]
        for i in range(graph.rows_begin[best], graph.rows_begin[best + 1]):
            if needed_by[graph.rows[i]] == vertex:
                n_together -= graph.height[graph.rows[i]]
        if n_together <= max_rows:
            groups.n_rows[best] = n_together
            return best
    return -1


@kernel
def match(graph, value, within, order, max_rows, max_columns, stride):
    """Let vertices, in an order, join others or groups; return the coarse vertex of each, int32, and their number.

    The rating is that of heavy edges in hypergraphs: the value of each shared net over the number of its pins
    (Catalyurek & Aykanat 1999, doi:10.1109/71.780863), here over the group's columns, too.

    Parameters
    ----------
    value : float64 [n_nets], above 0.
    within : int32 [n_vertices]; only vertices with equal numbers are joined.
    stride : of the nets that a vertex needs, one in so many is looked at.
    """
    n_vertices = graph.columns.size
    groups = Groups(np.arange(n_vertices).astype(np.int32), graph.columns.copy(), graph.n_rows.copy())
    is_joined = np.zeros(n_vertices, np.bool_)
    rating, touched = np.zeros(n_vertices, np.float64), np.empty(n_vertices, np.int32)
    needed_by = np.full(graph.source.size, -1, np.int32)
    for vertex in order:
        if is_joined[vertex]:
            continue
        n = 0
        for i in range(graph.rows_begin[vertex], graph.rows_begin[vertex + 1]):
            needed_by[graph.rows[i]] = vertex
            if (i + vertex) % stride == 0:
                n = _rate_net(graph, value, within, groups, rating, touched, n, vertex, graph.rows[i])
        for i in range(graph.sent_begin[vertex], graph.sent_begin[vertex + 1]):
            n = _rate_net(graph, value, within, groups, rating, touched, n, vertex, graph.sent[i])
        best = _best_group(graph, groups, rating, touched[:n], vertex, needed_by, max_rows, max_columns)
        rating[touched[:n]] = 0.0
        if best >= 0:
            groups.first[vertex] = best
            groups.columns[best] += graph.columns[vertex]
            is_joined[vertex] = is_joined[best] = True
    coarse = np.full(n_vertices, -1, np.int32)
    n_coarse = 0
    for vertex in range(n_vertices):
        first = groups.first[vertex]
        if coarse[first] < 0:
            coarse[first] = n_coarse
            n_coarse += 1
        coarse[vertex] = coarse[first]
    return coarse, n_coarse

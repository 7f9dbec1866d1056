"""Compiled loop of coarsening: vertices in pairs that share much of what they receive and send."""

from __future__ import annotations

import numpy as np

from neurohw.jit import inlined, kernel, leaf

WINDOW = 64  # pins of a large net that are looked at, those around the vertex itself
_TRIES = 8  # partners tried, the best first


@inlined
def _rate(rating, touched, n, vertex, amount):
    if rating[vertex] == 0.0:
        touched[n] = vertex
        n += 1
    rating[vertex] += amount
    return n


@leaf
def _rate_net(graph, value, within, partner, rating, touched, n, vertex, net):
    """Add to the ratings of the free vertices of a net what sharing it is worth; return how many are rated."""
    begin, end = graph.pins_begin[net], graph.pins_begin[net + 1]
    amount = value[net] / max(1, end - begin)
    source, home = graph.source[net], within[vertex]
    if source >= 0 and source != vertex and partner[source] < 0 and within[source] == home:
        n = _rate(rating, touched, n, source, amount)
    if end - begin > WINDOW:
        middle = begin + np.searchsorted(graph.pins[begin:end], vertex)
        begin = max(begin, min(middle - WINDOW // 2, end - WINDOW))
        end = begin + WINDOW
    for i in range(begin, end):
        other = graph.pins[i]
        if other != vertex and other != source and partner[other] < 0 and within[other] == home:
            n = _rate(rating, touched, n, other, amount)
    return n


@leaf
def _best_partner(graph, rating, touched, vertex, needed_by, max_rows, max_columns):
    """Return the vertex with the highest rating for its columns that fits together with ``vertex``, or -1."""
    for _ in range(_TRIES):
        best, best_rating = -1, 0.0
        for other in touched:
            if rating[other] / graph.columns[other] > best_rating:
                best, best_rating = other, rating[other] / graph.columns[other]
        if best < 0:
            return -1
        rating[best] = -1.0  # tried
        if graph.columns[vertex] + graph.columns[best] > max_columns:
            continue
        n_together = graph.n_rows[vertex]
        for i in range(graph.rows_begin[best], graph.rows_begin[best + 1]):
            if needed_by[graph.rows[i]] != vertex:
                n_together += graph.height[graph.rows[i]]
        if n_together <= max_rows:
            return best
    return -1


@kernel
def match(graph, value, within, order, max_rows, max_columns, stride):
    """Pair vertices, in an order, with free ones; return the coarse vertex of each, int32, and their number.

    The rating is that of heavy edges in hypergraphs: the value of each shared net over the number of its pins
    (Catalyurek & Aykanat 1999, doi:10.1109/71.780863), here over the partner's columns, too.

    Parameters
    ----------
    value : float64 [n_nets], above 0.
    within : int32 [n_vertices]; only vertices with equal numbers are paired.
    stride : of the nets that a vertex needs, one in so many is looked at.
    """
    n_vertices = graph.columns.size
    partner = np.full(n_vertices, -1, np.int32)
    rating, touched = np.zeros(n_vertices, np.float64), np.empty(n_vertices, np.int32)
    needed_by = np.full(graph.source.size, -1, np.int32)
    for vertex in order:
        if partner[vertex] >= 0:
            continue
        n = 0
        for i in range(graph.rows_begin[vertex], graph.rows_begin[vertex + 1]):
            needed_by[graph.rows[i]] = vertex
            if (i + vertex) % stride == 0:
                n = _rate_net(graph, value, within, partner, rating, touched, n, vertex, graph.rows[i])
        for i in range(graph.sent_begin[vertex], graph.sent_begin[vertex + 1]):
            n = _rate_net(graph, value, within, partner, rating, touched, n, vertex, graph.sent[i])
        best = _best_partner(graph, rating, touched[:n], vertex, needed_by, max_rows, max_columns)
        rating[touched[:n]] = 0.0
        partner[vertex] = vertex if best < 0 else best
        if best >= 0:
            partner[best] = vertex
    coarse = np.full(n_vertices, -1, np.int32)
    n_coarse = 0
    for vertex in range(n_vertices):
        if coarse[vertex] < 0:
            coarse[vertex] = coarse[partner[vertex]] = n_coarse
            n_coarse += 1
    return coarse, n_coarse

"""Compiled loop of refinement: moves of vertices between clusters, by what they save, and back to the best state."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np

from neurohw.compiler.partition.kernels.parts import best_cluster, clear, no_scores, put, score, take
from neurohw.jit import kernel, leaf

_NEIGHBOURS = 64  # vertices that are looked at again after a move
_LARGE_NET = 200  # pins of a net that one move changes too little to look at all of them again


@leaf
def _best_move(graph, parts, scores, vertex, room):
    """Return the best cluster for a vertex (-1: none), what it saves, and the work of finding out."""
    n, work = score(graph, parts, scores, vertex)
    best = best_cluster(graph, parts, scores, n, vertex, room)
    gain = 0 if best < 0 else scores.saved[best] - scores.saved[parts.cluster[vertex]]
    clear(scores, n)
    return best, gain, work


@leaf
def _neighbours(graph, seen_by, vertex, found):
    """Write vertices that share nets with one into ``found``, as many as it holds; return their number."""
    n = 0
    seen_by[vertex] = vertex
    for i in range(graph.rows_begin[vertex], graph.rows_begin[vertex + 1]):
        net = graph.rows[i]
        begin, end = graph.pins_begin[net], graph.pins_begin[net + 1]
        if graph.weight[net] == 0 or end - begin > _LARGE_NET:
            continue
        sender = graph.source[net]
        if sender >= 0 and seen_by[sender] != vertex and n < found.size:
            seen_by[sender] = vertex
            found[n] = sender
            n += 1
        for j in range(begin, end):
            if n == found.size:
                return n
            if seen_by[graph.pins[j]] != vertex:
                seen_by[graph.pins[j]] = vertex
                found[n] = graph.pins[j]
                n += 1
    return n


@kernel
def refine(graph, parts, room, n_fruitless, budget):
    """Move each vertex at most once, the best move first, and undo what came after the best state.

    Moves that cost more are made, too, as long as fewer than ``n_fruitless`` in a row lead to no better state
    (Fiduccia & Mattheyses 1982, doi:10.1109/DAC.1982.1585498). Priorities may be out of date; a vertex whose turn
    it is gets a new one, and waits if it is lower.

    Parameters
    ----------
    budget : the work that may be done, in slots of nets read.

    Returns
    -------
    saved : packets.
    budget : what is left of it.
    """
    n_vertices = graph.columns.size
    scores = no_scores(parts.n_rows.size)
    heap = [(np.int64(0), np.int64(0)) for _ in range(0)]
    reserve = budget // 2  # of large graphs only a part is looked at, so that the best of it can be moved
    for vertex in range(n_vertices):
        if budget <= reserve:
            break
        best, gain, work = _best_move(graph, parts, scores, vertex, room)
        budget -= work
        if best >= 0:
            heap.append((-np.int64(gain), np.int64(vertex)))
    heapify(heap)
    is_locked = np.zeros(n_vertices, np.bool_)
    seen_by, found = np.full(n_vertices, -1, np.int32), np.empty(_NEIGHBOURS, np.int32)
    moved, moved_from = np.empty(n_vertices, np.int32), np.empty(n_vertices, np.int32)
    saved, most_saved, n_moved, n_best = 0, 0, 0, 0
    while len(heap) > 0 and budget > 0 and n_moved - n_best <= n_fruitless:
        priority, vertex = heappop(heap)
        if is_locked[vertex]:
            continue
        best, gain, work = _best_move(graph, parts, scores, vertex, room)
        budget -= work
        if best < 0:
            continue
        if gain < -priority and len(heap) > 0 and -gain > heap[0][0]:
            heappush(heap, (-np.int64(gain), vertex))
            continue
        moved[n_moved], moved_from[n_moved] = vertex, parts.cluster[vertex]
        n_moved += 1
        is_locked[vertex] = True
        take(graph, parts, vertex)
        put(graph, parts, vertex, best)
        saved += gain
        if saved > most_saved:
            most_saved, n_best = saved, n_moved
        for i in range(_neighbours(graph, seen_by, vertex, found)):
            if is_locked[found[i]]:
                continue
            best, gain, work = _best_move(graph, parts, scores, found[i], room)
            budget -= work
            if best >= 0:
                heappush(heap, (-np.int64(gain), np.int64(found[i])))
    for i in range(n_moved - 1, n_best - 1, -1):
        take(graph, parts, moved[i])
        put(graph, parts, moved[i], moved_from[i])
    return most_saved, budget

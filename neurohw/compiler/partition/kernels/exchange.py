"""Compiled loop of exchanges: where the cluster that a vertex would go to is full, another vertex makes room."""

from __future__ import annotations

from neurohw.compiler.partition.kernels.parts import clear, no_scores, put, score, take
from neurohw.jit import kernel, leaf


@leaf
def _wanted(parts, scores, n, vertex):
    """Return the cluster where a vertex saves more than in its own, the most of all, whether it has room or not."""
    best, most = -1, scores.saved[parts.cluster[vertex]]
    for i in range(n):
        if scores.saved[scores.touched[i]] > most:
            best, most = scores.touched[i], scores.saved[scores.touched[i]]
    return best


@kernel
def exchange(graph, parts, room, members_begin, members, budget):
    """Let each vertex change places with one of the cluster that it wants, where that saves packets.

    Parameters
    ----------
    members_begin, members : vertices of each cluster, as of now; those that have left it since are passed over.
    budget : the work that may be done, in slots of nets read.

    Returns
    -------
    saved : packets.
    budget : what is left of it.
    """
    scores = no_scores(parts.n_rows.size)
    all_saved = 0
    for vertex in range(graph.columns.size):
        if budget <= 0:
            break
        n, work = score(graph, parts, scores, vertex)
        budget -= work
        home, wanted = parts.cluster[vertex], _wanted(parts, scores, n, vertex)
        gain = scores.saved[wanted] - scores.saved[home] if wanted >= 0 else 0
        clear(scores, n)
        if gain <= 0:
            continue
        take(graph, parts, vertex)
        put(graph, parts, vertex, wanted)
        best, most = -1, -gain
        for i in range(members_begin[wanted], members_begin[wanted + 1]):
            other = members[i]
            columns = graph.columns[other]
            if (
                other == vertex
                or parts.cluster[other] != wanted
                or parts.n_columns[wanted] - columns > room.columns
                or parts.n_columns[home] + columns > room.columns
            ):
                continue
            n, work = score(graph, parts, scores, other)
            budget -= work
            change = scores.saved[home] - scores.saved[wanted]
            fits = parts.n_rows[home] + graph.n_rows[other] - scores.shared[home] <= room.rows
            clear(scores, n)
            if fits and change > most:
                best, most = other, change
        if best >= 0:
            take(graph, parts, best)
            put(graph, parts, best, home)
        if best >= 0 and parts.n_rows[wanted] <= room.rows:
            all_saved += gain + most
            continue
        if best >= 0:
            take(graph, parts, best)
            put(graph, parts, best, wanted)
        take(graph, parts, vertex)
        put(graph, parts, vertex, home)
    return all_saved, budget

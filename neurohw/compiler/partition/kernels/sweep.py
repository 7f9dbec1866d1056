"""Compiled loop of quick refinement: each vertex in turn goes to the cluster where it saves most."""

from __future__ import annotations

from neurohw.compiler.partition.kernels.parts import best_cluster, clear, no_scores, put, score, take
from neurohw.jit import kernel


@kernel
def sweep(graph, parts, room, order, budget):
    """Move each vertex, in an order, where that saves packets (label propagation with limits).

    Size-constrained label propagation as in Meyerhenke, Sanders and Schulz 2014 (doi:10.1007/978-3-319-07959-2_30).

    Parameters
    ----------
    budget : the work that may be done, in slots of nets read.

    Returns
    -------
    saved : packets.
    budget : what is left of it.
    """
    scores = no_scores(parts.n_rows.size)
    saved = 0
    for vertex in order:
        if budget <= 0:
            break
        n, work = score(graph, parts, scores, vertex)
        budget -= work
        best = best_cluster(graph, parts, scores, n, vertex, room)
        gain = 0 if best < 0 else scores.saved[best] - scores.saved[parts.cluster[vertex]]
        clear(scores, n)
        if gain > 0:
            take(graph, parts, vertex)
            put(graph, parts, vertex, best)
            saved += gain
    return saved, budget

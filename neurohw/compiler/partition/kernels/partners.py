"""Compiled loop that finds for each cluster of a hypergraph those with which it shares most."""

from __future__ import annotations

import numpy as np

from neurohw.jit import kernel


@kernel
def partners(graph, parts, members_begin, members, n_partners, most_clusters):
    """Return the clusters with which each shares most, int32 [n_clusters, n_partners] (-1: no more), and how much.

    A net is worth its weight over the clusters that it could leave.

    Parameters
    ----------
    members_begin, members : vertices of each cluster.
    most_clusters : that a net goes to; two of more can spare it too little.
    """
    n_clusters = members_begin.size - 1
    best, most = np.full((n_clusters, n_partners), -1, np.int32), np.zeros((n_clusters, n_partners))
    shared, touched = np.zeros(n_clusters), np.empty(n_clusters, np.int32)
    seen_by = np.full(graph.weight.size, -1, np.int32)
    for cluster in range(n_clusters):
        n = 0
        for m in range(members_begin[cluster], members_begin[cluster + 1]):
            for i in range(graph.rows_begin[members[m]], graph.rows_begin[members[m] + 1]):
                net = graph.rows[i]
                n_slots = parts.n_slots[net]
                if seen_by[net] == cluster or n_slots < 2 or n_slots > most_clusters:
                    continue
                seen_by[net] = cluster
                for slot in range(graph.pins_begin[net], graph.pins_begin[net] + n_slots):
                    other = parts.slots[slot, 0]
                    if shared[other] == 0:
                        touched[n] = other
                        n += 1
                    shared[other] += graph.weight[net] / (n_slots - 1)
        shared[cluster] = 0
        for place in range(n_partners):
            for other in touched[:n]:
                if shared[other] > most[cluster, place]:
                    best[cluster, place], most[cluster, place] = other, shared[other]
            if best[cluster, place] < 0:
                break
            shared[best[cluster, place]] = 0
        shared[touched[:n]] = 0
    return best, most

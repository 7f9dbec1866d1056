"""Compiled loops along the ways between tiles: their lengths, and the packets on each link."""

from __future__ import annotations

import numpy as np

from neurohw.jit import kernel


@kernel
def route_length(next_link, variant, router_of_tile, link_target, length, sources, destinations):
    """Return the sum of ``length`` over the links from each source to each destination, float64 [n, m].

    The links of the tiles themselves do not count; ``next_link`` is the table for ``destinations``.
    """
    n_tiles = router_of_tile.size
    total = np.zeros((sources.size, destinations.size), np.float64)
    for i in range(sources.size):
        source = sources[i]
        for j in range(destinations.size):
            router = router_of_tile[source]
            last = n_tiles + destinations[j]
            link = next_link[variant[source], router, j]
            while link != last:
                total[i, j] += length[link]
                link = next_link[variant[source], link_target[link], j]
    return total


@kernel
def route_loads(next_link, variant, router_of_tile, link_target, source, destinations, target, spikes):
    """Return how many packets cross each link, int64 [n_links], each edge's on its own way; tiles' own links not.

    ``target`` holds indices into ``destinations``, the tiles for which ``next_link`` is the table.
    """
    n_tiles = router_of_tile.size
    load = np.zeros(link_target.size, np.int64)
    for edge in range(source.size):
        begin, end = source[edge], target[edge]
        if begin == destinations[end]:
            continue
        last = n_tiles + destinations[end]
        link = next_link[variant[begin], router_of_tile[begin], end]
        while link != last:
            load[link] += spikes[edge]
            link = next_link[variant[begin], link_target[link], end]
    return load

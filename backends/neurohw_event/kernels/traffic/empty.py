"""The ways of packets in an empty network: how far each is, and where it ends."""

import numpy as np

from neurohw.jit import inner, kernel

UNKNOWN = -1


@kernel
def walk(links, ways, is_hop, entries, tile_of_node):
    """Fill in hops and cycles of all ``entries``, and the tiles of the ends of their ways.

    A way is followed to where another has been; from there on they are the same.
    """
    n_nodes = ways.edges_of_node.size - 1
    hops, empty = np.full(n_nodes, UNKNOWN, np.int32), np.zeros(n_nodes, np.int32)
    _walk_all(links, ways, is_hop, entries, tile_of_node, hops, empty, np.empty(is_hop.size + 1, np.int64))


@inner
def _walk_all(links, ways, is_hop, entries, tile_of_node, hops, empty, passed):
    n_variants, n_tiles, _ = entries.shape
    for variant in range(n_variants):
        for source in range(n_tiles):
            for to in range(n_tiles):
                entry = entries[variant, source, to]
                end = _follow(links, ways, is_hop, entry.node, hops, empty, passed)
                entry.hops, entry.empty = hops[entry.node], empty[entry.node]
                if end != UNKNOWN:
                    tile_of_node[end] = to


@inner
def _follow(links, ways, is_hop, node, hops, empty, passed):
    """Find hops and cycles from a node to the end of its way; returns that end where it is new.

    ``passed`` has room for the nodes of the longest way, which takes no link twice.
    """
    n, end = 0, UNKNOWN
    while hops[node] == UNKNOWN:
        edge = ways.edges_of_node[node]
        if edge == ways.edges_of_node[node + 1]:
            hops[node], end = 0, node
            break
        passed[n] = node
        n += 1
        node = ways.node_of_edge[edge]
    for i in range(n - 1, -1, -1):
        edge = ways.edges_of_node[passed[i]]
        link, behind = ways.link_of_edge[edge], ways.node_of_edge[edge]
        is_last = ways.edges_of_node[behind] == ways.edges_of_node[behind + 1]
        tail = max(links.service[link] - 1, 0) if is_last else 0  # the head is there so much earlier
        hops[passed[i]] = hops[behind] + is_hop[link]
        empty[passed[i]] = empty[behind] + links.latency[link] + tail
    return end

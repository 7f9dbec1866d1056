"""The ways of packets in an empty network: how far each is, and where it ends."""

from neurohw.jit import leaf


@leaf
def walk(links, ways, is_hop, entries, tile_of_node):
    """Fill in hops and cycles of all ``entries``, and the tiles of the ends of their ways."""
    n_variants, n_tiles, _ = entries.shape
    for variant in range(n_variants):
        for source in range(n_tiles):
            for to in range(n_tiles):
                entry = entries[variant, source, to]
                tile_of_node[_end(links, ways, is_hop, entry)] = to


@leaf
def _end(links, ways, is_hop, entry):
    """Return the node at which a way ends, having added up its links."""
    node, tail = entry.node, 0
    while ways.edges_of_node[node] < ways.edges_of_node[node + 1]:
        edge = ways.edges_of_node[node]
        link = ways.link_of_edge[edge]
        entry.hops += is_hop[link]
        entry.empty += links.latency[link]
        tail = max(links.service[link] - 1, 0)
        node = ways.node_of_edge[edge]
    entry.empty += tail
    return node

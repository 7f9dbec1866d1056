"""The ways from every tile to every other, for traffic that may go anywhere.

A packet stands at a node (variant of the table of next links, router, destination) or (variant, tile, destination),
from which one link leads on, or at the end of its way.
"""

from __future__ import annotations

import numpy as np

from neurohw.hardware.topology import LINK_HOP, LINK_IN, Topology
from neurohw.traffic.interconnects import refuse_many_pairs
from neurohw_event.fabric import Array, Ways


def all_pairs(topology: Topology) -> tuple[Ways, Array]:
    """Return the ways, and the nodes at which packets begin.

    Returns
    -------
    ways
        With one way from each node.
    entry
        int32 [n_variants, n_tiles, n_tiles], node of a packet from a tile to a tile that keeps to a variant.

    Raises
    ------
    ChipError
        For a topology of so many tiles that the ways would take gigabytes.
    """
    refuse_many_pairs(topology)
    n_tiles, links = topology.n_tiles, topology.links
    n_variants, n_routers = topology.n_variants, topology.n_routers
    n_ahead, n_pairs = n_variants * n_routers * n_tiles, n_variants * n_tiles * n_tiles
    n_moving = n_ahead + n_pairs
    tiles = np.arange(n_tiles)
    next_link = topology.next_links(tiles)
    variant, _, destination = np.indices(next_link.shape, np.int32)
    ahead = (variant * n_routers + links.target[next_link]) * n_tiles + destination
    behind = np.where(links.kind[next_link] == LINK_HOP, ahead, n_moving + destination)

    into = np.flatnonzero(links.kind == LINK_IN)
    first = (np.arange(n_variants)[:, None] * n_routers + links.target[into]) * n_tiles
    n_nodes = n_moving + n_tiles
    link = [next_link.ravel(), np.tile(np.repeat(into, n_tiles), n_variants)]
    ways = Ways(
        edges_of_node=np.minimum(np.arange(n_nodes + 1), n_moving),
        link_of_edge=np.concatenate(link).astype(np.int32),
        node_of_edge=np.concatenate([behind.ravel(), (first[:, :, None] + tiles).ravel()]).astype(np.int32),
        leaves_of_node=np.ones(n_nodes, np.int32),
        rank_of_node=np.where(np.arange(n_nodes) < n_moving, -1, 0).astype(np.int32),
    )
    entry = n_ahead + np.arange(n_pairs).reshape(n_variants, n_tiles, n_tiles)
    return ways, entry.astype(np.int32)

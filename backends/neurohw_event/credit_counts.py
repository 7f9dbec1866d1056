"""What routers with credits have done up to their clock, and what is under way."""

from __future__ import annotations

import numpy as np

from neurohw_event.credit import WORD, packets_under_way
from neurohw_event.fabric import Array
from neurohw_event.fcfs_counts import LinkCounts
from neurohw_event.kernels.credit.state import NOW, Credit
from neurohw_event.ways import ends_of


def count_links(credit: Credit) -> LinkCounts:
    """Return what the links did up to the clock.

    The longest queue of a link is that of the buffer at its end, and of its station's source queue where it is the
    first link of a way.
    """
    traffic, n_links = credit.traffic, len(credit.links.source)
    ahead = np.maximum(credit.outputs.free_at - credit.clock[NOW], 0)
    return LinkCounts(
        begun=traffic.carried.copy(),
        busy=traffic.busy - ahead,
        waited=traffic.waited.copy(),
        longest_queue=traffic.longest[:n_links].copy(),
        lost=traffic.lost[:n_links].copy(),
        reinjected=np.zeros(n_links, np.int64),
    )


def deliveries_under_way(credit: Credit) -> tuple[Array, Array]:
    """Return sender and end of every delivery that is still to be made, int32 each."""
    ids = packets_under_way(credit)
    ways, packets = credit.ways, credit.packets
    cell, node = packets.cell[ids], packets.node[ids]
    cell, node = _behind_unsent(credit, cell, node, packets.unsent[ids])
    return ends_of(ways, cell, node)


def _behind_unsent(credit: Credit, cell: Array, node: Array, unsent: Array) -> tuple[Array, Array]:
    """Take packets that have been sent on part of their edges to where the others lead."""
    ways = credit.ways
    begun = unsent != 0
    bit = unsent[begun, None] >> np.arange(WORD, dtype=np.uint64) & np.uint64(1)
    which, edge = np.nonzero(bit)
    ahead = ways.node_of_edge[ways.edges_of_node[node[begun]][which] + edge]
    return np.concatenate([cell[~begun], cell[begun][which]]), np.concatenate([node[~begun], ahead])

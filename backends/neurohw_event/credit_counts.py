"""What routers with credits have done up to their clock, and what is under way."""

from __future__ import annotations

import numpy as np

from neurohw_event.credit import WORD, packets_under_way
from neurohw_event.fabric import Array
from neurohw_event.fcfs_counts import LinkCounts
from neurohw_event.kernels.credit.state import NEVER, NOW, Credit
from neurohw_event.ways import ends_of


def count_links(credit: Credit) -> LinkCounts:
    """Return what the links did up to the clock.

    The longest queue of a link is that of the buffer at its end. What a source queue could not take counts for the
    first link out of its station.
    """
    traffic, n_links = credit.traffic, len(credit.links.source)
    ahead = np.maximum(credit.outputs.free_at - credit.clock[NOW], 0)
    return LinkCounts(
        begun=traffic.carried.copy(),
        busy=traffic.busy - ahead,
        waited=traffic.waited.copy(),
        longest_queue=traffic.longest[:n_links].copy(),
        lost=_lost(credit),
        reinjected=traffic.reinjected.copy(),
        offered=traffic.carried + _asked_for(credit) + traffic.refused,
    )


def _lost(credit: Credit) -> Array:
    lost, n_links = credit.traffic.lost, len(credit.links.source)
    of_link = lost[:n_links].copy()
    station, first = np.unique(credit.links.source, return_index=True)
    of_link[first] += lost[n_links + station]
    return of_link


def _asked_for(credit: Credit) -> Array:
    """Count the packets that stand before each link and have not taken it."""
    ways, packets = credit.ways, credit.packets
    ids = packets_under_way(credit)
    ids = ids[credit.wheel.due[ids] == NEVER]
    node, unsent = packets.node[ids], packets.unsent[ids]
    bit = np.where(unsent, unsent, ~np.uint64(0))[:, None] >> np.arange(WORD, dtype=np.uint64) & np.uint64(1)
    bit[np.arange(WORD) >= np.diff(ways.edges_of_node)[node][:, None]] = 0
    which, edge = np.nonzero(bit)
    link = ways.link_of_edge[ways.edges_of_node[node[which]] + edge]
    return np.bincount(link, minlength=len(credit.links.source))


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

"""What routers with credits have done up to their clock, and what is under way."""

from __future__ import annotations

import numpy as np

from neurohw_event.credit import MOST_BRANCHES, packets_under_way
from neurohw_event.fabric import Array
from neurohw_event.fcfs_counts import LinkCounts
from neurohw_event.kernels.credit.state import NOW, Credit
from neurohw_event.ways import ends_of


def count_links(credit: Credit) -> LinkCounts:
    """Return what the links did up to the clock.

    The longest queue of a link is that of the buffer at its end. What a source queue could not take counts for the
    first link out of its station.
    """
    traffic = credit.traffic
    carried = credit.link["carried"]
    return LinkCounts(
        begun=carried.copy(),
        busy=busy_of_links(credit),
        waited=credit.link["waited"].copy(),
        longest_queue=longest_queues(credit),
        lost=_lost(credit),
        reinjected=traffic.reinjected.copy(),
        offered=carried + _asked_for(credit) + traffic.refused,
    )


def busy_of_links(credit: Credit) -> Array:
    """Return the cycles up to the clock for which each link was held, int64 [n_links]."""
    busy: Array = credit.link["busy"] - np.maximum(credit.link["free_at"] - credit.clock[NOW], 0)
    return busy


def longest_queues(credit: Credit) -> Array:
    """Return the packets that stood in the buffer at the end of each link at once at most, int64 [n_links]."""
    longest: Array = credit.queue["most"][: len(credit.link)].copy()
    return longest


def _lost(credit: Credit) -> Array:
    lost, n_links = credit.traffic.lost, len(credit.links.source)
    of_link = lost[:n_links].copy()
    station, first = np.unique(credit.links.source, return_index=True)
    of_link[first] += lost[n_links + station]
    return of_link


def _asked_for(credit: Credit) -> Array:
    """Count the packets that stand before each link and have not taken it."""
    asked = np.zeros(len(credit.links.source), np.int64)
    for queue in np.flatnonzero(credit.queue["length"]):
        id_ = credit.queue["head"][queue]
        for _ in range(credit.queue["length"][queue]):
            node, unsent = _nodes(credit, credit.packet["at"][id_]), credit.packet["unsent"][id_]
            first, end = credit.ways.edges_of_node[node : node + 2]
            edges = [edge for edge in range(first, end) if unsent == 0 or unsent >> (edge - first) & 1]
            asked[credit.ways.link_of_edge[edges]] += 1
            id_ = credit.wheel.next[id_]
    return asked


def deliveries_under_way(credit: Credit) -> tuple[Array, Array]:
    """Return sender and end of every delivery that is still to be made, int32 each."""
    ids = packets_under_way(credit)
    sender, at, unsent = (credit.packet[name][ids] for name in ("sender", "at", "unsent"))
    return ends_of(credit.ways, *_behind_unsent(credit, sender, _nodes(credit, at), unsent))


def _nodes(credit: Credit, step: Array) -> Array:
    """Return the nodes that first steps belong to."""
    node: Array = np.searchsorted(credit.ways.edges_of_node, step, side="right") - 1
    return np.where(step < 0, ~step, node)


def _behind_unsent(credit: Credit, sender: Array, node: Array, unsent: Array) -> tuple[Array, Array]:
    """Take packets that have been sent on part of their edges to where the others lead."""
    ways = credit.ways
    begun = unsent != 0
    bit = unsent[begun, None] >> np.arange(MOST_BRANCHES) & 1
    which, edge = np.nonzero(bit)
    ahead = ways.node_of_edge[ways.edges_of_node[node[begun]][which] + edge]
    return np.concatenate([sender[~begun], sender[begun][which]]), np.concatenate([node[~begun], ahead])

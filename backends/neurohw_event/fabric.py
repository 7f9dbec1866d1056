"""What the kernels of the interconnect know of a chip: stations joined by links, and the ways that packets take.

A station is a router or a tile. A link takes a packet from a station to the buffer at its end, which stands before the
next station. Encoder and crossbar are links as well: the first stands before a tile's station, the last takes packets
out of it. A packet's whole way is encoder, link into the router, hops, link out of the last router, crossbar; stages
that cost nothing are left out. Nothing here knows a topology.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

Array = np.ndarray


DELIVERY = np.dtype(
    (
        np.record,
        [
            ("sender", "i4"),  # as the packet was given it
            ("node", "i4"),  # end of the way
            ("fired", "i8"),  # cycle in which the packet was made
            ("entered", "i8"),  # cycle in which it had left the encoder
            (
                "reached",
                "i8",
            ),  # cycle from which it stood before the crossbar; without one that of its arrival
            ("cycle", "i8"),  # of arrival
        ],
    )
)


class Ways(NamedTuple):
    """A graph of nodes, "a packet stands here", and edges, "it takes this link to there".

    A node with several edges is where a multicast packet is copied; a node without edges is the end of the way.
    """

    edges_of_node: Array  # int64 [n_nodes + 1]
    link_of_edge: Array  # int32 [n_edges]
    node_of_edge: Array  # int32 [n_edges], where the packet stands behind the link
    leaves_of_node: Array  # int32 [n_nodes], ends at or beyond it
    rank_of_node: Array  # int32 [n_nodes], of an end: which of the packet's deliveries it is; -1 elsewhere


class Links(NamedTuple):
    """One entry per link; cycles and packets."""

    source: Array  # int32, station
    target: Array  # int32, station; -1: what takes the link has arrived
    latency: Array  # int64, from the start on the link until the head stands in the buffer at its end
    service: (
        Array  # int64, a packet holds the link so long; -1: as long as ``Work`` says, and arrives only then
    )
    depth: Array  # int64, packets in the buffer at its end; -1: no limit
    credit: Array  # int64, from a packet's leaving that buffer until its place can be taken by a start on the link


class Work(NamedTuple):
    """Cycles that a crossbar needs for a delivery: ``cycles[(sender + rank_of_node[node]) * stride]``."""

    cycles: Array  # int64
    stride: int = 1  # 0: it needs as many for each


class Arrived(NamedTuple):
    """Deliveries that the caller has not taken yet, those at the end of one link in the order of their cycles."""

    delivery: Array  # DELIVERY
    size: Array  # int64 [1]


NO_WORK = Work(np.zeros(1, np.int64))


def make_arrived(room: int) -> Arrived:
    """Return an empty list with room for so many deliveries."""
    return Arrived(np.zeros(room, DELIVERY), np.zeros(1, np.int64))


def runs(first: Array, n: Array) -> Array:
    """Return whole numbers in runs: ``n`` of them, from ``first`` on."""
    return np.repeat(first - (np.cumsum(n) - n), n) + np.arange(n.sum())


def find_encoders(links: Links) -> Array:
    """Return which links are encoders: those out of stations that no link leads to (bool [n_links])."""
    n_stations = int(max(links.source.max(initial=-1), links.target.max(initial=-1))) + 1
    is_fed = np.zeros(n_stations, bool)
    is_fed[links.target[links.target >= 0]] = True
    return ~is_fed[links.source] & (links.target >= 0)


def find_instant(links: Links) -> Array:
    """Return which links take no time and lead to another station (bool [n_links])."""
    instant: Array = (links.target >= 0) & (links.latency == 0)
    return instant


def find_whole(links: Links, ways: Ways) -> Array:
    """Return the nodes where a packet stands with its tail: ends, and those before a crossbar (bool [n_nodes])."""
    whole: Array = np.diff(ways.edges_of_node) == 0
    into_crossbar = np.flatnonzero(links.service[ways.link_of_edge] < 0)
    whole[np.searchsorted(ways.edges_of_node, into_crossbar, side="right") - 1] = True
    return whole

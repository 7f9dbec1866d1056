"""Logs of single packets that the kernels write when asked to, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from neurohw.hardware.topology import LINK_HOP, LINK_IN
from neurohw.tracing import LINK_CROSSBAR, LINK_ENCODER, Messages, Tracing, Transfers

if TYPE_CHECKING:
    from neurohw_event.interconnect import Transport
    from neurohw_event.layout import Wiring

Array = np.ndarray

FIRST_MESSAGES = 4096


class TransferLog(NamedTuple):
    """Links taken, in the order in which they were booked; those beyond the room are counted only."""

    link: Array  # int32
    node: Array  # int32, where the packet stands behind the link
    sender: Array  # int32, first delivery of the packet
    fired: Array  # int64
    since: Array  # int64, the packet stands before the link
    start: Array  # int64
    end: Array  # int64, the link is free again
    size: Array  # int64 [1]


class MessageLog(NamedTuple):
    """Deliveries."""

    node: Array  # int32, end of the way
    arrival: Array  # int32
    synapses: Array  # int32
    tick: Array  # int64, of the delivery
    fired: Array  # int64
    entered: Array  # int64
    reached: Array  # int64
    begun: Array  # int64, the crossbar begins to read
    cycle: Array  # int64
    size: Array  # int64 [1]


def make_transfer_log(tracing: Tracing) -> TransferLog:
    """Return room for as many transfers as are wanted."""
    ids, times = (np.zeros(tracing.most_transfers, kind) for kind in (np.int32, np.int64))
    copies = (column.copy() for column in (ids, ids, ids, times, times, times, times))
    return TransferLog._make([*copies, np.zeros(1, np.int64)])


def make_message_log() -> MessageLog:
    """Return room for a few messages."""
    ids, times = (np.zeros(FIRST_MESSAGES, kind) for kind in (np.int32, np.int64))
    copies = (column.copy() for column in (ids, ids, ids, times, times, times, times, times, times))
    return MessageLog._make([*copies, np.zeros(1, np.int64)])


def grow_message_log(log: MessageLog, more: int) -> MessageLog:
    """Return the log with room for so many more."""
    missing = int(log.size[0]) + more - len(log.node)
    if missing <= 0:
        return log
    added = max(missing, len(log.node))
    columns = (np.concatenate([column, np.zeros(added, column.dtype)]) for column in log[:-1])
    return MessageLog._make([*columns, log.size])


def messages_of(transport: Transport, wiring: Wiring) -> Messages | None:
    """Return the messages noted so far; None where none were to be."""
    log, pace = transport.net.messages, transport.net.pace
    if log is None:
        return None
    order = np.argsort(log.cycle[: int(log.size[0])], kind="stable")
    node, arrival, synapses, tick, fired, entered, reached, begun, cycle = (
        column[order] for column in log[:-1]
    )
    return Messages(
        cell=_cell_of_arrival(wiring)[arrival],
        tile=wiring.tile[arrival],
        fired_tick=tick if pace.is_barrier else fired // pace.per_tick,
        arrived_tick=tick,
        fired=fired,
        entered=entered,
        reached=reached,
        begun=begun,
        arrived=cycle,
        least=transport.zero_load_of_node[node],
        hops=_hops(transport)[node],
        synapses=synapses,
        step=node,
    )


def transfers_of(transport: Transport, wiring: Wiring, now: int) -> Transfers | None:
    """Return the links taken before cycle ``now`` as far as they were noted; None where none were to be."""
    log, chip_links = transport.transfers, transport.chip_links
    if log is None:
        return None
    n = min(int(log.size[0]), len(log.link))
    order = np.argsort(log.start[:n], kind="stable")
    order = order[log.start[order] < now]  # others have booked their turn only
    links = chip_links.topology.links
    n_tiles, stages = chip_links.topology.n_tiles, 1 + chip_links.encodes
    tiles = np.arange(n_tiles)
    kinds = [LINK_CROSSBAR, LINK_ENCODER][:stages]
    is_in = links.kind == LINK_IN
    link, node, sender, fired, since, start, end = (column[order] for column in log[:-1])
    return Transfers(
        link=link,
        step=node,
        cell=_cell_of_arrival(wiring)[sender],
        fired=fired,
        since=since,
        start=start,
        end=end,
        step_before=_node_before(transport),
        link_name=np.array([chip_links.name(link) for link in range(len(chip_links.links.source))]),
        link_kind=np.concatenate([links.kind, np.repeat(kinds, n_tiles)]),
        link_tile=np.concatenate([links.tile, np.tile(tiles, stages)]),
        link_router=np.concatenate([np.where(is_in, -1, links.source), np.full(stages * n_tiles, -1)]),
        n_begun=order.size + max(0, int(log.size[0]) - len(log.link)),
    )


def _cell_of_arrival(wiring: Wiring) -> Array:
    return np.repeat(
        np.arange(len(wiring.arrivals_of_cell) - 1, dtype=np.int32), np.diff(wiring.arrivals_of_cell)
    )


def _node_before(transport: Transport) -> Array:
    ways = transport.ways
    before = np.full(len(ways.rank_of_node), -1, np.int64)
    before[ways.node_of_edge] = np.repeat(np.arange(before.size), np.diff(ways.edges_of_node))
    return before


def _hops(transport: Transport) -> Array:
    """Return the links between routers on the way to each node."""
    ways, topology = transport.ways, transport.chip_links.topology
    hop = np.zeros(len(transport.chip_links.links.source), np.int64)
    hop[: topology.links.n_links] = topology.links.kind == LINK_HOP
    hops = np.zeros(len(ways.rank_of_node), np.int64)
    hops[ways.node_of_edge] = hop[ways.link_of_edge]
    above = _node_before(transport)
    # sums over twice as long a part of the way in each round
    while (above >= 0).any():
        hops += np.where(above >= 0, hops[above], 0)
        above = np.where(above >= 0, above[above], -1)
    return hops

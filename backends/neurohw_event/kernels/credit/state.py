"""The state of routers with credits: what never changes, what waits where, and what is due when.

A queue is the buffer at the end of a link (queue = link) or the source queue of a station (queue = n_links + station).
Whatever has a time has an id on the wheel: first links (to look at again), then queues (a new head may ask), then
queues again (the head has waited too long), then packets (to stand in their queue, or to arrive). What is used
together stands in one row, which is one or two cache lines.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw_event.fabric import Array, Links, Ways, Work
from neurohw_event.tracing import TransferLog

NEVER = np.iinfo(np.int64).max

# columns of Credit.clock; FREED: the last cycle in which a packet arrived or was lost
NOW, GRANTED, N_READY, N_STANDING, N_DUE, FIRST_FREE, N_FREE, FREED = range(8)
N_CLOCKS = 8

# columns of Credit.link. Changing: when it is free again, the cycle that it has been made ready for, the place that
# the next packet takes, the port served next (-1: not chosen yet), the port that comes first at the next choice
FREE_AT, READY_AT, NEXT_PLACE, CHOSEN, POINTER = range(5)
# constant: places of the buffer at its end, the first of them in ``place_free``, and the first word of ``asking``
DEPTH, FIRST_PLACE, FIRST_WORD = range(5, 8)
# constant: ports of its station, cycles from a packet's head to its tail, and as Links says
FIRST_PORT, N_PORTS, SERVICE, LATENCY, CREDIT, TAIL_AFTER = range(8, 14)
# counted: packets, and cycles that they stood before they took it
CARRIED, WAITED = range(14, 16)
LINK_COLUMNS = 16

# columns of Credit.queue: packets, when the head began to ask, when the tail of the head will have left as far as it
# has been sent, when a head may ask next, which input of its station it is, and most packets so far
HEAD, LAST, LENGTH, SINCE, LEAVING, TURN, PORT, MOST = range(8)
QUEUE_COLUMNS = 8

# columns of Credit.packet: where it stands or goes (queue -1: its way ends), sender, cycles, place of the buffer, bits
# of the edges of its node that it still has to take (0: has not asked yet), and where the only edge leads (-1: several)
NODE, QUEUE, SENDER, FIRED, ENTERED, PLACE, UNSENT, AFTER = range(8)
PACKET_COLUMNS = 8
REACHED = PLACE  # where its way ends: since when it stood before the crossbar, -1 without one

# columns of Credit.node: number of edges, link of the first edge, where that leads (a node and two bits: IS_WHOLE, a
# packet stands there only with its tail; IS_END, ways end there); and where the node itself is, with its bits
N_EDGES, LINK, LEADS_TO, ITSELF = range(4)
NODE_COLUMNS = 4
IS_WHOLE, IS_END = 1, 2
NODE_SHIFT = 2

# what ``advance`` returns
DONE, NO_ROOM, DEADLOCK = range(3)


class Rules(NamedTuple):
    """How queues and links meet at stations, and what becomes of packets; nothing here changes."""

    station_of_queue: Array  # int32 [n_queues]
    queue_of_port: Array  # int32, one run for each station
    ring: Array  # int32 [n_queues], which ring of links it belongs to; -1: none
    is_encoder: Array  # bool [n_queues], what stands there has left the encoder
    is_instant: Array  # int64 [n_links], 1: takes no time and leads to another station
    has_instant: int
    has_rings: int
    forks: int  # 1 where packets are copied
    wait: int  # cycles that a head may stand without a place beyond; -1: for ever
    reinject: int  # cycles until what a router has lost enters it again; -1: never
    source_room: int  # packets that may wait in a source queue; -1: no limit


class Lists(NamedTuple):
    """What a cycle works on: lists in order, whose lengths the kernel knows."""

    ready: Array  # int32, links to look at
    popped: Array  # int32, queues whose heads go
    left_place: Array  # int64, where they stood
    doomed: Array  # int32, queues whose heads are lost
    doomed_at: Array  # int64 [n_queues], last cycle in which that was so
    doomed_by: Array  # int32 [n_queues], link without a place


class Wheel(NamedTuple):
    """Ids by the cycle in which they are due; ``next`` also chains queues and free packets."""

    head: Array  # int32 [n_slots]
    tail: Array  # int32 [n_slots]
    occupied: Array  # uint64 [n_slots / 64]
    next: Array  # int32 [n_ids]
    due: Array  # int64 [n_ids], NEVER: not on the wheel; of a packet in a queue since when it stands


class Traffic(NamedTuple):
    """What the links did and what was lost; ``Credit.link`` and ``Credit.queue`` count packets, waiting and queues.

    All arrays are contiguous whatever their length: other layouts would compile the kernel a second time.
    """

    busy: Array  # int64 [n_links], cycles
    lost: Array  # int64 [n_queues], deliveries: for want of a place behind that link, or of room in that source queue
    refused: Array  # int64 [n_links], packets that came to take it and were lost or are sent again
    reinjected: Array  # int64 [n_links], packets to be sent again for want of a place behind that link


class Credit(NamedTuple):
    """All that the kernel knows."""

    ways: Ways
    links: Links
    work: Work
    rules: Rules
    link: Array  # int64 [n_links, LINK_COLUMNS]
    queue: Array  # int64 [n_queues, QUEUE_COLUMNS]
    packet: Array  # int64 [n_ids, PACKET_COLUMNS], ids below that of the first packet are not used
    node: Array  # int32 [n_nodes, NODE_COLUMNS]
    asking: Array  # uint64, bits of the ports that ask; a run for each link
    place_free: Array  # int64, when a place can be taken, NEVER: not known yet; a run for each link
    lists: Lists
    wheel: Wheel
    traffic: Traffic
    clock: Array  # int64 [N_CLOCKS]
    transfers: TransferLog | None = None

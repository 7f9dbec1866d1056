"""The state of routers with credits: what never changes, what waits where, and what is due when.

A queue is the buffer at the end of a link (queue = link) or the source queue of a station (queue = n_links + station).
Whatever has a time has an id on the wheel: first links (to look at again), then queues (a new head may ask), then
queues again (the head has waited too long), then packets (to stand in their queue, or to arrive). What is used
together stands in one record, of one or two cache lines, see ``neurohw_event.credit_layout``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw_event.fabric import Array, Links, Ways, Work
from neurohw_event.tracing import TransferLog

NEVER = np.iinfo(np.int64).max

# columns of Credit.clock; FREED: the last cycle in which a packet arrived or was lost, LAST_ENTRY: in which one entered
NOW, GRANTED, N_READY, N_STANDING, N_DUE, FIRST_FREE, N_FREE, FREED, LAST_ENTRY = range(9)
N_CLOCKS = 9

# bits of a step beside its link: the last of a fork, and where it leads a packet stands only with its tail
IS_LAST, IS_WHOLE = 1, 2
LINK_SHIFT = 2

# what ``advance`` returns
DONE, NO_ROOM, DEADLOCK = range(3)


class Rules(NamedTuple):
    """How queues and links meet at stations, and what becomes of packets; nothing here changes."""

    station_of_queue: Array  # int32 [n_queues]
    queue_of_port: Array  # int32, a run for each link
    ring: Array  # int32 [n_queues], which ring of links it belongs to; -1: none
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
    """What the links did and what was lost; ``Credit.link`` and ``Credit.queue`` count the rest.

    All arrays are contiguous whatever their length: other layouts would compile the kernel a second time.
    """

    lost: Array  # int64 [n_queues], deliveries: for want of a place behind that link, or of room in that source queue
    refused: Array  # int64 [n_links], packets that came to take it and were lost or are sent again
    reinjected: Array  # int64 [n_links], packets to be sent again for want of a place behind that link


class Credit(NamedTuple):
    """All that the kernel knows."""

    ways: Ways
    links: Links
    work: Work
    rules: Rules
    link: Array  # LINK [n_links]
    queue: Array  # QUEUE [n_queues]
    packet: Array  # PACKET [n_ids], ids below that of the first packet are not used
    steps: Array  # STEP [n_edges], the edges of the ways
    first_step: Array  # int32 [n_nodes], ~node: its way ends there
    asking: Array  # uint64, bits of the ports that ask; a run for each link
    asked: Array  # int32, the step that the head behind each port asks to take; a run for each link
    place_free: Array  # int64, when a place can be taken, NEVER: not known yet; a run for each link
    lists: Lists
    wheel: Wheel
    traffic: Traffic
    clock: Array  # int64 [N_CLOCKS]
    transfers: TransferLog | None = None

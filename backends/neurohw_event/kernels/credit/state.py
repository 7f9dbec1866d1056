"""The state of routers with credits: what never changes, what waits where, and what is due when.

A queue is the buffer at the end of a link (queue = link) or the source queue of a station (queue = n_links + station).
Whatever has a time has an id on the wheel: first outputs (to look at again), then queues (a new head may ask), then
queues again (the head has waited too long), then packets (to stand in their queue, or to arrive).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw_event.fabric import Array, Links, Ways, Work

NEVER = np.iinfo(np.int64).max

# columns of Credit.clock
NOW, GRANTED, N_READY, N_STANDING, N_DUE, FIRST_FREE, N_FREE = range(7)
N_CLOCKS = 7

# what ``advance`` returns
DONE, NO_ROOM, DEADLOCK = range(3)


class Ports(NamedTuple):
    """How queues and links meet at stations, and the rules; nothing here changes."""

    station_of_queue: Array  # int32 [n_queues]
    port_of_queue: Array  # int32 [n_queues], which of its station's inputs it is
    first_port: Array  # int64 [n_stations + 1]
    queue_of_port: Array  # int32, one run for each station
    first_word: Array  # int64 [n_links + 1], bits of the inputs that ask for a link
    first_place: Array  # int64 [n_links + 1], places of the buffer at its end
    tail: Array  # int64 [n_links], from the arrival of a packet's head until that of its tail
    ring: Array  # int32 [n_queues], which ring of links it belongs to; -1: none
    is_encoder: Array  # bool [n_links], what has passed it has left the encoder
    is_whole: Array  # bool [n_nodes], a packet stands there only when its tail has arrived
    wait: int  # cycles that a head may stand without a place beyond; -1: for ever
    reinject: int  # cycles until what a router has lost enters it again; -1: never
    source_room: int  # packets that may wait in a source queue; -1: no limit
    forks: int  # 1 where packets are copied


class Queues(NamedTuple):
    """One entry per queue, but for the last two."""

    head: Array  # int32, id of a packet; -1: empty
    tail: Array  # int32
    length: Array  # int64
    since: Array  # int64, when the head began to ask
    leaving: Array  # int64, when the tail of the head will have left it, as far as it has been sent
    turn: Array  # int64, when a head may ask next
    left_place: Array  # int64, place that the last packet to leave stood in
    popped: Array  # int32, queues whose heads go in this cycle
    doomed: Array  # int32, queues whose heads are lost in this cycle
    doomed_at: Array  # int64
    doomed_by: Array  # int32, link without a place


class Outputs(NamedTuple):
    """One entry per link, but for the first two; ``ready`` are those to look at in this cycle."""

    asking: Array  # uint64, bits of ports; a run for each link
    place_free: Array  # int64, when a place can be taken; a run for each link
    next_place: Array  # int64, which place the next packet takes
    pointer: Array  # int32, port that comes first at the next choice
    chosen: Array  # int32, port that is served next; -1: not chosen yet
    free_at: Array  # int64
    ready: Array  # int32
    ready_at: Array  # int64, cycle that it has been made ready for


class Packets(NamedTuple):
    """One entry per id of the wheel; ids below that of the first packet are not used."""

    node: Array  # int32, where it stands or goes
    queue: Array  # int32, where it stands or goes
    cell: Array  # int32, sender
    fired: Array  # int64
    entered: Array  # int64
    stood: Array  # int64, since when it has stood in its queue
    place: Array  # int64, of the buffer
    unsent: Array  # uint64, edges of its node that it still has to take; 0: has not asked yet


class Wheel(NamedTuple):
    """Ids by the cycle in which they are due; ``next`` also chains queues and free packets."""

    head: Array  # int32 [n_slots]
    tail: Array  # int32 [n_slots]
    occupied: Array  # uint64 [n_slots / 64]
    next: Array  # int32 [n_ids]
    due: Array  # int64 [n_ids], NEVER: not on the wheel


class Traffic(NamedTuple):
    """What has gone over the links and stood in the queues."""

    carried: Array  # int64 [n_links], packets
    busy: Array  # int64 [n_links], cycles
    waited: Array  # int64 [n_links], cycles that packets stood before they took it
    longest: Array  # int64 [n_queues], packets
    lost: Array  # int64 [n_queues], deliveries: for want of a place behind that link, or of room in that source queue
    refused: Array  # int64 [n_links], packets that came to take it and were lost or are sent again
    reinjected: Array  # int64 [n_links], packets to be sent again for want of a place behind that link


class Credit(NamedTuple):
    """All that the kernel knows."""

    ways: Ways
    links: Links
    work: Work
    ports: Ports
    queues: Queues
    outputs: Outputs
    packets: Packets
    wheel: Wheel
    traffic: Traffic
    clock: Array  # int64 [N_CLOCKS]

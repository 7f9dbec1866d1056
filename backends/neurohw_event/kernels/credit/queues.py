"""Queues of packets: standing in them, asking for links at their head, leaving and being lost."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.credit.state import (
    FIRST_FREE,
    N_FREE,
    N_STANDING,
    NEVER,
)
from neurohw_event.kernels.credit.wheel import look_again, lowest_bit, make_ready, put

_ONE = np.uint64(1)
_WORD = 64


@inlined
def new_packet(state):
    """Take an id from the free ones; there must be one."""
    id_ = np.int32(state.clock[FIRST_FREE])
    state.clock[FIRST_FREE] = state.wheel.next[id_]
    state.clock[N_FREE] -= 1
    return id_


@inlined
def free_packet(state, id_):
    """Give back the id of a packet that is on no chain."""
    state.wheel.next[id_] = state.clock[FIRST_FREE]
    state.clock[FIRST_FREE] = id_
    state.clock[N_FREE] += 1


@inlined
def stand(state, id_, now):
    """Put a packet that has come to its queue at the end of it; a full source queue loses it."""
    queues, packets = state.queues, state.packets
    queue = packets.queue[id_]
    n_links = state.links.source.size
    room = state.ports.source_room
    if queue >= n_links and 0 <= room <= queues.length[queue] and packets.unsent[id_] == 0:
        _refuse(state, queue, packets.node[id_])
        free_packet(state, id_)
        return
    if queue < n_links and state.ports.is_encoder[queue]:
        packets.entered[id_] = now
    packets.stood[id_] = now
    state.wheel.next[id_] = -1
    queues.length[queue] += 1
    state.traffic.longest[queue] = max(state.traffic.longest[queue], queues.length[queue])
    state.clock[N_STANDING] += 1
    if queues.head[queue] >= 0:
        state.wheel.next[queues.tail[queue]] = id_
        queues.tail[queue] = id_
        return
    queues.head[queue] = id_
    queues.tail[queue] = id_
    if queues.turn[queue] <= now:
        ask(state, queue, now)
    else:
        put(state, n_links + queue, queues.turn[queue])


@inlined
def _refuse(state, queue, node):
    """Count a packet that its source queue has no room for."""
    ways, traffic = state.ways, state.traffic
    traffic.lost[queue] += ways.leaves_of_node[node]
    for edge in range(ways.edges_of_node[node], ways.edges_of_node[node + 1]):
        traffic.refused[ways.link_of_edge[edge]] += 1


@inlined
def ask(state, queue, cycle):
    """Let the head of a queue ask for the links of its edges, from ``cycle`` on."""
    ways = state.ways
    id_ = state.queues.head[queue]
    node = state.packets.node[id_]
    first, end = ways.edges_of_node[node], ways.edges_of_node[node + 1]
    if state.packets.unsent[id_] == 0:
        state.packets.unsent[id_] = (
            (_ONE << np.uint64(end - first)) - _ONE if end - first < _WORD else ~np.uint64(0)
        )
    state.queues.since[queue] = cycle
    port = state.ports.port_of_queue[queue]
    word, bit = port // _WORD, _ONE << np.uint64(port % _WORD)
    unsent = state.packets.unsent[id_]
    for edge in range(first, end):
        if unsent >> np.uint64(edge - first) & _ONE:
            link = ways.link_of_edge[edge]
            state.outputs.asking[state.ports.first_word[link] + word] |= bit
            make_ready(state, link, cycle)
    if state.ports.wait > 0 and queue < state.links.source.size:
        watch(state, queue, cycle + state.ports.wait)


@inlined
def watch(state, queue, cycle):
    """Have a head looked at when it has waited too long, unless an earlier head is to be looked at before."""
    id_ = state.links.source.size + state.queues.head.size + queue
    if state.wheel.due[id_] == NEVER:
        put(state, id_, cycle)


@inlined
def look_at_head(state, queue, now):
    """Make the outputs ready that a head has asked for too long; a later head is watched from now on."""
    ways = state.ways
    id_ = state.queues.head[queue]
    if id_ < 0 or state.packets.unsent[id_] == 0:
        return
    end = state.queues.since[queue] + state.ports.wait
    if end > now:
        watch(state, queue, end)
        return
    unsent = state.packets.unsent[id_]
    first = ways.edges_of_node[state.packets.node[id_]]
    while unsent != 0:
        make_ready(state, ways.link_of_edge[first + lowest_bit(unsent)], now)
        unsent &= unsent - _ONE


@inlined
def pop(state, queue):
    """Take the head, whose place is known, off its queue and remember the queue; returns the packet's id."""
    queues = state.queues
    id_ = queues.head[queue]
    queues.head[queue] = state.wheel.next[id_]
    queues.length[queue] -= 1
    queues.left_place[queue] = state.packets.place[id_]
    state.clock[N_STANDING] -= 1
    return id_


@inlined
def follow_up(state, queue, now):
    """Free the place of the packet that has left a queue in this cycle, and let the next one ask."""
    queues = state.queues
    links = state.links
    n_links = links.source.size
    if queue < n_links and links.depth[queue] >= 0:
        _free_place(state, queue, queues.leaving[queue] + links.credit[queue], now)
    queues.leaving[queue] = 0
    if queues.head[queue] < 0:
        return
    if queues.turn[queue] <= now + 1:
        ask(state, queue, now + 1)
    else:
        put(state, n_links + queue, queues.turn[queue])


@inlined
def _free_place(state, link, cycle, now):
    outputs = state.outputs
    place = state.queues.left_place[link]
    first = state.ports.first_place[link]
    outputs.place_free[first + place] = cycle
    missing = place - outputs.next_place[link]
    if missing < 0:
        missing += state.links.depth[link]
    if missing > (state.ports.ring[link] >= 0):
        return
    if cycle <= now + 1 or look_again(state, link, cycle):
        make_ready(state, link, now + 1)


@inlined
def lose(state, queue, now):
    """Lose the head of a queue for the branches it has not been sent on, or take it to the station's own queue."""
    ways, packets, queues = state.ways, state.packets, state.queues
    id_ = pop(state, queue)
    queues.leaving[queue] = max(queues.leaving[queue], now)
    queues.turn[queue] = max(queues.turn[queue], now + 1)
    port = state.ports.port_of_queue[queue]
    word, bit = port // _WORD, _ONE << np.uint64(port % _WORD)
    first = ways.edges_of_node[packets.node[id_]]
    unsent = packets.unsent[id_]
    ends = 0
    while unsent != 0:
        edge = first + lowest_bit(unsent)
        link = ways.link_of_edge[edge]
        state.outputs.asking[state.ports.first_word[link] + word] &= ~bit
        if state.outputs.chosen[link] == port:
            state.outputs.chosen[link] = -1
            make_ready(state, link, now + 1)
        ends += ways.leaves_of_node[ways.node_of_edge[edge]]
        state.traffic.refused[ways.link_of_edge[edge]] += 1
        unsent &= unsent - _ONE
    if state.ports.reinject >= 0:
        packets.queue[id_] = state.links.source.size + state.ports.station_of_queue[queue]
        put(state, id_, now + max(state.ports.reinject, 1))
        state.traffic.reinjected[queues.doomed_by[queue]] += 1
    else:
        state.traffic.lost[queues.doomed_by[queue]] += ends
        free_packet(state, id_)

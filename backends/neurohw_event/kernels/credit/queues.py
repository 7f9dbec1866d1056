"""Queues of packets: standing in them, asking for links at their head, and leaving."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.kernels.credit.state import (
    AFTER,
    CREDIT,
    DEPTH,
    ENTERED,
    FIRST_FREE,
    FIRST_PLACE,
    FIRST_WORD,
    FREED,
    HEAD,
    LAST,
    LEADS_TO,
    LEAVING,
    LENGTH,
    LINK,
    MOST,
    N_EDGES,
    N_FREE,
    N_STANDING,
    NEXT_PLACE,
    NODE,
    NOW,
    PLACE,
    PORT,
    QUEUE,
    SINCE,
    TURN,
    UNSENT,
)
from neurohw_event.kernels.credit.wheel import look_again, make_ready, put, watch

_ONE = np.uint64(1)
_WORD = 64


@inlined
def new_packet(state):
    """Take an id from the free ones; there must be one."""
    id_ = state.clock[FIRST_FREE]
    state.clock[FIRST_FREE] = state.wheel.next[id_]
    state.clock[N_FREE] -= 1
    return id_


@inlined
def free_packet(state, id_):
    """Give back the id of a packet that is on no chain."""
    state.wheel.next[id_] = state.clock[FIRST_FREE]
    state.clock[FIRST_FREE] = id_
    state.clock[N_FREE] += 1
    state.clock[FREED] = state.clock[NOW]


@inlined
def is_empty(state):
    """True when no packet is under way."""
    n_static = state.link.shape[0] + 2 * state.queue.shape[0]
    return state.clock[N_FREE] == state.wheel.next.size - n_static


@inlined
def stand(state, id_, now):
    """Put a packet that has come to its queue at the end of it; a full source queue loses it."""
    queues, packets = state.queue, state.packet
    queue = packets[id_, QUEUE]
    length = queues[queue, LENGTH]
    n_links = state.link.shape[0]
    if queue >= n_links and 0 <= state.rules.source_room <= length and packets[id_, UNSENT] == 0:
        _refuse(state, queue, packets[id_, NODE])
        free_packet(state, id_)
        return
    if state.rules.is_encoder[queue]:
        packets[id_, ENTERED] = now
    state.wheel.next[id_] = -1
    queues[queue, LENGTH] = length + 1
    queues[queue, MOST] = max(queues[queue, MOST], length + 1)
    state.clock[N_STANDING] += 1
    if length > 0:
        state.wheel.next[queues[queue, LAST]] = id_
        queues[queue, LAST] = id_
        return
    queues[queue, HEAD] = id_
    queues[queue, LAST] = id_
    if queues[queue, TURN] <= now:
        ask(state, queue, now)
    else:
        put(state, n_links + queue, queues[queue, TURN])


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
    id_ = state.queue[queue, HEAD]
    state.queue[queue, SINCE] = cycle
    node = state.packet[id_, NODE]
    n_edges = state.node[node, N_EDGES]
    if n_edges == 1:
        state.packet[id_, UNSENT] = 1
        state.packet[id_, AFTER] = state.node[node, LEADS_TO]
        _ask_for(state, queue, np.int64(state.node[node, LINK]), cycle)
    else:
        _ask_for_all(state, queue, id_, node, n_edges, cycle)
    if state.rules.wait > 0 and queue < state.link.shape[0]:
        watch(state, queue, cycle + state.rules.wait)


@inlined
def _ask_for_all(state, queue, id_, node, n_edges, cycle):
    """Ask for the links of the branches not sent yet, all of them at first."""
    if state.packet[id_, UNSENT] == 0:
        state.packet[id_, UNSENT] = (np.int64(1) << np.int64(n_edges)) - 1
    state.packet[id_, AFTER] = -1
    unsent = np.uint64(state.packet[id_, UNSENT])
    first = state.ways.edges_of_node[node]
    while unsent != 0:
        _ask_for(state, queue, np.int64(state.ways.link_of_edge[first + lowest_bit(unsent)]), cycle)
        unsent &= unsent - _ONE


@inlined
def _ask_for(state, queue, link, cycle):
    port = state.queue[queue, PORT]
    state.asking[state.link[link, FIRST_WORD] + port // _WORD] |= _ONE << np.uint64(port % _WORD)
    make_ready(state, link, cycle)


@inlined
def pop(state, queue, n_popped):
    """Take the head off its queue and remember the queue; returns the packet's id."""
    queues, lists = state.queue, state.lists
    id_ = queues[queue, HEAD]
    queues[queue, HEAD] = state.wheel.next[id_]
    queues[queue, LENGTH] -= 1
    lists.popped[n_popped] = queue
    lists.left_place[n_popped] = state.packet[id_, PLACE]
    state.clock[N_STANDING] -= 1
    return id_


@inlined
def follow_up(state, queue, place, now):
    """Free the place of the packet that has left a queue in this cycle, and let the next one ask."""
    queues = state.queue
    n_links = state.link.shape[0]
    if queue < n_links and state.link[queue, DEPTH] >= 0:
        _free_place(state, queue, place, queues[queue, LEAVING] + state.link[queue, CREDIT], now)
    queues[queue, LEAVING] = 0
    if queues[queue, HEAD] < 0:
        return
    if queues[queue, TURN] <= now + 1:
        ask(state, queue, now + 1)
    else:
        put(state, n_links + queue, queues[queue, TURN])


@inlined
def _free_place(state, link, place, cycle, now):
    """Say when a place can be taken, and have the link looked at then if that is what it may wait for."""
    state.place_free[state.link[link, FIRST_PLACE] + place] = cycle
    missing = place - state.link[link, NEXT_PLACE]
    if missing < 0:
        missing += state.link[link, DEPTH]
    if missing > state.rules.has_rings:
        return
    if cycle <= now + 1 or look_again(state, link, cycle):
        make_ready(state, link, now + 1)

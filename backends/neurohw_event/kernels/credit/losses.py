"""Packets lost for want of a place: watched while they wait, doomed when it has been too long, gone or taken back."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.kernels.credit.queues import free_packet, pop
from neurohw_event.kernels.credit.state import (
    CHOSEN,
    FIRST_PORT,
    FIRST_WORD,
    HEAD,
    LEAVING,
    N_PORTS,
    NODE,
    PORT,
    QUEUE,
    SINCE,
    TURN,
    UNSENT,
)
from neurohw_event.kernels.credit.wheel import make_ready, put, watch

_ONE = np.uint64(1)
_WORD = 64


@inlined
def look_at_head(state, queue, now):
    """Make the links ready that a head has asked for too long; a later head is watched from now on."""
    id_ = state.queue[queue, HEAD]
    if id_ < 0 or state.packet[id_, UNSENT] == 0:
        return
    end = state.queue[queue, SINCE] + state.rules.wait
    if end > now:
        watch(state, queue, end)
        return
    unsent = np.uint64(state.packet[id_, UNSENT])
    first = state.ways.edges_of_node[state.packet[id_, NODE]]
    while unsent != 0:
        make_ready(state, np.int64(state.ways.link_of_edge[first + lowest_bit(unsent)]), now)
        unsent &= unsent - _ONE


@inlined
def enters_ring(state, link, queue):
    """True where a packet that takes a link comes from elsewhere into its ring."""
    ring = state.rules.ring
    return ring[link] >= 0 and ring[queue] != ring[link]


@inlined
def doom(state, link, here, now, n_doomed):
    """Note the heads that have waited too long for a place behind a link."""
    lists = state.lists
    begin, first_port = state.link[link, FIRST_WORD], state.link[link, FIRST_PORT]
    for at in range((state.link[link, N_PORTS] + _WORD - 1) // _WORD):
        word = state.asking[begin + at]
        while word != 0:
            queue = state.rules.queue_of_port[first_port + at * _WORD + lowest_bit(word)]
            word &= word - _ONE
            if queue >= state.link.shape[0] or now - state.queue[queue, SINCE] < state.rules.wait:
                continue
            if here <= now and not enters_ring(state, link, queue):
                continue
            if lists.doomed_at[queue] == now:
                lists.doomed_by[queue] = min(lists.doomed_by[queue], link)
                continue
            lists.doomed_at[queue] = now
            lists.doomed_by[queue] = link
            lists.doomed[n_doomed] = queue
            n_doomed += 1
    return n_doomed


@inlined
def lose(state, queue, n_popped, now):
    """Lose the head of a queue for the branches it has not been sent on, or take it to the station's own queue."""
    id_ = pop(state, queue, n_popped)
    state.queue[queue, LEAVING] = max(state.queue[queue, LEAVING], now)
    state.queue[queue, TURN] = max(state.queue[queue, TURN], now + 1)
    ends = _ask_no_more(state, queue, id_, now)
    if state.rules.reinject >= 0:
        state.packet[id_, QUEUE] = state.link.shape[0] + state.rules.station_of_queue[queue]
        put(state, id_, now + max(state.rules.reinject, 1))
        state.traffic.reinjected[state.lists.doomed_by[queue]] += 1
    else:
        state.traffic.lost[state.lists.doomed_by[queue]] += ends
        free_packet(state, id_)


@inlined
def _ask_no_more(state, queue, id_, now):
    """Take back what a head has asked for; returns the deliveries beyond."""
    port = state.queue[queue, PORT]
    first = state.ways.edges_of_node[state.packet[id_, NODE]]
    unsent = np.uint64(state.packet[id_, UNSENT])
    ends = 0
    while unsent != 0:
        edge = first + lowest_bit(unsent)
        unsent &= unsent - _ONE
        link = np.int64(state.ways.link_of_edge[edge])
        state.asking[state.link[link, FIRST_WORD] + port // _WORD] &= ~(_ONE << np.uint64(port % _WORD))
        ends += state.ways.leaves_of_node[state.ways.node_of_edge[edge]]
        state.traffic.refused[link] += 1
        if state.link[link, CHOSEN] == port:
            state.link[link, CHOSEN] = -1
            make_ready(state, link, now + 1)
    return ends

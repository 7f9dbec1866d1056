"""Packets lost for want of a place: watched while they wait, doomed when it has been too long, gone or taken back."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.kernels.credit.queues import free_packet, pop
from neurohw_event.kernels.credit.state import LINK_SHIFT
from neurohw_event.kernels.credit.wheel import make_ready, put, watch

_ONE = np.uint64(1)
_WORD = 64


@inlined
def look_at_head(state, queue, now):
    """Make the links ready that a head has asked for too long; a later head is watched from now on."""
    id_ = state.queue[queue].head
    if id_ < 0 or state.packet[id_].unsent == 0:
        return
    end = state.queue[queue].since + state.rules.wait
    if end > now:
        watch(state, queue, end)
        return
    unsent = np.uint64(state.packet[id_].unsent)
    first = state.packet[id_].at
    while unsent != 0:
        make_ready(state, np.int64(state.steps[first + lowest_bit(unsent)].code >> LINK_SHIFT), now)
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
    begin, first_port = state.link[link].first_word, state.link[link].first_port
    for at in range((state.link[link].n_ports + _WORD - 1) // _WORD):
        word = state.asking[begin + at]
        while word != 0:
            queue = state.rules.queue_of_port[first_port + at * _WORD + lowest_bit(word)]
            word &= word - _ONE
            if queue >= state.link.shape[0] or now - state.queue[queue].since < state.rules.wait:
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
    state.queue[queue].leaving = max(state.queue[queue].leaving, now)
    state.queue[queue].turn = max(state.queue[queue].turn, now + 1)
    ends = _ask_no_more(state, queue, id_, now)
    if state.rules.reinject >= 0:
        state.packet[id_].queue = state.link.shape[0] + state.rules.station_of_queue[queue]
        put(state, id_, now + max(state.rules.reinject, 1))
        state.traffic.reinjected[state.lists.doomed_by[queue]] += 1
    else:
        state.traffic.lost[state.lists.doomed_by[queue]] += ends
        free_packet(state, id_)


@inlined
def _ask_no_more(state, queue, id_, now):
    """Take back what a head has asked for; returns the deliveries beyond."""
    port = state.queue[queue].port
    first = state.packet[id_].at
    unsent = np.uint64(state.packet[id_].unsent)
    ends = 0
    while unsent != 0:
        step = first + lowest_bit(unsent)
        unsent &= unsent - _ONE
        link = np.int64(state.steps[step].code >> LINK_SHIFT)
        state.asking[state.link[link].first_word + port // _WORD] &= ~(_ONE << np.uint64(port % _WORD))
        ends += state.ways.leaves_of_node[state.ways.node_of_edge[step]]
        state.traffic.refused[link] += 1
        if state.link[link].chosen == port:
            state.link[link].chosen = -1
            make_ready(state, link, now + 1)
    return ends

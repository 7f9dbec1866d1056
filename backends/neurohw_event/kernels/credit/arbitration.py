"""Arbitration: which input an output serves in a cycle, and the start of its packet."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.credit.queues import new_packet, pop
from neurohw_event.kernels.credit.state import NEVER
from neurohw_event.kernels.credit.wheel import look_again, lowest_bit, put

_ONE = np.uint64(1)
_WORD = 64


@inlined
def examine(state, link, now, n_popped, n_doomed):
    """Grant a link to one of the inputs that ask for it, if it can start a packet.

    Returns (True where it has to be looked at in the next cycle, queues popped, queues doomed).
    """
    outputs, ports = state.outputs, state.ports
    begin, end = ports.first_word[link], ports.first_word[link + 1]
    if not _any(outputs.asking, begin, end):
        return False, n_popped, n_doomed
    here, ahead = _places(state, link)
    if ports.wait >= 0 and max(here, ahead) > now:
        n_doomed = _doom(state, link, here, now, n_doomed)
    if outputs.free_at[link] > now:
        return look_again(state, link, outputs.free_at[link]), n_popped, n_doomed
    port = _choice(state, link, here, ahead, now)
    if port < 0 or here > now:
        return _wait_for(state, link, here if here > now else ahead), n_popped, n_doomed
    queue = ports.queue_of_port[ports.first_port[state.links.source[link]] + port]
    outputs.asking[begin + port // _WORD] &= ~(_ONE << np.uint64(port % _WORD))
    outputs.chosen[link] = -1
    if _start(state, link, queue, now):
        state.queues.popped[n_popped] = queue
        n_popped += 1
    return _any(outputs.asking, begin, end), n_popped, n_doomed


@inlined
def _any(asking, begin, end):
    for word in range(begin, end):
        if asking[word] != 0:
            return True
    return False


@inlined
def _places(state, link):
    """Return when the next place can be taken, and when by a packet that enters a ring."""
    outputs = state.outputs
    depth = state.links.depth[link]
    if depth < 0:
        return np.int64(0), np.int64(0)
    first, place = state.ports.first_place[link], outputs.next_place[link]
    here = outputs.place_free[first + place]
    if state.ports.ring[link] < 0:
        return here, here
    after = place + 1 if place + 1 < depth else 0
    return here, max(here, outputs.place_free[first + after])


@inlined
def _wait_for(state, link, cycle):
    """Have a link looked at when it has a place; whoever frees a place of unknown time looks at it, too."""
    return cycle != NEVER and look_again(state, link, cycle)


@inlined
def _enters_ring(state, link, queue):
    ring = state.ports.ring
    return ring[link] >= 0 and ring[queue] != ring[link]


@inlined
def _choice(state, link, here, ahead, now):
    """Return the port that a free link serves next, -1 where none can be.

    Outside rings it is chosen before there is a place, and stays: a router without virtual channels gives the buffer
    beyond to one input first and waits for a place then. On a ring that would keep those out who go on in it.
    """
    outputs = state.outputs
    if outputs.chosen[link] >= 0:
        return np.int64(outputs.chosen[link])
    is_ring = state.ports.ring[link] >= 0
    if is_ring and here > now:
        return np.int64(-1)
    port = _winner(state, link, ahead if is_ring else now, now)
    if port < 0:
        return port
    outputs.chosen[link] = port
    first_port = state.ports.first_port
    station = state.links.source[link]
    outputs.pointer[link] = port + 1 if port + 1 < first_port[station + 1] - first_port[station] else 0
    return port


@inlined
def _winner(state, link, ahead, now):
    """Return the port, round robin, of an input that asks and has the places it needs; -1 where there is none."""
    outputs, ports = state.outputs, state.ports
    begin, end = ports.first_word[link], ports.first_word[link + 1]
    pointer = np.int64(outputs.pointer[link])
    first_port = ports.first_port[state.links.source[link]]
    n_words = end - begin
    start = pointer // _WORD
    below = (_ONE << np.uint64(pointer % _WORD)) - _ONE
    for step in range(n_words + 1):
        at = start + step
        if at >= n_words:
            at -= n_words
        word = outputs.asking[begin + at]
        if step == 0:
            word &= ~below
        elif step == n_words:
            word &= below
        while word != 0:
            port = at * _WORD + lowest_bit(word)
            if ahead <= now or not _enters_ring(state, link, ports.queue_of_port[first_port + port]):
                return port
            word &= word - _ONE
    return np.int64(-1)


@inlined
def _doom(state, link, here, now, n_doomed):
    """Note the heads that have waited too long for a place behind a link."""
    outputs, ports, queues = state.outputs, state.ports, state.queues
    begin, end = ports.first_word[link], ports.first_word[link + 1]
    first_port = ports.first_port[state.links.source[link]]
    for at in range(end - begin):
        word = outputs.asking[begin + at]
        while word != 0:
            queue = ports.queue_of_port[first_port + at * _WORD + lowest_bit(word)]
            word &= word - _ONE
            if queue >= state.links.source.size or now - queues.since[queue] < ports.wait:
                continue
            if here <= now and not _enters_ring(state, link, queue):
                continue
            if queues.doomed_at[queue] == now:
                queues.doomed_by[queue] = min(queues.doomed_by[queue], link)
                continue
            queues.doomed_at[queue] = now
            queues.doomed_by[queue] = link
            queues.doomed[n_doomed] = queue
            n_doomed += 1
    return n_doomed


@inlined
def _start(state, link, queue, now):
    """Start the head of a queue on a link; returns True where it has left the queue."""
    ways, links, packets, queues = state.ways, state.links, state.packets, state.queues
    id_ = queues.head[queue]
    edge = ways.edges_of_node[packets.node[id_]]
    first = edge
    while ways.link_of_edge[edge] != link:
        edge += 1
    packets.unsent[id_] &= ~(_ONE << np.uint64(edge - first))
    node = ways.node_of_edge[edge]
    service, latency = links.service[link], links.latency[link]
    is_work = service < 0
    if is_work:
        service = state.work.cycles[state.work.first_of_cell[packets.cell[id_]] + ways.rank_of_node[node]]
        latency = service
    hold = max(service, 1)
    state.outputs.free_at[link] = now + hold
    queues.leaving[queue] = max(queues.leaving[queue], now + hold - 1)
    queues.turn[queue] = max(queues.turn[queue], now + 1 if is_work else now + hold)
    traffic = state.traffic
    traffic.carried[link] += 1
    traffic.busy[link] += hold
    traffic.waited[link] += now - packets.stood[id_]
    is_last = packets.unsent[id_] == 0
    sent = pop(state, queue) if is_last else _copy(state, id_)
    packets.node[sent] = node
    packets.queue[sent] = link
    arrival = now + latency
    if state.ports.is_whole[node]:
        arrival += state.ports.tail[link]
    _take_place(state, link, sent, arrival)
    put(state, sent, arrival)
    return is_last


@inlined
def _copy(state, id_):
    packets = state.packets
    copy = new_packet(state)
    packets.cell[copy] = packets.cell[id_]
    packets.fired[copy] = packets.fired[id_]
    packets.entered[copy] = packets.entered[id_]
    packets.stood[copy] = packets.stood[id_]
    packets.unsent[copy] = 0
    return copy


@inlined
def _take_place(state, link, id_, arrival):
    """Take a place of the buffer; at the end of a way it is free again at once."""
    depth = state.links.depth[link]
    if depth < 0:
        return
    place = state.outputs.next_place[link]
    state.outputs.next_place[link] = place + 1 if place + 1 < depth else 0
    state.packets.place[id_] = place
    node = state.packets.node[id_]
    is_end = state.ways.edges_of_node[node] == state.ways.edges_of_node[node + 1]
    free = arrival + state.links.credit[link] if is_end else NEVER
    state.outputs.place_free[state.ports.first_place[link] + place] = free

"""Arbitration: which input a link serves in a cycle, and the start of its packet."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.kernels.credit.losses import doom, enters_ring
from neurohw_event.kernels.credit.queues import new_packet, pop
from neurohw_event.kernels.credit.state import (
    AFTER,
    CARRIED,
    CHOSEN,
    CREDIT,
    DEPTH,
    ENTERED,
    FIRED,
    FIRST_PLACE,
    FIRST_PORT,
    FIRST_WORD,
    FREE_AT,
    HEAD,
    IS_END,
    IS_WHOLE,
    ITSELF,
    LATENCY,
    LEAVING,
    N_PORTS,
    NEVER,
    NEXT_PLACE,
    NODE,
    NODE_SHIFT,
    PLACE,
    POINTER,
    QUEUE,
    REACHED,
    SENDER,
    SERVICE,
    TAIL_AFTER,
    TURN,
    UNSENT,
    WAITED,
)
from neurohw_event.kernels.credit.wheel import look_again, put
from neurohw_event.kernels.tracing import note_transfer

_ONE = np.uint64(1)
_WORD = 64


@inlined
def examine(state, link, now, n_popped, n_doomed):
    """Grant a link to one of the inputs that ask for it, if it can start a packet.

    Returns (True where it has to be looked at in the next cycle, queues popped, queues doomed).
    """
    row = state.link[link]
    if not _is_asked(state, row):
        return False, n_popped, n_doomed
    here, ahead = _places(state, link, row)
    if state.rules.wait >= 0 and max(here, ahead) > now:
        n_doomed = doom(state, link, here, now, n_doomed)
    if row[FREE_AT] > now:
        return look_again(state, link, row[FREE_AT]), n_popped, n_doomed
    port = _choice(state, link, row, here, ahead, now)
    if port < 0 or here > now:
        return _wait_for(state, link, here if here > now else ahead), n_popped, n_doomed
    queue = np.int64(state.rules.queue_of_port[row[FIRST_PORT] + port])
    state.asking[row[FIRST_WORD] + port // _WORD] &= ~(_ONE << np.uint64(port % _WORD))
    row[CHOSEN] = -1
    n_popped += _start(state, link, row, queue, n_popped, now)
    return _is_asked(state, row), n_popped, n_doomed


@inlined
def _is_asked(state, row):
    begin = row[FIRST_WORD]
    if row[N_PORTS] <= _WORD:
        return state.asking[begin] != 0
    for word in range(begin, begin + (row[N_PORTS] + _WORD - 1) // _WORD):  # noqa: SIM110
        if state.asking[word] != 0:
            return True
    return False


@inlined
def _places(state, link, row):
    """Return when the next place can be taken, and when by a packet that enters a ring."""
    if row[DEPTH] < 0:
        return np.int64(0), np.int64(0)
    first, place = row[FIRST_PLACE], row[NEXT_PLACE]
    here = state.place_free[first + place]
    if not state.rules.has_rings or state.rules.ring[link] < 0:
        return here, here
    after = place + 1 if place + 1 < row[DEPTH] else 0
    return here, max(here, state.place_free[first + after])


@inlined
def _wait_for(state, link, cycle):
    """Have a link looked at when it has a place; whoever frees a place of unknown time looks at it, too."""
    return cycle != NEVER and look_again(state, link, cycle)


@inlined
def _choice(state, link, row, here, ahead, now):
    """Return the port that a free link serves next, -1 where none can be.

    Outside rings it is chosen before there is a place, and stays: a router without virtual channels gives the buffer
    beyond to one input first and waits for a place then. On a ring that would keep those out who go on in it.
    """
    if row[CHOSEN] >= 0:
        return row[CHOSEN]
    is_open = True
    if state.rules.has_rings and state.rules.ring[link] >= 0:
        if here > now:
            return np.int64(-1)
        is_open = ahead <= now
    port = _winner(state, link, row, is_open)
    if port >= 0:
        row[CHOSEN] = port
        row[POINTER] = port + 1 if port + 1 < row[N_PORTS] else 0
    return port


@inlined
def _winner(state, link, row, is_open):
    """Return the port, round robin, of an input that asks; -1 where none may, as those from outside a full ring."""
    pointer = row[POINTER]
    n_words = (row[N_PORTS] + _WORD - 1) // _WORD
    at = pointer // _WORD
    below = (_ONE << np.uint64(pointer % _WORD)) - _ONE
    for step in range(n_words + 1):
        word = state.asking[row[FIRST_WORD] + at]
        if step == 0:
            word &= ~below
        elif step == n_words:
            word &= below
        while word != 0:
            port = at * _WORD + lowest_bit(word)
            if is_open or not enters_ring(state, link, state.rules.queue_of_port[row[FIRST_PORT] + port]):
                return port
            word &= word - _ONE
        at = at + 1 if at + 1 < n_words else 0
    return np.int64(-1)


@inlined
def _start(state, link, row, queue, n_popped, now):
    """Start the head of a queue on a link; returns True where it has left the queue."""
    packets = state.packet
    id_ = state.queue[queue, HEAD]
    after = _take_edge(state, link, id_)
    node = after >> NODE_SHIFT
    service, latency = row[SERVICE], row[LATENCY]
    turn = now + max(service, 1)
    reached = np.int64(-1)
    if service < 0:
        reached = state.wheel.due[id_]
        service = state.work.cycles[
            (packets[id_, SENDER] + state.ways.rank_of_node[node]) * state.work.stride
        ]
        latency = service
    _hold(row, state.queue[queue], turn, max(service, 1), now)
    _count_start(state, link, row, node, id_, max(service, 1), now)
    is_last = packets[id_, UNSENT] == 0
    sent = pop(state, queue, n_popped) if is_last else _copy(state, id_)
    packets[sent, NODE] = node
    packets[sent, QUEUE] = -1 if after & IS_END else link
    arrival = now + latency + (row[TAIL_AFTER] if after & IS_WHOLE else 0)
    if row[DEPTH] >= 0:
        _take_place(state, row, sent, arrival + row[CREDIT] if after & IS_END else NEVER)
    if after & IS_END:
        packets[sent, REACHED] = reached
    put(state, sent, arrival)
    return is_last


@inlined
def _hold(row, queue_row, turn, hold, now):
    """Have a link, and the queue whose head it takes, wait until the packet's tail has left."""
    row[FREE_AT] = now + hold
    queue_row[LEAVING] = max(queue_row[LEAVING], now + hold - 1)
    queue_row[TURN] = max(queue_row[TURN], turn)


@inlined
def _count_start(state, link, row, node, id_, hold, now):
    packet, since = state.packet[id_], state.wheel.due[id_]
    row[CARRIED] += 1
    row[WAITED] += now - since
    state.traffic.busy[link] += hold
    note_transfer(state.transfers, link, node, packet[SENDER], packet[FIRED], since, now, now + hold)


@inlined
def _take_edge(state, link, id_):
    """Note that a packet is sent over a link; returns where that leads."""
    packet = state.packet[id_]
    if packet[AFTER] >= 0:
        packet[UNSENT] = 0
        return packet[AFTER]
    first = state.ways.edges_of_node[packet[NODE]]
    edge = first
    while state.ways.link_of_edge[edge] != link:
        edge += 1
    packet[UNSENT] &= ~(np.int64(1) << (edge - first))
    return np.int64(state.node[state.ways.node_of_edge[edge], ITSELF])


@inlined
def _copy(state, id_):
    packets = state.packet
    copy = new_packet(state)
    packets[copy, SENDER] = packets[id_, SENDER]
    packets[copy, FIRED] = packets[id_, FIRED]
    packets[copy, ENTERED] = packets[id_, ENTERED]
    packets[copy, UNSENT] = 0
    return copy


@inlined
def _take_place(state, row, id_, free):
    """Take a place of the buffer; at the end of a way it is free again at once."""
    place = row[NEXT_PLACE]
    row[NEXT_PLACE] = place + 1 if place + 1 < row[DEPTH] else 0
    state.packet[id_, PLACE] = place
    state.place_free[row[FIRST_PLACE] + place] = free

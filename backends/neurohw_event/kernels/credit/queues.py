"""Queues of packets: standing in them, asking for links at their head, and leaving."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.credit.state import FIRST_FREE, FREED, IS_LAST, LINK_SHIFT, N_FREE, N_STANDING, NOW
from neurohw_event.kernels.credit.wheel import look_again, make_ready, put, watch

_ONE = np.uint64(1)
_WORD = 64


@inlined
def new_packet(state):
    """Take an id from the free ones; there must be one."""
    id_ = state.clock[FIRST_FREE]
    state.clock[FIRST_FREE] = state.wheel.next[np.uint32(id_)]
    state.clock[N_FREE] -= 1
    return id_


@inlined
def free_packet(state, id_):
    """Give back the id of a packet that is on no chain."""
    state.wheel.next[np.uint32(id_)] = state.clock[FIRST_FREE]
    state.clock[FIRST_FREE] = id_
    state.clock[N_FREE] += 1
    state.clock[FREED] = max(state.clock[FREED], state.clock[NOW])


@inlined
def is_empty(state):
    """True when no packet is under way."""
    n_static = state.link.shape[0] + 2 * state.queue.shape[0]
    return state.clock[N_FREE] == state.wheel.next.size - n_static


@inlined
def stand(state, id_, now):
    """Put a packet that has come to its queue at the end of it; a full source queue loses it."""
    packet, n_links = state.packet[np.uint32(id_)], state.link.shape[0]
    queue = packet.queue
    row = state.queue[np.uint32(queue)]
    length = row.length
    if queue >= n_links and 0 <= state.rules.source_room <= length and packet.unsent == 0:
        _refuse(state, queue, packet.at)
        free_packet(state, id_)
        return
    if row.is_encoder:
        packet.entered = now
    state.wheel.next[np.uint32(id_)] = -1
    row.length = length + 1
    row.most = max(row.most, length + 1)
    state.clock[N_STANDING] += 1
    if length > 0:
        state.wheel.next[np.uint32(row.last)] = id_
        row.last = id_
        return
    row.head = row.last = id_
    if row.turn <= now:
        ask(state, queue, now)
    else:
        put(state, n_links + queue, row.turn)


@inlined
def _refuse(state, queue, step):
    """Count a packet that its source queue has no room for."""
    ways, traffic = state.ways, state.traffic
    while True:
        code = state.steps[np.uint32(step)].code
        traffic.lost[queue] += ways.leaves_of_node[ways.node_of_edge[step]]
        traffic.refused[code >> LINK_SHIFT] += 1
        if code & IS_LAST:
            break
        step += 1


@inlined
def ask(state, queue, cycle):
    """Let the head of a queue ask for the links of its edges, from ``cycle`` on."""
    row = state.queue[np.uint32(queue)]
    row.since = cycle
    packet = state.packet[np.uint32(row.head)]
    code = state.steps[np.uint32(packet.at)].code
    if code & IS_LAST:
        packet.unsent = 1
        _ask_for(state, queue, packet.at, np.int64(code >> LINK_SHIFT), cycle)
    else:
        _ask_for_all(state, queue, packet, cycle)
    if state.rules.wait > 0 and queue < state.link.shape[0]:
        watch(state, queue, cycle + state.rules.wait)


@inlined
def _ask_for_all(state, queue, packet, cycle):
    """Ask for the links of the branches not sent yet, all of them at first."""
    step, unsent, bit, asked = packet.at, packet.unsent, np.int64(1), np.int64(0)
    while True:
        code = state.steps[np.uint32(step)].code
        if unsent == 0 or unsent & bit != 0:
            _ask_for(state, queue, step, np.int64(code >> LINK_SHIFT), cycle)
            asked |= bit
        if code & IS_LAST:
            break
        step += 1
        bit <<= 1
    packet.unsent = asked


@inlined
def _ask_for(state, queue, step, link, cycle):
    port, row = state.queue[np.uint32(queue)].port, state.link[np.uint32(link)]
    state.asked[np.uint32(row.first_port + port)] = step
    state.asking[np.uint32(row.first_word + port // _WORD)] |= _ONE << np.uint64(port % _WORD)
    make_ready(state, link, cycle)


@inlined
def pop(state, queue, n_popped):
    """Take the head off its queue and remember the queue; returns the packet's id."""
    row, lists = state.queue[np.uint32(queue)], state.lists
    id_ = np.int64(row.head)
    row.head = state.wheel.next[np.uint32(id_)]
    row.length -= 1
    lists.popped[n_popped] = queue
    lists.left_place[n_popped] = state.packet[np.uint32(id_)].place
    state.clock[N_STANDING] -= 1
    return id_


@inlined
def follow_up(state, queue, place, now):
    """Free the place of the packet that has left a queue in this cycle, and let the next one ask."""
    row, n_links = state.queue[np.uint32(queue)], state.link.shape[0]
    if queue < n_links:
        _free_place(state, queue, place, row.leaving, now)
    row.leaving = 0
    if row.head < 0:
        return
    if row.turn <= now + 1:
        ask(state, queue, now + 1)
    else:
        put(state, n_links + queue, row.turn)


@inlined
def _free_place(state, link, place, leaving, now):
    """Say when a place can be taken, and have the link looked at then if that is what it may wait for."""
    row = state.link[np.uint32(link)]
    if row.depth < 0:
        return
    cycle = leaving + row.credit
    state.place_free[np.uint32(row.first_place + place)] = cycle
    missing = place - row.next_place
    if missing < 0:
        missing += row.depth
    if missing > state.rules.has_rings:
        return
    if cycle <= now + 1 or look_again(state, link, cycle):
        make_ready(state, link, now + 1)

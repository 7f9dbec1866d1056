"""The start of a packet on a link that has been granted, and its arrival where nothing can change that any more.

A crossbar is booked together with the link before it where the packet meets nobody: no other is on its way to the
buffer between them or stands there, and none can come out of the tile. Notes of single packets are in the order of
their cycles, and nothing is booked ahead with them.
"""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.arrived import deliver, is_full
from neurohw_event.kernels.credit.queues import free_packet, new_packet, pop
from neurohw_event.kernels.credit.state import FREED, IS_LAST, IS_WHOLE, LAST_ENTRY, LINK_SHIFT, NEVER
from neurohw_event.kernels.credit.wheel import put
from neurohw_event.kernels.tracing import note_transfer


@inlined
def start(state, arrived, link, queue, step, n_popped, now, until):
    """Start the head of a queue on a link, the step that it asked to take; returns True where it has left the queue."""
    row, id_ = state.link[np.uint32(link)], state.queue[np.uint32(queue)].head
    packet = state.packet[np.uint32(id_)]
    packet.unsent &= ~(np.int64(1) << (step - packet.at))
    code, following = state.steps[np.uint32(step)].code, np.int64(state.steps[np.uint32(step)].next)
    service, latency = row.service, row.latency
    turn = now + max(service, 1)
    reached = np.int64(-1)
    if service < 0:
        reached = state.wheel.due[np.uint32(id_)]
        service = latency = _work(state, id_, following)
    _hold(row, state.queue[np.uint32(queue)], turn, max(service, 1), now)
    _count_start(state, link, step, id_, max(service, 1), now)
    arrival = now + latency + (row.tail_after if code & IS_WHOLE else 0)
    is_last = packet.unsent == 0
    if _arrives_at_once(state, arrived, row, link, id_, following, reached, arrival, now, until):
        if is_last:
            free_packet(state, pop(state, queue, n_popped))
        return is_last
    sent = pop(state, queue, n_popped) if is_last else _copy(state, id_)
    packet = state.packet[np.uint32(sent)]
    packet.at = following
    packet.queue = link if following >= 0 else -1
    if row.depth >= 0:
        _take_place(state, row, sent, arrival + row.credit if following < 0 else NEVER)
    else:
        row.unbooked = arrival
    if following < 0:
        packet.reached = reached
    put(state, sent, arrival)
    return is_last


@inlined
def _work(state, id_, end):
    """Return how long a crossbar works on a packet whose way ends behind it."""
    if state.work.stride == 0:
        return state.work.cycles[0]
    return state.work.cycles[state.packet[np.uint32(id_)].sender + state.ways.rank_of_node[~end]]


@inlined
def _hold(row, queue_row, turn, hold, now):
    """Have a link, and the queue whose head it takes, wait until the packet's tail has left."""
    row.free_at = now + hold
    queue_row.leaving = max(queue_row.leaving, now + hold - 1)
    queue_row.turn = max(queue_row.turn, turn)


@inlined
def _count_start(state, link, step, id_, hold, now):
    row, since = state.link[np.uint32(link)], state.wheel.due[np.uint32(id_)]
    row.carried += 1
    row.waited += now - since
    row.busy += hold
    if state.transfers is not None:
        packet, node = state.packet[np.uint32(id_)], state.ways.node_of_edge[step]
        note_transfer(state.transfers, link, node, packet.sender, packet.fired, since, now, now + hold)


@inlined
def _arrives_at_once(state, arrived, row, link, id_, following, reached, arrival, now, until):
    """Deliver a packet ahead of its cycle, if that is one of those for which the kernel was called; returns whether."""
    if state.transfers is not None or is_full(arrived):
        return False
    if following >= 0:
        return _books(state, arrived, row, link, id_, following, arrival, now, until)
    # without a crossbar a packet may be on the link still when the next one starts
    if row.service >= 0 or row.depth >= 0 or arrival >= until:
        return False
    _deliver(state, arrived, id_, following, reached, arrival)
    return True


@inlined
def _books(state, arrived, row, link, id_, step, arrival, now, until):
    """Book the crossbar behind a link for a packet that starts on it, and deliver it, if it meets nobody."""
    code, end = state.steps[np.uint32(step)].code, np.int64(state.steps[np.uint32(step)].next)
    if row.beside < 0 or end >= 0 or code & IS_LAST == 0:
        return False
    crossbar = state.link[np.uint32(code >> LINK_SHIFT)]
    if crossbar.service >= 0 or crossbar.free_at > arrival:
        return False
    queue = state.queue[np.uint32(link)]
    if queue.length > 0 or state.queue[np.uint32(row.beside)].length > 0:
        return False
    if max(row.unbooked, crossbar.unbooked, state.clock[LAST_ENTRY]) > now:
        return False
    work = _work(state, id_, end)
    if arrival + work >= until:
        return False
    crossbar.free_at = arrival + max(work, 1)
    crossbar.pointer = queue.port + 1 if queue.port + 1 < crossbar.n_ports else 0
    crossbar.carried += 1
    crossbar.busy += max(work, 1)
    queue.most = max(queue.most, 1)
    _deliver(state, arrived, id_, end, arrival, arrival + work)
    return True


@inlined
def _deliver(state, arrived, id_, end, reached, cycle):
    """Write down a delivery that is made at a cycle still to come."""
    packet = state.packet[np.uint32(id_)]
    deliver(arrived, packet.sender, ~end, packet.fired, packet.entered, reached, cycle)
    state.clock[FREED] = max(state.clock[FREED], cycle)


@inlined
def _copy(state, id_):
    new = new_packet(state)
    packet, copy = state.packet[np.uint32(id_)], state.packet[np.uint32(new)]
    copy.sender, copy.fired, copy.entered = packet.sender, packet.fired, packet.entered
    copy.unsent = 0
    return new


@inlined
def _take_place(state, row, id_, free):
    """Take a place of the buffer; at the end of a way it is free again at once."""
    place = row.next_place
    row.next_place = place + 1 if place + 1 < row.depth else 0
    state.packet[np.uint32(id_)].place = place
    state.place_free[np.uint32(row.first_place + place)] = free

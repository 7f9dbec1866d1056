"""Routers with credits, advanced cycle by cycle: arrivals and credits, then grants, which take effect together.

Wormholes and virtual channels are left out: packets move as wholes (virtual cut-through, Kermani and Kleinrock 1979,
doi:10.1016/0376-5075(79)90032-1) through one queue per input, and each output serves its inputs round robin. Rings are
kept free of deadlock by the bubble rule (Puente et al. 2001, doi:10.1006/jpdc.2001.1730): who enters a ring needs two
free places, who goes on in it one.
"""

from neurohw.jit import inlined, leaf
from neurohw_event.kernels.credit.arbitration import examine
from neurohw_event.kernels.credit.queues import (
    ask,
    follow_up,
    free_packet,
    look_at_head,
    lose,
    new_packet,
    stand,
)
from neurohw_event.kernels.credit.state import (
    DEADLOCK,
    DONE,
    GRANTED,
    N_DUE,
    N_FREE,
    N_READY,
    N_STANDING,
    NO_ROOM,
    NOW,
)
from neurohw_event.kernels.credit.wheel import make_ready, next_occupied, put, take
from neurohw_event.kernels.sort import sort_ascending


@leaf
def enter(state, node, cell, fired, cycle):
    """Have a packet stand at ``node`` from ``cycle`` on, which is not past; returns False where there is no room."""
    if state.clock[N_FREE] == 0:
        return False
    id_ = new_packet(state)
    packets = state.packets
    first = state.ways.edges_of_node[node]
    queue = -1
    if first < state.ways.edges_of_node[node + 1]:
        queue = state.links.source.size + state.links.source[state.ways.link_of_edge[first]]
    packets.node[id_] = node
    packets.queue[id_] = queue
    packets.cell[id_] = cell
    packets.fired[id_] = fired
    packets.entered[id_] = cycle
    packets.unsent[id_] = 0
    put(state, id_, cycle)
    return True


@leaf
def advance(state, arrived, until):
    """Do all that happens before cycle ``until`` and write deliveries to ``arrived``.

    Returns NO_ROOM where ``arrived`` is full or packets are too many, to be called again with more room, and DEADLOCK
    where packets wait for each other and nothing else is to come.
    """
    clock = state.clock
    while clock[NOW] < until:
        now = clock[NOW]
        if clock[N_READY] == 0:
            if clock[N_DUE] == 0:
                break
            now = next_occupied(state.wheel, now, until)
            clock[NOW] = now
            if now == until:
                return DONE
        if not _receive(state, arrived, now):
            return NO_ROOM
        if clock[N_READY] > 0 and clock[GRANTED] < now:
            if state.ports.forks and clock[N_FREE] < clock[N_READY]:
                return NO_ROOM
            clock[GRANTED] = now
            _grant(state, now)
            if not _receive(state, arrived, now):
                return NO_ROOM
        clock[NOW] = now + 1
    if clock[N_STANDING] > 0 and clock[N_READY] == 0 and clock[N_DUE] == 0:
        return DEADLOCK
    clock[NOW] = max(clock[NOW], until)
    return DONE


@inlined
def _receive(state, arrived, now):
    """Take all off the wheel that is due; returns False where ``arrived`` has no room."""
    n_links, n_queues = state.links.source.size, state.queues.head.size
    while True:
        if arrived.size[0] == arrived.cell.size:
            return False
        id_ = take(state, now)
        if id_ < 0:
            return True
        if id_ >= n_links + 2 * n_queues:
            _arrive(state, arrived, id_, now)
        elif id_ < n_links:
            make_ready(state, id_, now)
        elif id_ < n_links + n_queues:
            ask(state, id_ - n_links, now)
        else:
            look_at_head(state, id_ - n_links - n_queues, now)


@inlined
def _arrive(state, arrived, id_, now):
    packets, ways = state.packets, state.ways
    node = packets.node[id_]
    if ways.edges_of_node[node] < ways.edges_of_node[node + 1]:
        stand(state, id_, now)
        return
    index = arrived.size[0]
    arrived.size[0] = index + 1
    arrived.cell[index] = packets.cell[id_]
    arrived.node[index] = node
    arrived.fired[index] = packets.fired[id_]
    arrived.entered[index] = packets.entered[id_]
    queue = packets.queue[id_]
    is_read = queue >= 0 and state.links.service[queue] < 0
    arrived.reached[index] = packets.stood[id_] if is_read else now
    arrived.cycle[index] = now
    free_packet(state, id_)


@inlined
def _grant(state, now):
    """Let every output that is ready serve an input, then let all of that take effect."""
    ready, ready_at = state.outputs.ready, state.outputs.ready_at
    n_popped = n_doomed = kept = 0
    for index in range(state.clock[N_READY]):
        link = ready[index]
        again, n_popped, n_doomed = examine(state, link, now, n_popped, n_doomed)
        if again:
            ready[kept] = link
            ready_at[link] = now + 1
            kept += 1
    state.clock[N_READY] = kept
    popped, doomed = state.queues.popped, state.queues.doomed
    sort_ascending(doomed[:n_doomed])
    for index in range(n_doomed):
        lose(state, doomed[index], now)
        popped[n_popped + index] = doomed[index]
    for index in range(n_popped + n_doomed):
        follow_up(state, popped[index], now)

"""Routers with credits, advanced cycle by cycle: arrivals and credits, then grants, which take effect together.

Links that take no time are served before the others, so that what they carry goes on in the same cycle.
Wormholes and virtual channels are left out: packets move as wholes (virtual cut-through, Kermani and Kleinrock 1979,
doi:10.1016/0376-5075(79)90032-1) through one queue per input, and each output serves its inputs round robin. Rings are
kept free of deadlock by the bubble rule (Puente et al. 2001, doi:10.1006/jpdc.2001.1730): who enters a ring needs two
free places, who goes on in it one.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.arrived import deliver, is_full
from neurohw_event.kernels.credit.arbitration import examine
from neurohw_event.kernels.credit.losses import look_at_head, lose
from neurohw_event.kernels.credit.queues import ask, follow_up, free_packet, is_empty, new_packet, stand
from neurohw_event.kernels.credit.state import (
    DEADLOCK,
    DONE,
    FREED,
    GRANTED,
    LAST_ENTRY,
    LINK_SHIFT,
    N_DUE,
    N_FREE,
    N_READY,
    N_STANDING,
    NEVER,
    NO_ROOM,
    NOW,
)
from neurohw_event.kernels.credit.wheel import make_ready, next_occupied, put, take
from neurohw_event.kernels.sort import sort_ascending


@inner
def enter(state, node, sender, fired, cycle):
    """Have a packet stand at ``node`` from ``cycle`` on, which is not past; returns False where there is no room."""
    return enter_at(state, state.first_step[node], sender, fired, cycle)


@inlined
def enter_at(state, step, sender, fired, cycle):
    """Have it stand before a step, the first of its node; ~node where its way ends there."""
    if state.clock[N_FREE] == 0:
        return False
    id_ = new_packet(state)
    packet = state.packet[np.uint32(id_)]
    packet.queue = packet.reached = -1
    if step >= 0:
        packet.queue = (
            state.link.shape[0] + state.links.source[state.steps[np.uint32(step)].code >> LINK_SHIFT]
        )
    packet.at = step
    packet.sender = sender
    packet.fired = fired
    packet.entered = cycle
    packet.unsent = 0
    state.clock[LAST_ENTRY] = max(state.clock[LAST_ENTRY], cycle)
    put(state, id_, cycle)
    return True


@inner
def advance(state, arrived, until, only_to_last):
    """Do all that happens before cycle ``until`` and write deliveries to ``arrived``.

    With ``only_to_last`` the clock stops behind the cycle in which no packet is left, or stays where none is under way.

    Returns NO_ROOM where ``arrived`` is full or packets are too many, to be called again with more room, and DEADLOCK
    where packets wait for each other and nothing else is to come.
    """
    clock = state.clock
    while True:
        if only_to_last and is_empty(state):
            until = clock[FREED] + 1
        now = clock[NOW]
        if now >= until:
            break
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
            if state.rules.forks and clock[N_FREE] < _copies(state):
                return NO_ROOM
            clock[GRANTED] = now
            _grant(state, arrived, now, until)
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
    n_links, n_queues = state.link.shape[0], state.queue.shape[0]
    while True:
        if is_full(arrived):
            return False
        id_ = take(state, now)
        if id_ < 0:
            return True
        if id_ >= n_links + 2 * n_queues:
            _arrive(state, arrived, id_, now)
            continue
        state.wheel.due[np.uint32(id_)] = NEVER
        if id_ < n_links:
            make_ready(state, id_, now)
        elif id_ < n_links + n_queues:
            ask(state, id_ - n_links, now)
        else:
            look_at_head(state, id_ - n_links - n_queues, now)


@inlined
def _arrive(state, arrived, id_, now):
    packet = state.packet[np.uint32(id_)]
    if packet.queue >= 0:
        stand(state, id_, now)
        return
    reached = packet.reached if packet.reached >= 0 else now
    deliver(arrived, packet.sender, ~packet.at, packet.fired, packet.entered, reached, now)
    free_packet(state, id_)


@inlined
def _copies(state):
    """Return how many packets the grants of a cycle can start at most."""
    return state.link.shape[0] if state.rules.has_instant else state.clock[N_READY]


@inlined
def _grant(state, arrived, now, until):
    """Let every link that is ready serve an input, then let all of that take effect."""
    lists = state.lists
    n_popped = n_doomed = 0
    if state.rules.has_instant:
        n_popped, n_doomed = _serve(state, arrived, now, until, 1, n_popped, n_doomed)
        id_ = take(state, now)
        while id_ >= 0:
            stand(state, id_, now)
            id_ = take(state, now)
    n_popped, n_doomed = _serve(state, arrived, now, until, 0, n_popped, n_doomed)
    sort_ascending(lists.doomed[:n_doomed])
    for index in range(n_doomed):
        lose(state, np.int64(lists.doomed[index]), n_popped, now)
        n_popped += 1
    for index in range(n_popped):
        follow_up(state, np.int64(lists.popped[index]), lists.left_place[index], now)


@inlined
def _serve(state, arrived, now, until, instant, n_popped, n_doomed):
    """Look at the links that are ready: those that take no time, or the others; returns (popped, doomed)."""
    ready = state.lists.ready
    kept = 0
    for index in range(state.clock[N_READY]):
        link = np.int64(ready[np.uint32(index)])
        again = True
        if state.rules.has_instant == 0 or state.link[np.uint32(link)].is_instant == instant:
            again, n_popped, n_doomed = examine(state, arrived, link, now, until, n_popped, n_doomed)
            if again:
                state.link[np.uint32(link)].ready_at = now + 1
        if again:
            ready[kept] = link
            kept += 1
    state.clock[N_READY] = kept
    return n_popped, n_doomed

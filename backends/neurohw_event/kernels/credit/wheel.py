"""The wheel of ids by cycle. A slot holds all cycles that are equal modulo the size of the wheel."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.kernels.credit.state import N_DUE, N_READY, NEVER

_ONE = np.uint64(1)
_WORD = 64


@inlined
def put(state, id_, cycle):
    """Have an id due at a cycle that is not before the present one."""
    wheel = state.wheel
    slot, own = np.uint32(cycle & (wheel.head.size - 1)), np.uint32(id_)
    wheel.due[own] = cycle
    wheel.next[own] = -1
    if wheel.head[slot] < 0:
        wheel.head[slot] = id_
        wheel.occupied[np.uint32(slot // _WORD)] |= _ONE << np.uint64(slot % _WORD)
    else:
        wheel.next[np.uint32(wheel.tail[slot])] = id_
    wheel.tail[slot] = id_
    state.clock[N_DUE] += 1


@inlined
def take(state, now):
    """Remove and return the first id due at ``now``, -1 where there is none; others may share its slot."""
    wheel = state.wheel
    slot = np.uint32(now & (wheel.head.size - 1))
    before = np.int32(-1)
    id_ = wheel.head[slot]
    while id_ >= 0 and wheel.due[np.uint32(id_)] != now:
        before = id_
        id_ = wheel.next[np.uint32(id_)]
    if id_ < 0:
        return id_
    after = wheel.next[np.uint32(id_)]
    if before >= 0:
        wheel.next[np.uint32(before)] = after
    else:
        wheel.head[slot] = after
    if after < 0:
        wheel.tail[slot] = before
    if wheel.head[slot] < 0:
        wheel.occupied[np.uint32(slot // _WORD)] &= ~(_ONE << np.uint64(slot % _WORD))
    state.clock[N_DUE] -= 1
    return id_


@inlined
def next_occupied(wheel, now, end):
    """Return the first cycle from ``now`` on whose slot holds an id, ``end`` where there is none before it."""
    n_slots = wheel.head.size
    left = min(end - now, n_slots + _WORD)
    while left > 0:
        slot = now & (n_slots - 1)
        word = wheel.occupied[np.uint32(slot // _WORD)] >> np.uint64(slot % _WORD)
        if word != 0:
            return min(now + lowest_bit(word), end)
        step = _WORD - slot % _WORD
        now += step
        left -= step
    return end


@inlined
def make_ready(state, link, cycle):
    """Have an output looked at in the present cycle before its grants, or after them in the next one."""
    row = state.link[np.uint32(link)]
    if row.ready_at != cycle:
        row.ready_at = cycle
        state.lists.ready[state.clock[N_READY]] = link
        state.clock[N_READY] += 1


@inlined
def look_again(state, link, cycle):
    """Have an output looked at again at ``cycle``; returns True where it has to be looked at until then."""
    due = state.wheel.due[np.uint32(link)]
    if due == NEVER:
        put(state, link, cycle)
        return False
    return due > cycle


@inlined
def watch(state, queue, cycle):
    """Have the head of a queue looked at when it has waited too long; an earlier one may be looked at before."""
    id_ = state.link.shape[0] + state.queue.shape[0] + queue
    if state.wheel.due[np.uint32(id_)] == NEVER:
        put(state, id_, cycle)

"""Arbitration: which input a link serves in a cycle."""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.bits import lowest_bit
from neurohw_event.kernels.credit.losses import doom, enters_ring
from neurohw_event.kernels.credit.starting import start
from neurohw_event.kernels.credit.state import NEVER
from neurohw_event.kernels.credit.wheel import look_again

_ONE = np.uint64(1)
_WORD = 64


@inlined
def examine(state, arrived, link, now, until, n_popped, n_doomed):
    """Grant a link to one of the inputs that ask for it, if it can start a packet.

    Returns (True where it has to be looked at in the next cycle, queues popped, queues doomed).
    """
    row = state.link[np.uint32(link)]
    if not _is_asked(state, row):
        return False, n_popped, n_doomed
    here, ahead = _places(state, link, row)
    if state.rules.wait >= 0 and max(here, ahead) > now:
        n_doomed = doom(state, link, here, now, n_doomed)
    if row.free_at > now:
        return look_again(state, link, row.free_at), n_popped, n_doomed
    port = _choice(state, link, row, here, ahead, now)
    if port < 0 or here > now:
        return _wait_for(state, link, here if here > now else ahead), n_popped, n_doomed
    place = np.uint32(row.first_port + port)
    queue, step = np.int64(state.rules.queue_of_port[place]), np.int64(state.asked[place])
    state.asking[row.first_word + port // _WORD] &= ~(_ONE << np.uint64(port % _WORD))
    row.chosen = -1
    n_popped += start(state, arrived, link, queue, step, n_popped, now, until)
    return _is_asked(state, row), n_popped, n_doomed


@inlined
def _is_asked(state, row):
    begin = row.first_word
    if row.n_ports <= _WORD:
        return state.asking[np.uint32(begin)] != 0
    for word in range(begin, begin + (row.n_ports + _WORD - 1) // _WORD):  # noqa: SIM110
        if state.asking[word] != 0:
            return True
    return False


@inlined
def _places(state, link, row):
    """Return when the next place can be taken, and when by a packet that enters a ring."""
    if row.depth < 0:
        return np.int64(0), np.int64(0)
    first, place = row.first_place, row.next_place
    here = state.place_free[np.uint32(first + place)]
    if not state.rules.has_rings or state.rules.ring[np.uint32(link)] < 0:
        return here, here
    after = place + 1 if place + 1 < row.depth else 0
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
    if row.chosen >= 0:
        return row.chosen
    is_open = True
    if state.rules.has_rings and state.rules.ring[np.uint32(link)] >= 0:
        if here > now:
            return np.int64(-1)
        is_open = ahead <= now
    port = _winner(state, link, row, is_open)
    if port >= 0:
        row.chosen = port
        row.pointer = port + 1 if port + 1 < row.n_ports else 0
    return port


@inlined
def _winner(state, link, row, is_open):
    """Return the port, round robin, of an input that asks; -1 where none may, as those from outside a full ring."""
    pointer = row.pointer
    if row.n_ports <= _WORD and is_open:
        word = state.asking[np.uint32(row.first_word)]
        ahead = word >> np.uint64(pointer) << np.uint64(pointer)  # from the pointer on
        return np.int64(lowest_bit(ahead if ahead != 0 else word))
    n_words = (row.n_ports + _WORD - 1) // _WORD
    at = pointer // _WORD
    below = (_ONE << np.uint64(pointer % _WORD)) - _ONE
    for step in range(n_words + 1):
        word = state.asking[row.first_word + at]
        if step == 0:
            word &= ~below
        elif step == n_words:
            word &= below
        while word != 0:
            port = at * _WORD + lowest_bit(word)
            if is_open or not enters_ring(state, link, state.rules.queue_of_port[row.first_port + port]):
                return port
            word &= word - _ONE
        at = at + 1 if at + 1 < n_words else 0
    return np.int64(-1)

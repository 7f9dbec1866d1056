"""What is to happen in a self-timed execution, in order of dates; at equal dates what was put first comes first.

The next ``N_SLOTS`` dates have a list each, as in a timing wheel (G. Varghese and A. Lauck, IEEE/ACM Trans. Netw. 5:824
(1997), doi:10.1109/90.650142); what comes later waits in a heap, and goes to its list as soon as there is one, before
anything else can be put there. Every number (a tile or a channel) stands in the agenda once at most.
"""

from __future__ import annotations

from neurohw.jit import inlined

N_SLOTS = 1024  # a power of 2; few links take longer
NOBODY = -1
NOW, N_NEAR, N_FAR, N_PUT = range(4)  # of ``Agenda.state``


@inlined
def put(agenda, date, what):
    """Add what is to happen at a date, not before now."""
    if date - agenda.state[NOW] < N_SLOTS:
        _append(agenda, date, what)
        return
    at = agenda.state[N_FAR]
    agenda.date[at], agenda.number[at], agenda.what[at] = date, agenda.state[N_PUT], what
    agenda.state[N_FAR] += 1
    agenda.state[N_PUT] += 1
    while at > 0 and _is_before(agenda, at, (at - 1) // 2):
        _exchange(agenda, at, (at - 1) // 2)
        at = (at - 1) // 2


@inlined
def is_empty(agenda):
    """Return whether nothing is left to happen."""
    return agenda.state[N_NEAR] + agenda.state[N_FAR] == 0


@inlined
def take(agenda):
    """Move the clock to what happens next, and take it; there must be something."""
    state = agenda.state
    now = state[NOW] if state[N_NEAR] else agenda.date[0]
    while state[N_NEAR] and agenda.first[now % N_SLOTS] == NOBODY:
        now += 1
    state[NOW] = now
    while state[N_FAR] and agenda.date[0] - now < N_SLOTS:
        _fetch(agenda)
    slot = now % N_SLOTS
    what = agenda.first[slot]
    agenda.first[slot] = agenda.behind[what]
    state[N_NEAR] -= 1
    return now, what


@inlined
def _append(agenda, date, what):
    slot = date % N_SLOTS
    agenda.behind[what] = NOBODY
    if agenda.first[slot] == NOBODY:
        agenda.first[slot] = what
    else:
        agenda.behind[agenda.last[slot]] = what
    agenda.last[slot] = what
    agenda.state[N_NEAR] += 1


@inlined
def _fetch(agenda):
    """Move the first of the heap to its list."""
    agenda.state[N_FAR] -= 1
    n, at = agenda.state[N_FAR], 0
    _exchange(agenda, 0, n)
    while 2 * at + 1 < n:
        child = 2 * at + 1
        if child + 1 < n and _is_before(agenda, child + 1, child):
            child += 1
        if not _is_before(agenda, child, at):
            break
        _exchange(agenda, child, at)
        at = child
    _append(agenda, agenda.date[n], agenda.what[n])


@inlined
def _is_before(agenda, first, second):
    if agenda.date[first] != agenda.date[second]:
        return agenda.date[first] < agenda.date[second]
    return agenda.number[first] < agenda.number[second]


@inlined
def _exchange(agenda, first, second):
    for column in (agenda.date, agenda.number, agenda.what):
        column[first], column[second] = column[second], column[first]

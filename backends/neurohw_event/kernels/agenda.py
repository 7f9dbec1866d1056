"""The wheel of cells to look at: insertion, removal and re-scheduling in constant time, without allocation."""

from neurohw.jit import inlined, inner
from neurohw_event.layout import NEVER


@inlined
def schedule(head, following, previous, due, cell, tick, now):
    """Have ``cell`` looked at no later than ``tick``; where the wheel ends before, it is looked at there."""
    n_slots = head.size
    if tick - now >= n_slots:
        tick = now + n_slots - 1
    if due[cell] <= tick:
        return
    if due[cell] != NEVER:
        _unlink(head, following, previous, due, cell)
    slot = tick & (n_slots - 1)
    after = head[slot]
    following[cell] = after
    previous[cell] = -1
    if after >= 0:
        previous[after] = cell
    head[slot] = cell
    due[cell] = tick


@inlined
def _unlink(head, following, previous, due, cell):
    before, after = previous[cell], following[cell]
    if after >= 0:
        previous[after] = before
    if before >= 0:
        following[before] = after
    else:
        head[due[cell] & (head.size - 1)] = after


@inlined
def touch_due(agenda, groups, group_of_cell, tick):
    """Touch every cell that is due at ``tick`` and take it off the agenda."""
    following, due = agenda.next, agenda.due
    slot = tick & (agenda.head.size - 1)
    cell = agenda.head[slot]
    agenda.head[slot] = -1
    touched, touched_at, n_touched, first = groups.touched, groups.touched_at, groups.n_touched, groups.first
    while cell >= 0:
        due[cell] = NEVER
        if touched_at[cell] != tick:
            touched_at[cell] = tick
            group = group_of_cell[cell]
            touched[first[group] + n_touched[group]] = cell
            n_touched[group] += 1
        cell = following[cell]


@inner
def touch(groups, group, cell, tick):
    """Put a cell on its population's list for this tick, once."""
    if groups.touched_at[cell] != tick:
        groups.touched_at[cell] = tick
        groups.touched[groups.first[group] + groups.n_touched[group]] = cell
        groups.n_touched[group] += 1


@inlined
def touch_active(groups, ends, tick):
    """Touch the cells that are stepped every tick; ``ends`` are the ids behind the last cells of populations."""
    for group in range(groups.kind.size):
        n_active = groups.n_active[group]
        if n_active == 0:
            continue
        first, end = groups.first[group], ends[group]
        if n_active == end - first and groups.n_touched[group] == 0:
            _touch_all(groups.touched[first:end], groups.touched_at[first:end], first, tick)
            groups.n_touched[group] = n_active
            continue
        for entry in range(first, first + n_active):
            touch(groups, group, groups.active[entry], tick)


@inner
def _touch_all(touched, touched_at, first, tick):
    for i in range(touched.size):
        touched[i] = first + i
        touched_at[i] = tick

"""Populations advanced in spans: all cells together every few ticks, and within a span those that could fire in it.

Where a span begins, every cell is advanced to it, and a bound says how far its potential stays below the threshold to
the end of the span: the *room* of the cell. What arrives within uses it up. A cell is looked at on its own where its
room is negative, and then as long as it could fire.

Columns stay those of the beginning of the span. The equations are linear: what arrives later is added as what it would
have been then, and no time of a last change has to be kept for a cell.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.agenda import schedule, touch
from neurohw_event.kernels.grid import CHUNK, drive_of
from neurohw_event.kernels.holding import hold, release
from neurohw_event.kernels.sources import fire
from neurohw_event.layout import (
    CURRENT,
    DRIVE,
    HELD_UNTIL,
    REFRACTORY,
    RESET,
    RESISTANCE,
    RISE,
    THRESHOLD,
    V_V,
    V_X_EXC,
    V_X_INH,
    X_EXC,
    X_INH,
    X_X_EXC,
    X_X_INH,
    V,
)
from neurohw_event.span_layout import ROOM, STILL

_WORD = 8  # cells whose flags are looked at together
# A bound within this relative distance of the threshold is not trusted to stay below it.
_MARGIN = 1e-9
# A current this small (nA) adds nothing to a potential; further down, numbers of reduced precision are slow.
_TINY = 1e-200


@inlined
def begin_spans(spans, tick, cells, groups, grid):
    """Advance to ``tick`` the populations whose span is over."""
    if spans is None:
        return
    if spans.n_on[0] > 0:
        for group in range(spans.on.size):
            if spans.on[group] and tick >= spans.end[group]:
                _begin_span(spans, group, tick, cells, groups, grid)


@inlined
def next_span(spans, tick):
    """Return the tick in which the next span begins, or ``tick`` where that is sooner."""
    if spans is None:
        return tick
    if spans.n_on[0] > 0:
        for group in range(spans.on.size):
            if spans.on[group]:
                tick = min(tick, spans.end[group])
    return tick


@inner
def _begin_span(spans, group, tick, cells, groups, grid):
    """Advance all cells of a population to ``tick``, and touch those that could fire before the next span begins."""
    columns, constant = grid.state, grid.constant[group]
    by = cells.table[spans.class_of[group], tick - spans.begin[group]]
    to_end = cells.table[spans.class_of[group], spans.n_ticks[group]]
    rise = constant[RISE] * spans.n_ticks[group]
    end, begin = grid.end[group], groups.first[group]
    release(grid.held, group, tick)
    while begin < end:
        own = slice(begin, min((begin // CHUNK + 1) * CHUNK, end))  # from where cache lines begin
        v, room, free = columns[V, own], columns[ROOM, own], grid.held.free[own]
        x_exc, x_inh, drive = columns[X_EXC, own], columns[X_INH, own], columns[DRIVE, own]
        n = _advance(v, x_exc, x_inh, drive, room, free, grid.fires, by, to_end, constant, rise)
        if n > 0:
            _touch_flagged(n, group, begin, v.size, groups, grid, tick)
        begin = own.stop
    for entry in range(grid.held.begin[group], grid.held.end[group]):
        cell = grid.held.entry[entry] & ((1 << grid.held.bits) - 1)
        columns[V, cell], columns[ROOM, cell] = columns[STILL, cell], np.inf
    spans.begin[group] = tick
    spans.end[group] = tick + spans.n_ticks[group]


@inner
def _advance(v, x_exc, x_inh, drive, room, free, flags, by, to_end, constant, rise):
    """Advance cells by the propagators ``by``, and flag those that could fire within the next span; returns how many.

    ``rise`` is the length of a span in time constants of the membrane.
    """
    keep, keep_exc, keep_inh = by[V_V], by[X_X_EXC], by[X_X_INH]
    from_exc, from_inh = by[V_X_EXC], by[V_X_INH]
    last_exc, last_inh = to_end[X_X_EXC], to_end[X_X_INH]
    threshold, resistance = constant[THRESHOLD], constant[RESISTANCE]
    n = 0
    for i in range(v.size):
        exc, inh = x_exc[i], x_inh[i]
        moved = drive[i] + (v[i] - drive[i]) * keep
        moved += exc * from_exc + inh * from_inh
        exc *= keep_exc
        inh *= keep_inh
        exc = exc if abs(exc) > _TINY else 0.0
        inh = inh if abs(inh) > _TINY else 0.0
        v[i], x_exc[i], x_inh[i] = moved, exc, inh
        highest = _highest(drive[i], resistance, exc, inh, last_exc, last_inh)
        left = _below(moved, threshold, highest) - max(highest - moved, 0.0) * rise
        room[i] = left
        flag = (left < 0.0) & free[i]
        flags[i] = flag
        n += np.int64(flag)
    return n


@inlined
def _highest(drive, resistance, exc, inh, last_exc, last_inh):
    """Return the highest potential (mV) to which a cell is driven until its currents are ``last`` of what they are."""
    rising = max(exc, 0.0) + max(inh, 0.0)
    fading = min(exc, 0.0) * last_exc + min(inh, 0.0) * last_inh
    return drive + resistance * (rising + fading)


@inlined
def _below(v, threshold, highest):
    """Return how far v is below its threshold, less what rounding might be."""
    return threshold - v - _MARGIN * (abs(threshold) + abs(v) + abs(highest))


@inner
def _touch_flagged(n, group, first, size, groups, grid, tick):
    """Touch the ``n`` cells that are flagged, of ``size`` from ``first`` on."""
    flags, words = grid.fires, grid.words
    word = 0
    while n > 0:
        while words[word] == 0:
            word += 1
        for i in range(word * _WORD, min((word + 1) * _WORD, size)):
            if flags[i]:
                touch(groups, group, first + i, tick)
                n -= 1
        word += 1


@inlined
def look_in_span(spans, group, touched, tick, cells, grid, agenda, steps, fired):
    """Fire those of the touched cells that are at their threshold, and say when to look at each again."""
    if spans is None:
        return
    columns, clock, constant = grid.state, cells.clock, grid.constant[group]
    by = cells.table[spans.class_of[group], tick - spans.begin[group]]
    to_end = cells.table[spans.class_of[group], spans.n_ticks[group]]
    threshold = constant[THRESHOLD]
    n_before = fired.size[0]
    release(grid.held, group, tick)  # a cell may fire several times in a span
    for index in range(touched.size):
        cell = np.uint32(touched[index])
        until = clock[cell, HELD_UNTIL]
        drive, exc, inh = columns[DRIVE, cell], columns[X_EXC, cell], columns[X_INH, cell]
        added = exc * by[V_X_EXC] + inh * by[V_X_INH]
        is_moved = tick == until
        if tick <= until:
            v = columns[STILL, cell]
        else:
            v = drive + (columns[V, cell] - drive) * by[V_V] + added
            if v >= threshold:
                v = columns[STILL, cell] = constant[RESET]
                until = clock[cell, HELD_UNTIL] = tick + np.int64(constant[REFRACTORY])
                is_moved = True
                fire(fired, touched[index], 1)
                if until > tick:
                    hold(grid.held, group, np.int64(cell), until)
        if steps.waiting_na[cell] != 0.0:
            drive = _take_current(spans, group, np.int64(cell), cells, grid, steps)
            is_moved = True
        if tick < until:
            columns[ROOM, cell] = np.inf
            schedule(agenda.head, agenda.next, agenda.previous, agenda.due, np.int64(cell), until, tick)
            continue
        if is_moved:
            columns[V, cell] = drive + (v - drive - added) / by[V_V]
        highest = _highest(
            drive,
            constant[RESISTANCE],
            exc * by[X_X_EXC],
            inh * by[X_X_INH],
            to_end[X_X_EXC],
            to_end[X_X_INH],
        )
        columns[ROOM, cell] = _look_ahead(
            np.int64(cell), v, highest, constant, tick, spans.end[group], agenda
        )
    grid.events[group] += grid.looks[group] * (fired.size[0] - n_before)


@inlined
def _take_current(spans, group, cell, cells, grid, steps):
    """Let the current that waits for a cell flow; returns its new drive."""
    cells.state[cell, CURRENT] += steps.waiting_na[cell]
    steps.waiting_na[cell] = 0.0
    drive = drive_of(cells, cell)
    grid.state[DRIVE, cell] = drive
    if ends_at_threshold(drive, grid.constant[group, THRESHOLD]):
        spans.fits[group] = False  # see ``make_spans``
    return drive


@inlined
def ends_at_threshold(drive, threshold):
    """True when rounding decides whether a potential with this drive reaches its threshold."""
    return abs(drive - threshold) <= _MARGIN * (abs(drive) + abs(threshold))


@inlined
def _look_ahead(cell, v, highest, constant, tick, end, agenda):
    """Return the room of a cell with potential v up to its next look, or to the end of the span."""
    below, slope = _below(v, constant[THRESHOLD], highest), max(highest - v, 0.0) * constant[RISE]
    left = end - tick
    room = below - slope * left
    if room >= 0.0:
        return room
    wait = max(np.int64(below / slope * (1.0 - _MARGIN)), 1) if below > 0.0 else 1
    if wait < left:
        schedule(agenda.head, agenda.next, agenda.previous, agenda.due, cell, tick + wait, tick)
        return below - slope * wait
    return room


@inner
def state_in_span(spans, group, cell, tick, cells, grid, out):
    """Write the state of a cell at ``tick`` into ``out`` (float64 [8]); the cell stays as it is."""
    if spans is None:
        return
    columns = grid.state
    by = cells.table[spans.class_of[group], tick - spans.begin[group]]
    drive, exc, inh = columns[DRIVE, cell], columns[X_EXC, cell], columns[X_INH, cell]
    for column in range(out.size):
        out[column] = cells.state[cell, column]
    if tick <= cells.clock[cell, HELD_UNTIL]:
        out[V] = columns[STILL, cell]
    else:
        out[V] = drive + (columns[V, cell] - drive) * by[V_V] + exc * by[V_X_EXC] + inh * by[V_X_INH]
    out[X_EXC], out[X_INH] = exc * by[X_X_EXC], inh * by[X_X_INH]

"""The choice, for every population, between cells advanced one by one at events, and all together every tick or span.

All ways compute the same expressions, and take sums in the same order. A step over several ticks, single steps,
currents as multiples of a factor, and arrivals added to a state of before differ in the rounding of a potential, which
the leak forgets; spikes differ only where a potential comes as near to its threshold.
The choice is made from what happened in the simulation, at ticks that do not depend on how a run is cut.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.agenda import touch
from neurohw_event.kernels.exchange import is_set_in_any
from neurohw_event.kernels.grid import drive_of, on_grid
from neurohw_event.kernels.holding import hold_all
from neurohw_event.kernels.linear import look_linear
from neurohw_event.kernels.span_delivery import in_span
from neurohw_event.kernels.spans import ends_at_threshold, state_in_span
from neurohw_event.layout import DRIVE, IN_EXC, IN_INH, LAST, THRESHOLD, Y_INH, V
from neurohw_event.span_layout import STILL

WINDOW = 64  # ticks between choices
_ONE_BY_ONE, _IN_SPANS, _ON_GRID = range(3)


@inner
def choose_ways(grid, cells, groups, tick, share):
    """At the beginning of ``tick``, with which a window is over, move populations that were busier or quieter.

    All shares of the cells choose the same: ``grid.events`` are then those of all.
    """
    window = tick - grid.chosen_at[0]
    grid.chosen_at[0] = tick
    for group in range(grid.on.size):
        events = grid.events[group]
        grid.events[group] = 0
        if not grid.fits[group]:
            continue
        now = _way(grid, group)
        next_ = _better_way(grid, cells, groups, group, now, events, window, share)
        if next_ == now or tick - grid.changed_at[group] < grid.patience[group] * WINDOW:
            continue
        _note_change(grid, group, tick)
        if now != _ONE_BY_ONE:
            leave_together(grid, cells, groups, group, tick - 1)
        if next_ == _ON_GRID:
            _enter_grid(grid, cells, groups, group, tick - 1)
            continue
        for cell in range(groups.first[group], grid.end[group]):
            touch(groups, group, cell, tick)
        if next_ == _IN_SPANS:
            _enter_spans(grid.spans, grid, cells, groups, group, tick - 1)
        else:
            # the looks that follow here say nothing about activity
            grid.events[group] = groups.first[group] - grid.end[group]


@inlined
def _note_change(grid, group, tick):
    """Be more patient with a population that changes again soon, less with one that stayed for longer.

    A change costs as much as a hundred ticks: activity that goes up and down every few windows would cost more by
    changes than either way does.
    """
    is_soon = tick - grid.changed_at[group] < grid.most_patience * WINDOW
    longer, shorter = min(2 * grid.patience[group], grid.most_patience), max(grid.patience[group] // 2, 1)
    grid.patience[group] = longer if is_soon else shorter
    grid.changed_at[group] = tick


@inlined
def _way(grid, group):
    if grid.on[group]:
        return _ON_GRID
    return _IN_SPANS if in_span(grid.spans, group) else _ONE_BY_ONE


@inlined
def _better_way(grid, cells, groups, group, now, events, window, share):
    """Return the way for a population with so many events in a window; between two bounds it stays as it is."""
    bounds = grid.bounds[group]
    density = events / (_size(share, grid, groups, group) * window)
    if (density >= bounds[0]) if now == _ON_GRID else (density > bounds[1]):
        return _ON_GRID
    return _away_from_grid(grid.spans, grid, cells, groups, group, now, events, window, share)


@inner
def _away_from_grid(spans, grid, cells, groups, group, now, events, window, share):
    """Return the better way but for the grid, chosen no sooner than some spans after it was the last time."""
    if spans is None:
        return _ONE_BY_ONE
    tick, n_ticks = grid.chosen_at[0], spans.n_ticks[group]
    if now == _ON_GRID:
        spans.events[group], spans.since[group] = 0, tick - window
    which = 0 if now == _IN_SPANS else 1
    spans.events[group] += events
    elapsed = tick - spans.since[group]
    if not spans.fits[group]:
        return _ONE_BY_ONE
    if now != _ON_GRID and elapsed < spans.patience[which] * n_ticks:
        return now
    per_span = spans.events[group] * n_ticks / (_size(share, grid, groups, group) * elapsed)
    spans.events[group], spans.since[group] = 0, tick
    if per_span < spans.bounds[which]:
        return _ONE_BY_ONE
    if now != _IN_SPANS and _any_in_shares(share, grid, cells, groups, group):
        spans.fits[group] = False
        return _ONE_BY_ONE
    return _IN_SPANS


@inlined
def _size(share, grid, groups, group):
    """Return how many cells a population has, in all shares."""
    if share is None:
        return grid.end[group] - groups.first[group]
    return share.size[group]


@inlined
def _any_in_shares(share, grid, cells, groups, group):
    if share is None:
        return any_at_threshold(grid, cells, groups, group)
    return is_set_in_any(share.at_threshold, group)


@inner
def any_at_threshold(grid, cells, groups, group):
    """True when a current has come, before the spans do, with which a drive ends at the threshold."""
    for cell in range(groups.first[group], grid.end[group]):
        if ends_at_threshold(drive_of(cells, cell), grid.constant[group, THRESHOLD]):
            return True
    return False


@inner
def leave_together(grid, cells, groups, group, tick):
    """Take the cells of a population off the grid, or out of their span, in their state at ``tick``."""
    look = grid.look
    for cell in range(groups.first[group], grid.end[group]):
        if not grid.on[group]:
            state_in_span(grid.spans, group, cell, tick, cells, grid, look)
        for column in range(V, Y_INH + 1):
            value = on_grid(grid, group, column, cell) if grid.on[group] else look[column]
            cells.state[cell, column] = value
        cells.clock[cell, LAST] = tick
    grid.n_on[0] -= np.int64(grid.on[group])
    grid.on[group] = False
    _set_in_span(grid.spans, group, False)


@inner
def _enter_grid(grid, cells, groups, group, tick):
    """Put the cells of a population onto the grid, in their state at ``tick``."""
    grid.on[group] = True
    grid.n_on[0] += 1
    grid.left[group] = 1.0
    groups.n_active[group] = 0
    _fill_columns(grid, cells, groups, group, tick)
    for cell in range(groups.first[group], grid.end[group]):
        grid.state[IN_EXC, cell] = 0.0
        grid.state[IN_INH, cell] = 0.0


@inner
def _enter_spans(spans, grid, cells, groups, group, tick):
    """Begin a span of one tick with the cells of a population in their state at ``tick``."""
    if spans is None:
        return
    _set_in_span(spans, group, True)
    spans.begin[group], spans.end[group] = tick, tick + 1
    _fill_columns(grid, cells, groups, group, tick)
    for cell in range(groups.first[group], grid.end[group]):
        grid.state[STILL, cell] = grid.state[V, cell]


@inlined
def _set_in_span(spans, group, is_on):
    if spans is not None:
        spans.n_on[0] += np.int64(is_on) - np.int64(spans.on[group])
        spans.on[group] = is_on


@inner
def _fill_columns(grid, cells, groups, group, tick):
    """Write the state of the cells of a population at ``tick`` into their columns."""
    look, first = grid.look, groups.first[group]
    grid.drives_vary[group] = False
    hold_all(grid.held, group, cells.clock, first, grid.end[group], tick)
    for cell in range(first, grid.end[group]):
        look_linear(cell, tick, cells, look)
        for column in range(V, Y_INH + 1):
            grid.state[column, cell] = look[column]
        grid.state[DRIVE, cell] = drive_of(cells, cell)
        grid.drives_vary[group] |= grid.state[DRIVE, cell] != grid.state[DRIVE, first]

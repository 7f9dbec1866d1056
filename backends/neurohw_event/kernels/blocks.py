"""Blocks of ticks: each population is advanced over several ticks before the next one.

A spike that is sent in a block arrives behind its end where no delay is shorter than the block (Morrison et al. 2005,
doi:10.1162/0899766054026648): all that arrives within is known when it begins. What is to be looked up is looked up for
all ticks of the block together, and the cells of a population stay in the first cache.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.agenda import touch_due
from neurohw_event.kernels.delta import step_delta
from neurohw_event.kernels.linear import update_linear
from neurohw_event.kernels.pending import AHEAD, deliver_segment, fetch_synapses, list_due, look_up
from neurohw_event.kernels.rows import MOST_ROWS, add_two_rows, are_rows
from neurohw_event.kernels.sort import sort_ascending
from neurohw_event.kernels.sources import update_random, update_trains
from neurohw_event.kernels.switching import WINDOW
from neurohw_event.layout import LAST, MOST_TIMES, TICK, TIMES, TIMES_BITS, Kind, V

_RANDOM = int(Kind.RANDOM)
_TRAIN = int(Kind.TRAIN)


@inlined
def begin_block(block, tick, last_tick, grid, steps, probes):
    """Decide how many ticks from ``tick`` on are taken at once; True where they are more than one."""
    if block is None:
        return False
    end = min(tick + block.n_fired.shape[0], last_tick + 1, grid.chosen_at[0] + WINDOW)
    if steps.done[0] < steps.tick.size:
        end = min(end, steps.tick[steps.done[0]])
    has_gain = grid.n_on[0] > 0 and probes.cell.size == 0
    block.n_ticks[0] = max(1, end - tick) if has_gain else 1
    return block.n_ticks[0] > 1


@inlined
def n_ticks_at_once(block):
    """Return the number of ticks of the block under way."""
    if block is None:
        return 1
    return block.n_ticks[0]


@inlined
def update_block(block, tick, cells, groups, group_of_cell, agenda, grid, wiring, pending, steps, fired):
    """Advance all cells over the block that begins at ``tick``; all its spikes are on hand then, in order."""
    if block is None:
        return
    _list_block(block, tick, wiring, pending)
    # a use that the compiler cannot see through
    pending.digits[0] += _fetch(block, tick, cells, groups, agenda)
    for k in range(block.n_ticks[0]):
        fired.size[0] = 0
        _advance_off_grid(
            k, tick + k, block, cells, groups, group_of_cell, agenda, grid, wiring, pending, steps, fired
        )
        _keep(block, k, fired)
    for group in range(groups.kind.size):
        if grid.on[group]:
            _advance_on_grid(group, tick, block, cells, groups, grid, wiring, pending)
    _collect(block, tick, fired)


@inlined
def _keep(block, k, fired):
    """Keep the spikes on hand as those of one tick of the block."""
    n = fired.size[0]
    block.n_fired[k] = n
    spikes = block.spikes[k, :n]
    for index in range(n):
        cell = np.int64(fired.cell[index])
        spikes[index] = cell << TIMES_BITS | fired.times[cell]
    sort_ascending(spikes)


@inlined
def _collect(block, tick, fired):
    """Have all spikes of the block on hand, by tick and cell."""
    n = total = 0
    for k in range(block.n_ticks[0]):
        spikes = block.spikes[k, : block.n_fired[k]]
        sort_ascending(spikes)
        for index in range(spikes.size):
            times = spikes[index] & MOST_TIMES
            fired.cell[n] = spikes[index] >> TIMES_BITS
            fired.sent[TIMES, n] = times
            fired.sent[TICK, n] = tick + k
            n += 1
            total += times
    fired.size[0] = n
    fired.size[1] = total


@inlined
def _fetch(block, tick, cells, groups, agenda):
    """Read what will be needed of the cells to look at in the block.

    They were last looked at long ago. In a loop as short as this the processor fetches many of them at once.
    """
    fetched = np.int64(0)
    for k in range(block.n_ticks[0]):
        cell = agenda.head[(tick + k) & (agenda.head.size - 1)]
        while cell >= 0:
            fetched += (
                np.int64(cells.state[cell, V] > 0.0) + cells.clock[cell, LAST] + groups.touched_at[cell]
            )
            cell = agenda.next[cell]
    return fetched


@inlined
def _list_block(block, tick, wiring, pending):
    """List what is due in the block by population, and by tick and cell within each."""
    begin, end, n_due = block.begin, block.end, 0
    for k in range(block.n_ticks[0]):
        n_due += list_due(pending, (tick + k) & (pending.head.size - 1), n_due)
        block.due_end[k] = n_due
    due, order, places = pending.due[0, :n_due], pending.due[1], pending.due[2, :n_due]
    begins, ends = pending.due[3, :n_due], pending.due[4, :n_due]
    # a use that the compiler cannot see through
    pending.digits[0] = look_up(wiring, due, places, begins, ends)
    end[:] = 0
    for index in range(n_due):
        end[wiring.group[places[index]]] += 1
    before = np.int64(0)
    for group in range(end.size):
        begin[group] = before
        before += end[group]
        end[group] = begin[group]
    for index in range(n_due):
        group = wiring.group[places[index]]
        order[end[group]] = index
        end[group] += 1


@inlined
def _take_due(block, group, k, order):
    """Take what is due for a population in one tick of the block; returns from where to where ``order`` lists it."""
    begin = at = block.begin[group]
    while at < block.end[group] and order[at] < block.due_end[k]:
        at += 1
    block.begin[group] = at
    return begin, at


@inlined
def _advance_off_grid(
    k, tick, block, cells, groups, group_of_cell, agenda, grid, wiring, pending, steps, fired
):
    """Advance to ``tick`` the sources, and the cells that are looked at event by event."""
    for group in range(groups.kind.size):
        if not grid.on[group]:
            begin, end = _take_due(block, group, k, pending.due[1])
            for at in range(begin, end):
                deliver_segment(wiring, pending.due, pending.due[1, at], groups, grid, cells.values, tick)
    if agenda.head[tick & (agenda.head.size - 1)] >= 0:
        touch_due(agenda, groups, group_of_cell, tick)
    for group in range(groups.kind.size):
        n_touched, first, kind = groups.n_touched[group], groups.first[group], groups.kind[group]
        groups.n_touched[group] = 0
        if n_touched == 0 or grid.on[group]:
            continue  # cells on the grid may still stand on the agenda
        touched = groups.touched[first : first + n_touched]
        if kind == _RANDOM:
            update_random(touched, tick, cells, None, agenda, fired)
        elif kind == _TRAIN:
            update_trains(touched, tick, cells, agenda, fired)
        else:
            update_linear(kind, touched, tick, cells, agenda, steps, fired)
            grid.events[group] += n_touched


@inner
def _advance_on_grid(group, tick, block, cells, groups, grid, wiring, pending):
    """Advance the cells of a population over the whole block."""
    first, due = groups.first[group], pending.due
    size = grid.end[group] - first
    for k in range(block.n_ticks[0]):
        begin, end = _take_due(block, group, k, due[1])
        due_now = due[1, begin:end]
        are_few = due_now.size <= MOST_ROWS and are_rows(wiring, due, due_now, size)
        if are_few:
            grid.events[group] += due_now.size * size
        else:
            _add_all(due_now, group, tick + k, wiring, due, groups, grid, cells.values)
        spikes = block.spikes[k, block.n_fired[k] :]
        block.n_fired[k] += step_delta(
            group, first, tick + k, due_now, are_few, block, wiring, due, cells.clock, grid, spikes
        )


@inlined
def _add_all(due_now, group, tick, wiring, due, groups, grid, values):
    """Add what is due to the columns of inputs, two rows in one pass where they follow each other."""
    first = groups.first[group]
    size = grid.end[group] - first
    at = 0
    while at < due_now.size:
        if at + 1 < due_now.size and are_rows(wiring, due, due_now[at : at + 2], size):
            add_two_rows(wiring, due, due_now[at], due_now[at + 1], first, size, grid.state)
            grid.events[group] += 2 * size
            at += 2
        else:
            if at + AHEAD < due_now.size:
                ahead = due_now[at + AHEAD]
                fetch_synapses(wiring, due[0, ahead], due[3, ahead], due[4, ahead])
            deliver_segment(wiring, due, due_now[at], groups, grid, values, tick)
            at += 1

"""What happens event by event in a block of ticks: cells off the grid, trains, and who is due on the agenda."""

import numpy as np

from neurohw.jit import inlined
from neurohw.network.sources.counts import place_of
from neurohw_event.kernels.agenda import touch
from neurohw_event.kernels.block_sources import flag
from neurohw_event.kernels.linear import update_linear
from neurohw_event.kernels.pending import deliver_segment
from neurohw_event.kernels.sources import update_random, update_trains
from neurohw_event.layout import LAST, NEVER, TIMES_BITS, Kind, V

_RANDOM = int(Kind.RANDOM)
_TRAIN = int(Kind.TRAIN)


@inlined
def advance_off_grid(block, tick, cells, groups, group_of_cell, agenda, grid, wiring, pending, steps, fired):
    """Advance cells that are looked at event by event, tick by tick, and flag the random sources that fire."""
    is_busy = _has_cells_off_grid(groups, grid)
    if is_busy:
        # a use that the compiler cannot see through
        pending.digits[0] += _fetch(block, tick, cells, groups, agenda)
    for k in range(block.n_ticks[0]):
        block.n_fired[k] = 0
        if is_busy:
            _deliver(k, tick + k, block, cells, groups, grid, wiring, pending)
        if _touch_due(block.sources, agenda, cells, groups, group_of_cell, tick + k) or is_busy:
            fired.size[0] = 0
            _update(tick + k, cells, groups, agenda, grid, steps, fired)
            _keep(block, k, fired)


@inlined
def _has_cells_off_grid(groups, grid):
    """True when there are populations off the grid that are no sources."""
    n = 0
    for group in range(groups.kind.size):
        kind = groups.kind[group]
        n += np.int64((not grid.on[group]) & (kind != _RANDOM) & (kind != _TRAIN))
    return n > 0


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
def _deliver(k, tick, block, cells, groups, grid, wiring, pending):
    """Deliver what arrives at ``tick``, of the block's tick ``k``, at cells off the grid."""
    for group in range(groups.kind.size):
        if not grid.on[group]:
            table = group * block.n_ticks[0] + k
            for at in range(block.begin[table], block.end[table]):
                deliver_segment(wiring, pending.due, pending.due[1, at], groups, grid, cells.values, tick)


@inlined
def _touch_due(sources, agenda, cells, groups, group_of_cell, tick):
    """Touch the cells that are due at ``tick``, returns whether there are any; sources of intervals are flagged."""
    following, due = agenda.next, agenda.due
    slot, any_touched = tick & (agenda.head.size - 1), False
    cell = np.int64(agenda.head[slot])
    agenda.head[slot] = -1
    while cell >= 0:
        due[cell] = NEVER
        group = group_of_cell[cell]
        if groups.kind[group] == _RANDOM and place_of(cells.clock, cell) < 0:
            flag(sources, cell)
        else:
            touch(groups, group, cell, tick)
            any_touched = True
        cell = np.int64(following[cell])
    return any_touched


@inlined
def _update(tick, cells, groups, agenda, grid, steps, fired):
    """Advance the cells that were touched to ``tick``."""
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


@inlined
def _keep(block, k, fired):
    """Keep the spikes on hand as those of one tick of the block."""
    n = fired.size[0]
    block.n_fired[k] = n
    spikes = block.spikes[k, :n]
    for index in range(n):
        cell = np.int64(fired.cell[index])
        spikes[index] = cell << TIMES_BITS | fired.times[cell]

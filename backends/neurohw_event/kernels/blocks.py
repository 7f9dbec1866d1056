"""Blocks of ticks: each population is advanced over several ticks before the next one.

A spike that is sent in a block arrives behind its end where no delay is shorter than the block (Morrison et al. 2005,
doi:10.1162/0899766054026648): all that arrives within is known when it begins. What is to be looked up is looked up for
all ticks of the block together, and the cells of a population stay in the first cache.
"""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.block_due import list_block
from neurohw_event.kernels.block_events import advance_off_grid
from neurohw_event.kernels.block_sources import fire_flagged
from neurohw_event.kernels.delta import step_delta
from neurohw_event.kernels.dense import step_dense
from neurohw_event.kernels.pending import AHEAD, deliver_segment, fetch_synapses
from neurohw_event.kernels.sort import sort_ascending
from neurohw_event.kernels.switching import WINDOW
from neurohw_event.layout import MOST_TIMES, TICK, TIMES, TIMES_BITS

_FEWEST_TICKS = 4  # for which it is worth it to take cells to where vectors are


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
    list_block(block, tick, wiring, groups, grid, pending, fired)
    advance_off_grid(block, tick, cells, groups, group_of_cell, agenda, grid, wiring, pending, steps, fired)
    fire_flagged(block, tick, cells, agenda)
    for group in range(groups.kind.size):
        if grid.on[group]:
            _advance_on_grid(group, tick, block, cells, groups, grid, wiring, pending)
    _collect(block, tick, fired)


@inlined
def _collect(block, tick, fired):
    """Have all spikes of the block on hand, by tick and cell."""
    n = total = 0
    for k in range(block.n_ticks[0]):
        spikes = block.spikes[k, : block.n_fired[k]]
        n_swapped, before = 0, np.int64(-1)
        for spike in spikes:
            n_swapped += np.int64(spike < before)
            before = spike
        if n_swapped > 0:
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


@inner
def _advance_on_grid(group, tick, block, cells, groups, grid, wiring, pending):
    """Advance the cells of a population over the whole block."""
    first, n_ticks, due, k = groups.first[group], block.n_ticks[0], pending.due, np.int64(0)
    own = slice(group * n_ticks, (group + 1) * n_ticks)
    begins, ends, n_fired = block.begin[own], block.end[own], block.n_fired[:n_ticks]
    while k < n_ticks:
        n = _n_of_rows(block.only_rows[own], k)
        # to begin a queue again takes as long as a few ticks: it is left for whole blocks
        if n >= _FEWEST_TICKS and (n == n_ticks or not grid.held.has_queue[group]):
            some = slice(k, k + n)
            step_dense(
                group,
                first,
                tick + k,
                due[6],
                begins[some],
                ends[some],
                block.spikes[some],
                n_fired[some],
                block.dense,
                wiring.weight,
                cells.clock,
                grid,
            )
            k += n
            continue
        for _ in range(max(n, 1)):
            _add_all(due[1, begins[k] : ends[k]], group, tick + k, wiring, due, groups, grid, cells.values)
            spikes = block.spikes[k, n_fired[k] :]
            n_fired[k] += step_delta(group, first, tick + k, block, cells.clock, grid, spikes)
            k += 1


@inlined
def _n_of_rows(only_rows, k):
    """Return in how many ticks, from the ``k``-th on, only rows of dense layers are due."""
    n = np.int64(0)
    while k + n < only_rows.size and only_rows[k + n]:
        n += 1
    return n


@inlined
def _add_all(due_now, group, tick, wiring, due, groups, grid, values):
    """Add what is due to the columns of inputs."""
    for at in range(due_now.size):
        if at + AHEAD < due_now.size:
            ahead = due_now[at + AHEAD]
            fetch_synapses(wiring, due[0, ahead], due[3, ahead], due[4, ahead])
        deliver_segment(wiring, due, due_now[at], groups, grid, values, tick)

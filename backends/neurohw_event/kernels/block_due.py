"""What is due in a block of ticks, by population and tick.

Loops here are long, over all ticks where that can be: the processor guesses wrong where each of them ends.
"""

import numpy as np

from neurohw.jit import inlined
from neurohw_event.kernels.due import find_synapses, list_due
from neurohw_event.kernels.pending import push_spikes, weight_at
from neurohw_event.kernels.prefetch import prefetch
from neurohw_event.layout import TICK, TIMES


@inlined
def are_kept(block):
    """True when the spikes of the block under way wait for the next one, in which they arrive, and not on the wheel."""
    if block is None:
        return False
    return block.delay > 0 and block.n_ticks[0] > 1


@inlined
def can_wait(block, grid):
    """True when the spikes of all shares may wait for the next block instead of on the wheel."""
    if block is None:
        return False
    return block.delay > 0 and grid.n_on[0] > 0


@inlined
def keep(block, fired):
    """Have the spikes on hand wait for the next block."""
    if block is not None:
        block.n_waiting[0] = fired.size[0]


@inlined
def push_waiting(block, first, pending, wiring, fired):
    """Put the spikes that wait onto the wheel, but for those before the ``first``; none wait then."""
    if block is None:
        return
    if block.n_waiting[0] > first:
        push_spikes(first, block.n_waiting[0], pending, wiring, fired)
    block.n_waiting[0] = 0


@inlined
def list_block(block, tick, wiring, groups, grid, pending, fired):
    """List what is due in the block in tables, one for each population and tick; in each by cell."""
    n_due = _list_waiting(block, tick, wiring, pending, fired)
    due, places = pending.due[0, :n_due], pending.due[2, :n_due]
    begins, ends, ticks = pending.due[3, :n_due], pending.due[4, :n_due], pending.due[5, :n_due]
    find_synapses(wiring, due, places, begins, ends)
    _count(block, places, ticks, wiring, groups.kind.size)
    order, rows, end = pending.due[1], pending.due[6], block.end
    for index in range(n_due):
        place, group = places[index], wiring.group[places[index]]
        table = group * block.n_ticks[0] + ticks[index]
        at = end[table]
        end[table] = at + 1
        order[at] = index
        row = _row(wiring, due[index], ends[index] - begins[index], grid.end[group] - groups.first[group])
        rows[at] = row
        if row < 0:
            _fetch_first(wiring, due[index], begins[index])
        block.only_rows[table] &= (row >= 0) & (place == places[order[block.begin[table]]])


@inlined
def _list_waiting(block, tick, wiring, pending, fired):
    """List what is due of the wheel and of the spikes that wait; those for later go onto the wheel."""
    n_ready = _ready(block, tick, pending, fired)
    push_waiting(
        block, n_ready, pending, wiring, fired
    )  # before slots are emptied: some may be due in the block
    sent, due, ticks, n_due = fired.sent, pending.due[0], pending.due[5], 0
    for k in range(block.n_ticks[0]):
        slot = (tick + k) & (pending.head.size - 1)
        if pending.head[slot] >= 0:
            n = list_due(pending, slot, n_due)
            ticks[n_due : n_due + n] = k
            n_due += n
    for index in range(n_ready):
        k = sent[TICK, index] + block.delay - tick
        for segment in range(sent[0, index], sent[1, index]):
            for _ in range(sent[TIMES, index]):
                due[n_due] = segment
                ticks[n_due] = k
                n_due += 1
    return n_due


@inlined
def _ready(block, tick, pending, fired):
    """Return how many of the spikes that wait arrive in the block, in ticks for which the wheel holds nothing."""
    n, end = block.n_waiting[0], tick + block.n_ticks[0]
    while n > 0 and fired.sent[TICK, n - 1] + block.delay >= end:
        n -= 1
    if n > 0:
        for now in range(fired.sent[TICK, 0] + block.delay, end):
            if pending.head[now & (pending.head.size - 1)] >= 0:
                return 0
    return n


@inlined
def _count(block, places, ticks, wiring, n_groups):
    """Find where tables begin, and say that they end there and hold only rows so far."""
    begin, end, n_ticks = block.begin, block.end, block.n_ticks[0]
    end[: n_groups * n_ticks] = 0
    for index in range(places.size):
        end[wiring.group[places[index]] * n_ticks + ticks[index]] += 1
    before = np.int64(0)
    for table in range(n_groups * n_ticks):
        begin[table] = before
        before += end[table]
        end[table] = begin[table]
        block.only_rows[table] = True


@inlined
def _fetch_first(wiring, segment, begin):
    """Have the first synapses of a segment fetched; rows of dense layers are fetched well when they are added."""
    at = weight_at(wiring, segment)
    prefetch(wiring.target, begin)
    prefetch(wiring.weight, max(at, ~at))


@inlined
def _row(wiring, segment, size, n_cells):
    """Return where the weights of a row stand: a segment with one for each cell of a population; -1: it is none."""
    if wiring.levels is not None:
        return -1  # numbers of levels are no sums of two arrays
    at = weight_at(wiring, segment)
    is_row = (size == n_cells) & wiring.is_run[segment]
    return max(at, -1) if is_row else -1

"""One tick of stepped cells, in batches: one step where that will do, then as many as the error asks for.

The length of a cell's last step is kept in its column, so that steps depend on the cell's past alone. All that is done
to a lane is the same in whatever batch it is: results do not depend on which cells are stepped together.
"""

import numpy as np

from neurohw.jit import inner
from neurohw_event.kernels.cash_karp import take_step
from neurohw_event.kernels.channels import write_drive
from neurohw_event.kernels.lanes import fill_common, load, load_lane, store, store_lane, whole_words
from neurohw_event.kernels.step_control import divide, is_plain, judge
from neurohw_event.layout import ROW as CONSTANTS_OF_CELL
from neurohw_event.stepped_layout import (
    BEFORE,
    CHANNEL_CONSTANTS,
    CHANNEL_STATE,
    COMMON,
    EQUATION,
    FEED,
    FEED_RATE,
    FIRST_CHANNEL,
    FIRST_CONSTANTS,
    IS_FAST,
    LANES,
    LEFT_MS,
    LENGTH,
    N_CHANNELS,
    N_VARIABLES,
    NOW,
    OFFSET,
    RATE,
    ROW,
    RULE,
    SPAN_MS,
    STEP_MS,
)


@inner
def step_cells(block, first, touched, tick, cells):
    """Advance the touched cells of a population, whose first id is ``first``, to ``tick``.

    One loop takes both kinds of steps, so that their code is there once.
    """
    stepped, batch = cells.stepped, cells.stepped.batch
    if block[COMMON] != 0:
        fill_common(block, stepped, whole_words(min(touched.size, LANES)))
    else:
        stepped.filled[0] = 0
    begin = n_queued = n_taken = n = 0
    is_run = True
    while True:
        at_once = begin < touched.size
        if at_once:
            size = min(LANES, touched.size - begin)
            n, is_run = _choose(block, first, touched[begin : begin + size], n_queued, cells)
            n_queued += size - n
            begin += size
            if n > 0:
                load(block, first, tick, n, is_run, cells)
                _begin_at_once(cells.timestep_ms, batch, whole_words(n))
        else:
            n, n_taken = _fill_lanes(block, first, tick, n, n_taken, n_queued, cells)
            if n == 0:
                return
            divide(cells.timestep_ms, batch, whole_words(n))
        if n > 0:
            plain = _step(block, at_once, n, cells)
            if at_once:
                store(block, n, is_run, plain, cells)
                n_queued = n_queued if plain else _queue_unfinished(n, n_queued, stepped)
        if at_once and begin == touched.size:
            n = 0


@inner
def _step(block, at_once, n, cells):
    """Take a step with ``n`` lanes; returns whether it is one of a tick that all take as it is."""
    batch, n_lanes = cells.stepped.batch, whole_words(n)
    write_drive(block[N_CHANNELS], at_once, batch, n_lanes)
    take_step(block[EQUATION], block[N_VARIABLES], batch, n_lanes)
    if at_once:
        if is_plain(batch, np.uint64(n)):
            return True
        _keep_before(block[N_VARIABLES], batch, n_lanes)
    judge(block[RULE], block[N_VARIABLES], block[N_CHANNELS], cells.timestep_ms, batch, n_lanes)
    return False


@inner
def _choose(block, first, touched, n_queued, cells):
    """Write the cells for which a step may be a tick to ``Stepped.lane``, others to the queue.

    Returns how many may take one, and whether they are one after the other.
    """
    lane, values, timestep_ms, n = cells.stepped.lane, cells.values, cells.timestep_ms, touched.size
    begin, n_run, n_short = np.int64(touched[0]) - first, 0, 0
    at = block[OFFSET] + STEP_MS * block[LENGTH]
    for k in range(n):
        local = np.int64(touched[k]) - first
        lane[k] = local
        n_run += np.int64(local == begin + k)
    if n_run == n and block[IS_FAST] == 0:
        for remembered_ms in values[at + begin : at + begin + n]:
            n_short += np.int64(remembered_ms < timestep_ms)
        if n_short == 0:
            return n, True
    n_whole, queue = 0, cells.stepped.queue
    for k in range(n):
        local = lane[k]
        fits = values[at + local] >= timestep_ms
        if block[IS_FAST] != 0:
            fits = fits and not _rises_fast(block, first, local, cells)
        # in both places, of which one counts: there is no telling which before
        queue[n_queued + k - n_whole] = local
        lane[n_whole] = local
        n_whole += np.int64(fits)
    return n_whole, n_whole == n and n_run == n


@inner
def _rises_fast(block, first, local, cells):
    """Return whether a channel that is being fed rises within less than a tick."""
    p = cells.stepped.constant[cells.clock[first + local, CONSTANTS_OF_CELL] :]
    for channel in range(block[N_CHANNELS]):
        at = block[OFFSET] + (FIRST_CHANNEL + channel * CHANNEL_STATE + FEED) * block[LENGTH] + local
        of = FIRST_CONSTANTS + channel * CHANNEL_CONSTANTS
        if cells.values[at] != 0.0 and max(p[of + RATE], p[of + FEED_RATE]) * cells.timestep_ms > 1.0:
            return True
    return False


@inner
def _begin_at_once(timestep_ms, batch, n_lanes):
    for i in range(n_lanes):
        batch[SPAN_MS + i] = timestep_ms
        batch[LEFT_MS + i] = timestep_ms


@inner
def _keep_before(n_variables, batch, n_lanes):
    for k in range(n_variables):
        of = np.uint64(k) * ROW
        for i in range(n_lanes):
            batch[BEFORE + of + i] = batch[NOW + of + i]


@inner
def _queue_unfinished(n, n_queued, stepped):
    """Queue the cells for which a step of a tick was too long; returns how many are in the queue."""
    for k in range(n):
        if stepped.batch[LEFT_MS + np.uint64(k)] > 0.0:
            stepped.queue[n_queued] = stepped.lane[k]
            n_queued += 1
    return n_queued


@inner
def _fill_lanes(block, first, tick, n, n_taken, n_queued, cells):
    """Store the cells of ``n`` lanes that are done, and give their lanes, and free ones, to the next in the queue.

    Returns how many lanes are in use, and how many cells have been taken from the queue.
    """
    stepped, batch, lane = cells.stepped, cells.stepped.batch, cells.stepped.lane
    most = min(LANES, n + n_queued - n_taken)
    for k in range(most):
        i = np.uint64(k)
        if k < n:
            if lane[k] < 0 or batch[LEFT_MS + i] > 0.0:
                continue
            store_lane(block, cells, i)
        lane[k] = -1
        if n_taken < n_queued:
            load_lane(block, first, tick, stepped.queue[n_taken], cells, i)
            n_taken += 1
    n = most
    while n > 0 and lane[n - 1] < 0:
        n -= 1
    return n, n_taken

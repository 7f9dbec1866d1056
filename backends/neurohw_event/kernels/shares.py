"""The loop of one share of the cells: windows as long as the shortest delay, and meetings with the other shares.

A spike reaches no synapse in the window in which it is fired (Morrison et al. 2005, doi:10.1162/0899766054026648), so
that shares are simulated one beside the other. Where a window begins and ends, and in what way populations are
advanced, is decided by all from the same numbers, and is what one thread for all cells would do. Where these are known,
as populations are on the grid and stay there, a window begins without a meeting.
"""

from neurohw.jit import inlined, inner, leaf
from neurohw_event.kernels.block_due import can_wait, keep, push_waiting
from neurohw_event.kernels.exchange import (
    RUN_END,
    STEPS_SEEN,
    WINDOW_END,
    clear_posts,
    come,
    have_all_come,
    n_posted,
    take_posted,
)
from neurohw_event.kernels.loop import UPDATE, next_busy, run_ticks
from neurohw_event.kernels.pending import push_spikes
from neurohw_event.kernels.streams import has_room_for_spikes, send_rows
from neurohw_event.kernels.switching import WINDOW, any_at_threshold, choose_ways
from neurohw_event.layout import NEVER

# stages at which the loop may stop: before the first window; for more room; to wait for others in either meeting
BEGIN, ROOM, AGREE, EXCHANGE = range(4, 8)


@leaf
def run_share(tick, last_tick, stage, neurons, synapses, steps, fired, log, probes, account, extras, share):
    """Simulate one share from ``stage`` of ``tick`` to ``last_tick``; arguments as in ``run_ticks``.

    Returns (tick, stage) from where to go on, after others had time to work (``AGREE``, ``EXCHANGE``) or once there is
    room, in the log or, at ``ROOM``, in the wheel; or (``last_tick + 1``, ``BEGIN``).
    """
    while True:
        stage = _take_spikes(stage, neurons, synapses, fired, account, share)
        stage = _come_to_begin(tick, last_tick, stage, neurons, synapses, steps, probes, extras, share)
        tick, stage = _agree(tick, last_tick, stage, neurons, synapses, fired, share)
        if stage >= BEGIN:
            return tick, stage
        window_end = share.until[WINDOW_END]
        tick, stage = run_ticks(
            tick,
            window_end,
            stage,
            neurons,
            synapses,
            steps,
            fired,
            log,
            probes,
            account,
            extras,
            None,
            share,
        )
        if tick <= window_end:
            return tick, stage
        tick = window_end + 1
        come(share)
        stage = EXCHANGE


@inlined
def _take_spikes(stage, neurons, synapses, fired, account, share):
    """Take the spikes of all shares once all have come with them; returns the stage that is reached then."""
    wiring, pending, _, block = synapses
    if stage == EXCHANGE and have_all_come(share):
        stage = ROOM
    if stage == ROOM and has_room_for_spikes(pending, wiring, n_posted(share)):
        take_posted(share, account, fired)
        _hand_on(block, neurons[4], pending, wiring, fired)
        stage = BEGIN
    return stage


@inlined
def _come_to_begin(tick, last_tick, stage, neurons, synapses, steps, probes, extras, share):
    """Begin a window of which all know, or come to the meeting before it; returns the stage that is reached then."""
    cells, groups, _, agenda, grid, _ = neurons
    if stage != BEGIN:
        return stage
    if _is_agreed(tick, last_tick, grid):
        _begin_window(share, tick, last_tick, grid)
        return UPDATE
    share.until[RUN_END] = last_tick
    share.next_busy[share.number] = next_busy(
        tick, last_tick, agenda, synapses[1], steps, groups, grid, probes, extras, None
    )
    _tell(share, grid, cells, groups, steps)
    come(share)
    return AGREE


@inlined
def _agree(tick, last_tick, stage, neurons, synapses, fired, share):
    """Begin the window on which all agree once they have come; returns where to go on, as ``run_share``."""
    cells, groups, _, _, grid, _ = neurons
    wiring, pending, _, block = synapses
    if stage != AGREE or not have_all_come(share):
        return tick, stage
    tick = _agreed_tick(share)
    if tick - grid.chosen_at[0] >= WINDOW and tick <= last_tick:
        _sum_up(share, grid)
        choose_ways(grid, cells, groups, tick, share)
    if tick > last_tick or grid.n_on[0] == 0:
        push_waiting(block, 0, pending, wiring, fired)
    if tick > last_tick:
        return last_tick + 1, BEGIN
    _begin_window(share, tick, last_tick, grid)
    return tick, UPDATE


@inlined
def _hand_on(block, grid, pending, wiring, fired):
    """Bring the spikes of all shares to their synapses in this one, or have them wait for the next block."""
    if can_wait(block, grid):
        keep(block, fired)
        return
    push_spikes(0, fired.size[0], pending, wiring, fired)
    send_rows(pending.streams, wiring, fired, fired.size[0])


@inlined
def _is_agreed(tick, last_tick, grid):
    """True when all shares know that the next window begins at ``tick``: cells are on the grid, and stay there."""
    return grid.n_on[0] > 0 and tick <= last_tick and tick - grid.chosen_at[0] < WINDOW


@inlined
def _begin_window(share, tick, last_tick, grid):
    """Write down where the window that begins at ``tick`` ends."""
    share.until[RUN_END] = last_tick
    share.until[WINDOW_END] = min(tick + share.n_ticks, grid.chosen_at[0] + WINDOW, last_tick + 1) - 1
    clear_posts(share)


@inlined
def _agreed_tick(share):
    """Return the first tick in which something can happen in any share."""
    tick = NEVER
    for other in range(share.next_busy.size):
        tick = min(tick, share.next_busy[other])
    return tick


@inlined
def _tell(share, grid, cells, groups, steps):
    """Write down what the choice of ways depends on."""
    for group in range(grid.events.size):
        share.events[share.number, group] = grid.events[group]
    _tell_of_spans(share, grid.spans, grid, cells, groups, steps)


@inner
def _tell_of_spans(share, spans, grid, cells, groups, steps):
    if spans is None:
        return
    has_changed = share.until[STEPS_SEEN] != steps.done[0]
    share.until[STEPS_SEEN] = steps.done[0]
    for group in range(spans.fits.size):
        share.fits[share.number, group] = spans.fits[group]
        if has_changed and spans.fits[group]:
            share.at_threshold[share.number, group] = any_at_threshold(grid, cells, groups, group)


@inlined
def _sum_up(share, grid):
    """Have what happened in all shares as the events of this one, and populations in spans where they fit in all."""
    for group in range(grid.events.size):
        _keep_where_fits(share, grid.spans, group)
        grid.events[group] = 0
        for other in range(share.events.shape[0]):
            grid.events[group] += share.events[other, group]


@inlined
def _keep_where_fits(share, spans, group):
    if spans is not None:
        for other in range(share.fits.shape[0]):
            spans.fits[group] &= share.fits[other, group]

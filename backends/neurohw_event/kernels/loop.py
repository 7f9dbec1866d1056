"""The loop over ticks. What happens within a tick, in this order, is what the simulated time means:

1. every cell that something reaches is advanced to the tick, exactly, its potential held while refractory;
2. what arrives is added: to the potential (lost on a refractory cell) or to the synaptic variables; injected currents
   take their new values;
3. a cell that is not refractory and has v >= v_thresh fires, at this tick;
4. it is reset;
5. its spike is sent: without an interconnect it reaches its synapses at once, else the packets move on to the end
   of the tick; a synapse with delay d acts d ticks after the tick in which its packet arrived;
6. state variables are sampled.

At tick 0 nothing is tested against the threshold; spike sources may fire. Nothing here allocates: where room runs
out, the loop stops before or within 5, and goes on from there when the caller has made some.
"""

from neurohw.jit import inlined, inner, leaf
from neurohw_event.kernels.agenda import touch, touch_active, touch_due
from neurohw_event.kernels.block_due import push_waiting
from neurohw_event.kernels.blocks import begin_block, n_ticks_at_once, update_block
from neurohw_event.kernels.conductance import look_conductance, update_conductance
from neurohw_event.kernels.drive_delivery import may_be_next_to
from neurohw_event.kernels.drives import are_to_draw, draw_drives, fire_drive
from neurohw_event.kernels.exchange import last_tick_of_run, post
from neurohw_event.kernels.fetching import fetch_ways
from neurohw_event.kernels.grid import on_grid, step_on_grid, take_currents
from neurohw_event.kernels.history import can_remember, remember
from neurohw_event.kernels.interconnect import (
    DEADLOCK,
    DONE,
    free_packets,
    is_empty,
    move,
    packets_of,
    send,
)
from neurohw_event.kernels.joining import hand_over_kept, is_marked, list_due_runs
from neurohw_event.kernels.linear import look_linear, update_linear
from neurohw_event.kernels.opening_grid import step_currents
from neurohw_event.kernels.pending import deliver_runs
from neurohw_event.kernels.sending import hand_over, put_in_order, record
from neurohw_event.kernels.sources import update_random, update_trains
from neurohw_event.kernels.span_delivery import in_span
from neurohw_event.kernels.spans import begin_spans, look_in_span, next_span, state_in_span
from neurohw_event.kernels.stepped import update_stepped
from neurohw_event.kernels.streams import deliver_streams, has_room_for_spikes, is_stream_due
from neurohw_event.kernels.switching import WINDOW, choose_ways, leave_together
from neurohw_event.kernels.timeline import close_bins
from neurohw_event.kernels.waveforms import next_change, take_waveforms
from neurohw_event.layout import LAST, LONG_AGO, Kind

# stages of a tick at which the loop may stop, for more room or because packets are stuck
UPDATE, SEND, MOVE, STUCK = range(4)

_CONDUCTANCE = int(Kind.CONDUCTANCE)
_DELTA = int(Kind.DELTA)
_RANDOM = int(Kind.RANDOM)
_STEPPED = int(Kind.STEPPED)
_TRAIN = int(Kind.TRAIN)


@leaf
def run_ticks(
    tick, last_tick, stage, neurons, synapses, steps, fired, log, probes, account, extras, net, share
):
    """Simulate from ``stage`` of ``tick`` to ``last_tick``.

    ``neurons`` is (cells, groups, group of each cell, agenda, grid, stepped cells), ``synapses`` is (wiring, pending,
    plastic, block), ``share`` which share of the cells these are. Stepped cells, plastic synapses, blocks, extras, the
    interconnect and shares are None where there are none: what would deal with them is then not compiled. Returns
    (tick, stage) from where to go on once there is room for the spikes on hand, (tick, ``STUCK``) where packets wait
    for each other, or (``last_tick + 1``, ``UPDATE``).
    """
    cells, groups, group_of_cell, agenda, grid, stepped = neurons
    wiring, pending, plastic, block = synapses
    while tick <= last_tick:
        if stage == UPDATE:
            tick = next_busy(tick, last_tick, agenda, pending, steps, groups, grid, probes, extras, net)
            if net is not None:
                close_bins(net, tick)
            if tick > last_tick:
                break
            # a call with so many arrays costs as much as a few cells: most ticks need only some
            if tick - grid.chosen_at[0] >= WINDOW:
                choose_ways(grid, cells, groups, tick, None)
            if begin_block(block, tick, last_tick, grid, steps, probes):
                update_block(
                    block, tick, cells, groups, group_of_cell, agenda, grid, wiring, pending, steps, fired
                )
                stage = SEND
            else:
                push_waiting(block, 0, pending, wiring, fired)
        if stage == UPDATE:
            if extras is not None and are_to_draw(extras.drives, tick):
                draw_drives(extras.drives, cells, log, account, tick, last_tick_of_run(share, last_tick))
            touch_active(groups, grid.end, tick)
            _take_steps(steps, groups, tick)
            if extras is not None and extras.waves.value_na.size > 0:
                take_waveforms(extras.waves, steps, cells, groups, tick)
            fired.size[0] = 0
            fired.size[1] = 0
            # before what arrives is added: a current has no part in the tick in which it comes
            is_any_due = is_marked(net) or pending.head[tick & (pending.head.size - 1)] >= 0
            if grid.n_on[0] > 0:
                may_be_next_to(extras, not is_any_due)
                step_currents(tick, cells, groups, grid, extras, fired)
            begin_spans(grid.spans, tick, cells, groups, grid)
            if is_any_due or _has_drives(extras):
                n_runs, is_near = list_due_runs(net, wiring, pending, tick)
                deliver_runs(
                    n_runs, is_near, pending, wiring, plastic, extras, groups, grid, cells.values, tick
                )
            deliver_streams(pending.streams, wiring, groups, grid, cells.values, tick)
            if agenda.head[tick & (agenda.head.size - 1)] >= 0:
                touch_due(agenda, groups, group_of_cell, tick)
            _update_groups(tick, cells, stepped, grid, extras, groups, agenda, steps, fired)
            stage = SEND
        if stage == SEND and fired.size[0] > 0:
            if net is not None:
                fetch_ways(net, fired)
            if not (_has_room(net, share, wiring, pending, log, fired) and can_remember(plastic)):
                return tick, SEND
            if n_ticks_at_once(block) == 1:
                put_in_order(fired, tick)
            record(log, fired)
            remember(plastic, fired, tick)
            if net is not None:
                send(net, account, wiring, fired, tick)
            elif share is not None:
                post(share, fired)
            else:
                hand_over(account, pending, wiring, fired, block)
        if net is not None:
            status = move(net, account, wiring, pending, tick)
            if status != DONE:
                hand_over_kept(net, wiring, pending)
                return tick, STUCK if status == DEADLOCK else MOVE
        _sample(probes, tick, cells, groups, grid, extras)
        tick += n_ticks_at_once(block)
        stage = UPDATE
    if net is not None:
        close_bins(net, tick)
    hand_over_kept(net, wiring, pending)
    push_waiting(block, 0, pending, wiring, fired)
    return tick, UPDATE


@leaf
def settle(tick, cells, groups, grid, extras):
    """Bring the state of every cell that is not a source up to ``tick``, and take all off the grid and out of spans."""
    look = grid.look
    for group in range(grid.on.size):
        if grid.on[group] or in_span(grid.spans, group):
            leave_together(grid, cells, groups, group, tick)
            grid.changed_at[group] = LONG_AGO  # back there as soon as activity asks for it
        kind = groups.kind[group]
        if kind in (_RANDOM, _TRAIN, _STEPPED):
            continue  # stepped cells stand at the tick, or are as they will be
        for cell in range(groups.first[group], grid.end[group]):
            _look(kind, cell, tick, cells, look, extras)
            for column in range(look.size):
                cells.state[cell, column] = look[column]
            cells.clock[cell, LAST] = tick


@inlined
def _has_room(net, share, wiring, pending, log, fired):
    """True when the log, and the wheel of segments or that of packets, can take the spikes on hand."""
    if log.size[0] + fired.size[1] > log.ids.size:
        return False
    if share is not None:
        return True
    if net is None:
        return has_room_for_spikes(pending, wiring, fired.size[1])
    return free_packets(net.fcfs, net.credit) >= packets_of(net, fired)


@inlined
def next_busy(tick, last_tick, agenda, pending, steps, groups, grid, probes, extras, net):
    """Return the first tick from ``tick`` on in which something can happen."""
    if net is not None and (is_marked(net) or not is_empty(net.fcfs, net.credit)):
        return tick
    if probes.cell.size > 0 or grid.n_on[0] > 0:
        return tick
    if extras is not None and tick <= extras.drives.busy_until[0]:
        return tick
    for group in range(groups.kind.size):
        if groups.n_active[group] > 0 or groups.n_touched[group] > 0:
            return tick
    step = steps.tick[steps.done[0]] if steps.done[0] < steps.tick.size else last_tick + 1
    step = next_span(grid.spans, step)
    if extras is not None:
        step = min(step, next_change(extras.waves, tick))
    agenda_mask, pending_mask = agenda.head.size - 1, pending.head.size - 1
    while tick <= last_tick and agenda.head[tick & agenda_mask] < 0 and pending.head[tick & pending_mask] < 0:
        if tick >= step or is_stream_due(pending.streams, tick):
            break
        tick += 1
    return tick


@inlined
def _has_drives(extras):
    if extras is None:
        return False
    return extras.drives.first.size > 0


@inlined
def _is_drive(extras, group):
    if extras is None:
        return False
    return extras.drives.of_group[group] >= 0


@inlined
def _take_steps(steps, groups, tick):
    at = steps.done[0]
    while at < steps.tick.size and steps.tick[at] <= tick:
        steps.waiting_na[steps.cell[at]] += steps.size_na[at]
        touch(groups, steps.group[at], steps.cell[at], tick)
        at += 1
    steps.done[0] = at


@inlined
def _update_groups(tick, cells, stepped, grid, extras, groups, agenda, steps, fired):
    for group in range(groups.kind.size):
        n_touched = groups.n_touched[group]
        if n_touched == 0 and not grid.on[group] and not _is_drive(extras, group):
            continue
        groups.n_touched[group] = 0
        kind = groups.kind[group]
        first = groups.first[group]
        touched = groups.touched[first : first + n_touched]
        if grid.on[group]:
            if kind == _DELTA:
                step_on_grid(kind, group, tick, cells, groups, grid, extras, fired)
            take_currents(group, touched, cells, grid, steps)
        elif in_span(grid.spans, group):
            look_in_span(grid.spans, group, touched, tick, cells, grid, agenda, steps, fired)
        elif _is_drive(extras, group):
            if extras is not None:
                fire_drive(extras.drives, extras.drives.of_group[group], tick, fired)
        elif kind == _RANDOM:
            _update_random(extras, touched, tick, cells, agenda, fired)
        elif kind == _TRAIN:
            update_trains(touched, tick, cells, agenda, fired)
        elif kind == _CONDUCTANCE:
            if extras is not None:
                active = groups.active[first : first + n_touched]
                groups.n_active[group] = update_conductance(
                    touched, active, tick, cells, agenda, steps, fired
                )
                grid.events[group] += groups.n_active[group]
        elif kind == _STEPPED:
            if stepped is not None:
                active = groups.active[first : first + n_touched]
                groups.n_active[group] = update_stepped(
                    group, first, touched, active, tick, cells, steps, fired
                )
        else:
            update_linear(kind, touched, tick, cells, agenda, steps, fired)
            grid.events[group] += n_touched


@inlined
def _update_random(extras, touched, tick, cells, agenda, fired):
    if extras is None:
        update_random(touched, tick, cells, None, agenda, fired)
    else:
        update_random(touched, tick, cells, extras.bins, agenda, fired)


@inlined
def _sample(probes, tick, cells, groups, grid, extras):
    for p in range(probes.cell.size):
        if tick % probes.every[p] != 0:
            continue
        kind, column = groups.kind[probes.group[p]], probes.column[p]
        if grid.on[probes.group[p]]:
            value = on_grid(grid, probes.group[p], column, probes.cell[p])
        elif in_span(grid.spans, probes.group[p]):
            state_in_span(grid.spans, probes.group[p], probes.cell[p], tick, cells, grid, probes.look)
            value = probes.look[column]
        elif kind == _STEPPED:
            value = cells.values[column]
        else:
            _look(kind, probes.cell[p], tick, cells, probes.look, extras)
            value = probes.look[column]
        probes.samples[probes.offset[p] + tick // probes.every[p]] = value


@inner
def _look(kind, cell, tick, cells, out, extras):
    if kind == _CONDUCTANCE:
        if extras is not None:
            look_conductance(cell, tick, cells, out)
    else:
        look_linear(cell, tick, cells, out)

"""The wheel of segments to deliver: programmed delays, in order of the cells within a tick."""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.drive_delivery import deliver_drive
from neurohw_event.kernels.due import end_of, look_up_runs, read_runs
from neurohw_event.kernels.plastic_delivery import deliver_plastic
from neurohw_event.kernels.prefetch import LINE, prefetch
from neurohw_event.kernels.span_delivery import add_in_span, in_span
from neurohw_event.kernels.weights import levels_of, value
from neurohw_event.layout import IN_EXC, LONGEST_RUN, RUN_BITS, SHORTEST_RUN, TICK, TIMES

_FAR = 2**62
AHEAD = 2  # segments


@inlined
def push_arrival(pending, wiring, arrival, tick):
    """Put the segments of an arrival stamped with ``tick`` into the slots of their delays; there must be room."""
    first = wiring.segments_of_arrival[arrival]
    push_segments(pending, wiring.delay, first, wiring.segments_of_arrival[arrival + 1] - first, tick)


@inner
def push_spikes(first, end, pending, wiring, fired):
    """Put the segments of spikes on hand, from the ``first`` on, into the slots of their delays."""
    sent = fired.sent
    for index in range(first, end):
        for _ in range(sent[TIMES, index]):
            push_sent(pending, wiring, sent[0, index], sent[1, index], sent[TICK, index])


@inlined
def push_sent(pending, wiring, first, end, tick):
    """Put the segments from ``first`` to before ``end``, of a spike at ``tick``, into the slots of their delays."""
    if wiring.one_delay > 0:
        push_of_one_delay(pending, wiring.one_delay, first, end - first, tick)
    else:
        push_segments(pending, wiring.delay, first, end - first, tick)


@inlined
def push_segments(pending, delay, first, n, tick):
    """Put ``n`` segments, from ``first`` on, stamped with ``tick`` into the slots of their delays.

    Segments of one delay that follow each other, as they do where they go to several populations, are one entry.
    """
    segment, end = first, first + n
    while segment < end:
        size = 1
        while segment + size < end and size < LONGEST_RUN and delay[segment + size] == delay[segment]:
            size += 1
        _push_run(pending, segment, size, tick + delay[segment])
        segment += size


@inlined
def push_of_one_delay(pending, delay, first, n, tick):
    """Put ``n`` segments, from ``first`` on, stamped with ``tick`` into the slot of their one delay."""
    segment, end = first, first + n
    while segment < end:
        size = min(end - segment, LONGEST_RUN)
        _push_run(pending, segment, size, tick + delay)
        segment += size


@inlined
def _push_run(pending, segment, size, due):
    """Put a run of segments into the slot of the tick in which it is due."""
    head, tail, following, free = pending.head, pending.tail, pending.next, pending.free
    entry = free[0]
    free[0] = following[entry]
    free[1] -= size
    following[entry] = -1
    pending.run[entry] = (segment << RUN_BITS) | size
    slot = due & (head.size - 1)
    if head[slot] < 0:
        head[slot] = entry
    else:
        following[tail[slot]] = entry
    tail[slot] = entry


@inlined
def deliver_runs(n_runs, are_fetched, pending, wiring, plastic, extras, groups, grid, values, tick):
    """Add to the inputs of all targets what arrives at ``tick``, listed as runs of segments, and touch them.

    ``are_fetched`` says that all is in a cache near by. Segments are taken in ascending order, which is that of the
    cells that fired: sums do not depend on the way taken.
    """
    runs, begins, ends = pending.due[0, :n_runs], pending.due[3, :n_runs], pending.due[4, :n_runs]
    look_up_runs(wiring, runs, begins, ends)
    if not are_fetched:
        pending.digits[0] = read_runs(wiring, runs, begins)  # a use that the compiler cannot see through
    drive = 0
    for index in range(n_runs):
        segment, behind = runs[index] >> RUN_BITS, end_of(runs[index])
        begin = begins[index]
        if index + AHEAD < n_runs:
            ahead = index + AHEAD
            fetch_synapses(wiring, runs[ahead] >> RUN_BITS, begins[ahead], ends[ahead])
        while segment < behind:
            drive = _deliver_drives(extras, drive, segment, groups, grid, values, tick)
            if _is_plastic(plastic, wiring, segment):
                if plastic is not None:
                    deliver_plastic(plastic, wiring, segment, groups, grid, values, tick)
                segment += 1
                begin = wiring.synapses_of_segment[segment]
                continue
            # with a chip, what a spike brings to cells of one population on several tiles
            alike = segment + np.int64(wiring.alike[np.uint64(segment)])
            following = min(behind, alike, _next_drive(extras, drive))
            end = ends[index] if following == behind else wiring.synapses_of_segment[following]
            place, is_run = wiring.place[np.uint64(segment)], end - begin >= SHORTEST_RUN
            is_run = is_run and following == segment + 1 and wiring.is_run[segment]
            _deliver_static(wiring, segment, place, begin, end, is_run, groups, grid, values, tick)
            segment, begin = following, end
    _deliver_drives(extras, drive, _FAR, groups, grid, values, tick)


@inlined
def fetch_synapses(wiring, segment, begin, end):
    """Have the synapses of a segment fetched that will be delivered soon, those behind the first ones.

    They come from a farther cache while others are delivered; the processor itself would see late that they follow.
    """
    n_targets, n_weights = LINE // wiring.target.itemsize, LINE // wiring.weight.itemsize
    for synapse in range(begin + n_targets, end, n_targets):
        prefetch(wiring.target, synapse)
    at = weight_at(wiring, segment)
    if at >= 0:
        for weight in range(at + n_weights, at + end - begin, n_weights):
            prefetch(wiring.weight, weight)


@inlined
def _deliver_drives(extras, drive, segment, groups, grid, values, tick):
    """Deliver the drives, from the given one on, whose segments do not lie behind one; returns the next drive."""
    if extras is None:
        return drive
    drives = extras.drives
    while drive < drives.first.size and drives.segment[drive] <= segment:
        deliver_drive(drives, drive, groups, grid, values, tick)
        drive += 1
    return drive


@inlined
def _next_drive(extras, drive):
    """Return the first segment of a drive, one behind all others where there is none."""
    if extras is None:
        return _FAR
    segment = extras.drives.segment
    return segment[drive] if drive < segment.size else _FAR


@inlined
def deliver_segment(wiring, due, index, groups, grid, values, tick):
    """Deliver a static segment of ``Pending.due`` that has been looked up."""
    segment, place, begin, end = due[0, index], due[2, index], due[3, index], due[4, index]
    is_run = end - begin >= SHORTEST_RUN and wiring.is_run[segment]
    _deliver_static(wiring, segment, place, begin, end, is_run, groups, grid, values, tick)


@inlined
def _is_plastic(plastic, wiring, segment):
    if plastic is None:
        return False
    return wiring.plastic[segment] >= 0


@inlined
def weight_at(wiring, segment):
    """Return where the weights of a segment begin; ~where: all its synapses have that one."""
    if wiring.weight_at.size == 0:
        return wiring.synapses_of_segment[segment]
    return wiring.weight_at[segment]


@inlined
def _deliver_static(wiring, first, place, begin, end, is_run, groups, grid, values, tick):
    """Deliver the synapses from ``begin`` to before ``end``, those of one segment or more that go to one place."""
    at = weight_at(wiring, first)
    target, weight = wiring.target[begin:end], wiring.weight[max(at, ~at) :]
    levels = levels_of(wiring.level_at, wiring.levels, first)
    add_synapses(wiring, place, target, weight, levels, at < 0, is_run, groups, grid, values, tick)


@inlined
def add_synapses(wiring, place, target, weight, levels, is_one, is_run, groups, grid, values, tick):
    """Add weights, or the first to all where that ``is_one``, to the inputs of targets at one place; touch them."""
    group, origin, step = wiring.group[place], wiring.origin[place], np.int64(not is_one)
    if in_span(grid.spans, group):
        add_in_span(grid.spans, target, weight, levels, step, origin - IN_EXC, group, groups, grid, tick)
        return
    if grid.on[group]:
        receptor = origin - IN_EXC
        inputs, unit = grid.state[grid.row[group, receptor]], grid.unit[group, receptor]
        _add_segment(target, is_run, weight, levels, is_one, unit, inputs)
        grid.events[group] += target.size
        return
    touched, n_touched = groups.touched[groups.first[group] :], groups.n_touched[group]
    into = values, origin, wiring.stride[place]
    groups.n_touched[group] = _deliver(
        target, weight, levels, step, into, touched, groups.touched_at, n_touched, tick
    )


@inlined
def _add_segment(target, is_run, weight, levels, is_one, unit, inputs):
    """Add to the inputs of targets their weights, or the first to all; a run of targets is a sum of two arrays.

    A weight counts ``unit`` times.
    """
    if is_run:
        first = np.int64(target[0])  # the end of a run need not fit into short ids
        own = inputs[first : first + target.size]
        if is_one:
            _add_number(own, value(levels, weight[0]) * unit)
        else:
            _add_numbers(own, weight, levels, unit)
    elif is_one:
        one = value(levels, weight[0]) * unit
        for i in range(target.size):
            inputs[np.uint32(target[i])] += one
    else:
        for i in range(target.size):
            inputs[np.uint32(target[i])] += value(levels, weight[i]) * unit


@inner
def _add_number(inputs, weight):
    for i in range(inputs.size):
        inputs[i] += weight


@inner
def _add_numbers(inputs, weight, levels, unit):
    for i in range(inputs.size):
        inputs[i] += value(levels, weight[i]) * unit


@inlined
def _deliver(target, weight, levels, step, into, touched, touched_at, n_touched, tick):
    values, origin, stride = into
    for i in range(target.size):
        cell = np.uint32(target[i])
        values[np.uint64(origin + stride * np.int64(cell))] += value(levels, weight[np.uint64(step * i)])
        if touched_at[cell] != tick:
            touched_at[cell] = tick
            touched[n_touched] = cell
            n_touched += 1
    return n_touched

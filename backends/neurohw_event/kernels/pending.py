"""The wheel of segments to deliver: programmed delays, in order of the cells within a tick."""

import numpy as np

from neurohw.jit import inlined, leaf
from neurohw_event.kernels.drive_delivery import deliver_drive
from neurohw_event.kernels.plasticity import deliver_plastic
from neurohw_event.kernels.sort import sort_ascending


@inlined
def push_arrival(pending, wiring, arrival, tick):
    """Put the segments of an arrival stamped with ``tick`` into the slots of their delays; there must be room."""
    head, tail, following, free = pending.head, pending.tail, pending.next, pending.free
    mask = head.size - 1
    for segment in range(wiring.segments_of_arrival[arrival], wiring.segments_of_arrival[arrival + 1]):
        entry = free[0]
        free[0] = following[entry]
        free[1] -= 1
        following[entry] = -1
        pending.segment[entry] = segment
        slot = (tick + wiring.delay[segment]) & mask
        if head[slot] < 0:
            head[slot] = entry
        else:
            following[tail[slot]] = entry
        tail[slot] = entry


@leaf
def deliver_due(pending, wiring, plastic, drives, groups, grid, values, tick):
    """Add to the inputs of all targets what arrives at ``tick`` and touch them.

    Segments are taken in ascending order, which is that of the cells that fired: sums do not depend on the way taken.
    """
    slot = tick & (pending.head.size - 1)
    entry = pending.head[slot]
    drive = 0
    synapses_of_segment = wiring.synapses_of_segment
    target, weight = wiring.target, wiring.weight
    n_due = 0
    while entry >= 0:
        pending.due[n_due] = pending.segment[entry]
        n_due += 1
        entry = pending.next[entry]
    sort_ascending(pending.due[:n_due])
    for index in range(n_due):
        segment = pending.due[index]
        while drive < drives.first.size and drives.segment[drive] <= segment:
            deliver_drive(drives, drive, weight, groups, grid, values, tick)
            drive += 1
        if plastic is not None and wiring.plastic[segment] >= 0:
            deliver_plastic(plastic, wiring, segment, values, groups, tick)
            continue
        begin, end = synapses_of_segment[segment], synapses_of_segment[segment + 1]
        group = wiring.group[segment]
        if grid.on[group]:
            _add(target[begin:end], weight[begin:end], grid.state[wiring.origin[segment]])
            grid.events[group] += end - begin
            continue
        groups.n_touched[group] = _deliver(
            target[begin:end],
            weight[begin:end],
            values,
            wiring.origin[segment],
            wiring.stride[segment],
            groups.touched[groups.first[group] :],
            groups.touched_at,
            groups.n_touched[group],
            tick,
        )
    for later in range(drive, drives.first.size):
        deliver_drive(drives, later, weight, groups, grid, values, tick)
    if n_due == 0:
        return
    pending.free[1] += n_due
    pending.next[pending.tail[slot]] = pending.free[0]
    pending.free[0] = pending.head[slot]
    pending.head[slot] = -1


@inlined
def _add(target, weight, inputs):
    for i in range(target.size):
        inputs[np.uint32(target[i])] += weight[i]


@inlined
def _deliver(target, weight, values, origin, stride, touched, touched_at, n_touched, tick):
    for i in range(target.size):
        cell = np.uint32(target[i])
        values[np.uint64(origin + stride * np.int64(cell))] += weight[i]
        if touched_at[cell] != tick:
            touched_at[cell] = tick
            touched[n_touched] = cell
            n_touched += 1
    return n_touched

"""Delivery of busy Poisson sources that have one synapse each, all of them in one pass."""

import numpy as np

from neurohw.jit import inner
from neurohw_event.kernels.agenda import touch
from neurohw_event.kernels.span_delivery import add_times_in_span, in_span
from neurohw_event.layout import IN_EXC

_CHUNK = 512  # cells
_AT_ONCE = 4  # spikes


@inner
def deliver_drive(drives, drive, groups, grid, values, tick):
    """Add to the inputs of all targets what reaches them at ``tick``, each spike on its own."""
    if drives.segment[drive] < 0:
        return
    size = drives.end[drive] - drives.first[drive]
    row = (tick - drives.delay[drive]) & (drives.counts.shape[0] - 1)
    place = drives.place[drive]
    times, weight = drives.counts[row, place : place + size], drives.weight[place : place + size]
    group, target, origin = drives.group[drive], drives.target[drive], drives.origin[drive]
    if in_span(grid.spans, group):
        add_times_in_span(grid.spans, target, weight, times, origin - IN_EXC, group, groups, grid, tick)
        return
    if not grid.on[group]:
        for i in range(size):
            for _ in range(times[i]):
                values[origin + drives.stride[drive] * (target + i)] += weight[i]
            if times[i] > 0:
                touch(groups, group, target + i, tick)
        return
    receptor = origin - IN_EXC
    inputs, unit = grid.state[grid.row[group, receptor], target : target + size], grid.unit[group, receptor]
    for first in range(0, size, _CHUNK):
        chunk = slice(first, min(first + _CHUNK, size))
        grid.events[group] += _add_times(inputs[chunk], weight[chunk], times[chunk], unit)


@inner
def _add_times(inputs, weight, times, unit):
    """Add each weight, ``unit`` times, as often as it arrives, one after the other; returns the number of spikes."""
    most = np.uint16(0)
    total = np.uint32(0)
    for i in range(inputs.size):
        most = max(most, times[i])
        total = np.uint32(total + times[i])
    if most <= 2:
        _add_two(inputs, weight, times, unit)
        return np.int64(total)
    for done in range(0, np.int64(most), _AT_ONCE):
        _add_some(inputs, weight, times, unit, np.int32(done))
    return np.int64(total)


@inner
def _add_two(inputs, weight, times, unit):
    """Add up to two spikes, each on its own, for the same sums everywhere."""
    for i in range(inputs.size):
        n = np.int32(times[i])
        x, jump = inputs[i], weight[i] * unit
        x += jump if n > 0 else 0.0
        x += jump if n > 1 else 0.0
        inputs[i] = x


@inner
def _add_some(inputs, weight, times, unit, done):
    """Add four spikes, or what is left of them when some are done; each on its own, for the same sums everywhere."""
    for i in range(inputs.size):
        n = np.int32(np.int32(times[i]) - done)
        x, jump = inputs[i], weight[i] * unit
        x += jump if n > 0 else 0.0
        x += jump if n > 1 else 0.0
        x += jump if n > 2 else 0.0
        x += jump if n > 3 else 0.0
        inputs[i] = x

"""Delivery of busy Poisson sources that have one synapse each, all of them in one pass."""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.agenda import touch
from neurohw_event.kernels.span_delivery import add_times_in_span, in_span
from neurohw_event.layout import IN_EXC

_CHUNK = 512  # cells
_AT_FIRST, _AT_ONCE = 3, 4  # spikes


@inlined
def may_be_next_to(extras, is_alone):
    """Allow or forbid that drives are added with the step: only where nothing else comes before them in a tick."""
    if extras is not None:
        extras.drives.is_first[0] = is_alone


@inlined
def next_to(extras, group):
    """Return the only drive that goes straight to a population, -1 where it is not to be added with the step."""
    if extras is None:
        return np.int64(-1)
    drives = extras.drives
    return drives.next_to[group] if drives.is_first[0] else np.int64(-1)


@inlined
def add_next_to(extras, drive, cells, grid, unit, tick):
    """Add to the inputs of some cells (a slice) what a drive sends them; it is not delivered at ``tick`` any more."""
    if extras is not None:
        extras.drives.added[drive] = tick
        _add_to(extras.drives, drive, cells.start, cells.stop, grid, unit, tick)


@inner
def deliver_drive(drives, drive, groups, grid, values, tick):
    """Add to the inputs of all targets what reaches them at ``tick``, each spike on its own."""
    if drives.segment[drive] < 0 or drives.added[drive] == tick:
        return
    group, target, origin = drives.group[drive], drives.target[drive], drives.origin[drive]
    size = drives.end[drive] - drives.first[drive]
    if grid.on[group]:
        for first in range(target, target + size, _CHUNK):
            unit = grid.unit[group, origin - IN_EXC]
            _add_to(drives, drive, first, first + _CHUNK, grid, unit, tick)
        return
    times, weight = _arriving(drives, drive, 0, size, tick)
    if in_span(grid.spans, group):
        add_times_in_span(grid.spans, target, weight, times, origin - IN_EXC, group, groups, grid, tick)
        return
    for i in range(size):
        for _ in range(times[i]):
            values[origin + drives.stride[drive] * (target + i)] += weight[i]
        if times[i] > 0:
            touch(groups, group, target + i, tick)


@inlined
def _arriving(drives, drive, begin, end, tick):
    """Return how often the sources from the ``begin``-th to before the ``end``-th arrive at ``tick``, and weights."""
    row = (tick - drives.delay[drive]) & (drives.counts.shape[0] - 1)
    own = slice(drives.place[drive] + begin, drives.place[drive] + end)
    return drives.counts[row, own], drives.weight[own]


@inner
def _add_to(drives, drive, begin, end, grid, unit, tick):
    """Add what arrives at ``tick`` to the inputs of those targets that are cells from ``begin`` to before ``end``."""
    group, target = drives.group[drive], drives.target[drive]
    begin, end = max(begin, target), min(end, target + drives.end[drive] - drives.first[drive])
    if begin >= end:
        return
    times, weights = _arriving(drives, drive, begin - target, end - target, tick)
    if drives.is_equal[drive]:  # weights that the cache has
        weights = drives.weight[drives.place[drive] :][: end - begin]
    inputs = grid.state[grid.row[group, drives.origin[drive] - IN_EXC], begin:end]
    grid.events[group] += _add_times(inputs, weights, times, unit)


@inner
def _add_times(inputs, weight, times, unit):
    """Add each weight, ``unit`` times, as often as it arrives, one after the other; returns the number of spikes."""
    most, total = _add_first(inputs, weight, times, unit)
    for done in range(_AT_FIRST, most, _AT_ONCE):
        _add_some(inputs, weight, times, unit, np.int32(done))
    return total


@inner
def _add_first(inputs, weight, times, unit):
    """Add up to three spikes, each on its own, for the same sums everywhere; returns the most of a cell, and of all."""
    most = total = np.int32(0)
    for i in range(inputs.size):
        n = np.int32(times[i])
        x, jump = inputs[i], weight[i] * unit
        x += jump if n > 0 else 0.0
        x += jump if n > 1 else 0.0
        x += jump if n > 2 else 0.0
        inputs[i] = x
        most = max(most, n)
        total = np.int32(total + n)
    return np.int64(most), np.int64(total)


@inner
def _add_some(inputs, weight, times, unit, done):
    """Add four spikes, or what is left of them when some are done; each on its own, as before."""
    for i in range(inputs.size):
        n = np.int32(np.int32(times[i]) - done)
        x, jump = inputs[i], weight[i] * unit
        x += jump if n > 0 else 0.0
        x += jump if n > 1 else 0.0
        x += jump if n > 2 else 0.0
        x += jump if n > 3 else 0.0
        inputs[i] = x

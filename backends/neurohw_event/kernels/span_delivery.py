"""Delivery to populations advanced in spans: what arrives is added as what it would have been when the span began."""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.agenda import touch
from neurohw_event.kernels.weights import value
from neurohw_event.layout import X_EXC, V
from neurohw_event.span_layout import ROOM


@inlined
def in_span(spans, group):
    """True when a population is advanced in spans."""
    if spans is None:
        return False
    return spans.on[group]


@inlined
def add_in_span(spans, target, weight, levels, step, receptor, group, groups, grid, tick):
    """Add every ``step``-th weight (0: the first to all) to the currents of targets; touch those without room."""
    if spans is None:
        return
    jump = spans.jump[group, tick - spans.begin[group], receptor]
    groups.n_touched[group] = _add(
        target,
        weight,
        levels,
        step,
        jump,
        spans.reach[group] * (spans.end[group] - tick),
        grid.state[V],
        grid.state[X_EXC + receptor],
        grid.state[ROOM],
        groups.touched[groups.first[group] :],
        groups.touched_at,
        groups.n_touched[group],
        tick,
    )
    grid.events[group] += target.size


@inlined
def _add(target, weight, levels, step, jump, reach, v, x, room, touched, touched_at, n_touched, tick):
    by_v, by_x = jump[0], jump[1]
    for i in range(target.size):
        cell = np.uint32(target[i])
        size = value(levels, weight[np.uint64(step * i)])
        x[cell] += size * by_x
        v[cell] += size * by_v
        left = room[cell] - max(size, 0.0) * reach
        room[cell] = left
        if left < 0.0 and touched_at[cell] != tick:
            touched_at[cell] = tick
            touched[n_touched] = cell
            n_touched += 1
    return n_touched


@inner
def add_times_in_span(spans, first, weight, times, receptor, group, groups, grid, tick):
    """Add each weight to the current of one cell after the other, from ``first`` on, as often as it arrives."""
    if spans is None:
        return
    jump = spans.jump[group, tick - spans.begin[group], receptor]
    reach = spans.reach[group] * (spans.end[group] - tick)
    v, x, room = grid.state[V], grid.state[X_EXC + receptor], grid.state[ROOM]
    for i in range(weight.size):
        for _ in range(times[i]):
            x[first + i] += weight[i] * jump[1]
            v[first + i] += weight[i] * jump[0]
            room[first + i] -= max(weight[i], 0.0) * reach
        if room[first + i] < 0.0:
            touch(groups, group, first + i, tick)
        grid.events[group] += np.int64(times[i])

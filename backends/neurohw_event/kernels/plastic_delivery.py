"""Delivery of what synapses that are not static pass on."""

import numpy as np

from neurohw.jit import inlined, inner
from neurohw_event.kernels.agenda import touch
from neurohw_event.kernels.plasticity import pass_on
from neurohw_event.kernels.span_delivery import add_in_span, in_span
from neurohw_event.layout import IN_EXC, NEVER


@inner
def deliver_plastic(plastic, wiring, segment, groups, grid, values, tick):
    """Add what the synapses of a segment pass on at ``tick`` to the inputs of their targets."""
    first = plastic.first[wiring.plastic[segment]]
    if pass_on(plastic, wiring, segment, tick - wiring.delay[segment], NEVER):
        _add(plastic.weight[first:], wiring, segment, groups, grid, values, tick)
    else:
        _add(plastic.amplitude, wiring, segment, groups, grid, values, tick)


@inner
def _add(amplitude, wiring, segment, groups, grid, values, tick):
    """Add an amplitude to the input of each target of a segment; what is 0 touches no cell."""
    target = wiring.target[wiring.synapses_of_segment[segment] : wiring.synapses_of_segment[segment + 1]]
    place = wiring.place[segment]
    origin, stride, group = wiring.origin[place], wiring.stride[place], wiring.group[place]
    receptor = origin - IN_EXC
    if in_span(grid.spans, group):
        add_in_span(grid.spans, target, amplitude, None, 1, receptor, group, groups, grid, tick)
    elif grid.on[group]:
        _add_on_grid(target, amplitude, grid.unit[group, receptor], grid.state[grid.row[group, receptor]])
        grid.events[group] += target.size
    else:
        for i in range(target.size):
            if amplitude[i] != 0.0:
                values[origin + stride * target[i]] += amplitude[i]
                touch(groups, group, target[i], tick)


@inlined
def _add_on_grid(target, amplitude, unit, inputs):
    for i in range(target.size):
        inputs[np.uint32(target[i])] += amplitude[i] * unit

"""The loop over ticks. What happens within a tick, in this order, is what the simulated time means:

1. every cell that something reaches is advanced to the tick, exactly, its potential held while refractory;
2. what arrives is added: to the potential (lost on a refractory cell) or to the synaptic variables, and current steps;
3. a cell that is not refractory and has v >= v_thresh fires, at this tick;
4. it is reset;
5. its spike is sent: without an interconnect it reaches its synapses at once, else the packets move on to the end
   of the tick; a synapse with delay d acts d ticks after the tick in which its packet arrived;
6. state variables are sampled.

At tick 0 nothing is tested against the threshold; spike sources may fire.
"""

import numpy as np

from neurohw.jit import kernel, leaf
from neurohw_event.kernels.agenda import touch, touch_due
from neurohw_event.kernels.conductance import look_conductance, update_conductance
from neurohw_event.kernels.flights import reserve_flights
from neurohw_event.kernels.linear import look_linear, update_linear
from neurohw_event.kernels.mesh import fly, send
from neurohw_event.kernels.pending import deliver_due, push_arrival, reserve_pending
from neurohw_event.kernels.sources import update_poisson, update_trains
from neurohw_event.layout import DELIVERED, DROPPED, EVENTS, LAST, SENT, Kind, SpikeLog

_CONDUCTANCE = int(Kind.CONDUCTANCE)
_POISSON = int(Kind.POISSON)
_TRAIN = int(Kind.TRAIN)


@kernel
def run_ticks(
    first_tick, last_tick, cells, groups, group_of_cell, agenda, wiring, pending, steps, log, probes, mesh, flights
):
    """Simulate ticks ``first_tick`` to ``last_tick``; returns what may have grown: pending, log, flights."""
    now = np.empty(max(64, log.count.size), np.int32)
    look = np.empty(8, np.float64)
    for tick in range(first_tick, last_tick + 1):
        _touch_active(groups, tick)
        _take_steps(steps, groups, tick)
        deliver_due(pending, wiring, groups, cells.state, tick)
        touch_due(agenda, groups, group_of_cell, tick)
        now, n_now = _update_groups(tick, cells, groups, agenda, steps, now)
        if n_now > 0:
            fired = now[:n_now]
            fired.sort()
            log = _record(log, fired, tick)
            deliveries = _deliveries_under_way(mesh, wiring, fired)
            pending = reserve_pending(pending, deliveries * wiring.widest)
            flights = reserve_flights(flights, deliveries * mesh.timing.network)
            _send_all(mesh, flights, pending, wiring, fired, tick)
        if mesh.timing.network:
            fly(mesh, flights, pending, wiring, tick)
        _sample(probes, tick, cells, groups, look)
    return pending, log, flights


@leaf
def settle(tick, cells, groups, group_of_cell):
    """Bring the state of every cell that is not a source up to ``tick``."""
    for cell in range(group_of_cell.size):
        kind = groups.kind[group_of_cell[cell]]
        if kind in (_POISSON, _TRAIN):
            continue
        _look(kind, cell, tick, cells, cells.state[cell])
        cells.clock[cell, LAST] = tick


@leaf
def _look(kind, cell, tick, cells, out):
    if kind == _CONDUCTANCE:
        look_conductance(cell, tick, cells, out)
    else:
        look_linear(cell, tick, cells, out)


@leaf
def _touch_active(groups, tick):
    for group in range(groups.kind.size):
        first = groups.first[group]
        for entry in range(first, first + groups.n_active[group]):
            touch(groups, group, groups.active[entry], tick)


@leaf
def _take_steps(steps, groups, tick):
    at = steps.done[0]
    while at < steps.tick.size and steps.tick[at] <= tick:
        steps.waiting_na[steps.cell[at]] += steps.size_na[at]
        touch(groups, steps.group[at], steps.cell[at], tick)
        at += 1
    steps.done[0] = at


@kernel
def _update_groups(tick, cells, groups, agenda, steps, now):
    n_now = 0
    for group in range(groups.kind.size):
        n_touched = groups.n_touched[group]
        if n_touched == 0:
            continue
        groups.n_touched[group] = 0
        if n_now + n_touched > now.size:
            now = np.concatenate((now, np.empty(now.size + n_touched, np.int32)))
        kind = groups.kind[group]
        first = groups.first[group]
        touched = groups.touched[first : first + n_touched]
        if kind == _POISSON:
            now, n_now = update_poisson(touched, tick, cells, agenda, now, n_now)
        elif kind == _TRAIN:
            now, n_now = update_trains(touched, tick, cells, agenda, now, n_now)
        elif kind == _CONDUCTANCE:
            n_now = update_conductance(group, n_touched, tick, cells, groups, agenda, steps, now, n_now)
        else:
            n_now = update_linear(kind, touched, tick, cells, agenda, steps, now, n_now)
    return now, n_now


@kernel
def _record(log, fired, tick):
    size = log.size[0]
    if size + fired.size > log.ids.size:
        more = log.ids.size + fired.size
        ids = np.concatenate((log.ids, np.empty(more, np.int32)))
        ticks = np.concatenate((log.ticks, np.empty(more, np.int64)))
        log = SpikeLog(log.recorded, log.count, ids, ticks, log.size)
    for cell in fired:
        log.count[cell] += 1
        if log.recorded[cell]:
            log.ids[size] = cell
            log.ticks[size] = tick
            size += 1
    log.size[0] = size
    return log


@leaf
def _deliveries_under_way(mesh, wiring, fired):
    """Count the deliveries that packets under way and those of the cells that fired now still have to make."""
    deliveries = mesh.count[SENT] - mesh.count[DELIVERED] - mesh.count[DROPPED]
    for i in range(fired.size):
        deliveries += wiring.arrivals_of_cell[fired[i] + 1] - wiring.arrivals_of_cell[fired[i]]
    return deliveries


@leaf
def _send_all(mesh, flights, pending, wiring, fired, tick):
    for i in range(fired.size):
        cell = fired[i]
        if mesh.timing.network:
            send(mesh, flights, pending, wiring, cell, tick)
            continue
        for arrival in range(wiring.arrivals_of_cell[cell], wiring.arrivals_of_cell[cell + 1]):
            mesh.count[SENT] += 1
            mesh.count[DELIVERED] += 1
            mesh.count[EVENTS] += (
                wiring.synapses_of_segment[wiring.segments_of_arrival[arrival + 1]]
                - wiring.synapses_of_segment[wiring.segments_of_arrival[arrival]]
            )
            push_arrival(pending, wiring, arrival, tick)


@leaf
def _sample(probes, tick, cells, groups, look):
    for p in range(probes.cell.size):
        if tick % probes.every[p] == 0:
            cell = probes.cell[p]
            _look(groups.kind[probes.group[p]], cell, tick, cells, look)
            probes.samples[probes.offset[p] + tick // probes.every[p]] = look[probes.column[p]]

"""Packets on the interconnect: trees of links, each taken in order of arrival.

A spike enters in the first cycle of its tick. The head of a packet needs ``hop`` cycles from router to router and
holds each link for ``service`` cycles; its tail leaves the last router ``service`` cycles after its head, and ``read``
cycles later the crossbar has been read. An empty network therefore takes hops * hop + service + read cycles, a tile's
own crossbar ``read``. With contention a head waits until its link is free. Where ``buffer`` packets wait already, it is
lost, and with it all deliveries beyond.
"""

from neurohw.jit import inlined, leaf
from neurohw_event.kernels.flights import next_occupied, put, take
from neurohw_event.kernels.histogram import bin_of
from neurohw_event.kernels.pending import push_arrival
from neurohw_event.layout import (
    DELIVERED,
    DROPPED,
    EVENTS,
    LATE_CONTENTION,
    LATE_DISTANCE,
    LATENCY_MAX,
    LATENCY_SUM,
    ROW_READS,
    SENT,
)


@leaf
def send(mesh, flights, pending, wiring, cell, tick):
    """Hand a spike fired at ``tick`` to the tile's own crossbar and to the interconnect."""
    now = tick * mesh.timing.cycles_per_tick
    if mesh.is_local[cell]:
        mesh.counters[SENT] += 1
        own = mesh.link_of_node.size - 1
        _leave(mesh, flights, pending, wiring, own, cell, tick, now, now + mesh.timing.read)
    tree = mesh.tree_of_cell[cell]
    if tree < 0:
        return
    for r in range(mesh.roots_of_tree[tree], mesh.roots_of_tree[tree + 1]):
        mesh.counters[SENT] += mesh.leaves_of_node[mesh.root[r]]
        _take_link(mesh, flights, pending, wiring, mesh.root[r], cell, tick, now)


@leaf
def fly(mesh, flights, pending, wiring, tick):
    """Move all packets up to the end of ``tick``; returns False where ``pending`` has no room for what arrives."""
    if flights.free[1] == flights.cycle.size:
        return True
    room = mesh.widest_fork * wiring.widest
    end = (tick + 1) * mesh.timing.cycles_per_tick
    now = next_occupied(flights, tick * mesh.timing.cycles_per_tick, end)
    while now < end:
        if pending.free[1] < room:
            return False
        entry = take(flights, now)
        if entry < 0:
            now = next_occupied(flights, now + 1, end)
            continue
        node = flights.node[entry]
        cell = flights.cell[entry]
        fired = flights.tick[entry]
        if node < 0:
            _arrive(mesh, pending, wiring, ~node, cell, fired, now)
            continue
        for c in range(mesh.children_of_node[node], mesh.children_of_node[node + 1]):
            _take_link(mesh, flights, pending, wiring, mesh.child[c], cell, fired, now)
    return True


@inlined
def _take_link(mesh, flights, pending, wiring, node, cell, tick, now):
    """Send a head that stands before the link of ``node`` over it, or lose it."""
    link = mesh.link_of_node[node]
    service = mesh.timing.service
    start = now
    if mesh.timing.contention and mesh.free_at[link] > now:
        start = mesh.free_at[link]
        waiting = (start - now + service - 1) // service - 1
        if 0 <= mesh.timing.buffer <= waiting:
            mesh.lost[link] += mesh.leaves_of_node[node]
            mesh.counters[DROPPED] += mesh.leaves_of_node[node]
            return
        mesh.longest[link] = max(mesh.longest[link], waiting + 1)
        mesh.waited[link] += start - now
    mesh.free_at[link] = start + service
    mesh.carried[link] += 1
    if mesh.rank_of_node[node] >= 0:
        arrival = start + service + mesh.timing.read
        _leave(mesh, flights, pending, wiring, node, cell, tick, now, arrival)
        return
    if mesh.is_hop[link]:
        start += mesh.timing.hop
    put(flights, start, tick, node, cell)


@inlined
def _leave(mesh, flights, pending, wiring, node, cell, tick, now, arrival):
    """Have a packet arrive at its crossbar: at once where that is in the current tick, else when it is time."""
    cycles_per_tick = mesh.timing.cycles_per_tick
    if arrival // cycles_per_tick == now // cycles_per_tick:
        _arrive(mesh, pending, wiring, node, cell, tick, arrival)
    else:
        put(flights, arrival, tick, ~node, cell)


@inlined
def _arrive(mesh, pending, wiring, node, cell, tick, cycle):
    """Count a delivery and stamp it with the tick of its arrival; programmed delays count from there."""
    cycles_per_tick = mesh.timing.cycles_per_tick
    stamp = cycle // cycles_per_tick
    latency = cycle - tick * cycles_per_tick
    arrival = wiring.arrivals_of_cell[cell] + mesh.is_local[cell] + mesh.rank_of_node[node]
    count = mesh.counters
    count[DELIVERED] += 1
    count[LATENCY_SUM] += latency
    count[LATENCY_MAX] = max(count[LATENCY_MAX], latency)
    mesh.histogram[bin_of(latency)] += 1
    mesh.made_of_arrival[arrival] += 1
    if stamp > tick:
        mesh.late_of_arrival[arrival] += 1
        count[LATE_DISTANCE if mesh.zero_load[node] >= cycles_per_tick else LATE_CONTENTION] += 1
    events = (
        wiring.synapses_of_segment[wiring.segments_of_arrival[arrival + 1]]
        - wiring.synapses_of_segment[wiring.segments_of_arrival[arrival]]
    )
    count[EVENTS] += events
    count[ROW_READS] += wiring.rows[arrival]
    mesh.packets_of_tile[wiring.tile[arrival]] += 1
    mesh.events_of_tile[wiring.tile[arrival]] += events
    push_arrival(pending, wiring, arrival, stamp)

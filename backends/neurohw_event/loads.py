"""What neurons, tiles and links did, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurohw.result import LinkLoad, NeuronLoad, TileLoad
from neurohw_event.arrival_counts import events_of_tiles, of_tiles
from neurohw_event.fcfs_counts import LinkCounts
from neurohw_event.interconnect import Transport
from neurohw_event.layout import Array

if TYPE_CHECKING:
    from neurohw_event.session import EventSession


def neurons_load(session: EventSession, transport: Transport) -> NeuronLoad:
    """Return the deliveries of each cell."""
    wiring, arrivals = session.wiring, session.account.of_arrival
    n_arrivals = np.diff(wiring.arrivals_of_cell)
    sent = session.log.spikes * n_arrivals
    delivered, late, under_way = (
        _sums(counts, wiring.arrivals_of_cell)
        for counts in (arrivals["made"], arrivals["late"], transport.under_way(wiring))
    )
    return NeuronLoad(sent=sent, delivered=delivered, dropped=sent - delivered - under_way, late=late)


def tiles_load(
    session: EventSession, transport: Transport, counts: LinkCounts, cycles: int
) -> TileLoad | None:
    """Return what each tile holds and did in ``cycles`` cycles."""
    program, chip, account = session.program, transport.chip, session.account
    usage, clusters, placement = program.tile_usage(), program.clusters, program.placement
    if usage is None or clusters is None or placement is None:
        return None
    is_neuron = clusters.cluster_of_cell >= 0
    tile, n_tiles = np.asarray(placement.tile_of_cell), chip.n_tiles
    busy, links = counts.busy / cycles, transport.chip_links
    into, out = slice(n_tiles), slice(n_tiles, 2 * n_tiles)
    crossbar, encoder = links.of_tiles(links.crossbars), links.of_tiles(links.encoders)
    zero = np.zeros(n_tiles, np.int64)
    encoding = busy[encoder] if links.encodes else zero
    updates = usage.cells * chip.tile.update_cycles * max(0, session.tick)
    return TileLoad(
        cells=usage.cells,
        crossbars=usage.crossbars,
        rows=usage.rows,
        spikes=_count(tile[is_neuron], session.log.spikes[is_neuron], n_tiles),
        packets=of_tiles(account, "made"),
        synaptic_events=events_of_tiles(account, session.wiring),
        late=of_tiles(account, "late"),
        dropped=_count(tile, neurons_load(session, transport).dropped, n_tiles),
        compute=updates / cycles,
        memory=busy[crossbar],
        traffic=np.max([encoding, busy[into], busy[out]], axis=0),
        encoder_wait_cycles=counts.waited[encoder].copy() if links.encodes else zero,
        fifo_wait_cycles=counts.waited[crossbar].copy(),
        longest_fifo=transport.longest_queues()[crossbar].copy(),
    )


def links_load(transport: Transport, counts: LinkCounts, cycles: int) -> LinkLoad:
    """Return what each wire did in ``cycles`` cycles."""
    wires = transport.chip_links.topology.links
    n = wires.n_links
    return LinkLoad(
        name=np.array([wires.name(link) for link in range(n)]),
        source=np.asarray(wires.source),
        target=np.asarray(wires.target),
        tile=np.asarray(wires.tile),
        kind=np.asarray(wires.kind),
        offered=counts.offered[:n].copy(),
        packets=counts.begun[:n].copy(),
        utilisation=counts.busy[:n] / cycles,
        wait_cycles=counts.waited[:n].copy(),
        longest_queue=transport.longest_queues()[:n].copy(),
        dropped=counts.lost[:n].copy(),
    )


def _sums(values: Array, runs: Array) -> Array:
    """Return the sums of runs of values, int64."""
    total = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    sums: Array = total[runs[1:]] - total[runs[:-1]]
    return sums


def _count(tile: Array, numbers: Array, n_tiles: int) -> Array:
    return np.bincount(tile, weights=numbers, minlength=n_tiles).astype(np.int64)

"""The report of a run, from the counters that the kernels kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurohw.backend import population_load
from neurohw.hardware import Chip
from neurohw.result import HardwareReport, Latency, LinkLoad, TileLoad, Traffic
from neurohw_event.interconnect import deliveries_in_flight
from neurohw_event.kernels.histogram import bin_edges
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
    Array,
)

if TYPE_CHECKING:
    from neurohw_event.session import EventSession


def make_report(session: EventSession) -> HardwareReport:
    """Say what the hardware did so far."""
    program, network = session.program, session.program.network
    chip = program.chip
    biological_ms = max(0, session.tick) * network.timestep_ms
    simulated = session.mesh.timing.network == 1
    traffic = count_traffic(session)
    return HardwareReport(
        backend="event",
        fidelity=session.fidelity,
        chip=None if chip is None else chip.name,
        seed=session.seed,
        timestep_ms=network.timestep_ms,
        biological_ms=biological_ms,
        populations=population_load(network, session.log.spikes),
        traffic=traffic,
        projections=session.projections.load(network, session.log, session.mesh, session.flights),
        cycles_per_tick=None if chip is None else chip.cycles_per_tick(network.timestep_ms),
        cycle_ns=None if chip is None else chip.cycle_ns,
        chip_cycles=None
        if chip is None
        else max(0, session.tick) * chip.cycles_per_tick(network.timestep_ms),
        mesh=None if chip is None else (chip.interconnect.width, chip.interconnect.height),
        latency=_latency(session) if simulated else None,
        tiles=_tiles(session) if simulated else None,
        links=_links(session) if simulated else None,
        energy_pj=_energy(session, chip, traffic) if simulated and chip is not None else {},
        timing_s=session.timing_s,
    )


def count_traffic(session: EventSession) -> Traffic:
    """Count deliveries so far."""
    count = session.mesh.counters
    distance, contention = int(count[LATE_DISTANCE]), int(count[LATE_CONTENTION])
    return Traffic(
        sent=int(count[SENT]),
        delivered=int(count[DELIVERED]),
        dropped=int(count[DROPPED]),
        in_flight=deliveries_in_flight(session.mesh, session.flights),
        late=distance + contention,
        late_by_cause={"distance": distance, "contention": contention},
        dropped_by_cause={"buffer full": int(count[DROPPED])},
        hops=int(_packets(session)[session.mesh.is_hop].sum()),
        row_reads=int(count[ROW_READS]),
        synaptic_events=int(count[EVENTS]),
    )


def _latency(session: EventSession) -> Latency:
    count, counts, edges = session.mesh.counters, session.mesh.histogram, bin_edges()
    delivered = int(count[DELIVERED])
    used = int(np.flatnonzero(counts)[-1]) + 1 if delivered else 1
    return Latency(
        mean=float(count[LATENCY_SUM] / delivered) if delivered else 0.0,
        p50=_quantile(counts, edges, 0.5),
        p99=_quantile(counts, edges, 0.99),
        max=float(count[LATENCY_MAX]),
        edges=edges[: used + 1],
        counts=counts[:used].copy(),
    )


def _quantile(counts: Array, edges: Array, part: float) -> float:
    """Return the lower edge of the bin in which ``part`` of the deliveries is reached: exact below 64 cycles."""
    total = np.cumsum(counts)
    return float(edges[np.searchsorted(total, part * total[-1])]) if total[-1] else 0.0


def _tiles(session: EventSession) -> TileLoad | None:
    program, mesh = session.program, session.mesh
    usage, clusters, placement = program.tile_usage(), program.clusters, program.placement
    if usage is None or clusters is None or placement is None:
        return None
    is_neuron = clusters.cluster_of_cell >= 0
    spikes = np.bincount(
        placement.tile_of_cell[is_neuron],
        weights=session.log.spikes[is_neuron],
        minlength=len(mesh.packets_of_tile),
    )
    return TileLoad(
        cells=usage.cells,
        crossbars=usage.crossbars,
        rows=usage.rows,
        spikes=spikes.astype(np.int64),
        packets=mesh.packets_of_tile.copy(),
        synaptic_events=mesh.events_of_tile.copy(),
        **dict.fromkeys(
            (
                "late",
                "dropped",
                "compute",
                "memory",
                "traffic",
                "encoder_wait_cycles",
                "fifo_wait_cycles",
                "longest_fifo",
            ),
            np.zeros(len(mesh.packets_of_tile)),
        ),
    )


def _links(session: EventSession) -> LinkLoad | None:
    routes, mesh = session.program.routes, session.mesh
    if routes is None:
        return None
    links = routes.links
    cycles = _cycles_done(session)
    busy = mesh.carried * mesh.timing.service
    if mesh.timing.contention:
        busy -= np.maximum(0, mesh.free_at - cycles)
    return LinkLoad(
        name=np.array([links.name(link) for link in range(len(links.kind))]),
        source=np.asarray(links.source),
        target=np.asarray(links.target),
        tile=np.where(np.asarray(links.kind) == 0, -1, links.source),
        kind=np.asarray(links.kind),
        offered=mesh.carried + mesh.lost,
        packets=_packets(session),
        utilisation=busy / cycles,
        wait_cycles=mesh.waited.copy(),
        longest_queue=mesh.longest.copy(),
        dropped=mesh.lost.copy(),
    )


def _packets(session: EventSession) -> Array:
    """Return the packets that each link has begun to carry; those that wait have their turns booked already."""
    mesh = session.mesh
    if not mesh.timing.contention or mesh.timing.service == 0:
        return mesh.carried.copy()
    booked: Array = np.maximum(0, mesh.free_at - _cycles_done(session)) // mesh.timing.service
    return mesh.carried - booked


def _cycles_done(session: EventSession) -> int:
    """Return the cycles that have passed: a tick's packets move up to the end of the tick."""
    return max(1, (session.tick + 1) * session.mesh.timing.cycles_per_tick)


def _energy(session: EventSession, chip: Chip, traffic: Traffic) -> dict[str, float]:
    network, energy = session.program.network, chip.energy
    fired = sum(
        int(session.log.spikes[p.first : p.first + p.size].sum())
        for p in network.populations
        if not p.model.is_source
    )
    chip_ms = _cycles_done(session) * chip.cycle_ns * 1e-6
    return {
        "spike": fired * energy.spike_pj,
        "hop": traffic.hops * energy.hop_pj,
        "row": traffic.row_reads * energy.row_pj,
        "synapse": traffic.synaptic_events * energy.synapse_pj,
        "static": energy.tile_mw * chip.n_tiles * chip_ms * 1e6,  # mW times ms is 1e6 pJ
    }

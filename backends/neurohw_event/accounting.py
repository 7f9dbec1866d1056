"""The report of a run, from the counters that the kernels kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from neurohw.backend import population_load
from neurohw.congestion import find_congestion
from neurohw.hardware import Chip
from neurohw.hardware.topology import LINK_HOP
from neurohw.result import HardwareReport, Layout, Traffic
from neurohw_event.account import (
    DELIVERED,
    DISCARDED,
    EVENTS,
    LATE_CONTENTION,
    LATE_DISTANCE,
    ROW_READS,
    SENT,
)
from neurohw_event.arrival_counts import counters_of
from neurohw_event.energy import energy_of_populations, energy_of_stages
from neurohw_event.fcfs_counts import LinkCounts
from neurohw_event.interconnect import Transport
from neurohw_event.latencies import make_distortion, make_latency, make_stages
from neurohw_event.loads import links_load, neurons_load, tiles_load
from neurohw_event.timeline import timeline_of

if TYPE_CHECKING:
    from neurohw_event.session import EventSession


def make_report(session: EventSession) -> HardwareReport:
    """Say what the hardware did so far."""
    program, network = session.program, session.program.network
    chip, ticks = program.chip, max(0, session.tick)
    clock = {} if chip is None else _clock(session, chip, ticks)
    return HardwareReport(
        backend="event",
        fidelity=session.fidelity,
        chip=None if chip is None else chip.name,
        seed=session.seed,
        timestep_ms=network.timestep_ms,
        biological_ms=ticks * network.timestep_ms,
        populations=population_load(network, session.log.spikes),
        traffic=count_traffic(session),
        projections=session.projections.load(network, session.log, session.account, session.transport),
        timing_s=session.timing_s,
        **clock,
        **({} if session.transport is None else _hardware(session, session.transport, clock["chip_cycles"])),
    )


def count_traffic(session: EventSession) -> Traffic:
    """Count deliveries so far."""
    transport = session.transport
    count = counters_of(session.account, transport, session.wiring)
    distance, contention = int(count[LATE_DISTANCE]), int(count[LATE_CONTENTION])
    plain: dict[str, Any] = {
        "sent": int(count[SENT]),
        "delivered": int(count[DELIVERED]),
        "late": distance + contention,
        "late_by_cause": {"distance": distance, "contention": contention},
        "row_reads": int(count[ROW_READS]),
        "synaptic_events": int(count[EVENTS]),
    }
    if transport is None:
        return Traffic(dropped=0, in_flight=0, dropped_by_cause={"buffer full": 0}, hops=0, **plain)
    counts, topology = transport.counts(), transport.chip_links.topology
    lost = _losses(transport, counts) | {"late": int(count[DISCARDED])}
    is_hop = topology.links.kind == LINK_HOP
    begun = counts.begun[: topology.links.n_links]
    return Traffic(
        dropped=sum(lost.values()),
        in_flight=transport.in_flight(),
        dropped_by_cause=lost,
        hops=int(begun[is_hop].sum()),
        chip_hops=int(begun[is_hop & topology.is_chip_link].sum()),
        reinjected=int(counts.reinjected.sum()),
        **plain,
    )


def _losses(transport: Transport, counts: LinkCounts) -> dict[str, int]:
    """Return the deliveries lost by cause."""
    at_source = int(counts.lost[transport.chip_links.is_first].sum())
    return {"buffer full": int(counts.lost.sum()) - at_source, "encoder full": at_source}


def _clock(session: EventSession, chip: Chip, ticks: int) -> dict[str, Any]:
    """Say what cycles the chip has done; with a barrier they are known only when its interconnect was simulated."""
    clock: dict[str, Any] = {"cycle_ns": chip.cycle_ns}
    if chip.synchronisation.sync != "barrier":
        per_tick = chip.cycles_per_tick(session.program.network.timestep_ms)
        return clock | {"cycles_per_tick": per_tick, "chip_cycles": ticks * per_tick}
    if session.transport is None:
        return clock
    return clock | {"chip_cycles": session.transport.begin_of(session.tick + 1)}


def _hardware(session: EventSession, transport: Transport, chip_cycles: int) -> dict[str, Any]:
    topology, counts = transport.chip_links.topology, transport.counts()
    cycles = max(1, transport.begin_of(session.tick + 1))  # packets of a tick move to its end
    links = links_load(transport, counts, cycles)
    return {
        "layout": Layout(
            topology.name,
            np.asarray(topology.place_of_tile),
            np.asarray(topology.place_of_router),
            np.asarray(topology.router_of_tile),
        ),
        "latency": make_latency(session.account),
        "latency_stages": make_stages(session, transport),
        "distortion": make_distortion(session.account),
        "neurons": neurons_load(session, transport),
        "tiles": tiles_load(session, transport, counts, cycles),
        "links": links,
        "congestion": find_congestion(session.program, session.log.spikes, links),
        "timeline": timeline_of(transport, session.program.network.timestep_ms, session.tick),
        "energy_pj": energy_of_stages(session, transport, chip_cycles),
        "energy_of_population_pj": energy_of_populations(session, transport),
    }

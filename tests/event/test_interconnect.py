"""The interconnect in the closed loop against its oracle, and what must hold on every chip."""

from __future__ import annotations

from math import ceil, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.backend import load
from neurohw.compiler import compile_network
from neurohw.hardware import Chip, load_chip
from neurohw.hardware.synapses import FAMILIES
from neurohw.network import Network, Probe
from neurohw.program import Program
from tests.examples import examples
from tests.naive.clocked import simulate
from tests.naive.interconnect import NaiveInterconnect
from tests.networks import UNTIL_TICK, networks

MAX_CELLS = 40
FIDELITIES = st.sampled_from(["latency", "fcfs"])


@st.composite
def chips(draw) -> Chip:
    """Small meshes with few columns, so that the cells are spread, and links that are hard pressed."""
    width, height, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(3, 8))
    return load_chip("mesh").replace(
        width=width,
        height=height,
        crossbars=ceil(ceil(MAX_CELLS / columns) / (width * height)),
        rows=512,
        synapse_models=tuple(FAMILIES),
        columns=columns,
        speedup=draw(st.sampled_from([100.0, 1000.0, 5000.0])),
        hop_cycles=draw(st.integers(0, 5)),
        read_cycles=draw(st.integers(0, 12)),
        link_bandwidth=draw(st.sampled_from([200.0, 400.0, 1600.0, inf])),
        buffer_packets=draw(st.sampled_from([1, 2, 8, inf])),
        full_buffer=draw(st.sampled_from(["drop_new", "block"])),
        multicast=draw(st.booleans()),
    )


def all_spikes(network: Network) -> Network:
    probes = tuple(Probe(i, "spikes", np.arange(p.size)) for i, p in enumerate(network.populations))
    return Network(network.timestep_ms, network.populations, network.synapses, network.currents, probes)


def run(program: Program, fidelity: str, stops=(UNTIL_TICK,)):
    with load("event").open(program, fidelity=fidelity) as session:
        for stop in stops:
            session.advance(stop)
        result = session.result()
        assert vars(session.traffic()) == vars(result.report.traffic)
        return result


@given(networks(max_cells=MAX_CELLS), chips(), FIDELITIES)
@examples(100)
def test_closed_loop_against_the_oracle(network: Network, chip: Chip, fidelity: str) -> None:
    program = compile_network(all_spikes(network), chip)
    result = run(program, fidelity)
    naive = NaiveInterconnect(program, contention=fidelity == "fcfs")
    oracle = simulate(program.network, UNTIL_TICK, interconnect=naive)

    np.testing.assert_array_equal(result.spikes.ticks, oracle.ticks)
    np.testing.assert_array_equal(result.spikes.ids, oracle.ids)
    traffic, latency, links = result.report.traffic, result.report.latency, result.report.links
    assert (traffic.sent, traffic.dropped) == (naive.sent, naive.dropped)
    assert (traffic.delivered, traffic.in_flight) == (len(naive.latencies), naive.in_flight)
    assert traffic.late == sum(arrived > fired for _, _, fired, arrived in naive.stamps)
    assert latency.counts.sum() == len(naive.latencies)
    if naive.latencies:
        assert latency.mean == pytest.approx(np.mean(naive.latencies))
        assert latency.max == max(naive.latencies)
    for link in range(len(links.packets)):
        assert links.packets[link] == naive.packets_begun(link)
        assert links.wait_cycles[link] == naive.waits_of_link[link]
        assert links.longest_queue[link] == naive.longest_queue[link]
        assert links.dropped[link] == naive.lost_at[link]
    assert traffic.hops == sum(naive.packets_begun(link) for link in np.flatnonzero(links.kind == 0))


@given(networks(max_cells=MAX_CELLS), chips(), FIDELITIES)
@examples(50)
def test_what_holds_on_every_chip(network: Network, chip: Chip, fidelity: str) -> None:
    program = compile_network(all_spikes(network), chip)
    report = run(program, fidelity).report
    traffic = report.traffic
    cycles = (UNTIL_TICK + 1) * report.cycles_per_tick
    assert traffic.sent == traffic.delivered + traffic.dropped + traffic.in_flight
    assert traffic.late == sum(traffic.late_by_cause.values())
    assert traffic.late <= traffic.delivered
    assert traffic.delivered == report.tiles.packets.sum()
    assert traffic.synaptic_events == report.tiles.synaptic_events.sum()
    assert (
        report.links.packets * chip.service_cycles <= cycles + chip.service_cycles
    ).all() or fidelity == "latency"
    assert traffic.dropped == report.links.dropped.sum()
    assert (report.links.utilisation >= 0).all()
    if fidelity == "fcfs":
        assert (report.links.utilisation <= 1 + 1e-12).all()
        assert (
            chip.interconnect.full_buffer == "block"
            or (report.links.longest_queue <= chip.interconnect.buffer_packets).all()
        )


@given(networks(max_cells=MAX_CELLS), chips(), FIDELITIES)
@examples(50)
def test_without_latency_it_is_ideal(network: Network, chip: Chip, fidelity: str) -> None:
    program = compile_network(
        all_spikes(network), chip.replace(hop_cycles=0, read_cycles=0, link_bandwidth=inf)
    )
    plain = run(Program(program.network), "ideal")
    assert run(program, "ideal").spikes.digest() == plain.spikes.digest()
    assert run(program, fidelity).spikes.digest() == plain.spikes.digest()


@given(
    networks(max_cells=MAX_CELLS), chips(), FIDELITIES, st.sets(st.integers(0, UNTIL_TICK - 1), max_size=6)
)
@examples(30)
def test_stops_change_nothing(network: Network, chip: Chip, fidelity: str, stops: set[int]) -> None:
    program = compile_network(all_spikes(network), chip)
    whole, parts = run(program, fidelity), run(program, fidelity, [*sorted(stops), UNTIL_TICK])
    assert whole.spikes.digest() == parts.spikes.digest()
    assert vars(whole.report.traffic) == vars(parts.report.traffic)

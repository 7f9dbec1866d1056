"""The interconnect in the closed loop against its oracle, and what must hold on every chip."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from math import ceil, inf

import numpy as np
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from neurohw.backend import load
from neurohw.compiler import compile_network
from neurohw.errors import DeadlockError
from neurohw.hardware import Chip, load_chip
from neurohw.hardware.synapses import FAMILIES
from neurohw.hardware.topology import LINK_HOP
from neurohw.network import Network, Probe
from neurohw.program import Program
from tests.examples import examples
from tests.naive.clocked import simulate
from tests.naive.interconnect import NaiveInterconnect
from tests.networks import UNTIL_TICK, changed, networks

MAX_CELLS = 40
FIDELITIES = st.sampled_from(["latency", "fcfs", "credit", "credit"])
# where all delays are one tick, what arrives waits apart for the next one
NETWORKS = networks(max_cells=MAX_CELLS) | networks(max_cells=MAX_CELLS, max_delay=1)


TOPOLOGIES = ("mesh", "mesh", "torus", "ring", "tree", "star", "bus", "ideal")


@st.composite
def chips(draw, syncs=("async", "realtime", "barrier"), **fixed) -> Chip:
    """Small chips with few columns, so that the cells are spread, and links that are hard pressed."""
    width, height, columns = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(3, 8))
    topology = draw(st.sampled_from(TOPOLOGIES))
    leaves = draw(st.integers(1, 5)) if topology == "tree" else 1
    numbers = {
        "topology": topology,
        "width": width,
        "height": height,
        "leaves": leaves,
        "arity": 2,
        "crossbars": ceil(ceil(MAX_CELLS / columns) / (width * height * leaves)),
        "rows": 512,
        "synapse_models": tuple(FAMILIES),
        "columns": columns,
        "speedup": draw(st.sampled_from([100.0, 1000.0, 5000.0])),
        "encode_cycles": draw(st.sampled_from([0, 0, 3])),
        "encoder_packets": draw(st.sampled_from([1, 8, inf])),
        "fifo_packets": draw(st.sampled_from([1, 8, inf])),
        "inject_cycles": draw(st.integers(0, 2)),
        "hop_cycles": draw(st.integers(0, 5)),
        "link_cycles": draw(st.integers(0, 2)),
        "eject_cycles": draw(st.integers(0, 2)),
        "chip_width": draw(st.sampled_from([1, 2, inf])),
        "chip_link_cycles": draw(st.integers(0, 9)),
        "chip_link_bandwidth": draw(st.sampled_from([400.0, inf])),
        "read_cycles": draw(st.sampled_from([0, 1, 12])),
        "synapse_cycles": draw(st.sampled_from([0, 0, 2])),
        "update_cycles": draw(st.integers(0, 3)),
        "link_bandwidth": draw(st.sampled_from([200.0, 400.0, 1600.0, inf])),
        "buffer_packets": draw(st.sampled_from([1, 2, 8, inf])),
        "full_buffer": draw(st.sampled_from(["drop_new", "drop_after_wait", "block"])),
        "wait_cycles": draw(st.sampled_from([0, 10])),
        "reinject_cycles": draw(st.sampled_from([20, inf, inf])),
        "multicast": draw(st.booleans()),
        "sync": draw(st.sampled_from(syncs)),
        "sync_cycles": draw(st.integers(0, 3)),
        "late_packets": draw(st.sampled_from(["deliver", "drop"])),
    }
    return load_chip("mesh").replace(**{**numbers, **fixed})


def all_spikes(network: Network) -> Network:
    probes = tuple(Probe(i, "spikes", np.arange(p.size)) for i, p in enumerate(network.populations))
    return Network(network.timestep_ms, network.populations, network.synapses, network.currents, probes)


def run(program: Program, fidelity: str, stops=(UNTIL_TICK,)):
    """Run a program; examples that a fidelity does not run, or that end in a deadlock, do not count."""
    assume(not load("event").unsupported(program, fidelity))
    try:
        return run_or_fail(program, fidelity, stops)
    except DeadlockError:
        reject()


def run_or_fail(program: Program, fidelity: str, stops=(UNTIL_TICK,)):
    with load("event").open(program, fidelity=fidelity) as session:
        for stop in stops:
            session.advance(stop)
        result = session.result()
        assert vars(session.traffic()) == vars(result.report.traffic)
        return result


@given(NETWORKS, chips(), FIDELITIES)
@examples(100)
def test_closed_loop_against_the_oracle(network: Network, chip: Chip, fidelity: str) -> None:
    program = compile_network(all_spikes(network), chip)
    result = run(program, fidelity)
    naive = NaiveInterconnect(program, fidelity)
    oracle = simulate(program.network, UNTIL_TICK, interconnect=naive)

    np.testing.assert_array_equal(result.spikes.ticks, oracle.ticks)
    np.testing.assert_array_equal(result.spikes.ids, oracle.ids)
    report, traffic = result.report, result.report.traffic
    assert (traffic.sent, traffic.delivered) == (naive.sent, len(naive.latencies))
    assert traffic.dropped == naive.lost + len(naive.late_dropped)
    assert traffic.dropped_by_cause["late"] == len(naive.late_dropped)
    assert traffic.in_flight == naive.in_flight
    assert traffic.late == sum(d.tick > d.fired_tick for d in naive.deliveries)
    if chip.synchronisation.sync == "barrier":
        assert report.chip_cycles == naive.base
    counts = np.array([naive.kernel.counts(link) for link in range(len(report.links.packets))])
    begun, _, waited, longest, lost, _, offered = counts.T
    assert report.links.packets.tolist() == begun.tolist()
    assert report.links.wait_cycles.tolist() == waited.tolist()
    assert report.links.longest_queue.tolist() == longest.tolist()
    assert report.links.dropped.tolist() == lost.tolist()
    assert report.links.offered.tolist() == offered.tolist()
    assert traffic.hops == begun[report.links.kind == LINK_HOP].sum()


@given(NETWORKS, chips(), FIDELITIES)
@examples(60)
def test_latency_is_the_sum_of_its_stages(network: Network, chip: Chip, fidelity: str) -> None:
    program = compile_network(all_spikes(network), chip)
    report = run(program, fidelity).report
    naive = NaiveInterconnect(program, fidelity)
    simulate(program.network, UNTIL_TICK, interconnect=naive)
    stages = [report.latency_stages[name] for name in ("generation", "network", "blocking", "processing")]
    n = len(naive.latencies)
    assert report.latency.counts.sum() == n
    if n == 0:
        return
    assert report.latency.max == max(naive.latencies)
    assert report.latency.mean == pytest.approx(np.mean(naive.latencies))
    assert round(report.latency.mean * n) == sum(round(stage.mean * n) for stage in stages)
    for stage, cycles in zip(stages, zip(*naive.stages, strict=True), strict=True):
        assert (round(stage.mean * n), stage.max) == (sum(cycles), max(cycles))
        edges = [bisect_right(stage.edges, number) - 1 for number in cycles]
        assert stage.counts.tolist() == np.bincount(edges, minlength=len(stage.counts)).tolist()


@given(NETWORKS, chips(), FIDELITIES)
@examples(50)
def test_what_holds_on_every_chip(network: Network, chip: Chip, fidelity: str) -> None:
    program = compile_network(all_spikes(network), chip)
    report = run(program, fidelity).report
    traffic = report.traffic
    assert traffic.sent == traffic.delivered + traffic.dropped + traffic.in_flight
    assert traffic.dropped == sum(traffic.dropped_by_cause.values())
    assert traffic.late == sum(traffic.late_by_cause.values()) == report.tiles.late.sum()
    assert traffic.late <= traffic.delivered
    assert traffic.delivered == report.tiles.packets.sum() == report.neurons.delivered.sum()
    assert traffic.dropped == report.tiles.dropped.sum() == report.neurons.dropped.sum()
    counts = (
        *vars(report.neurons).values(),
        report.tiles.packets,
        report.tiles.synaptic_events,
        report.tiles.late,
    )
    assert {column.dtype for column in counts} == {np.dtype(np.int64)}
    assert traffic.synaptic_events == report.tiles.synaptic_events.sum()
    assert (report.links.utilisation >= 0).all()
    of_stage = report.energy_pj
    static_mw = chip.energy.tile_mw * chip.n_tiles
    assert of_stage["static"] == pytest.approx(static_mw * report.chip_ms * 1e6)  # mW times ms are 1e6 pJ
    for stage in of_stage.keys() - {"static"}:
        parts = sum(energy[stage] for energy in report.energy_of_population_pj.values())
        assert parts == pytest.approx(of_stage[stage])
    if fidelity != "latency" and chip.interconnect.topology != "ideal":
        assert (report.links.utilisation <= 1 + 1e-12).all()
        assert (report.tiles.memory <= 1 + 1e-12).all()


@given(NETWORKS, chips(("async", "realtime")), st.sampled_from(["latency", "fcfs"]))
@examples(40)
def test_without_latency_it_is_ideal(network: Network, chip: Chip, fidelity: str) -> None:
    stages = ("encode", "inject", "hop", "link", "eject", "chip_link", "read", "synapse")
    free = chip.replace(
        **{f"{stage}_cycles": 0 for stage in stages}, link_bandwidth=inf, chip_link_bandwidth=inf
    )
    program = compile_network(all_spikes(network), free)
    plain = run(Program(program.network), "ideal")
    assert run(program, "ideal").spikes.digest() == plain.spikes.digest()
    assert run(program, fidelity).spikes.digest() == plain.spikes.digest()


@given(NETWORKS, chips(("barrier",), full_buffer="block"), FIDELITIES)
@examples(40)
def test_with_a_barrier_it_is_ideal(network: Network, chip: Chip, fidelity: str) -> None:
    program = compile_network(all_spikes(network), chip)
    result = run(program, fidelity)
    assert result.spikes.digest() == run(Program(program.network), "ideal").spikes.digest()
    assert result.report.traffic.late == result.report.traffic.in_flight == 0


@given(NETWORKS, chips(), FIDELITIES, st.sets(st.integers(0, UNTIL_TICK - 1), max_size=6))
@examples(40)
def test_stops_change_nothing(network: Network, chip: Chip, fidelity: str, stops: set[int]) -> None:
    program = compile_network(all_spikes(network), chip)
    whole, parts = run(program, fidelity), run(program, fidelity, [*sorted(stops), UNTIL_TICK])
    assert whole.spikes.digest() == parts.spikes.digest()
    a, b = whole.report.to_dict(), parts.report.to_dict()
    assert {**a, "timing_s": None} == {**b, "timing_s": None}


@given(NETWORKS, chips(), FIDELITIES, st.integers(0, UNTIL_TICK - 1), st.integers(0, 2**32 - 1))
@examples(60)
def test_changes_between_runs_against_the_oracle(
    network: Network, chip: Chip, fidelity: str, stop: int, seed: int
) -> None:
    """What waits at a stop arrives, whatever is set then."""
    program = compile_network(all_spikes(network), chip)
    assume(not load("event").unsupported(program, fidelity))
    later = replace(program, network=changed(program.network, seed))
    with load("event").open(program, fidelity=fidelity) as session:
        try:
            session.advance(stop)
            session.set(later)
            session.advance(UNTIL_TICK)
        except DeadlockError:
            reject()
        spikes = session.result().spikes
    oracle = simulate(
        program.network,
        UNTIL_TICK,
        changes={stop: later.network},
        interconnect=NaiveInterconnect(program, fidelity),
    )
    np.testing.assert_array_equal(spikes.ticks, oracle.ticks)
    np.testing.assert_array_equal(spikes.ids, oracle.ids)

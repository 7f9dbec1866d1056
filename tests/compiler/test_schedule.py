"""Mapped networks as dataflow graphs, and the packets of guaranteed schedules in a simulated interconnect."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import neurohw
from neurohw.backend import load_traffic
from neurohw.compiler.schedule import (
    INPUT,
    chip_platform,
    cluster_name,
    crossbar_demand,
    explain,
    guarantee_program,
    mapped_graph,
    program_platform,
    throughput_of_program,
)
from neurohw.dataflow import (
    Occupancy,
    admit,
    certificate_problems,
    execute,
    guarantee,
    load_bound,
    prepare,
    single_tile_order,
)
from neurohw.errors import GraphError, MappingError, SettingError
from neurohw.hardware import load_chip
from neurohw.traffic import RecordedPackets
from neurohw.traffic.interconnects import interconnect_chip
from tests.compiler.build import network_of_pairs
from tests.examples import compiled_only, examples
from tests.tiles import live_graph, random_mapping

TOPOLOGIES = [
    ("mesh", (3, 3)),
    ("torus", (3, 3)),
    ("tree", 9),
    ("ring", 6),
    ("star", 5),
    ("bus", 5),
    ("ideal", 4),
]
CHIP = load_chip("mesh").replace(
    rows=8, columns=4, crossbars=1, read_cycles=5, synapse_cycles=2, update_cycles=3
)


def _chip(topology, size, flits):
    return interconnect_chip(topology, size, flits=flits, depth=float("inf"))


def _sent(chip, cycles, pairs):
    tiles = [[int(name.removeprefix("tile_")) for name in ends] for ends in zip(*pairs, strict=True)]
    order = np.argsort(cycles, kind="stable")
    packets = RecordedPackets(chip.n_tiles, *(np.array(column)[order] for column in (cycles, *tiles)))
    return load_traffic("event").traffic(chip, packets, fidelity="fcfs")


@pytest.mark.parametrize(("topology", "size"), TOPOLOGIES)
@pytest.mark.parametrize("flits", [1, 4])
def test_packets_alone_take_the_delay_of_the_platform(topology, size, flits):
    chip = _chip(topology, size, flits)
    platform = chip_platform(chip)
    pairs = list(platform.delay)
    assert len(pairs) == chip.n_tiles * (chip.n_tiles - 1)
    seen = _sent(chip, [1000 * number for number in range(len(pairs))], pairs)
    delays = list(platform.delay.values())
    assert (seen.latency_min, seen.latency_max) == (min(delays), max(delays))
    assert seen.latency_mean == pytest.approx(float(sum(delays)) / len(delays))


def test_the_encoder_is_a_link_of_all_packets_of_a_tile():
    chip = load_chip("mesh").replace(width=2, height=1, encode_cycles=7)
    plain = chip_platform(chip.replace(encode_cycles=0))
    platform = chip_platform(chip)
    pair = ("tile_0", "tile_1")
    assert platform.delay[pair] == plain.delay[pair] + 7
    assert platform.routes[pair] == ("0 encoder", *plain.routes[pair])
    assert platform.links["0 encoder"].time == 7


def _scheduled(seed):
    """Return a chip, a guarantee of a random graph on it, and packets of 20 periods, none where times are not whole."""
    random = Random(seed)
    chip = _chip(*TOPOLOGIES[seed % 6], flits=random.randint(1, 4))
    platform, graph = chip_platform(chip), live_graph(seed, most_actors=7, connected=True)
    graph = replace(graph, actors=tuple(replace(a, time=Fraction(int(a.time))) for a in graph.actors))
    orders, capacities = random_mapping(graph, random, [tile.name for tile in platform.tiles])
    certificate = guarantee(graph, orders, platform, capacities)
    whole = certificate.period.denominator == 1
    tile = certificate.tile_of_actor
    packets = [
        (
            int(date + k * certificate.transit[channel.name] + n * certificate.period),
            (tile[channel.source], tile[channel.target]),
        )
        for channel in graph.channels
        for date in certificate.sends.get(channel.name, ())
        for k in range(certificate.burst[channel.name])
        for n in range(20 * whole)
    ]
    return chip, platform, certificate, packets


@compiled_only
def test_packets_of_a_schedule_are_never_later_than_guaranteed():
    runs = waited = 0
    for seed in range(120):
        chip, platform, certificate, packets = _scheduled(seed)
        assert certificate_problems(certificate) == []
        if not packets:
            continue
        seen = _sent(chip, *zip(*packets, strict=True))
        assert seen.arrived == len(packets)
        assert seen.latency_max <= max(certificate.transit.values())
        runs += 1
        waited += (
            seen.latency_mean > float(sum(platform.delay[pair] for _, pair in packets)) / len(packets) + 1e-9
        )
    assert runs >= 60
    assert waited >= 5


def _program():
    """Return two clusters of four neurons: 0 to 3 send to 4 to 7, these among each other, a source to 0 and 1."""
    pairs = [(pre, post) for pre in range(4) for post in range(4, 8)] + [(5, 4), (5, 6), (6, 0)]
    network = network_of_pairs(8, pairs, 1, [(0, 0), (0, 1)])
    return neurohw.compile(network, CHIP)


SPIKES = np.array([1, 0, 2, 3, 0, 4, 5, 0, 7])  # of the neurons, then of the source


def test_the_graph_of_a_mapped_network_by_hand():
    program = _program()
    graph = mapped_graph(program, SPIKES)
    assert {(c.source, c.target): c.tokens for c in graph.channels} == {
        ("cluster_0", "cluster_1"): 1 + 2 + 3,
        ("cluster_1", "cluster_0"): 5,  # neuron 6 to 0
        ("cluster_1", "cluster_1"): 4,  # neuron 5 to 4 and 6, one packet a spike
        (INPUT, "cluster_0"): 7,
    }
    assert all(c.production == c.consumption == c.tokens for c in graph.channels)
    # rows of packets, synapses one by one, four neurons
    assert {actor.name: actor.time for actor in graph.actors} == {
        "cluster_0": (5 + 7) * 5 + (5 * 1 + 7 * 2) * 2 + 4 * 3,
        "cluster_1": (6 + 4) * 5 + (6 * 4 + 4 * 2) * 2 + 4 * 3,
        INPUT: 0,
    }


def test_the_guarantee_of_a_mapped_network_names_populations_and_tiles():
    program = _program()
    certificate = guarantee_program(program, SPIKES)
    assert certificate_problems(certificate) == []
    graph = mapped_graph(program, SPIKES)
    assert certificate.period >= max(actor.time for actor in graph.actors)
    lines = explain(program, certificate)
    assert len(lines) == len(certificate.critical)
    assert lines[0].startswith("cluster ")
    assert "(cells 4-7) on tile 1" in " ".join(lines)
    assert crossbar_demand(program).of_actor == {cluster_name(0): 1, cluster_name(1): 1}


def test_small_buffers_make_it_slower_and_too_small_ones_are_refused():
    program = _program()
    tokens = {channel.name: channel.tokens for channel in mapped_graph(program, SPIKES).channels}
    assert guarantee_program(program, SPIKES, tokens).period > guarantee_program(program, SPIKES).period
    with pytest.raises(MappingError, match="a buffer of 4 tokens cannot hold its 5 initial tokens"):
        guarantee_program(program, SPIKES, {"cluster_1->cluster_0": 4})


@examples(40)
@given(st.integers(0, 10**6))
def test_graphs_of_random_networks_are_as_counted(seed):
    random = Random(seed)
    n = random.randint(2, 16)
    pairs = [(random.randrange(n), random.randrange(n)) for _ in range(random.randint(0, 3 * n))]
    inputs = [(random.randrange(2), random.randrange(n)) for _ in range(random.randint(0, 4))]
    program = neurohw.compile(network_of_pairs(n, pairs, 2, inputs), CHIP)
    spikes = np.array([random.randint(0, 3) for _ in range(n + 2)])
    group = [f"cluster_{c}" if c >= 0 else INPUT for c in program.clusters.cluster_of_cell]
    reached = {(pre, group[post]) for pre, post in [*pairs, *((n + pre, post) for pre, post in inputs)]}
    expected: dict = {}
    for cell, target in reached:
        if spikes[cell]:
            expected[group[cell], target] = expected.get((group[cell], target), 0) + int(spikes[cell])
    graph = mapped_graph(program, spikes)
    assert {(c.source, c.target): c.tokens for c in graph.channels} == expected
    assert set(single_tile_order(graph)) == set(graph.index)
    certificate = guarantee_program(program, spikes)
    assert certificate_problems(certificate) == []
    for actor in graph.actors:
        assert certificate.period >= actor.time
    for name, starts in execute([certificate], program_platform(program), 5)[0].items():
        first = certificate.starts[name][0]
        assert all(date <= first + n * certificate.period for n, date in enumerate(starts))
    assert isinstance(explain(program, certificate), list)


def test_mapped_networks_share_a_chip():
    """Each tile has one crossbar, so that a cluster fills it; sources take none."""
    program = _program()
    graph = mapped_graph(program, SPIKES)
    platform = chip_platform(CHIP.replace(width=2, height=2))
    occupancy, demand = Occupancy(platform), crossbar_demand(program)
    for name in ("first", "second"):
        answer = admit(occupancy, prepare(graph, name, demand=demand))
        assert answer.is_admitted
        occupancy = answer.occupancy
    tile_of_actor = answer.certificate.tile_of_actor
    assert tile_of_actor["cluster_0"] != tile_of_actor["cluster_1"]
    assert not admit(occupancy, prepare(graph, "third", demand=demand)).is_admitted
    assert admit(occupancy.without("first"), prepare(graph, "third", demand=demand)).is_admitted


@examples(40)
@given(st.integers(0, 10**6))
def test_what_is_simulated_is_no_slower_than_what_is_guaranteed(seed):
    random = Random(seed)
    n = random.randint(4, 24)
    pairs = [(random.randrange(n), random.randrange(n)) for _ in range(random.randint(1, 4 * n))]
    network = network_of_pairs(n, pairs, 1, [(0, 0), (0, n - 1)])
    program = neurohw.compile(network, CHIP.replace(rows=32), placer="hilbert")
    spikes = np.array([random.randint(0, 5) for _ in range(n + 1)])
    found = throughput_of_program(program, spikes)
    assert found.certificate == guarantee_program(program, spikes)
    if found.guaranteed_hz is None:
        return
    assert found.guaranteed_hz == pytest.approx(1e9 / (float(found.certificate.period) * CHIP.cycle_ns))
    assert found.simulated_hz >= found.guaranteed_hz * (1 - 1e-12)
    # no tile does more than one thing at a time
    assert found.simulated_period >= load_bound(found.certificate.graph, found.certificate.orders)


def test_throughput_of_what_is_too_large(monkeypatch):
    program = _program()
    found = throughput_of_program(program, SPIKES, most_steps=10)
    assert found.simulated_hz is None
    assert found.guaranteed_hz == throughput_of_program(program, SPIKES).guaranteed_hz
    assert found.not_simulated == "an iteration has 69 steps of packets over links; at most 10 are simulated"
    monkeypatch.setattr("neurohw.compiler.schedule.throughput.MOST_CONNECTIONS", 2)
    with pytest.raises(GraphError, match=r"4 pairs of clusters with spikes between them; .* for 2 at most"):
        throughput_of_program(program, SPIKES)


def test_what_cannot_be_mapped_is_refused():
    network = network_of_pairs(2, [(0, 1)])
    with pytest.raises(MappingError, match="the program has no chip"):
        mapped_graph(neurohw.compile(network), np.zeros(2, int))
    with pytest.raises(SettingError, match="one number of at least 0 is needed for each of 2 cells"):
        mapped_graph(neurohw.compile(network, CHIP), np.array([1]))
    for wrong in (-1, 0.5):
        with pytest.raises(SettingError, match=f"'cells', neuron 1: spikes = {wrong}"):
            mapped_graph(neurohw.compile(network, CHIP), np.array([1, wrong]))
    with pytest.raises(MappingError, match="tile 99: chip 'mesh' has"):
        chip_platform(CHIP, [0, 99])

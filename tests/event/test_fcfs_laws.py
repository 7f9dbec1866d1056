"""What must hold for links taken in order of arrival: exact latencies, order, laws of queues, free idle time."""

from __future__ import annotations

import numpy as np
import pytest
from numba import config

from neurohw.jit import kernel
from neurohw_event.fabric import Links, Ways, Work, make_arrived
from neurohw_event.fcfs import Fcfs, LinkRules, make_fcfs
from neurohw_event.fcfs_counts import count_in_flight, count_links
from neurohw_event.kernels.fcfs import DONE, advance, enter
from tests.xy_mesh import XYMesh


@kernel
def enter_all(fcfs, node, cycle):  # type: ignore[no-untyped-def]
    """Enter packets in order of their cycles, which lie ahead; each packet's cell is its number."""
    for number in range(node.size):
        enter(fcfs, node[number], number, cycle[number], cycle[number])


def run(fcfs: Fcfs, node: np.ndarray, cycle: np.ndarray, until: int) -> np.recarray:
    """Enter packets, advance, and return the deliveries."""
    arrived = make_arrived(len(node) + 1)
    enter_all(fcfs, node.astype(np.int32), cycle.astype(np.int64))
    assert advance(fcfs, arrived, until, False) == DONE
    return arrived.delivery[: int(arrived.size[0])].view(np.recarray)


@pytest.mark.parametrize("contention", [True, False])
@pytest.mark.parametrize(
    ("mesh", "read"),
    [
        (XYMesh(4, 3), 0),
        (XYMesh(3, 4, hop=1, inject=0, eject=0, service=5), 0),
        (XYMesh(3, 3, hop=2, service=4, encode=6, crossbar=True), 7),
    ],
)
def test_a_lone_packet_takes_the_cycles_of_its_stages(mesh: XYMesh, read: int, contention: bool) -> None:
    """Checked for every pair of tiles, the own one where the tile has a crossbar."""
    n = mesh.n_tiles
    pairs = [(a, b) for a in range(n) for b in range(n) if a != b or mesh.crossbar]
    work = Work(np.full(len(pairs), read))
    fcfs = make_fcfs(*mesh.build(), work, LinkRules(contention), pool=len(pairs))
    fired = 1000 * np.arange(len(pairs))
    arrived = run(fcfs, np.array([mesh.source(a, b) for a, b in pairs]), fired, 10**6)
    assert (arrived.cycle - arrived.fired).tolist() == [mesh.zero_load(a, b, read) for a, b in pairs]
    np.testing.assert_array_equal(arrived.entered, fired + mesh.encode)
    np.testing.assert_array_equal(arrived.fired, fired)


def uniform_traffic(
    mesh: XYMesh, load: float, cycles: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return flow (source and destination), node and cycle of packets between different tiles."""
    generator = np.random.default_rng(seed)
    cycle, source = np.nonzero(generator.random((cycles, mesh.n_tiles)) < load)
    target = (source + generator.integers(1, mesh.n_tiles, len(source))) % mesh.n_tiles
    nodes = np.array([[mesh.source(a, b) for b in range(mesh.n_tiles)] for a in range(mesh.n_tiles)])
    return source * mesh.n_tiles + target, nodes[source, target], cycle


@pytest.mark.parametrize("load", [0.1, 0.5, 0.9])
def test_packets_of_a_flow_stay_in_order_and_none_is_lost(load: float) -> None:
    mesh = XYMesh(3, 3, service=2)
    flow, node, cycle = uniform_traffic(mesh, load / mesh.service, 300, seed=3)
    fcfs = make_fcfs(*mesh.build(), pool=len(node))
    arrived = run(fcfs, node, cycle, 10**5)
    assert sorted(arrived.sender.tolist()) == list(range(len(node)))
    assert count_in_flight(fcfs) == 0
    for one in np.unique(flow):
        assert (np.diff(arrived.sender[flow[arrived.sender] == one]) > 0).all()
    a, b = np.divmod(flow[arrived.sender], mesh.n_tiles)
    shortest = np.array([mesh.zero_load(int(x), int(y)) for x, y in zip(a, b, strict=True)])
    assert (arrived.cycle - arrived.fired >= shortest).all()


LINK_TO_TILE_0 = 1  # the second that is made for a tile


@pytest.mark.parametrize("until", [40, 137, 200])
def test_no_link_carries_more_than_its_bandwidth(until: int) -> None:
    """A hot spot: everything goes to tile 0, whose link is busy all the time once the first packet has come."""
    mesh = XYMesh(3, 3, service=3)
    node = np.array([mesh.source(a, 0) for a in range(1, 9)] * 20)
    fcfs = make_fcfs(*mesh.build(), pool=len(node))
    arrived = run(fcfs, node, np.zeros(len(node)), until)
    counts = count_links(fcfs)
    busy = until - mesh.inject - mesh.hop
    assert (counts.busy[LINK_TO_TILE_0], counts.begun[LINK_TO_TILE_0]) == (busy, -(-busy // mesh.service))
    assert (counts.busy <= until).all()
    assert len(arrived.sender) + count_in_flight(fcfs) == len(node)


@pytest.mark.skipif(config.DISABLE_JIT, reason="the mean of a few packets is no mean")
@pytest.mark.parametrize(("ports", "load"), [(2, 0.5), (4, 0.5), (4, 0.8), (8, 0.8)])
def test_the_wait_at_the_outputs_of_a_switch(ports: int, load: float) -> None:
    """(N - 1) / N * rho / (2 (1 - rho)) cycles: Karol, Hluchyj and Morgan 1987, doi:10.1109/TCOM.1987.1096719."""
    outputs, none = np.arange(ports, dtype=np.int32), np.full(ports, -1)
    links = Links(outputs, outputs, none + 2, none + 2, none, none)
    ways = Ways(
        edges_of_node=np.minimum(np.arange(ports + 2), ports),
        link_of_edge=outputs,
        node_of_edge=np.full(ports, ports, np.int32),
        leaves_of_node=np.ones(ports + 1, np.int32),
        rank_of_node=np.array([-1] * ports + [0], np.int32),
    )
    generator = np.random.default_rng(1)
    cycle, _ = np.nonzero(generator.random((1_600_000 // ports, ports)) < load)
    fcfs = make_fcfs(links, ways, pool=len(cycle))
    run(fcfs, generator.integers(0, ports, len(cycle)), cycle, 10**7)
    counts = count_links(fcfs)
    expected = (ports - 1) / ports * load / (2 * (1 - load))
    assert counts.waited.sum() / counts.begun.sum() == pytest.approx(expected, rel=0.02)


def test_idle_time_costs_nothing() -> None:
    """Were cycles stepped through, this would take days."""
    mesh = XYMesh(2, 1)
    fcfs = make_fcfs(*mesh.build())
    fired = 10**14 * np.arange(1, 11)
    arrived = run(fcfs, np.full(10, mesh.source(0, 1)), fired, 10**16)
    np.testing.assert_array_equal(arrived.cycle, fired + mesh.zero_load(0, 1))
    assert fcfs.wheel.clock[0] == 10**16


def test_the_kernels_are_compiled_once() -> None:
    """A number for an array, or an int for a float, would compile them again."""
    mesh = XYMesh(2, 1)
    compiled = []
    for contention in (True, False):
        fcfs = make_fcfs(*mesh.build(), rules=LinkRules(contention))
        run(fcfs, np.array([mesh.source(0, 1)]), np.zeros(1), 100)
        compiled.append(len(getattr(advance, "signatures", [])))
    assert compiled[0] == compiled[1]

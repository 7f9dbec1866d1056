"""Packets on links taken in order of arrival, against the oracle on random graphs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.errors import MappingError, SettingError
from neurohw_event.fabric import Arrived, Links, Ways, Work, make_arrived
from neurohw_event.fcfs import Fcfs, grow_fcfs, make_fcfs
from neurohw_event.fcfs_counts import count_in_flight, count_links, deliveries_under_way
from neurohw_event.kernels.fcfs import DONE, advance, enter
from neurohw_event.kernels.fcfs_steps import ENTER, LAST, READ, TAIL
from neurohw_event.kernels.standing import ROOM
from neurohw_event.kernels.wheel import SLOTS_PER_LEVEL
from tests.examples import SLOWNESS, examples
from tests.naive.fcfs import NaiveFcfs, Rules

N_CELLS = 3
N_ENDS = 3
LONG = 4000  # cycles, enough for everything to arrive
PLAIN, ENCODER, CROSSBAR = range(3)


# --- random chips -------------------------------------------------------------------------------------------

LINK = st.tuples(st.sampled_from([PLAIN, ENCODER, CROSSBAR]), st.integers(0, 4), st.integers(0, 4))
PACKETS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 2, 6]),
        st.integers(0, 5),
        st.sampled_from(range(0, N_CELLS * N_ENDS, N_ENDS)),
    ),
    max_size=40,
)


@st.composite
def fabrics(draw: st.DrawFn) -> tuple[Links, Ways, Work]:
    """Return links (the first a plain one), ways without circles and cycles of crossbars."""
    drawn = [(PLAIN, 1, 1), *draw(st.lists(LINK, max_size=4))]
    kind, latency, service = np.array(drawn).T
    is_read = kind == CROSSBAR
    n_inner = draw(st.integers(1, 6))
    edges = [draw(st.lists(_edge(node, n_inner, is_read), min_size=1, max_size=3)) for node in range(n_inner)]
    none = np.full(len(kind), -1)
    links = Links(
        source=(kind == ENCODER).astype(np.int32),  # station 1, which no link leads to
        target=np.where(is_read, -1, 0).astype(np.int32),
        latency=latency,
        service=np.where(is_read, -1, service),
        depth=none,
        credit=none + 1,
    )
    cycles = draw(st.lists(st.integers(0, 6), min_size=N_CELLS * N_ENDS, max_size=N_CELLS * N_ENDS))
    work = Work(np.array(cycles))
    return links, make_ways(edges), work


@st.composite
def tiled_fabrics(draw: st.DrawFn) -> tuple[Links, Ways, Work]:
    """Return ways to crossbars over a link of their own each, but where packets enter before them."""
    n_tiles, n_stops = draw(st.integers(1, 2)), draw(st.integers(1, 4))
    times = st.tuples(st.integers(0, 3), st.integers(0, 3))
    plain = draw(st.lists(times, min_size=1 + n_tiles, max_size=1 + n_tiles))
    edges: list[list[tuple[int, int]]] = [[] for _ in range(n_stops)]
    before: list[list[tuple[int, int]]] = []
    for stop in range(n_stops):
        for tile in draw(st.lists(st.integers(0, n_tiles - 1), min_size=stop == n_stops - 1, max_size=3)):
            edges[stop].append((1 + tile, n_stops + len(before)))
            before.append([(1 + n_tiles + tile, draw(st.integers(0, N_ENDS - 1)))])
        if stop < n_stops - 1:
            edges[stop].append((0, draw(st.integers(stop + 1, n_stops - 1))))
    n_inner = n_stops + len(before)
    ends = [[(link, n_inner + end) for link, end in node] for node in before]
    for tile in draw(st.lists(st.integers(0, n_tiles - 1), max_size=2)):
        edges[0].append((1 + n_tiles + tile, n_inner + draw(st.integers(0, N_ENDS - 1))))
    latency, service = np.array([*plain, *[(0, -1)] * n_tiles]).T
    station = np.zeros(len(service), np.int32)
    links = Links(station, np.where(service < 0, -1, station), latency, service, station - 1, station)
    cycles = draw(st.lists(st.integers(0, 6), min_size=N_CELLS * N_ENDS, max_size=N_CELLS * N_ENDS))
    return links, make_ways([*edges, *ends]), Work(np.array(cycles))


def _edge(node: int, n_inner: int, is_read: np.ndarray) -> st.SearchStrategy[tuple[int, int]]:
    """Return link and node behind it: one farther on, or an end, which alone lies behind a crossbar."""
    return st.integers(0, len(is_read) - 1).flatmap(
        lambda link: st.tuples(
            st.just(link), st.integers(n_inner if is_read[link] else node + 1, n_inner + N_ENDS - 1)
        )
    )


def make_ways(edges: list[list[tuple[int, int]]]) -> Ways:
    """Return the ways whose inner nodes have these edges (link, node); the ends follow on the inner nodes."""
    n_inner, n_nodes = len(edges), 1 + max(len(edges), *(target for node in edges for _, target in node))
    leaves = [0] * n_inner + [1] * (n_nodes - n_inner)
    for node in reversed(range(n_inner)):
        leaves[node] = sum(leaves[target] for _, target in edges[node])
    n_edges = [len(node) for node in edges] + [0] * (n_nodes - n_inner)
    return Ways(
        edges_of_node=np.cumsum([0, *n_edges]),
        link_of_edge=np.array([link for node in edges for link, _ in node], np.int32),
        node_of_edge=np.array([target for node in edges for _, target in node], np.int32),
        leaves_of_node=np.array(leaves, np.int32),
        rank_of_node=np.maximum(np.arange(n_nodes, dtype=np.int32) - n_inner, -1),
    )


@st.composite
def rules(draw: st.DrawFn, n_links: int) -> Rules:
    """Return limits of waiting, most of them without effect."""
    limit = draw(st.lists(st.sampled_from([-1, -1, 0, 1, 2]), min_size=n_links, max_size=n_links))
    wait_cycles = draw(st.sampled_from([0, 0, 0, 3, 11]))
    return Rules(
        limit, wait_cycles, draw(st.sampled_from([-1, -1, 1, 5])), draw(st.sampled_from([True, True, False]))
    )


# --- driving ------------------------------------------------------------------------------------------------


def make(fabric: tuple[Links, Ways, Work], rule: Rules, pool: int) -> Fcfs:
    """Return an empty interconnect."""
    return make_fcfs(*fabric, **asdict(rule), pool=pool)


def run(fcfs: Fcfs, arrived: Arrived, until: int) -> tuple[Fcfs, list[tuple[int, ...]]]:
    """Advance, making room as it is needed; returns the state and what arrived."""
    deliveries = []
    while True:
        status = advance(fcfs, arrived, until, False)
        n = int(arrived.size[0])
        deliveries += arrived.delivery[:n].tolist()
        arrived.size[0] = 0
        if status == DONE:
            return fcfs, deliveries
        if n == 0:
            fcfs = grow_fcfs(fcfs, 1)


def by_link(ways: Ways, deliveries: list[tuple[int, ...]]) -> dict[int, list[tuple[int, ...]]]:
    """Return the deliveries in order for each link that alone leads to its ends, and all others sorted (-1).

    Those of different crossbars may come in any order: none can change any more what another does.
    """
    links_to: dict[int, set[int]] = {}
    for link, node in zip(ways.link_of_edge.tolist(), ways.node_of_edge.tolist(), strict=True):
        links_to.setdefault(node, set()).add(link)
    found: dict[int, list[tuple[int, ...]]] = {-1: []}
    for delivery in deliveries:
        links = links_to.get(delivery[1], set())
        found.setdefault(min(links) if len(links) == 1 else -1, []).append(delivery)
    found[-1].sort()
    return found


def check(fcfs: Fcfs, naive: NaiveFcfs) -> None:
    """Compare what the links did, and what is under way."""
    counts = np.stack(count_links(fcfs), axis=1)
    assert counts.tolist() == [list(naive.counts(link)) for link in range(len(naive.links))]
    assert count_in_flight(fcfs) == len(naive.under_way)
    assert Counter(zip(*(ids.tolist() for ids in deliveries_under_way(fcfs)), strict=True)) == Counter(
        naive.under_way
    )


@given(st.data(), fabrics() | tiled_fabrics(), PACKETS, st.integers(1, 4))
@examples(400 * SLOWNESS)  # calls of compiled kernels take as long as such small cases in Python
def test_every_packet_as_in_the_oracle(
    data: st.DataObject,
    fabric: tuple[Links, Ways, Work],
    packets: list[tuple[int, int, int]],
    room: int,
) -> None:
    """Deliveries come in the oracle's order, link by link, at every stop; nothing is counted before it happens."""
    ways = fabric[1]
    rule = data.draw(rules(len(fabric[0].service)))
    fcfs, naive = make(fabric, rule, room), NaiveFcfs(*fabric, rule)
    arrived = make_arrived(room)
    now = sent = made = 0
    for gap, node, cell in packets:
        now += gap
        node = min(node, int(np.sum(ways.rank_of_node < 0)) - 1)
        fcfs, deliveries = run(fcfs, arrived, now)
        naive.advance(now)
        assert by_link(ways, deliveries) == by_link(ways, naive.arrived[made:])
        made = len(naive.arrived)
        while not enter(fcfs, node, cell, now, now):
            fcfs = grow_fcfs(fcfs, 1)
        naive.enter(node, cell, now, now)
        sent += int(ways.leaves_of_node[node])
        check(fcfs, naive)
    for until in [*range(now + 1, now + 10), LONG]:
        fcfs, deliveries = run(fcfs, arrived, until)
        naive.advance(until)
        assert by_link(ways, deliveries) == by_link(ways, naive.arrived[made:])
        made = len(naive.arrived)
        check(fcfs, naive)
    assert sent == len(naive.arrived) + int(count_links(fcfs).lost.sum())
    assert fcfs.wheel.free[1:].sum() == len(fcfs.packets) - len(fcfs.wheel.last)


@given(st.data(), fabrics() | tiled_fabrics(), PACKETS, st.lists(st.integers(1, 60), min_size=1, max_size=10))
@examples(50 * SLOWNESS)
def test_the_number_of_calls_changes_nothing(
    data: st.DataObject,
    fabric: tuple[Links, Ways, Work],
    packets: list[tuple[int, int, int]],
    windows: list[int],
) -> None:
    """All packets enter ahead of their time; then one state goes to the end at once, another by steps."""
    ways = fabric[1]
    rule = data.draw(rules(len(fabric[0].service)))
    states = [make(fabric, rule, len(packets)) for _ in range(2)]
    for fcfs in states:
        now = 0
        for gap, node, cell in packets:
            now += 10 * gap
            enter(fcfs, min(node, int(np.sum(ways.rank_of_node < 0)) - 1), cell, now, now)
    whole, at_once = run(states[0], make_arrived(8), LONG)
    deliveries, until, parts = [], 0, states[1]
    while until < LONG:
        until = min(until + windows[until % len(windows)] ** 2, LONG)
        parts, more = run(parts, make_arrived(8), until)
        deliveries += more
    assert by_link(ways, deliveries) == by_link(ways, at_once)
    for a, b in zip(count_links(whole), count_links(parts), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("n_packets", [ROOM - 1, ROOM, ROOM + 1, 5 * ROOM])
@pytest.mark.parametrize("latency", [0, 1, SLOTS_PER_LEVEL - 1, SLOTS_PER_LEVEL, 3 * SLOTS_PER_LEVEL])
@pytest.mark.parametrize("room", [1, 1000])
def test_many_packets_in_one_cycle(n_packets: int, latency: int, room: int) -> None:
    """More than stand side by side come in order, from near and from afar, some to a cycle where others stand."""
    links = links_of([latency, 0, 1], [0, 0, 1])
    edges = [[(0, 1)], [(1, 2)], [(2, 3)]]  # free links to the last one, where all wait
    fabric = links, make_ways(edges), Work(np.zeros(N_CELLS * N_ENDS, np.int64))
    rule = Rules([-1, -1, -1])
    fcfs, naive = make(fabric, rule, room), NaiveFcfs(*fabric, rule)
    for node, now in ((0, 0), (1, latency)):
        fcfs, deliveries = run(fcfs, make_arrived(room), now)
        naive.advance(now)
        for number in range(n_packets):
            while not enter(fcfs, node, number % 3 * N_ENDS, number, now):
                fcfs = grow_fcfs(fcfs, 1)
            naive.enter(node, number % 3 * N_ENDS, number, now)
        check(fcfs, naive)
    for until in (latency + 1, latency + n_packets, LONG):
        fcfs, more = run(fcfs, make_arrived(room), until)
        deliveries += more
        naive.advance(until)
        check(fcfs, naive)
    assert deliveries == naive.arrived


def test_a_packet_behind_which_another_ends_is_not_forgotten_where_there_is_no_room() -> None:
    links = links_of([1, 300, 1], [1, 1, 1])
    edges = [[(0, 2), (0, 3), (0, 4)], [(1, 2)]]  # a fork of three, and a way whose end is far off
    fabric, rule = (links, make_ways(edges), Work(np.zeros(N_CELLS * N_ENDS, np.int64))), Rules([-1, -1, -1])
    fcfs, naive = make(fabric, rule, 3), NaiveFcfs(*fabric, rule)
    for node, cycle in ((0, 300), (1, 0), (0, 1000)):
        assert enter(fcfs, node, 0, cycle, cycle)
        naive.enter(node, 0, cycle, cycle)
    fcfs, deliveries = run(fcfs, make_arrived(100), 10)
    cycle = 1500
    while enter(fcfs, 0, 0, cycle, cycle):
        naive.enter(0, 0, cycle, cycle)
        cycle += 1
    fcfs, more = run(fcfs, make_arrived(100), LONG)
    naive.advance(LONG)
    assert sorted(deliveries + more) == sorted(naive.arrived)
    assert count_in_flight(fcfs) == 0


# --- crossbars booked with the link before them ---------------------------------------------------------------


def kinds_of(edges: list[list[tuple[int, int]]], service: list[int]) -> list[int]:
    """Return what packets do on each edge; links with service -1 are crossbars."""
    links = links_of([1] * len(service), service)
    fcfs = make_fcfs(links._replace(target=np.minimum(service, 0)), make_ways(edges))
    return [code & LAST - 1 for code in fcfs.steps["code"].tolist()]


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([[(0, 1)], [(2, 3)]], [ENTER, READ]),
        ([[(0, 1), (2, 3)], [(2, 3)]], [ENTER, READ, READ]),  # others enter before it
        ([[(0, 2)], [(1, 3)], [(2, 5)], [(2, 5)]], [TAIL, TAIL, READ, READ]),  # over two links
        ([[(0, 1)], [(2, 3), (1, 3)]], [TAIL, READ, TAIL]),  # other ways beyond the link
        ([[(0, 2)], [(0, 3)], [(2, 5), (3, 5)], [(3, 5)]], [TAIL, TAIL, READ, READ, READ]),
    ],
)
def test_a_crossbar_is_booked_with_the_one_link_before_it(
    edges: list[list[tuple[int, int]]], expected: list[int]
) -> None:
    assert kinds_of(edges, [1, 1, -1, -1]) == expected


# --- refusals -----------------------------------------------------------------------------------------------


def links_of(latency: list[int], service: list[int]) -> Links:
    """Return links around one station."""
    station, none = np.zeros(len(latency), np.int32), np.full(len(latency), -1)
    return Links(station, station, np.array(latency), np.array(service), none, none)


def test_a_packet_cannot_enter_again_in_the_same_cycle() -> None:
    with pytest.raises(SettingError, match="reinject_cycles = 0"):
        make_fcfs(links_of([1], [1]), make_ways([[(0, 1)]]), reinject_cycles=0)


def test_a_crossbar_is_the_last_link() -> None:
    with pytest.raises(
        MappingError, match="link 0 is a crossbar, but node 1 behind it is not the end of a way"
    ):
        make_fcfs(links_of([1, 1], [-1, 1]), make_ways([[(0, 1)], [(1, 2)]]))


def test_a_full_pool_refuses_a_packet_and_grows() -> None:
    fcfs = make_fcfs(links_of([1], [1]), make_ways([[(0, 1)]]), pool=1)
    assert enter(fcfs, 0, 0, 0, 0)
    assert not enter(fcfs, 0, 1, 0, 0)
    fcfs = grow_fcfs(fcfs, 1)
    assert enter(fcfs, 0, 1, 0, 0)
    _, deliveries = run(fcfs, make_arrived(1), 10)
    assert deliveries == [(0, 1, 0, 0, 1, 1), (1, 1, 0, 0, 2, 2)]

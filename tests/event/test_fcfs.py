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
from neurohw_event.fcfs import Fcfs, LinkRules, grow_fcfs, make_fcfs
from neurohw_event.fcfs_counts import count_in_flight, count_links, deliveries_under_way
from neurohw_event.kernels.fcfs import DONE, advance, enter
from neurohw_event.kernels.fcfs_steps import ENTER, LAST, READ, TAIL
from neurohw_event.kernels.standing import ROOM
from neurohw_event.kernels.wheel import SLOTS_PER_LEVEL
from tests.examples import SLOWNESS, examples
from tests.fcfs_networks import (
    N_CELLS,
    N_ENDS,
    PACKETS,
    fabrics,
    links_of,
    make_ways,
    rules,
    tiled_fabrics,
)
from tests.naive.fcfs import NaiveFcfs, Rules

LONG = 4000  # cycles, enough for everything to arrive


# --- driving ------------------------------------------------------------------------------------------------


def make(fabric: tuple[Links, Ways, Work], rule: Rules, pool: int) -> Fcfs:
    """Return an empty interconnect."""
    return make_fcfs(*fabric, LinkRules(**asdict(rule)), pool)


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


def test_a_packet_cannot_enter_again_in_the_same_cycle() -> None:
    with pytest.raises(SettingError, match="reinject_cycles = 0"):
        make_fcfs(links_of([1], [1]), make_ways([[(0, 1)]]), rules=LinkRules(reinject_cycles=0))


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

"""Routers with credits against their oracle, on any interconnect, on meshes and on tori."""

from __future__ import annotations

from collections import Counter, defaultdict

import numba
import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from neurohw.errors import ChipError, MappingError
from neurohw_event.credit import RouterRules, grow_credit, make_credit, packets_under_way, waiting_cycle
from neurohw_event.fabric import NO_WORK, Arrived, Links, Ways, make_arrived
from neurohw_event.kernels.credit.advance import advance, enter
from neurohw_event.kernels.credit.state import DEADLOCK, DONE, NO_ROOM, NOW, Credit
from neurohw_event.noc import Wires
from tests.credit_networks import LAST, Case, cases
from tests.examples import examples
from tests.naive.credit import NaiveCredit
from tests.wires import Timing, timed_wires

UNTIL = 400  # by then all has arrived that can
RULES = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {
            "wait_cycles": st.integers(0, 6),
            "reinject_cycles": st.sampled_from([-1, -1, 0, 7]),
            "source_packets": st.sampled_from([-1, 1, 3]),
        }
    ),
)


def taken(arrived: Arrived) -> list[tuple[int, ...]]:
    """Return the deliveries (cycle, node, cell, fired, entered), and forget them."""
    n = arrived.size[0]
    columns = (arrived.delivery[field][:n] for field in ("cycle", "node", "sender", "fired", "entered"))
    arrived.size[0] = 0
    return [tuple(map(int, row)) for row in zip(*columns, strict=True)]


def run(state: Credit, packets: list, stops: list[int]) -> tuple[Credit, list, int]:
    """Advance to each stop, packets being handed over at the last stop before their cycle."""
    arrived, deliveries, status = make_arrived(2), [], DONE
    for begin, end in zip([0, *stops], [*stops, UNTIL], strict=True):
        for cycle, node, cell in packets:
            if begin <= cycle < end:
                while not enter(state, node, cell, cycle, cycle):
                    state = grow_credit(state, 1)
        status = NO_ROOM
        while status == NO_ROOM:
            status = advance(state, arrived, end, False)
            if status == NO_ROOM and arrived.size[0] < 2:
                state = grow_credit(state, 1)
            deliveries += taken(arrived)
    return state, deliveries, status


def build(case: Case, ring=None) -> Credit:
    return make_credit(case.links, case.ways, case.work, RouterRules(ring=ring, **case.rules), pool=2)


def run_naive(case: Case, ring=None) -> NaiveCredit:
    rules = case.rules
    naive = NaiveCredit(
        case.links,
        case.ways,
        case.work,
        rules.get("wait_cycles", -1),
        rules.get("reinject_cycles", -1),
        rules.get("source_packets", -1),
        ring,
    )
    for cycle, node, cell in case.packets:
        naive.enter(node, cell, cycle, cycle)
    naive.run(UNTIL)
    return naive


def per_queue(counter: Counter, n_links: int, n_queues: int) -> list[int]:
    queues = [
        *(("link", link) for link in range(n_links)),
        *(("source", s) for s in range(n_queues - n_links)),
    ]
    return [counter[queue] for queue in queues]


def check_equal(case: Case, ring=None, stops=()) -> Credit:
    naive = run_naive(case, ring)
    state, deliveries, status = run(build(case, ring), case.packets, list(stops))
    assert sorted(deliveries) == sorted(naive.deliveries)
    traffic, n_links, n_queues = state.traffic, naive.n_links, naive.n_links + naive.n_stations
    assert state.link["carried"].tolist() == [naive.carried[link] for link in range(n_links)]
    assert state.link["waited"].tolist() == [naive.waited[link] for link in range(n_links)]
    assert state.link["busy"].tolist() == [naive.busy[link] for link in range(n_links)]
    assert state.queue["most"].tolist() == per_queue(naive.longest, n_links, n_queues)
    assert traffic.lost.tolist() == per_queue(naive.lost, n_links, n_queues)
    assert traffic.reinjected.sum() == naive.reinjected
    if status == DEADLOCK:
        assert not naive.due
        assert any(naive.queues.values())
        check_cycle(state, waiting_cycle(state))
    event(f"status {status}, lost {traffic.lost.sum() > 0}, reinjected {naive.reinjected > 0}")
    return state


def check_cycle(state: Credit, links: list[int]) -> None:
    """Each link's buffer is full, and its head waits for the next link."""
    assert links
    for link, following in zip(links, [*links[1:], links[0]], strict=True):
        assert state.links.target[link] == state.links.source[following]
        assert state.queue["head"][link] >= 0


@given(cases(RULES), st.lists(st.integers(1, LAST + 20), max_size=3))
@examples(300)
def test_every_packet_moves_as_in_the_definition(case: Case, stops: list[int]) -> None:
    # what comes back to a router's own queue takes turns with what enters there, in the order of being handed over
    check_equal(case, stops=() if case.rules.get("reinject_cycles", -1) >= 0 else sorted(stops))


# --- meshes and tori ----------------------------------------------------------------------------------------

TIMINGS = st.builds(
    Timing,
    hop=st.integers(1, 4),
    inject=st.integers(1, 3),
    eject=st.integers(0, 2),
    service=st.integers(0, 4),
    depth=st.sampled_from([-1, 1, 2, 5]),
    credit=st.integers(0, 3),
)


@st.composite
def loads(draw, n_tiles: int, most: int = 60) -> list[tuple[int, int, int]]:
    """Return packets (cycle, from, to) in order of cycles."""
    tile = st.integers(0, n_tiles - 1)
    return sorted(draw(st.lists(st.tuples(st.integers(0, LAST), tile, tile), max_size=most)))


def on_wires(wires: Wires, packets: list[tuple[int, int, int]]) -> Case:
    """Return the packets as what each of them, in turn, sends to its end."""
    made = [(cycle, int(wires.entry[0, a, b]), number) for number, (cycle, a, b) in enumerate(packets)]
    return Case(wires.links, wires.ways, NO_WORK, made, {})


@given(st.data(), st.integers(1, 4), st.integers(1, 3), TIMINGS)
@examples(40)
def test_a_mesh_loses_nothing_and_keeps_the_order_of_flows(
    data, width: int, height: int, timing: Timing
) -> None:
    packets = data.draw(loads(width * height))
    wires = timed_wires("mesh", (width, height), timing)
    _, deliveries, status = run(build(on_wires(wires, packets)), on_wires(wires, packets).packets, [])
    assert status == DONE
    assert Counter(cell for _, _, cell, *_ in deliveries) == Counter(range(len(packets)))
    last = defaultdict(lambda: (-1, -1))
    for cycle, _, cell, fired, _ in sorted(deliveries):
        flow = packets[cell][1:]
        assert cycle - fired >= zero_load(width, timing, *flow)
        assert last[flow] <= (fired, cell)
        last[flow] = (fired, cell)


@given(st.data(), st.integers(1, 5), st.integers(1, 3), TIMINGS.filter(lambda timing: timing.depth != 1))
@examples(40)
def test_the_bubble_rule_keeps_a_torus_moving_as_in_the_definition(
    data, width, height, timing: Timing
) -> None:
    wires = timed_wires("torus", (width, height), timing)
    packets = data.draw(loads(width * height, most=40))
    state = check_equal(on_wires(wires, packets), ring=wires.ring)
    assert not packets_under_way(state).size


def zero_load(width: int, timing: Timing, a: int, b: int) -> int:
    hops = abs(a % width - b % width) + abs(a // width - b // width)
    return timing.inject + timing.hop * (hops + 1) + timing.eject + max(timing.service - 1, 0)


@given(st.integers(1, 5), st.integers(1, 4), TIMINGS)
@examples(20)
def test_one_packet_takes_what_its_way_takes(width: int, height: int, timing: Timing) -> None:
    wires = timed_wires("mesh", (width, height), timing)
    tiles = range(width * height)
    for a in tiles:
        for b in tiles:
            case = on_wires(wires, [(7, a, b)])
            _, deliveries, _ = run(build(case), case.packets, [])
            assert [row[0] - 7 for row in deliveries] == [zero_load(width, timing, a, b)]


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("column", "number"), [("latency", 0), ("depth", 0), ("credit", -1)])
def test_links_that_cannot_be_are_named(column: str, number: int) -> None:
    wires = timed_wires("mesh", (2, 2), Timing())
    wrong = np.full(len(wires.links.source), number)
    with pytest.raises(ChipError, match=f"{column} {number}"):
        make_credit(wires.links._replace(**{column: wrong}), wires.ways)


def test_rings_need_room_for_a_bubble() -> None:
    wires = timed_wires("torus", (4, 1), Timing(depth=1))
    with pytest.raises(ChipError, match="ring"):
        make_credit(wires.links, wires.ways, rules=RouterRules(ring=wires.ring))


def test_ways_that_cannot_be_are_named() -> None:
    wires = timed_wires("mesh", (2, 2), Timing())
    wrong = wires.ways.node_of_edge.copy()
    wrong[:] = wrong[::-1]
    with pytest.raises(MappingError, match="edge"):
        make_credit(wires.links, wires.ways._replace(node_of_edge=wrong))


def test_a_node_takes_a_link_once() -> None:
    """Node 1 has a branch over link 0 and one over link 1; nodes 0 and 2 are no forks, and take link 0 as well."""
    one = np.ones(2, np.int64)
    links = Links(np.zeros(2, np.int32), np.full(2, -1, np.int32), one, one, -one, one)
    ways = Ways(
        edges_of_node=np.array([0, 1, 3, 4, 4, 4]),
        link_of_edge=np.array([0, 0, 1, 0]),
        node_of_edge=np.array([3, 3, 4, 3]),
        leaves_of_node=np.array([1, 2, 1, 1, 1]),
        rank_of_node=np.array([-1, -1, -1, 0, 1]),
    )
    make_credit(links, ways)
    with pytest.raises(MappingError, match="two edges over one link"):
        make_credit(links, ways._replace(link_of_edge=np.array([0, 0, 0, 0])))


def single_link() -> Case:
    """Return a link, its two nodes and a packet: arrays of one entry have every layout at once."""
    one = np.ones(1, np.int64)
    links = Links(np.zeros(1, np.int32), np.full(1, -1, np.int32), one, one, -one, one)
    ways = Ways(
        edges_of_node=np.array([0, 1, 1]),
        link_of_edge=np.zeros(1, np.int32),
        node_of_edge=np.ones(1, np.int32),
        leaves_of_node=np.ones(2, np.int32),
        rank_of_node=np.array([-1, 0], np.int32),
    )
    return Case(links, ways, NO_WORK, [(0, 0, 0)], {})


def test_routers_of_any_size_have_one_layout() -> None:
    wires = timed_wires("mesh", (2, 2), Timing())
    layouts = set()
    for case in (on_wires(wires, [(0, 0, 3)]), single_link()):
        state, deliveries, status = run(build(case), case.packets, [])
        assert status == DONE
        assert len(deliveries) == 1
        assert state.clock[NOW] == UNTIL
        layouts.add(numba.typeof(state))
    assert len(layouts) == 1

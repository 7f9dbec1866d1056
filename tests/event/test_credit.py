"""Routers with credits against their oracle, and what must hold on every interconnect."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from neurohw.errors import ChipError, DeadlockError, MappingError
from neurohw_event.credit import grow_credit, make_credit, packets_under_way, waiting_cycle
from neurohw_event.fabric import Arrived, Links, Ways, make_arrived
from neurohw_event.grid import Grid, Timing, make_grid
from neurohw_event.kernels.credit.advance import advance, enter
from neurohw_event.kernels.credit.state import DEADLOCK, DONE, HEAD, NO_ROOM, NOW, Credit
from neurohw_event.traffic import simulate_traffic
from tests.credit_networks import LAST, Case, cases
from tests.examples import examples
from tests.naive.credit import NaiveCredit

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
    columns = (arrived.cycle, arrived.node, arrived.cell, arrived.fired, arrived.entered)
    arrived.size[0] = 0
    return [tuple(map(int, row)) for row in zip(*(column[:n] for column in columns), strict=True)]


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
            status = advance(state, arrived, end)
            if status == NO_ROOM and arrived.size[0] < 2:
                state = grow_credit(state, 1)
            deliveries += taken(arrived)
    return state, deliveries, status


def build(case: Case, ring=None) -> Credit:
    return make_credit(case.links, case.ways, case.work, ring=ring, pool=2, **case.rules)


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
    for name in ("carried", "busy", "waited"):
        assert getattr(traffic, name).tolist() == [getattr(naive, name)[link] for link in range(n_links)], (
            name
        )
    assert traffic.longest.tolist() == per_queue(naive.longest, n_links, n_queues)
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
        assert state.queue[link, HEAD] >= 0


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


def on_grid(grid: Grid, packets: list[tuple[int, int, int]]) -> Case:
    """Return the packets as what each of them, in turn, sends to its end."""
    made = [(cycle, int(grid.entry[a, b]), number) for number, (cycle, a, b) in enumerate(packets)]
    work = make_credit(grid.links, grid.ways, pool=1).work
    return Case(grid.links, grid.ways, work, made, {})


@given(st.data(), st.integers(1, 4), st.integers(1, 3), TIMINGS)
@examples(40)
def test_a_mesh_loses_nothing_and_keeps_the_order_of_flows(
    data, width: int, height: int, timing: Timing
) -> None:
    packets = data.draw(loads(width * height))
    grid = make_grid(width, height, timing)
    _, deliveries, status = run(build(on_grid(grid, packets)), on_grid(grid, packets).packets, [])
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
    grid = make_grid(width, height, timing, wraps=True)
    packets = data.draw(loads(width * height, most=40))
    state = check_equal(on_grid(grid, packets), ring=grid.ring)
    assert not packets_under_way(state).size


def zero_load(width: int, timing: Timing, a: int, b: int) -> int:
    hops = abs(a % width - b % width) + abs(a // width - b // width)
    return timing.inject + timing.hop * (hops + 1) + timing.eject + max(timing.service - 1, 0)


@given(st.integers(1, 5), st.integers(1, 4), TIMINGS)
@examples(20)
def test_one_packet_takes_what_its_way_takes(width: int, height: int, timing: Timing) -> None:
    grid = make_grid(width, height, timing)
    tiles = range(width * height)
    for a in tiles:
        for b in tiles:
            case = on_grid(grid, [(7, a, b)])
            _, deliveries, _ = run(build(case), case.packets, [])
            assert [row[0] - 7 for row in deliveries] == [zero_load(width, timing, a, b)]


# --- deadlock -----------------------------------------------------------------------------------------------


def around(n: int, depth: int) -> tuple[Grid, dict]:
    """Return a ring of routers, each of which sends to the one two further on."""
    grid = make_grid(n, 1, Timing(depth=depth), wraps=True)
    return grid, {"load": 1.0, "partner": (np.arange(n) + 2) % n, "warm_up": 0, "cycles": 2000}


def traffic_on(grid: Grid, **how):
    return simulate_traffic(grid.links, grid.ways, grid.entry, grid.source_of_tile, grid.is_hop, **how)


def test_a_ring_without_bubbles_stops_and_is_named() -> None:
    grid, how = around(5, 2)
    with pytest.raises(DeadlockError, match=r"links \d+, \d+, \d+, \d+, \d+ wait"):
        traffic_on(grid, **how)


@pytest.mark.parametrize("depth", [2, 3])
def test_a_ring_with_bubbles_goes_on(depth: int) -> None:
    grid, how = around(5, depth)
    assert traffic_on(grid, **how, ring=grid.ring, drain=0).accepted > 0.1


# --- laws of queues -----------------------------------------------------------------------------------------


def star(n: int) -> Grid:
    """Return n tiles on one router, with buffers that never keep a packet back."""
    tiles = np.arange(n)
    links = Links(
        source=np.concatenate([1 + tiles, np.zeros(n)]).astype(np.int32),
        target=np.concatenate([np.zeros(n), 1 + tiles]).astype(np.int32),
        latency=np.ones(2 * n, np.int64),
        service=np.ones(2 * n, np.int64),
        depth=np.repeat([8, -1], n),
        credit=np.ones(2 * n, np.int64),
    )
    # nodes: (tile, destination), (router, destination), ends
    ways = Ways(
        edges_of_node=np.minimum(np.arange(n * n + 2 * n + 1), n * n + n),
        link_of_edge=np.concatenate([np.repeat(tiles, n), n + tiles]).astype(np.int32),
        node_of_edge=np.concatenate([np.tile(n * n + tiles, n), n * n + n + tiles]).astype(np.int32),
        leaves_of_node=np.ones(n * n + 2 * n, np.int32),
        rank_of_node=np.zeros(n * n + 2 * n, np.int32),
    )
    entry = np.arange(n * n, dtype=np.int32).reshape(n, n)
    return Grid(links, ways, entry, 1 + tiles, np.zeros(2 * n, bool), np.full(2 * n, -1, np.int32))


@pytest.mark.parametrize(("n", "limit"), [(2, 0.750), (4, 0.655), (8, 0.618)])
def test_heads_of_lines_limit_a_saturated_switch(n: int, limit: float) -> None:
    """Karol, Hluchyj and Morgan 1987, doi:10.1109/TCOM.1987.1096719, table I."""
    measured = traffic_on(star(n), load=1.0, warm_up=1000, cycles=100_000, drain=0)
    assert measured.accepted == pytest.approx(limit, rel=0.01)


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5, 6])
def test_a_link_carries_a_buffer_in_a_round_trip_of_credits(depth: int) -> None:
    grid = make_grid(2, 1, Timing(hop=3, eject=0, credit=2, depth=depth))
    measured = traffic_on(grid, load=1.0, partner=np.array([1, 0]), warm_up=100, cycles=3000, drain=0)
    assert measured.accepted == pytest.approx(min(1.0, depth / (3 + 2)), rel=0.002)


def test_nothing_is_steady_above_the_bound_of_the_fullest_link() -> None:
    grid = make_grid(4, 4, Timing(depth=-1))
    transpose = np.arange(16).reshape(4, 4).T.ravel()
    below, above = (
        traffic_on(grid, load=load, partner=transpose, warm_up=3000, cycles=6000, drain=4000)
        for load in (0.30, 0.36)
    )
    assert below.steady  # three tiles of a row share a link
    assert not above.steady


@pytest.mark.parametrize("depth", [1, 4, -1])
def test_latency_does_not_fall_with_load(depth: int) -> None:
    grid = make_grid(4, 4, Timing(depth=depth))
    top = 0.1 if depth == 1 else 0.35
    means = [
        traffic_on(grid, load=load, warm_up=1000, cycles=40_000).latency_mean
        for load in np.linspace(0.02, top, 5)
    ]
    assert np.diff(means).min() > -0.05


def test_idle_time_is_skipped() -> None:
    grid = make_grid(4, 4, Timing())
    measured = traffic_on(grid, load=1e-9, warm_up=0, cycles=10**9)
    assert measured.cycles >= 10**9
    assert 4 <= measured.arrived == measured.created <= 40  # one of each of 16 tiles is expected
    assert measured.latency_max <= 1 + 3 * 7 + 1


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timing", "message"),
    [(Timing(hop=0), "latency 0"), (Timing(depth=0), "depth 0"), (Timing(credit=-1), "credit -1")],
)
def test_links_that_cannot_be_are_named(timing: Timing, message: str) -> None:
    grid = make_grid(2, 2, timing)
    with pytest.raises(ChipError, match=message):
        make_credit(grid.links, grid.ways)


def test_rings_need_room_for_a_bubble() -> None:
    grid = make_grid(4, 1, Timing(depth=1), wraps=True)
    with pytest.raises(ChipError, match="ring"):
        make_credit(grid.links, grid.ways, ring=grid.ring)


def test_ways_that_cannot_be_are_named() -> None:
    grid = make_grid(2, 2, Timing())
    wrong = grid.ways.node_of_edge.copy()
    wrong[:] = wrong[::-1]
    with pytest.raises(MappingError, match="edge"):
        make_credit(grid.links, grid.ways._replace(node_of_edge=wrong))


def test_one_version_of_each_kernel_is_compiled() -> None:
    grid = make_grid(2, 2, Timing())
    state = make_credit(grid.links, grid.ways)
    enter(state, int(grid.entry[0, 3]), 0, 0, 0)
    assert advance(state, make_arrived(4), 100) == DONE
    assert state.clock[NOW] == 100
    assert len(getattr(advance, "signatures", [0])) == 1

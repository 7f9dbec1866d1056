"""The wheels of the event loop against dicts and lists: nothing is lost, early, late or twice."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from neurohw.compiler import compile_network
from neurohw.hardware import load_chip
from neurohw.network import Network
from neurohw.program import Program
from neurohw_event.grid import make_held
from neurohw_event.kernels.agenda import schedule, touch_due
from neurohw_event.kernels.due import list_runs
from neurohw_event.kernels.pending import deliver_runs, push_arrival
from neurohw_event.layout import GRID_ROWS, IN_EXC, N_COLUMNS, NEVER, Agenda, Grid, Groups, Wiring
from neurohw_event.room import grow_pending
from neurohw_event.stored_segments import weights_of
from neurohw_event.transit import make_pending
from neurohw_event.wiring import make_wiring
from tests.examples import examples
from tests.networks import networks

# --- agenda: cells to look at -------------------------------------------------------------------------------

N_CELLS = 6
SLOTS = 8
REQUESTS = st.lists(st.tuples(st.integers(0, N_CELLS - 1), st.integers(1, 3 * SLOTS)), max_size=4)


def make_groups(n_cells: int) -> Groups:
    """Return one population that nothing has touched."""
    one, none = np.zeros(1, np.int64), np.full(n_cells, -1, np.int64)
    cells = np.empty(n_cells, np.int32)
    return Groups(one + 1, one.copy(), one.copy(), one.copy(), cells, cells.copy(), none)


def taken(groups: Groups) -> list[int]:
    """Return the touched cells, and forget them."""
    cells = groups.touched[: groups.n_touched[0]].tolist()
    groups.n_touched[0] = 0
    return cells


@given(st.lists(REQUESTS, max_size=60))
@examples(200)
def test_cells_are_looked_at_when_first_asked_for_or_when_the_wheel_ends(
    script: list[list[tuple[int, int]]],
) -> None:
    links = np.empty(N_CELLS, np.int32)
    agenda = Agenda(np.full(SLOTS, -1, np.int32), links, links.copy(), np.full(N_CELLS, NEVER))
    groups, group_of_cell = make_groups(N_CELLS), np.zeros(N_CELLS, np.int32)
    due: dict[int, int] = {}
    for now, requests in enumerate([*script, *[[]] * SLOTS]):
        touch_due(agenda, groups, group_of_cell, now)
        looked_at = taken(groups)
        assert sorted(looked_at) == sorted(cell for cell, tick in due.items() if tick == now)
        due = {cell: tick for cell, tick in due.items() if tick != now}
        for cell, ahead in requests:
            schedule(agenda.head, agenda.next, agenda.previous, agenda.due, cell, now + ahead, now)
            due[cell] = min(due.get(cell, now + SLOTS), now + min(ahead, SLOTS - 1))
    assert due == {}
    assert (agenda.head == -1).all()
    assert (agenda.due == NEVER).all()


# --- pending: segments to deliver ---------------------------------------------------------------------------

SEGMENTS_PER_ARRIVAL = (3, 1, 0, 2)
DELAYS = (1, 4, 15, 2, 7, 7)
WEIGHTS = tuple(2.0**k for k in range(6))


NO_GRID = Grid(
    state=np.zeros((GRID_ROWS, 1)),
    held=make_held(Network(1.0, ())),
    left=np.ones((1, 2)),
    unit=np.ones((1, 2)),
    row=np.zeros((1, 2), np.int64),
    constant=np.zeros((1, 8)),
    step=np.zeros((1, 8)),
    end=np.zeros(1, np.int64),
    drives_vary=np.zeros(1, bool),
    fits=np.zeros(1, bool),
    on=np.zeros(1, bool),
    n_on=np.zeros(1, np.int64),
    events=np.zeros(1, np.int64),
    looks=np.zeros(1, np.int64),
    chosen_at=np.zeros(1, np.int64),
    changed_at=np.zeros(1, np.int64),
    patience=np.ones(1, np.int64),
    most_patience=1,
    bounds=np.zeros((1, 2)),
    look=np.zeros(8),
    fires=np.zeros(8, bool),
    words=np.zeros(1, np.uint64),
    spans=None,
)


def make_tiny_wiring() -> Wiring:
    """Return four arrivals of up to three segments; segment s adds ``WEIGHTS[s]`` to cell ``5 - s``."""
    n = len(DELAYS)
    return Wiring(
        arrivals_of_cell=np.arange(5),
        segments_of_arrival=np.cumsum([0, *SEGMENTS_PER_ARRIVAL]),
        synapses_of_segment=np.arange(n + 1),
        delay=np.array(DELAYS, np.int32),
        channel=np.zeros(n, np.int32),
        plastic=np.full(n, -1, np.int32),
        place=np.zeros(n, np.int32),
        group=np.zeros(1, np.int64),
        origin=np.full(1, IN_EXC, np.int64),
        stride=np.full(1, N_COLUMNS, np.int64),
        target=np.arange(n - 1, -1, -1, dtype=np.uint16),
        is_run=np.zeros(n, bool),
        alike=np.ones(n, np.uint8),
        weight_at=np.empty(0, np.int64),
        weight=np.array(WEIGHTS),
        levels=None,
        level_at=None,
        rows=np.ones(4, np.int32),
        tile=np.zeros(4, np.int32),
        streamed=np.zeros(1, bool),
        stream_delay=np.empty(0, np.uint8),
        widest=max(SEGMENTS_PER_ARRIVAL),
    )


@given(st.lists(st.lists(st.integers(0, 3), max_size=6), max_size=40), st.integers(1, 9))
@examples(200)
def test_segments_arrive_once_after_their_delays(script: list[list[int]], pool: int) -> None:
    """They are delivered in the order of the wiring, and the pool grows under way without losing any."""
    wiring, groups, state = make_tiny_wiring(), make_groups(len(DELAYS)), np.zeros((len(DELAYS), 8))
    pending = make_pending(max(DELAYS), pool)
    expected: dict[int, list[int]] = defaultdict(list)
    for tick, arrivals in enumerate([*script, *[[]] * (max(DELAYS) + 1)]):
        n_runs = list_runs(pending, tick & (len(pending.head) - 1), 0)
        deliver_runs(n_runs, False, pending, wiring, None, None, groups, NO_GRID, state.reshape(-1), tick)
        segments = sorted(expected.pop(tick, []))
        sums = np.bincount(5 - np.array(segments, int), np.take(WEIGHTS, segments), len(DELAYS))
        np.testing.assert_array_equal(state[:, IN_EXC], sums)
        assert taken(groups) == [5 - segment for segment in dict.fromkeys(segments)]
        state[:] = 0
        for arrival in arrivals:
            if pending.free[1] < wiring.widest:
                pending = grow_pending(pending, wiring.widest)
            push_arrival(pending, wiring, arrival, tick)
            for segment in range(*wiring.segments_of_arrival[arrival : arrival + 2]):
                expected[tick + DELAYS[segment]].append(segment)
    assert not expected
    assert pending.free[1] == len(pending.run)
    assert_all_free(pending.next, pending.free)


def assert_all_free(links: np.ndarray, free: np.ndarray) -> None:
    """Check that the free list holds every entry of a pool once."""
    seen, entry = [], int(free[0])
    while entry >= 0:
        seen.append(entry)
        entry = int(links[entry])
    assert sorted(seen) == list(range(len(links)))


# --- wiring: synapses in the order of delivery --------------------------------------------------------------


def synapses_of(network: Network) -> list[tuple[int, int, int, int, int, float]]:
    """Return (pre, post, delay, population, receptor, weight) of every synapse, sorted."""
    found = []
    for s in network.synapses:
        pre, post = network.populations[s.pre], network.populations[s.post]
        column = IN_EXC + post.model.receptor_names.index(s.receptor)
        for row in range(pre.size):
            for i in range(s.indptr[row], s.indptr[row + 1]):
                ends = pre.first + row, post.first + int(s.target[i])
                found.append((*ends, int(s.delay[i]), s.post, column, float(s.weight[i])))
    return sorted(found)


def decoded(wiring: Wiring, cell: int) -> list[list[tuple[int, int, int, int, int, float]]]:
    """Return the synapses of each arrival of a cell, in order."""
    arrivals = []
    for arrival in range(*wiring.arrivals_of_cell[cell : cell + 2]):
        arrivals.append([])
        for segment in range(*wiring.segments_of_arrival[arrival : arrival + 2]):
            weights = weights_of(wiring, np.array([segment]))
            delay, place = int(wiring.delay[segment]), wiring.place[segment]
            group, column = int(wiring.group[place]), int(wiring.origin[place])
            for s, weight in zip(
                range(*wiring.synapses_of_segment[segment : segment + 2]), weights, strict=True
            ):
                synapse = (cell, int(wiring.target[s]), delay, group, column, float(weight))
                arrivals[-1].append(synapse)
    return arrivals


@given(networks())
@examples(50)
def test_without_a_chip_a_spike_makes_one_arrival(network: Network) -> None:
    wiring = make_wiring(Program(network), by_tile=False)
    arrivals = [decoded(wiring, cell) for cell in range(network.n_cells)]
    assert all(len(of_cell) <= 1 for of_cell in arrivals)
    assert sorted(s for of_cell in arrivals for arrival in of_cell for s in arrival) == synapses_of(network)
    for of_cell in arrivals:
        delays = [synapse[2] for arrival in of_cell for synapse in arrival]
        assert delays == sorted(delays)


@given(networks(max_cells=40), st.integers(3, 8))
@examples(50)
def test_on_a_chip_a_spike_makes_one_arrival_a_tile_its_own_first(network: Network, columns: int) -> None:
    chip = load_chip("mesh").replace(width=5, height=4, columns=columns, rows=512)
    program = compile_network(network, chip)
    wiring = make_wiring(program, by_tile=True)
    tile_of, cluster_of = program.placement.tile_of_cell, program.clusters.cluster_of_cell
    found = []
    for cell in range(network.n_cells):
        tiles = []
        first = wiring.arrivals_of_cell[cell]
        for arrival, synapses in enumerate(decoded(wiring, cell), start=first):
            found += synapses
            targets = [synapse[1] for synapse in synapses]
            (tile,) = {int(tile_of[target]) for target in targets}
            assert wiring.tile[arrival] == tile
            assert wiring.rows[arrival] == len({int(cluster_of[target]) for target in targets})
            tiles.append(tile)
        own = int(tile_of[cell])
        assert tiles == sorted(set(tiles), key=lambda tile: (tile != own, tile))
    assert sorted(found) == synapses_of(network)

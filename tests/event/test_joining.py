"""Deliveries of one tick joined, and crossbars booked with the link before them: nothing comes out differently."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, is_dataclass, replace
from math import inf
from unittest.mock import patch

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from neurohw.backend import load
from neurohw.compiler import compile_network
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.result import Result
from neurohw_event.account import make_marks
from neurohw_event.fabric import Links, Ways, Work
from neurohw_event.fcfs import Fcfs, LinkRules, make_fcfs
from neurohw_event.kernels.due import list_due, list_runs
from neurohw_event.kernels.joining import hand_over_marked, list_marked, mark, mark_all
from neurohw_event.layout import LONGEST_RUN, RUN_BITS, Wiring
from neurohw_event.transit import make_pending
from tests.event.test_interconnect import MAX_CELLS, UNTIL_TICK, all_spikes, chips
from tests.examples import examples
from tests.networks import networks

N_ARRIVALS = 200  # more than three words of marks
LONGEST_DELAY = 3


def make_wiring(sizes: list[int], delays: list[int]) -> Wiring:
    """Return arrivals with so many segments each; delays repeat from the first segment on."""
    segments = np.cumsum([0, *(sizes[i % len(sizes)] for i in range(N_ARRIVALS))])
    delay = np.resize(np.array(delays, np.int32), segments[-1])
    one, none = np.zeros(1, np.int64), np.zeros(0, np.int64)
    return Wiring(
        arrivals_of_cell=np.array([0, N_ARRIVALS]),
        segments_of_arrival=segments,
        synapses_of_segment=np.zeros(len(delay) + 1, np.int64),
        delay=delay,
        channel=np.zeros(len(delay), np.int32),
        plastic=np.full(len(delay), -1, np.int32),
        place=np.zeros(len(delay), np.int32),
        group=one,
        origin=one,
        stride=one,
        target=np.zeros(0, np.uint16),
        is_run=np.zeros(len(delay), bool),
        alike=np.ones(len(delay), np.uint8),
        weight_at=none,
        weight=np.zeros(0),
        levels=None,
        level_at=None,
        rows=np.ones(N_ARRIVALS, np.int32),
        tile=np.zeros(N_ARRIVALS, np.int32),
        streamed=np.zeros(1, bool),
        stream_delay=np.empty(0, np.uint8),
        widest=max(sizes),
    )


RUN_OF_ARRIVALS = st.tuples(st.integers(0, N_ARRIVALS - 1), st.sampled_from([1, 2, 3, 5, 9, 70])).map(
    lambda run: list(range(run[0], min(sum(run), N_ARRIVALS)))
)


@given(
    st.lists(st.sampled_from([1, 1, 2, 3]), min_size=1, max_size=4),
    st.lists(st.integers(1, LONGEST_DELAY), min_size=1, max_size=4),
    st.lists(st.lists(RUN_OF_ARRIVALS, max_size=3), max_size=4),
    st.booleans(),
)
@examples(60)
def test_segments_of_marked_arrivals_are_due_after_their_delays(
    sizes: list[int], delays: list[int], script: list[list[list[int]]], by_runs: bool
) -> None:
    """Arrivals are marked in several goes a tick, some of them twice in one."""
    wiring = make_wiring(sizes, delays)
    marks, pending = make_marks(wiring), make_pending(LONGEST_DELAY, 10**4)
    expected = [Counter[int]() for _ in range(len(script) + LONGEST_DELAY)]
    for tick in range(len(expected)):
        listed = (list_runs if by_runs else list_due)(pending, tick & (len(pending.head) - 1), 0)
        due = pending.due[0, :listed].tolist()
        if by_runs:
            due = [i for run in due for i in range(run >> RUN_BITS, (run >> RUN_BITS) + (run & LONGEST_RUN))]
        assert due == sorted(expected[tick].elements())
        for again, arrivals in enumerate(script[tick] if tick < len(script) else []):
            for arrival in arrivals:
                mark(marks, wiring, pending, arrival, tick)
                for segment in range(*wiring.segments_of_arrival[arrival : arrival + 2]):
                    expected[tick + wiring.delay[segment]][segment] += 1
            if again % 2:
                hand_over_marked(marks, wiring, pending, tick)
        hand_over_marked(marks, wiring, pending, tick)
        assert not marks.word.any()
    assert pending.free[1] == len(pending.run)


def test_neighbouring_arrivals_are_one_entry() -> None:
    wiring = make_wiring([1], [2])
    marks, pending = make_marks(wiring), make_pending(LONGEST_DELAY, 100)
    for arrival in (7, 3, 5, 4, 100, 101):
        mark(marks, wiring, pending, arrival, 0)
    hand_over_marked(marks, wiring, pending, 0)
    n = list_runs(pending, 2, 0)
    assert [(run >> RUN_BITS, run & LONGEST_RUN) for run in pending.due[0, :n].tolist()] == [
        (3, 3),
        (7, 1),
        (100, 2),
    ]


@given(
    st.lists(st.sampled_from([1, 1, 2, 70]), min_size=1, max_size=4),
    st.lists(st.lists(RUN_OF_ARRIVALS, max_size=3), min_size=1, max_size=3),
)
@examples(60)
def test_what_is_kept_for_the_next_tick_is_due_in_order(
    sizes: list[int], script: list[list[list[int]]]
) -> None:
    """Segments are all there, in ascending order, in runs that are no longer than an entry may be."""
    wiring = make_wiring(sizes, [1])
    marks, pending = make_marks(wiring), make_pending(1, 2 * N_ARRIVALS * max(sizes))
    assert marks.is_plain == (set(sizes) == {1})
    for arrivals in script:
        made: set[int] = set()
        for some in arrivals:
            new = np.array(sorted(set(some) - made), np.int64)
            mark_all(marks, wiring, pending, new, len(new), 7)
            made |= set(some)
        assert len(pending.run) - pending.free[1] == len(made) * wiring.widest
        n_runs = list_marked(marks, wiring, pending)
        runs = [(run >> RUN_BITS, run & LONGEST_RUN) for run in pending.due[0, :n_runs].tolist()]
        expected = [s for a in sorted(made) for s in range(*wiring.segments_of_arrival[a : a + 2])]
        assert [s for first, n in runs for s in range(first, first + n)] == expected
        assert not marks.word.any()
        assert pending.free[1] == len(pending.run)


# --- crossbars ----------------------------------------------------------------------------------------------


def run(network: Network, chip: Chip, fidelity: str, joins: bool) -> Result:
    """Return what came of a network on a chip, run in two parts."""
    program = compile_network(all_spikes(network), chip)
    assume(not load("event").unsupported(program, fidelity))

    def made(links: Links, ways: Ways, work: Work, rules: LinkRules, pool: int) -> Fcfs:
        return make_fcfs(links, ways, work, rules._replace(joins=joins), pool)

    with patch("neurohw_event.interconnect.make_fcfs", made):
        session = load("event").open(program, fidelity=fidelity)
    session.advance(UNTIL_TICK // 3)
    session.advance(UNTIL_TICK)
    return session.result()


def assert_same(a: object, b: object) -> None:
    """Compare values, arrays and objects of them."""
    assert type(a) is type(b)
    if is_dataclass(a):
        for field in fields(a):
            assert_same(getattr(a, field.name), getattr(b, field.name))
    elif isinstance(a, dict):
        assert a.keys() == b.keys()
        for key in a:
            assert_same(a[key], b[key])
    else:
        np.testing.assert_array_equal(a, b)


CHIPS = chips(encode_cycles=0, reinject_cycles=inf)


@given(networks(max_cells=MAX_CELLS), CHIPS, st.sampled_from(["fcfs", "fcfs", "latency"]))
@examples(60)
def test_crossbars_booked_with_links_change_nothing(network: Network, chip: Chip, fidelity: str) -> None:
    """Else every packet stands before its crossbar on the wheel, as it does in runs with a trace."""
    joined, apart = (run(network, chip, fidelity, joins) for joins in (True, False))
    assert_same(joined.spikes, apart.spikes)
    assert_same(replace(joined.report, timing_s={}), replace(apart.report, timing_s={}))

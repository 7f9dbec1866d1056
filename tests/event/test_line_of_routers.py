"""Routers with credits and endless buffers on a line: what they do there is to take packets in order of arrival."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from neurohw.jit import kernel
from neurohw_event.credit import make_credit
from neurohw_event.fabric import make_arrived
from neurohw_event.fcfs import make_fcfs
from neurohw_event.kernels import fcfs
from neurohw_event.kernels.credit import advance as credit
from neurohw_event.noc import Wires
from tests.examples import examples
from tests.wires import Timing, timed_wires

UNTIL = 10**6  # by then all has arrived


@dataclass(frozen=True)
class Case:
    """A line of routers and packets in order of their cycles; at most one of a tile in a cycle."""

    timing: Timing
    n: int
    cycle: np.ndarray
    source: np.ndarray
    destination: np.ndarray

    @property
    def wires(self) -> Wires:
        """The line."""
        return timed_wires("mesh", (self.n, 1), self.timing)


@st.composite
def lines(draw, partner) -> Case:
    """Return a line on which each tile sends to ``partner(draw, n)``, -1: nothing."""
    n = draw(st.integers(1, 7))
    timing = Timing(
        hop=draw(st.integers(1, 5)),
        inject=draw(st.integers(1, 3)),
        eject=draw(st.integers(0, 2)),
        service=draw(st.integers(1, 4)),
        depth=-1,
        credit=draw(st.integers(0, 4)),
    )
    to = np.array(partner(draw, n))
    load = draw(st.floats(0.01, 1))
    made = np.random.default_rng(draw(st.integers(0, 99))).random((150, n)) < load
    cycle, source = np.nonzero(made & (to >= 0))
    return Case(timing, n, cycle, source, to[source])


def disjoint_ways(draw, n: int) -> list[int]:
    """Every way ends where the next begins, so that no two packets of different tiles want one link."""
    ends = sorted(draw(st.sets(st.integers(0, n - 1), max_size=n)))
    partner = [-1] * n
    for begin, end in pairwise(ends):
        partner[begin] = end
    return partner


def all_to_the_end(draw, n: int) -> list[int]:
    """At each router, what comes from the left and what its tile has made want the same link."""
    return [n - 1] * n


@kernel
def enter_credit(state, node, cycle):  # type: ignore[no-untyped-def]
    """Enter packets whose cells are their numbers."""
    for number in range(node.size):
        credit.enter(state, node[number], number, cycle[number], cycle[number])


@kernel
def enter_fcfs(state, node, cycle):  # type: ignore[no-untyped-def]
    """Enter packets whose cells are their numbers."""
    for number in range(node.size):
        fcfs.enter(state, node[number], number, cycle[number], cycle[number])


def arrivals(case: Case, fidelity: str) -> np.ndarray:
    """Return the cycle in which each packet arrives."""
    wires, n = case.wires, len(case.cycle)
    node, arrived = wires.entry[0, case.source, case.destination], make_arrived(n + 1)
    if fidelity == "credit":
        state = make_credit(wires.links, wires.ways, pool=n + 1)
        enter_credit(state, node, case.cycle)
        credit.advance(state, arrived, UNTIL, False)
    else:
        state = make_fcfs(wires.links, wires.ways, pool=n + 1)
        enter_fcfs(state, node, case.cycle)
        fcfs.advance(state, arrived, UNTIL, False)
    assert arrived.size[0] == n
    cycle = np.zeros(n, np.int64)
    cycle[arrived.delivery["sender"][:n]] = arrived.delivery["cycle"][:n]
    return cycle


@given(lines(disjoint_ways))
@examples(60)
def test_ways_that_share_no_link_are_equal_packet_by_packet(case: Case) -> None:
    np.testing.assert_array_equal(arrivals(case, "credit"), arrivals(case, "fcfs"))


@given(lines(all_to_the_end))
@examples(60)
def test_ways_that_merge_have_the_same_arrivals(case: Case) -> None:
    """Who goes first is another matter, in turn or in order of arrival; but a link that has work never rests."""
    with_credits, in_order = arrivals(case, "credit"), arrivals(case, "fcfs")
    np.testing.assert_array_equal(np.sort(with_credits), np.sort(in_order))
    assert (with_credits - case.cycle).sum() == (in_order - case.cycle).sum()
    for tile in range(case.n):
        assert (np.diff(with_credits[case.source == tile]) > 0).all()

"""The hierarchical wheel of cycles against a sorted list: nothing is lost, early, late, twice or out of turn."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from neurohw_event.kernels.wheel import (
    DIGIT,
    LEVELS,
    N_SLOTS,
    give_back,
    move_clock,
    put,
    slot_of_now,
    take_first,
    take_free,
)
from neurohw_event.wheel import Wheel, grow_wheel, make_wheel
from tests.examples import SLOWNESS, examples

EDGES = [2 ** (DIGIT * level) + off for level in range(1, LEVELS - 1) for off in (-1, 0, 1)]
AHEAD = st.one_of(st.integers(0, 5), st.integers(0, 3000), st.sampled_from(EDGES))
FAR = 2**55  # beyond any event


class Model:
    """A wheel, and what it holds as a list of (cycle, age, entry)."""

    def __init__(self, room: int) -> None:
        self.wheel = make_wheel(room)
        self.waiting: list[tuple[int, int, int]] = []
        self.age = 0

    def put(self, cycle: int, now: int) -> None:
        """Put a new entry; make room first."""
        if self.wheel.free[1] == 0:
            self.wheel = grow_wheel(self.wheel, 2)
        entry = int(take_free(self.wheel))
        assert entry not in [held for _, _, held in self.waiting]
        put(self.wheel, np.uint64(entry), cycle, now)
        self.waiting.append((cycle, self.age, entry))
        self.age += 1

    def take(self, now: int) -> None:
        """Take the next entry of the present cycle, which must be the oldest there is."""
        first = min(self.waiting)
        entry = take_first(self.wheel, slot_of_now(now))
        assert (now, int(entry)) == (first[0], first[2])
        self.waiting.remove(first)
        give_back(self.wheel, entry)


@given(
    st.lists(st.lists(AHEAD, max_size=3), max_size=40),
    st.integers(0, 3),
    st.lists(st.one_of(st.integers(1, 4000), st.sampled_from([2**DIGIT, 2 ** (2 * DIGIT)])), max_size=20),
    st.sampled_from([0, 2**DIGIT - 1, 10**9, 2**40 - 3]),
)
@example(puts=[[2**DIGIT + 1], [1]], room=2, windows=[2**DIGIT], begin=0)  # put where far events come near
@examples(200 * SLOWNESS)
def test_events_are_taken_in_order_of_cycle_then_of_age(
    puts: list[list[int]], room: int, windows: list[int], begin: int
) -> None:
    """Events that are taken put new ones, others are put between windows of time."""
    model, to_put = Model(room), iter(puts)
    assert move_clock(model.wheel, begin) == begin
    for ahead in next(to_put, []):
        model.put(begin + ahead, begin)
    end = begin
    for window in [*windows, *[FAR] * (len(puts) + 1)]:
        end += window
        now = move_clock(model.wheel, end)
        while now < end:
            while not _is_empty(model.wheel, now):
                model.take(now)
                for ahead in next(to_put, []):
                    model.put(now + ahead, now)
            now = move_clock(model.wheel, end)
        assert now == end == model.wheel.clock[0]
        assert all(cycle >= end for cycle, _, _ in model.waiting)
        for ahead in next(to_put, []):
            model.put(end + ahead, end)
    assert not model.waiting
    assert not model.wheel.occupied.any()
    assert model.wheel.free[1] == len(model.wheel.next) - N_SLOTS


def _is_empty(wheel: Wheel, now: int) -> bool:
    slot = slot_of_now(now)
    return bool(wheel.last[slot] == slot)

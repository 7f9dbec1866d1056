"""Segments whose weights are all equal keep one of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from neurohw_event.wiring import share_weights


@given(st.lists(st.lists(st.sampled_from([0.5, -1.0]), min_size=1, max_size=9), max_size=9))
def test_every_synapse_finds_its_weight(segments: list[list[float]]) -> None:
    begin = np.cumsum([0, *map(len, segments)])
    at, kept = share_weights(begin, np.array([weight for own in segments for weight in own]))
    found = [
        [kept[~at[k]]] * len(own)
        if len(at) and at[k] < 0
        else [*kept[(at if len(at) else begin)[k] :][: len(own)]]
        for k, own in enumerate(segments)
    ]
    assert found == segments


def test_rows_of_one_weight_take_four_bytes_a_synapse() -> None:
    begin = np.arange(0, 1001, 100)
    at, kept = share_weights(begin, np.repeat(np.arange(10.0), 100))
    assert at.tolist() == [~k for k in range(10)]
    assert kept.tolist() == list(range(10))


def test_weights_that_differ_stand_as_they_were() -> None:
    weight = np.arange(40.0)
    at, kept = share_weights(np.arange(0, 41, 20), weight)
    assert at.size == 0
    assert kept is weight

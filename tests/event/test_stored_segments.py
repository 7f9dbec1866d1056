"""How segments are stored: one weight where all are equal, runs of targets."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.compiler import compile_network
from neurohw.hardware import Chip
from neurohw.network import MODELS, Network, Population, Probe, SpikeTrains, Synapses
from neurohw.program import Program
from neurohw_event import session
from neurohw_event.layout import SHORTEST_RUN, Wiring
from neurohw_event.stored_segments import join_weights, runs, segments_alike, share_weights, weights_of
from neurohw_event.wiring import SHORT_IDS, make_wiring
from tests.event.test_interconnect import FIDELITIES, MAX_CELLS, all_spikes, chips
from tests.event.test_interconnect import run as run_on_chip
from tests.event.test_ways_of_neurons import run_on
from tests.examples import examples
from tests.networks import networks


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


def test_a_weight_is_kept_once_wherever_it_comes_again() -> None:
    weight = np.repeat([3.0, 1.0, 3.0, 1.0], 100)
    at, kept = share_weights(np.arange(0, 401, 100), weight)
    assert at.tolist() == [~0, ~1, ~0, ~1]
    assert kept.tolist() == [3.0, 1.0]


def test_a_single_synapse_shares_the_weight_beside_it() -> None:
    """It is delivered with its neighbours; alone, or beside another weight, it keeps its own."""
    segments = [[2.0], [2.0] * 9, [2.0], [5.0], [2.0, 3.0], [2.0], [2.0]]
    begin = np.cumsum([0, *map(len, segments)])
    at, kept = share_weights(begin, np.concatenate(segments))
    assert at.tolist() == [~0, ~0, ~0, 1, 2, ~0, ~0]
    assert kept.tolist() == [2.0, 5.0, 2.0, 3.0]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.integers(0, 1),
            st.sampled_from([-1, -1, -1, 0]),
            st.sampled_from(["behind", "behind", "apart", "first", "second"]),
            st.sampled_from([0, 0, 0, 3]),
        ),
        max_size=12,
    ),
    st.booleans(),
    st.booleans(),
)
def test_segments_alike_are_those_up_to_the_first_that_differs(
    segments: list[tuple[int, int, int, str, int]], has_weight_at: bool, has_levels: bool
) -> None:
    """Weights stand behind those of the segment before or apart, or are a number that is kept first or second."""
    kept = {"first": ~0, "second": ~1}
    at, free = [], 2
    for size, _, _, stands, _ in segments:
        free += stands == "apart"
        at.append(kept.get(stands, free))
        free += 0 if stands in kept else size
    sizes, place, plastic, _, level_at = zip(*segments, strict=True) if segments else [()] * 5
    synapses = np.cumsum([0, *sizes])
    weight_at = np.array(at if has_weight_at else [], np.int64)
    levels = np.array(level_at, np.int64) if has_levels else None
    alike = segments_alike(synapses, np.array(place), np.array(plastic), weight_at, levels)
    for first in range(len(segments)):
        n = 1
        for other in range(first + 1, len(segments)):
            is_one = at[other] == at[first] < 0
            goes_on = at[first] >= 0 and at[other] == at[other - 1] + sizes[other - 1] >= 0
            if place[other] != place[first] or plastic[first] >= 0 or plastic[other] >= 0:
                break
            if has_weight_at and not (is_one or goes_on):
                break
            if has_levels and level_at[other] != level_at[first]:
                break
            n += 1
        assert alike[first] == n


def test_no_more_segments_are_alike_than_a_byte_can_say() -> None:
    none = np.zeros(300, np.int32)
    alike = segments_alike(np.arange(301), none, none - 1, none[:0], None)
    assert alike.tolist() == [255] * 46 + list(range(254, 0, -1))


def with_some_equal_weights(network: Network, seed: int) -> Network:
    rng = np.random.default_rng(seed)
    synapses = (replace(s, weight=rng.choice([0.25, 0.5, *rng.random(4)], s.size)) for s in network.synapses)
    return replace(network, synapses=tuple(synapses))


@given(networks(max_cells=MAX_CELLS), chips(), FIDELITIES, st.integers(1, 40), st.integers(0, 2**32 - 1))
@examples(30)
def test_a_chip_does_the_same_whatever_pieces_were_sorted(
    network: Network, chip: Chip, fidelity: str, piece: int, seed: int
) -> None:
    program = compile_network(all_spikes(with_some_equal_weights(network, seed)), chip)
    whole = run_on_chip(program, fidelity)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "make_wiring", partial(make_wiring, piece=piece))
        cut = run_on_chip(program, fidelity)
    assert whole.spikes.digest() == cut.spikes.digest()
    assert vars(whole.report.traffic) == vars(cut.report.traffic)


SEGMENT = st.one_of(
    st.tuples(st.integers(1, 30), st.sampled_from([0.25, 0.5])).map(lambda drawn: [drawn[1]] * drawn[0]),
    st.lists(st.sampled_from([0.25, 0.5, 1.0, 2.0]), min_size=1, max_size=5),
)


@given(st.lists(st.lists(SEGMENT, min_size=1, max_size=4), min_size=1, max_size=4))
@examples(300)
def test_segments_alike_find_their_weights_together(pieces: list[list[list[float]]]) -> None:
    """What is delivered as one is read from the first segment's weights on, across pieces sorted on their own too."""
    synapses = [np.cumsum([0, *map(len, piece)]) for piece in pieces]
    shared = [share_weights(s, np.concatenate(piece)) for s, piece in zip(synapses, pieces, strict=True)]
    at, kept = join_weights(synapses, *zip(*shared, strict=True))
    segments = [segment for piece in pieces for segment in piece]
    begins, none = np.cumsum([0, *map(len, segments)]), np.zeros(len(segments), np.int32)
    alike = segments_alike(begins, none, none - 1, at, None)
    for first in range(len(segments)):
        weights = [weight for own in segments[first : first + alike[first]] for weight in own]
        place = at[first] if len(at) else begins[first]
        read = kept[place : place + len(weights)] if place >= 0 else np.full(len(weights), kept[~place])
        assert read.tolist() == weights


def test_weights_that_differ_stand_as_they_were() -> None:
    weight = np.arange(40.0)
    at, kept = share_weights(np.arange(0, 41, 20), weight)
    assert at.size == 0
    assert kept is weight


def test_runs_reach_one_cell_after_the_other() -> None:
    n = SHORTEST_RUN
    run, repeated, reverse = np.arange(5, 5 + n), np.repeat([3, 4], n // 2), np.arange(n)[::-1]
    segments = [run, repeated, reverse, np.arange(3), run + 7, np.array([4])]
    begin = np.cumsum([0, *map(len, segments)])
    assert runs(begin, np.concatenate(segments)).tolist() == [True, False, False, True, True, True]


@given(networks(max_delay=3), st.integers(1, 40))
@examples(50)
def test_pieces_make_the_same_wiring(network: Network, piece: int) -> None:
    """All but where weights stand, and what is delivered as one, is the same; every synapse finds its weight."""
    program = Program(network)
    whole, cut = make_wiring(program, by_tile=False), make_wiring(program, by_tile=False, piece=piece)
    for name in set(Wiring._fields) - {"weight_at", "weight", "alike"}:
        np.testing.assert_array_equal(getattr(whole, name), getattr(cut, name), err_msg=name)
    segments = np.arange(len(whole.delay))
    np.testing.assert_array_equal(weights_of(whole, segments), weights_of(cut, segments))


@pytest.mark.parametrize("n_cells", [SHORT_IDS, SHORT_IDS + 1])
@pytest.mark.parametrize("way", ["grid", "events"])
def test_ids_of_targets_are_as_long_as_needed(n_cells: int, way: str) -> None:
    """A source reaches the first and the last of as many cells as short ids stand for, or one more."""
    last, model = n_cells - 2, MODELS["IF_curr_delta"]
    source = Population("source", MODELS["SpikeSourceArray"], 0, 1, {}, trains=SpikeTrains.from_lists([[1]]))
    values = {name: np.full(last + 1, p.default) for name, p in model.parameters.items()}
    cells = Population("cells", model, 1, last + 1, values)
    ends = Synapses("", 0, 1, "excitatory", [0, 2], np.array([0, last]), np.full(2, 100.0), np.full(2, 5))
    network = Network(0.1, (source, cells), (ends,), probes=(Probe(1, "spikes", np.arange(last + 1)),))
    assert (make_wiring(Program(network), False).target.itemsize == 2) == (n_cells <= SHORT_IDS)
    spikes = run_on(way, Program(network), [10]).spikes
    assert spikes.ids.tolist() == [1, 1 + last]
    assert spikes.ticks.tolist() == [6, 6]


def test_a_run_may_end_with_the_last_short_id() -> None:
    n, model = SHORTEST_RUN, MODELS["IF_curr_delta"]
    trains = SpikeTrains.from_lists([[1], *[[]] * (SHORT_IDS - n - 1)])
    sources = Population("sources", MODELS["SpikeSourceArray"], 0, SHORT_IDS - n, {}, trains=trains)
    values = {name: np.full(n, p.default) for name, p in model.parameters.items()}
    cells = Population("cells", model, SHORT_IDS - n, n, values)
    indptr = np.where(np.arange(SHORT_IDS - n + 1) > 0, n, 0)
    to_all = Synapses("", 0, 1, "excitatory", indptr, np.arange(n), np.full(n, 100.0), np.full(n, 5))
    network = Network(0.1, (sources, cells), (to_all,), probes=(Probe(1, "spikes", np.arange(n)),))
    for way in ("grid", "events"):
        assert run_on(way, Program(network), [10]).spikes.ids.tolist() == list(cells.ids)

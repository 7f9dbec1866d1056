"""Agreement of two runs: against plain loops, and on cases whose answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.analysis.compare import compare, first_divergence, match
from neurohw.analysis.kernels import match_in_order
from neurohw.analysis.tolerance import Tolerance
from neurohw.errors import SettingError
from neurohw.result import Spikes
from tests.analysis.strategies import N_CELLS, UNTIL_TICK, compiles, spikes
from tests.analysis.synthetic import jittered, poisson_spikes, sorted_spikes
from tests.naive import spike_trains as naive

CELLS = {"all": np.arange(N_CELLS)}
WINDOW = 5


def agreement_of(tested, reference, cells=None, until_tick=UNTIL_TICK, **arguments):
    return compare(tested, reference, cells or CELLS, timestep_ms=0.1, until_tick=until_tick, **arguments)


def one_cell(*ticks):
    return sorted_spikes(np.zeros(len(ticks), np.int64), np.array(ticks, dtype=np.int64))


@compiles
@given(spikes, spikes)
def test_the_first_divergence_is_that_of_plain_loops(tested, reference):
    found = first_divergence(tested, reference, np.arange(N_CELLS), 0.1)
    expected = naive.first_divergence(tested, reference, N_CELLS)
    assert (found and (found.tick, found.cell, found.only_in)) == expected


@compiles
@given(spikes, st.integers(0, 40))
def test_identical_runs_are_identical_and_one_spike_more_is_found(record, where):
    assert agreement_of(record, record).identical
    extra = sorted_spikes(np.append(record.ids, where % N_CELLS), np.append(record.ticks, where % UNTIL_TICK))
    agreement = agreement_of(extra, record)
    assert not agreement.identical
    assert agreement.first_divergence.tick == where % UNTIL_TICK
    assert agreement.first_divergence.cell == where % N_CELLS
    assert agreement.first_divergence.only_in == "tested"


@compiles
@given(spikes, spikes)
def test_matching_is_that_of_plain_lists(tested, reference):
    for left, right in zip(naive.trains(tested, N_CELLS), naive.trains(reference, N_CELLS), strict=True):
        ends = [np.array([0, len(train)]) for train in (left, right)]
        partner = match_in_order(np.array(left, np.int64), np.array(right, np.int64), *ends, WINDOW)
        pairs = [(left[i], right[j]) for i, j in enumerate(partner.tolist()) if j >= 0]
        assert pairs == naive.pairs_in_order(left, right, WINDOW)
        taken = partner[partner >= 0]
        assert (np.diff(taken) > 0).all()
        assert all(abs(early - late) <= WINDOW for early, late in pairs)


@compiles
@given(spikes, st.integers(-2, 2))
def test_a_shift_shorter_than_half_the_intervals_is_recovered(record, shift):
    spread = Spikes(record.ids, np.arange(record.ids.size) * 5 + 10)  # at least 5 ticks apart
    moved = Spikes(spread.ids, spread.ticks + shift)
    assert match(moved, spread, N_CELLS, WINDOW).tolist() == [shift] * spread.ids.size


@compiles
@given(spikes, spikes)
def test_swapping_the_sides_changes_signs_only(tested, reference):
    there, back = agreement_of(tested, reference), agreement_of(reference, tested)
    assert there.share_identical == back.share_identical
    assert there.matched == back.matched
    assert there.populations[0].rate_ks == pytest.approx(back.populations[0].rate_ks)


def test_an_extra_spike_does_not_shift_those_after_it():
    agreement = agreement_of(one_cell(3, 10, 20, 24), one_cell(10, 20, 24), window_ms=2.0)
    assert (agreement.matched, agreement.median_shift_ticks) == (3, 0.0)
    assert agreement.share_identical == 0.75


def test_the_kernel_gives_the_same_without_compilation():
    left, right = poisson_spikes(20, 30.0, 5000, seed=1), poisson_spikes(20, 30.0, 5000, seed=2)
    ends = [np.concatenate([[0], np.cumsum(np.bincount(side.ids, minlength=20))]) for side in (left, right)]
    ticks = [side.ticks[np.argsort(side.ids, kind="stable")] for side in (left, right)]
    compiled = match_in_order(*ticks, *ends, 50)
    plain = getattr(match_in_order, "py_func", match_in_order)(*ticks, *ends, 50)
    assert compiled.tolist() == plain.tolist()
    assert (compiled >= 0).any()


def test_counts_rates_and_shares():
    tested = sorted_spikes(np.array([0, 0, 1]), np.array([5, 10, 10]))
    reference = sorted_spikes(np.array([0, 0, 1, 1]), np.array([5, 11, 10, 29]))
    agreement = agreement_of(tested, reference, {"a": np.array([0]), "b": np.array([1, 2, 3])})
    assert agreement.spikes == (3, 4)
    assert (agreement.share_identical, agreement.share_within_one_tick) == (0.5, 0.75)
    assert agreement.max_shift_ticks == 1
    a, b = agreement.populations
    assert a.rate_hz == pytest.approx((2 / 0.003, 2 / 0.003))
    assert b.rate_hz == pytest.approx((1 / 0.009, 2 / 0.009))
    assert agreement.to_dict()["populations"][1]["spikes"] == (1, 2)


def test_only_the_chosen_cells_count():
    tested, reference = one_cell(5), sorted_spikes(np.array([0, 3]), np.array([5, 2]))
    assert agreement_of(tested, reference, {"a": np.array([0])}).identical
    assert not agreement_of(tested, reference).identical


def test_silence_agrees_with_silence():
    agreement = agreement_of(one_cell(), one_cell())
    assert agreement.identical
    assert agreement.holds()
    assert agreement.median_shift_ticks is None


def test_nothing_to_compare_is_refused():
    with pytest.raises(SettingError, match="no cell's spikes were recorded"):
        agreement_of(one_cell(), one_cell(), {"a": np.empty(0, np.int64)})
    with pytest.raises(SettingError, match=r"window_ms = 0"):
        agreement_of(one_cell(), one_cell(), window_ms=0)


# --- tolerance ---------------------------------------------------------------

NETWORK = {"exc": np.arange(800), "inh": np.arange(800, 1000)}


def test_two_draws_of_one_statistics_hold_and_a_tenth_fewer_spikes_do_not():
    reference = poisson_spikes(1000, 8.0, 20_000, seed=1)
    other = poisson_spikes(1000, 8.0, 20_000, seed=2)
    thinned = jittered(other, 20_000, drop=0.1)
    assert agreement_of(other, reference, NETWORK, 20_000).holds()
    misses = Tolerance().misses(agreement_of(thinned, reference, NETWORK, 20_000))
    assert any("mean rate" in miss and "'exc'" in miss for miss in misses)


def test_the_same_rates_but_regular_trains_do_not_hold():
    reference = poisson_spikes(1000, 8.0, 20_000)
    regular = sorted_spikes(np.repeat(np.arange(1000), 16), np.tile(np.arange(16) * 1250 + 1, 1000))
    misses = Tolerance().misses(agreement_of(regular, reference, NETWORK, 20_000))
    assert any("CV" in miss for miss in misses)
    assert any("distributions of rates" in miss for miss in misses)


def test_nearly_all_spikes_within_one_tick_hold_whatever_the_statistics():
    reference = one_cell(*range(0, 20_000, 20))
    moved = Spikes(reference.ids, reference.ticks + 1)
    assert agreement_of(moved, reference, until_tick=20_000).holds()
    assert not agreement_of(one_cell(5), reference, until_tick=20_000).holds()


def test_the_tolerance_says_its_limits():
    text = Tolerance(rate=0.2, timing=0.99).describe()
    assert "99 %" in text
    assert "20 %" in text


def test_activity_where_the_reference_is_silent_does_not_hold():
    misses = Tolerance().misses(agreement_of(one_cell(5), one_cell()))
    assert any("reference 0 Hz" in miss for miss in misses)

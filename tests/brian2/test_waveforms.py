"""Sine and noise currents in the reference: as by the oracle, and as in the event-driven backend."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.naive.clocked import simulate
from tests.networks import UNTIL_TICK, changed, networks
from tests.waveforms import assert_same, run, waved

SEEDS = st.integers(0, 2**40)
few = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(networks(), SEEDS)
@few
def test_all_agree_in_every_spike_and_sample(network, seed):
    network = waved(network, seed)
    assert_same(run(network, UNTIL_TICK, seed=seed, backend="brian2"), simulate(network, UNTIL_TICK, seed))


@given(networks(), SEEDS, st.integers(0, UNTIL_TICK))
@few
def test_waveforms_may_change_between_runs(network, seed, tick):
    network = waved(network, seed)
    changes = {tick: waved(changed(network, seed), seed + 1)}
    result = run(network, tick, UNTIL_TICK, seed=seed, backend="brian2", changes=changes)
    assert_same(result, simulate(network, UNTIL_TICK, seed, changes))

"""Sine and noise currents in the reference: as by the oracle, and as in the event-driven backend."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neurohw.backend import load
from neurohw.network import Network
from neurohw.program import Program
from tests.naive.clocked import simulate
from tests.networks import UNTIL_TICK, changed, networks
from tests.waveforms import waved

SEEDS = st.integers(0, 2**40)
few = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def run(network: Network, *stops: int, seed: int, changes=None, backend="brian2"):
    with load(backend).open(Program(network), seed=seed) as session:
        for stop in stops:
            session.advance(stop)
            if changes and stop in changes:
                session.set(Program(changes[stop]))
        return session.result()


def assert_same(result, expected) -> None:
    np.testing.assert_array_equal(result.spikes.ticks, expected.ticks)
    np.testing.assert_array_equal(result.spikes.ids, expected.ids)
    for key, trace in expected.traces.items():
        np.testing.assert_allclose(result.traces[key], trace, rtol=0, atol=1e-8, err_msg=str(key))


@given(networks(), SEEDS)
@few
def test_all_agree_in_every_spike_and_sample(network, seed):
    network = waved(network, seed)
    assert_same(run(network, UNTIL_TICK, seed=seed), simulate(network, UNTIL_TICK, seed))


@given(networks(), SEEDS, st.integers(0, UNTIL_TICK))
@few
def test_waveforms_may_change_between_runs(network, seed, tick):
    network = waved(network, seed)
    changes = {tick: waved(changed(network, seed), seed + 1)}
    result = run(network, tick, UNTIL_TICK, seed=seed, changes=changes)
    assert_same(result, simulate(network, UNTIL_TICK, seed, changes))

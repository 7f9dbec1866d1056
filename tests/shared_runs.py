"""Runs on one thread and on more, and what is to be the same in both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from neurohw.backend import load
from neurohw.network import Network
from neurohw.program import Program
from neurohw.result import Result
from tests.networks import UNTIL_TICK

THREADS = st.integers(2, 4)  # no network of these tests has fewer cells
LATER = st.integers(1, 20)  # ticks
Changes = dict[int, Network]


def run(
    network: Network, threads: int, stops=(UNTIL_TICK,), seed: int = 0, changes: Changes | None = None
) -> Result:
    with load("event").open(Program(network), seed=seed, threads=threads) as opened:
        for stop in stops:
            opened.advance(stop)
            if changes and stop in changes:
                opened.set(Program(changes[stop]))
        return opened.result()


def delayed(network: Network, ticks: int) -> Network:
    """Return the network with longer delays: shares need time until a spike arrives."""
    synapses = tuple(replace(s, delay=s.delay + ticks) for s in network.synapses)
    return replace(network, synapses=synapses)


def assert_same(a: Result, b: Result) -> None:
    """Compare spikes in their order, traces to the last bit, and all that was counted."""
    np.testing.assert_array_equal(a.spikes.ids, b.spikes.ids)
    np.testing.assert_array_equal(a.spikes.ticks, b.spikes.ticks)
    assert a.traces.keys() == b.traces.keys()
    for key, samples in a.traces.items():
        np.testing.assert_array_equal(b.traces[key], samples)
    assert vars(a.report.traffic) == vars(b.report.traffic)
    for table in ("populations", "projections"):
        mine, theirs = (vars(getattr(result.report, table)) for result in (a, b))
        for column in mine:
            np.testing.assert_array_equal(mine[column], theirs[column])

"""Busy Poisson sources, drawn many ticks at a time: the trains and sums of sources looked at one spike at a time."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.backend import load
from neurohw.network import MODELS, Network, Population, Probe, Synapses
from neurohw.network.sources import SourceTrains
from neurohw.program import Program
from neurohw.result import Result, Spikes
from neurohw_event import drives
from tests.event.test_against_naive import SEEDS, assert_same_spikes, assert_same_traces
from tests.event.test_ways_of_neurons import way
from tests.examples import compiled_only, examples
from tests.naive.clocked import simulate
from tests.networks import UNTIL_TICK, changed, networks, random_network

WAYS = st.sampled_from(["events", "grid", "spans", "in turn", "grid and spans"])
STOPS = st.sets(st.integers(0, UNTIL_TICK - 1), max_size=4)


def driven(network: Network, seed: int, recorded: bool, name: str = "drive") -> Network:
    """Return the network with Poisson sources, 0 to 4 spikes a tick each, one for each cell of one population."""
    rng = np.random.default_rng(seed)
    post = int(rng.integers(sum(not p.model.is_source for p in network.populations)))
    target = network.populations[post]
    old = network.populations[-1]
    total_ms = UNTIL_TICK * network.timestep_ms
    n = target.size
    parameters = {
        "rate": 1000 / network.timestep_ms * rng.uniform(0, 4, n) * rng.integers(0, 2, n),
        "start": total_ms * rng.uniform(0, 0.3, n) * rng.integers(0, 2, n),
        "duration": total_ms * rng.uniform(0.2, 1.5, n),
    }
    if rng.integers(2):  # all alike, but perhaps for what is 0
        parameters = {name: np.full(n, values[0]) for name, values in parameters.items()}
    parameters["rate"][0] = 1000 / network.timestep_ms
    if rng.integers(2):
        parameters["rate"][:] = parameters["rate"][0]
    source = Population(name, old.model, old.first + old.size, n, parameters)
    jump = 0.1 * (1 if target.model.name == "IF_curr_delta" else target.parameters["cm"])
    delay = np.full(n, rng.integers(1, 20))
    receptor = str(rng.choice(target.model.receptor_names))
    weight = jump * rng.uniform(0.5, 1.5, n) * (1 if receptor == "excitatory" else -1)
    synapses = Synapses(
        f"{name} one to one",
        len(network.populations),
        post,
        receptor,
        np.arange(n + 1),
        np.arange(n),
        weight,
        delay,
    )
    probes = (Probe(len(network.populations), "spikes", np.arange(n)),) if recorded else ()
    return replace(
        network,
        populations=(*network.populations, source),
        synapses=(*network.synapses, synapses),
        probes=(*network.probes, *probes),
    )


def run(network: Network, seed: int, stops=(), changes=None) -> tuple[Result, object]:
    with load("event").open(Program(network), fidelity="ideal", seed=seed) as session:
        for stop in [*sorted(stops), UNTIL_TICK]:
            session.advance(stop)
            if changes and stop in changes:
                session.set(Program(changes[stop]))
        return session.result(), session.traffic()


def one_by_one(*args) -> tuple[Result, object]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drives, "SPARSE", inf)
        return run(*args)


def assert_same(a: tuple[Result, object], b: tuple[Result, object]) -> None:
    assert a[0].spikes.digest() == b[0].spikes.digest()
    assert repr(a[1]) == repr(b[1])  # where nothing was late, a mean is not a number
    for key, samples in a[0].traces.items():
        np.testing.assert_array_equal(b[0].traces[key], samples)


@given(networks(), SEEDS, STOPS, st.booleans(), WAYS)
@examples(15)
def test_spikes_drawn_together_are_those_drawn_one_by_one(
    network: Network, seed: int, stops: set[int], recorded: bool, name: str
) -> None:
    network = driven(network, seed, recorded)
    oracle = simulate(network, UNTIL_TICK, seed)
    with way(name):
        result = run(network, seed, stops)
        assert_same(result, one_by_one(network, seed))
    assert_same_spikes(result[0], oracle)
    assert_same_traces(result[0], oracle, atol=1e-8)


@pytest.mark.parametrize("seed", range(8))
def test_several_drives_are_added_in_their_order(seed: int) -> None:
    """Perhaps to one population, and perhaps before anything else that is due."""
    network = driven(random_network(seed), seed, recorded=False)
    network = driven(network, seed + seed % 2, recorded=False, name="other drive")
    with way("grid"):
        assert_same(run(network, seed, (50,)), one_by_one(network, seed))


@given(networks(), SEEDS, st.integers(0, UNTIL_TICK - 1), WAYS)
@examples(15)
def test_what_is_under_way_arrives_after_a_change(network: Network, seed: int, stop: int, name: str) -> None:
    """Rates, weights and parameters change; what was drawn but not delivered arrives with the new weights."""
    network = driven(network, seed, recorded=False)
    changes = {stop: changed(network, seed)}
    oracle = simulate(network, UNTIL_TICK, seed, changes)
    with way(name):
        result = run(network, seed, [stop], changes)
    assert_same_spikes(result[0], oracle)
    assert_same_traces(result[0], oracle, atol=1e-8)


def test_ticks_after_the_last_spike_are_skipped() -> None:
    """Sources that have stopped cost nothing."""
    network = driven(random_network(3, timesteps_ms=(0.1,)), 1, recorded=False)
    last = network.populations[-1]
    stopped = replace(last, parameters=last.parameters | {"duration": np.full(last.size, 5.0)})
    network = replace(network, populations=(*network.populations[:-1], stopped), probes=())
    with load("event").open(Program(network), fidelity="ideal", seed=1) as session:
        session.advance(UNTIL_TICK)
        assert session._drives.busy_until[0] < UNTIL_TICK


@pytest.mark.parametrize("mean", [0.04, 0.4, pytest.param(90.0, marks=compiled_only)])
@pytest.mark.parametrize("recorded", [False, True])
def test_many_sources_fire_as_often_as_alone(mean: float, recorded: bool) -> None:
    """Of intervals, and of counts with few bounds and many; the sources are more than are dealt with at once."""
    n, until_tick = 1100, 70
    parameters = {"rate": np.full(n, mean * 1e4), "start": np.full(n, 0.53), "duration": np.full(n, 5.0)}
    source = Population("source", MODELS["SpikeSourcePoisson"], n, n, parameters)
    cell = MODELS["IF_curr_delta"]
    cells = Population(
        "cells", cell, 0, n, {name: np.full(n, p.default) for name, p in cell.parameters.items()}
    )
    one = np.ones(n)
    synapses = Synapses(
        "one to one", 1, 0, "excitatory", np.arange(n + 1), np.arange(n), one, one.astype(np.int64)
    )
    probes = (Probe(1, "spikes", np.arange(n)),) if recorded else ()
    network = Network(0.1, (cells, source), (synapses,), probes=probes)
    rows, ticks = SourceTrains(source, 0.1, 4).advance(until_tick)
    with load("event").open(Program(network), fidelity="ideal", seed=4) as session:
        for stop in (3, 21, until_tick):
            session.advance(stop)
        np.testing.assert_array_equal(session.log.spikes[n:], np.bincount(rows, minlength=n))
        if recorded:
            spikes = session.result().spikes
            assert Spikes(rows + n, ticks).digest() == spikes.digest()

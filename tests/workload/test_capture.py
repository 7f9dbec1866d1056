"""Capture of workloads: spikes of every cell are those that a run records, whatever its probes."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import neurohw
from neurohw.capture import capture, most_spikes
from neurohw.errors import SettingError, UnknownNameError
from neurohw.network import Probe
from neurohw.result import Spikes
from tests.naive.partition import inputs_of_cells
from tests.networks import UNTIL_TICK, networks, random_network

ONE_MODEL = {"timesteps_ms": (0.5,)}


@settings(max_examples=10, deadline=None)
@given(networks(**ONE_MODEL))
def test_counts_are_those_of_the_backend_and_edges_those_of_the_network(network):
    duration_ms = UNTIL_TICK * network.timestep_ms
    graph = capture(network, duration_ms, seed=3)
    program = neurohw.compile(network)
    load = neurohw.run(program, duration_ms, seed=3).report.populations
    in_population = [graph.spikes[p.first : p.first + p.size].sum() for p in network.populations]
    assert in_population == load.spikes.tolist()
    rows = np.split(graph.pre, graph.indptr[1:-1])
    assert [set(row.tolist()) for row in rows] == inputs_of_cells(network)
    assert graph.pre.size == network.n_synapses
    sources = [cell for p in network.populations if p.model.is_source for cell in p.ids]
    assert np.flatnonzero(~graph.is_neuron).tolist() == sources
    assert (
        graph.spikes_of_edge.sum() == (np.bincount(graph.pre, minlength=graph.n_cells) * graph.spikes).sum()
    )


def test_single_cells_fire_as_recorded():
    network = random_network(12, **ONE_MODEL)
    population = network.populations[0]
    probe = Probe(0, "spikes", np.arange(population.size))
    program = neurohw.compile(
        type(network)(network.timestep_ms, network.populations, network.synapses, network.currents, (probe,))
    )
    spikes = neurohw.run(program, 100.0, seed=1).spikes
    graph = capture(network, 100.0, seed=1)
    assert graph.spikes.sum() > 0
    assert (
        np.bincount(spikes.ids, minlength=population.size).tolist()
        == graph.spikes[: population.size].tolist()
    )


def test_a_duration_and_a_backend_that_cannot_be():
    network = random_network(1)
    with pytest.raises(SettingError, match="duration nan ms"):
        capture(network, float("nan"))
    with pytest.raises(UnknownNameError, match="unknown backend 'events'"):
        capture(network, 1.0, backend="events")


@settings(max_examples=60, deadline=None)
@given(
    fired=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4)), max_size=60), window=st.integers(1, 40)
)
def test_most_spikes_of_any_window(fired, window):
    ticks, ids = np.array(sorted(fired), np.int64).reshape(-1, 2).T
    windows = [range(begin, begin + window) for begin in range(1, 31)]
    counts = [Counter(cell for tick, cell in fired if max(tick, 1) in ticks_of) for ticks_of in windows]
    expected = [max(count[cell] for count in counts) for cell in range(5)]
    assert most_spikes(Spikes(ids, ticks), 5, window).tolist() == expected

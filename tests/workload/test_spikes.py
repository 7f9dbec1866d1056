"""Spikes of graphs: whole numbers whose sums are exact, in arrays that nobody changes."""

import numpy as np
import pytest

from neurohw.compiler.traffic import packets_between
from neurohw.errors import SettingError
from neurohw.workload import MOST_SPIKES, ClusterGraph, NeuronGraph

ONE, TWO = np.array([0]), np.array([0, 1])


def pairs(spikes):
    """Return two cells that both send to both."""
    return NeuronGraph.of_pairs(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array(spikes))


@pytest.mark.parametrize(
    ("spikes", "message"),
    [
        ([1, 0.5], "cell 1: spikes = 0.5, must be a whole number from 0 to 9,007,199,254,740,992"),
        ([np.nan, 1], "cell 0: spikes = nan"),
        ([1, -1], "cell 1: spikes = -1"),
        ([2**62, 2**62], "cell 0: spikes = 4611686018427387904"),
        ([0, MOST_SPIKES], "cell 1: 18,014,398,509,481,984 spikes over its edges"),
        ([MOST_SPIKES // 4, MOST_SPIKES // 2], "all together are 13,510,798,882,111,488, at most 9,007,"),
    ],
)
def test_spikes_of_neurons_that_cannot_be(spikes, message):
    with pytest.raises(SettingError, match=message):
        pairs(spikes)


def test_sums_up_to_the_limit_are_exact():
    graph = pairs([MOST_SPIKES // 4 + 1, MOST_SPIKES // 4 - 1])
    assert graph.spikes_of_edge.sum() == MOST_SPIKES
    packets = packets_between(graph, TWO, 2, graph.spikes)
    assert packets.spikes.tolist() == [MOST_SPIKES // 4 - 1, MOST_SPIKES // 4 + 1]
    with pytest.raises(SettingError, match="at most"):
        packets_between(graph, TWO, 2, graph.spikes + 1)


@pytest.mark.parametrize(
    ("spikes", "message"),
    [
        ([1, 0.5], "cluster graph: edge 1: spikes = 0.5, must be a whole number"),
        ([1, -1], "cluster graph: edge 1: spikes = -1"),
        ([1000, MOST_SPIKES], "cluster graph: edge 1: 9,007,199,254,740,992 spikes over its edges; all together are"),
    ],
)  # fmt: skip
def test_spikes_of_clusters_that_cannot_be(spikes, message):
    with pytest.raises(SettingError, match=message):
        ClusterGraph(2, TWO, TWO, np.array(spikes))


def test_arrays_cannot_be_changed():
    graph = pairs([1, 2])
    for array in (
        graph.indptr,
        graph.pre,
        graph.is_neuron,
        graph.spikes,
        ClusterGraph(1, ONE, ONE, ONE).spikes,
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1

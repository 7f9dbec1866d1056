"""Graphs of neurons whose arrays cannot be: compiled loops would read beyond them."""

import numpy as np
import pytest

from neurohw.errors import SettingError
from neurohw.workload import NeuronGraph


@pytest.mark.parametrize(
    ("indptr", "pre", "message"),
    [
        ([0, 3, 3], [1, 2**30, 7], "neuron graph: synapse 1: pre = 1,073,741,824, there are 2 cells"),
        ([0, 2, 2], [1, 2**32], "synapse 1: pre = 4,294,967,296, there are 2 cells"),
        ([0, 2, 2], [1, -1], "synapse 1: pre = -1, there are 2 cells"),
        ([0, 1, 1], [0.5], "neuron graph: synapses: pre: float64 of shape"),
        ([0, 9, 9], [1], "indptr goes from 0 to 9, must go from 0 to 1, the number of synapses"),
        ([0, 1, 1], [1, 1], "indptr goes from 0 to 1, must go from 0 to 2, the number of synapses"),
        ([1, 1, 1], [1], "indptr goes from 1 to 1, must go from 0 to 1"),
        ([0, 5, 1], [1], "the synapses of cell 1 begin at 5 and end at 1, must end there or later"),
        ([], [], "indptr is empty, must go from 0 to 0"),
        ([], [0], "synapse 0: pre = 0, there are 0 cells"),
        ([0.0, 1.0, 1.0], [1], "neuron graph: indptr: float64 of shape"),
        ([0, 0, 1], [1], "cell 1: is_neuron is false, but it has 1 synapse onto it"),
    ],
)
def test_rows_of_graphs_that_cannot_be(indptr, pre, message):
    with pytest.raises(SettingError, match=message):
        NeuronGraph(np.array(indptr), np.array(pre), np.array([True, False]), np.array([3, 3]))


@pytest.mark.parametrize(
    ("pre", "post", "message"),
    [
        ([2**30, 1], [0, 0], "neuron graph: synapse 0: pre = 1,073,741,824, there are 3 cells"),
        ([0, 1], [0, 2**30], "neuron graph: synapse 1: post = 1,073,741,824, there are 3 cells"),
        ([0, 1], [0, -1], "synapse 1: post = -1, there are 3 cells"),
        ([0, 1], [0], "pre and post hold 2 and 1 numbers, must be as many"),
    ],
)
def test_pairs_that_cannot_be(pre, post, message):
    with pytest.raises(SettingError, match=message):
        NeuronGraph.of_pairs(np.array(pre), np.array(post), np.array([3, 3, 3]))


def test_lists_are_as_good_as_arrays():
    graph = NeuronGraph([0, 1, 1], [1], [True, False], [3, 3])
    assert (graph.n_cells, graph.n_neurons, graph.post.tolist()) == (2, 1, [0])

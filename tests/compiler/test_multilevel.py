"""Hypergraphs of the multilevel partitioner keep costs and rows when joined; the ways of large graphs keep limits."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.compiler.partition import PARTITIONERS, PartitionProblem
from neurohw.compiler.partition.hypergraph import contract, hypergraph_of, twins
from neurohw.compiler.partition.refinement import packets
from neurohw.workload import NeuronGraph
from tests.examples import examples
from tests.naive import greedy as naive

MULTILEVEL = sys.modules["neurohw.compiler.partition.multilevel"]

seeds = st.integers(0, 2**32 - 1)


def layered(seed):
    """Return edges of neurons of which many hear the same cells, and spikes."""
    rng = np.random.default_rng(seed)
    n_groups, n_cells = int(rng.integers(1, 5)), int(rng.integers(6, 24))
    inputs = [rng.choice(n_cells, rng.integers(1, 5), replace=False) for _ in range(n_groups)]
    edges = [(int(pre), cell) for cell in range(n_cells) for pre in inputs[cell % n_groups]]
    return edges, rng.integers(0, 9, n_cells)


def graph_of(edges, spikes):
    """Return the graph of edges."""
    pre, post = np.array(edges).T
    return NeuronGraph.of_pairs(pre, post, spikes)


@examples(60)
@given(seed=seeds, most=st.integers(1, 4))
def test_joining_keeps_packets_and_rows(seed, most):
    edges, spikes = layered(seed)
    rng, n_cells = np.random.default_rng(seed), len(spikes)
    problem = PartitionProblem(graph_of(edges, spikes), n_cells, n_cells)
    cells = np.arange(n_cells, dtype=np.int32)
    vertex_of = twins(problem, cells, most)
    fine = hypergraph_of(problem, cells, vertex_of)
    assert fine.columns.max() <= most
    n_coarse = int(rng.integers(1, 5))
    coarse_of = rng.integers(0, n_coarse, fine.columns.size).astype(np.int32)
    coarse = contract(fine, coarse_of, n_coarse)
    clusters = rng.integers(0, 3, n_coarse).astype(np.int32)
    of_cell = clusters[coarse_of[vertex_of]]
    # every cell is a neuron, so that no packets come from outside
    expected = naive.packets(edges, of_cell.tolist(), spikes.tolist())
    assert packets(coarse, clusters) == packets(fine, clusters[coarse_of]) == expected
    for vertex in range(n_coarse):
        members = np.flatnonzero(coarse_of[vertex_of] == vertex)
        assert coarse.n_rows[vertex] == len({pre for pre, post in edges if post in members})
        assert coarse.columns[vertex] == members.size


@examples(40)
@given(
    seed=seeds,
    columns=st.integers(1, 8),
    slack=st.integers(0, 3),
    halved_at_once=st.sampled_from([0, 20, 1000]),
)
def test_large_graphs_keep_limits_and_are_no_worse_than_in_order(seed, columns, slack, halved_at_once):
    edges, spikes = layered(seed)
    inputs = naive.inputs_of(edges, len(spikes))
    problem = PartitionProblem(graph_of(edges, spikes), max(len(row) for row in inputs) + slack, columns)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_LARGE", "_STUBBORN", "_SMALL"):
            patch.setattr(MULTILEVEL, name, 0)
        patch.setattr(MULTILEVEL, "_HALVED_AT_ONCE", halved_at_once)  # pins
        patch.setattr(MULTILEVEL, "_RATINGS", 10)
        found = PARTITIONERS["multilevel"](problem)
    for cluster in range(found.max() + 1):
        cells = np.flatnonzero(found == cluster)
        assert 0 < cells.size <= columns
        assert len(set().union(*(inputs[cell] for cell in cells))) <= problem.rows
    costs = [
        naive.packets(edges, clusters.tolist(), spikes.tolist())
        for clusters in (found, PARTITIONERS["sequential"](problem))
    ]
    assert costs[0] <= costs[1]

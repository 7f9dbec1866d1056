"""Clusters halved anew by twos and fours: never worse, within limits, and out of what single moves cannot leave."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.compiler.partition import PartitionProblem, rehalving
from neurohw.compiler.partition.bisection import Found
from neurohw.compiler.partition.hypergraph import hypergraph_of, without_sources
from neurohw.compiler.partition.kernels.partners import partners
from neurohw.compiler.partition.kernels.parts import Room
from neurohw.compiler.partition.refinement import by_cluster, filled, refined
from neurohw.compiler.partition.rehalving import rehalved
from neurohw.workload import NeuronGraph
from tests.examples import examples
from tests.naive import greedy as naive

seeds = st.integers(0, 2**32 - 1)


def random_edges(seed, n_cells):
    """Return edges between cells, all of them neurons, and their spikes."""
    rng = np.random.default_rng(seed)
    edges = [
        (int(pre), cell)
        for cell in range(n_cells)
        for pre in rng.choice(n_cells, rng.integers(1, min(4, n_cells) + 1), replace=False)
    ]
    return edges, rng.integers(0, 9, n_cells)


def hypergraph(edges, spikes, n_neurons=None):
    """Return the hypergraph of the first cells, or of all."""
    pre, post = np.array(edges).T
    graph = NeuronGraph.of_pairs(pre, post, spikes)
    cells = np.arange(len(spikes) if n_neurons is None else n_neurons, dtype=np.int32)
    return hypergraph_of(PartitionProblem(graph, len(spikes), len(spikes)), cells)


def never():
    """Return that the time is not used up."""
    return False


def drawn_sides(part, most, rng, effort, start):
    """Return any sides."""
    return Found(0, 0, rng.integers(0, 2, part.columns.size).astype(np.int8))


def drawn_parts(part, n_clusters, columns, rng, effort):
    """Return any clusters."""
    return rng.integers(0, n_clusters, part.columns.size).astype(np.int32)


@pytest.mark.parametrize("is_drawn", [False, True])
@examples(40)
@given(seed=seeds, n_cells=st.integers(2, 40), slack=st.integers(0, 4), columns=st.integers(1, 8))
def test_packets_never_grow_and_limits_hold(is_drawn, seed, n_cells, slack, columns):
    edges, spikes = random_edges(seed, n_cells)
    inputs = naive.inputs_of(edges, n_cells)
    drawn = np.random.default_rng(seed).permutation(n_cells)
    clusters = (drawn // columns).astype(np.int32)
    rows_of = [
        len(set().union(*(inputs[cell] for cell in np.flatnonzero(clusters == cluster))))
        for cluster in range(clusters.max() + 1)
    ]
    room = Room(max(rows_of) + slack, columns)
    graph = hypergraph(edges, spikes)
    with pytest.MonkeyPatch.context() as patch:
        if is_drawn:  # what halves find is checked, whatever it is
            patch.setattr(rehalving, "halved", drawn_sides)
            patch.setattr(rehalving, "parted", drawn_parts)
        found, again = (rehalved(graph, clusters, room, np.random.default_rng(seed), never) for _ in range(2))
    np.testing.assert_array_equal(found, again)
    assert set(found.tolist()) <= set(clusters.tolist())
    for cluster in np.unique(found):
        cells = np.flatnonzero(found == cluster)
        assert cells.size <= columns
        assert len(set().union(*(inputs[cell] for cell in cells))) <= room.rows
    before, after = (naive.packets(edges, of.tolist(), spikes.tolist()) for of in (clusters, found))
    assert after <= before


def mixed_groups(n_groups, size):
    """Return edges within groups, and clusters that hold as many cells of each group, all of them full."""
    cell = np.arange(n_groups * size)
    edges = [
        (int(pre), int(post))
        for group in range(n_groups)
        for pre, post in combinations(cell[cell // size == group], 2)
    ]
    edges += [(post, pre) for pre, post in edges]
    return edges, np.ones(cell.size, np.int64), (cell % n_groups).astype(np.int32)


def test_full_clusters_sort_out_what_no_move_can():
    edges, spikes, clusters = mixed_groups(n_groups=4, size=8)
    graph, room = hypergraph(edges, spikes), Room(32, 8)
    found = rehalved(graph, clusters, room, np.random.default_rng(0), never)
    assert naive.packets(edges, found.tolist(), spikes.tolist()) == 0
    moved = refined(graph, clusters, room)
    assert naive.packets(edges, moved.tolist(), spikes.tolist()) > 0


def test_halves_that_save_need_rows():
    edges, spikes, clusters = mixed_groups(n_groups=2, size=4)
    n_cells, n_silent = clusters.size, 3
    # the first group hears silent inputs, each cell its own: 2 x 3 rows of a mixed cluster, 4 x 3 of its own
    silent = n_cells + np.arange(4 * n_silent)
    edges += [(int(pre), int((pre - n_cells) // n_silent)) for pre in silent]
    graph = hypergraph(edges, np.append(spikes, np.zeros(silent.size, np.int64)), n_cells)
    for rows, is_sorted in ((4 + 4 + 2 * n_silent, False), (4 + 4 * n_silent, True)):
        found = rehalved(graph, clusters, Room(rows, 4), np.random.default_rng(0), never)
        assert (len(set(found[:4].tolist())) == 1) == is_sorted


def test_no_time_changes_nothing():
    edges, spikes, clusters = mixed_groups(n_groups=4, size=8)
    found = rehalved(hypergraph(edges, spikes), clusters, Room(32, 8), np.random.default_rng(0), lambda: True)
    np.testing.assert_array_equal(found, clusters)


@examples(40)
@given(seed=seeds, n_cells=st.integers(2, 30), n_clusters=st.integers(2, 6), most=st.integers(2, 6))
def test_partners_share_most(seed, n_cells, n_clusters, most):
    edges, spikes = random_edges(seed, n_cells)
    clusters = np.random.default_rng(seed).integers(0, n_clusters, n_cells).astype(np.int32)
    n_clusters = int(clusters.max()) + 1
    shared = np.zeros((n_clusters, n_clusters))
    for cell, count in enumerate(spikes):
        reached = {int(clusters[post]) for pre, post in edges if pre == cell} | {int(clusters[cell])}
        if 2 <= len(reached) <= most:
            for one, other in combinations(sorted(reached), 2):
                shared[one, other] += count / (len(reached) - 1)
    shared += shared.T
    nets = without_sources(hypergraph(edges, spikes))
    members = by_cluster(clusters).astype(np.int32)
    begin = np.searchsorted(clusters[members], np.arange(n_clusters + 1))
    found, worth = partners(nets, filled(nets, clusters), begin, members, 3, most)
    for cluster in range(n_clusters):
        expected = np.sort(shared[cluster])[::-1][:3]
        np.testing.assert_allclose(worth[cluster, : expected.size], expected)
        for other, value in zip(found[cluster], worth[cluster], strict=True):
            assert (other < 0 and value == 0) or np.isclose(shared[cluster, other], value)

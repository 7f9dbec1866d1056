"""Recursive bisection: what it cuts, counted from the definition, and the limits that it keeps."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from neurohw.compiler.partition import PartitionProblem
from neurohw.compiler.partition.bisection import Effort, bisected, with_rows
from neurohw.compiler.partition.hypergraph import hypergraph_of, induced, of_few, without_sources
from neurohw.compiler.partition.kernels.parts import Room
from neurohw.compiler.partition.kernels.sides import improve_sides
from neurohw.workload import NeuronGraph
from tests.examples import examples
from tests.naive import greedy as naive

seeds = st.integers(0, 2**32 - 1)


def random_problem(seed, n_cells, rows, columns):
    """Return edges between cells, all of them neurons, their spikes, and the problem of these."""
    rng = np.random.default_rng(seed)
    edges = [
        (int(pre), cell)
        for cell in range(n_cells)
        for pre in rng.choice(n_cells, rng.integers(1, min(4, rows, n_cells) + 1), replace=False)
    ]
    spikes = rng.integers(0, 9, n_cells)
    pre, post = np.array(edges).T
    graph = NeuronGraph.of_pairs(pre, post, spikes)
    return edges, spikes, PartitionProblem(graph, rows, columns)


def hypergraph(problem):
    """Return the hypergraph of all cells."""
    return hypergraph_of(problem, np.arange(problem.graph.n_cells, dtype=np.int32))


def connectivity(edges, spikes, cluster):
    """Return the sum of spikes times clusters of a cell and its targets, but for one, by definition."""
    total = 0
    for cell, count in enumerate(spikes):
        reached = {cluster[post] for pre, post in edges if pre == cell} | {cluster[cell]}
        total += int(count) * (len(reached) - 1)
    return total


@examples(60)
@given(seed=seeds, n_cells=st.integers(4, 14), slack=st.integers(0, 3))
def test_sides_hold_what_they_may_and_count_what_they_cut(seed, n_cells, slack):
    edges, spikes, problem = random_problem(seed, n_cells, n_cells, n_cells)
    graph = without_sources(hypergraph(problem))
    rng = np.random.default_rng(seed)
    side = rng.integers(0, 2, n_cells).astype(np.int8)
    before = connectivity(edges, spikes, side)
    half = n_cells // 2
    most = np.array([half + slack, n_cells - half + slack])
    was_over = int(np.maximum(np.bincount(side, minlength=2) - most, 0).sum())
    over, cut = improve_sides(graph, side, most, 8, n_cells)
    assert cut == connectivity(edges, spikes, side)
    assert over == 0
    assert (np.bincount(side, minlength=2) <= most).all()
    assert was_over > 0 or cut <= before


@examples(15)
@given(seed=seeds)
def test_halves_of_small_graphs_are_nearly_the_best(seed):
    n_cells = 10
    edges, spikes, problem = random_problem(seed, n_cells, n_cells, n_cells // 2)
    halves = (side for side in product((0, 1), repeat=n_cells) if sum(side) == n_cells // 2)
    best = min(connectivity(edges, spikes, side) for side in halves)
    rng = np.random.default_rng(seed)
    found = bisected(hypergraph(problem), Room(n_cells, n_cells // 2), rng, Effort(1, 0))
    assert connectivity(edges, spikes, found) <= best + max(spikes)


@examples(40)
@given(seed=seeds, n_cells=st.integers(1, 40), rows=st.integers(4, 12), columns=st.integers(1, 8))
def test_parts_keep_rows_and_columns_and_seeds_repeat_them(seed, n_cells, rows, columns):
    edges, _, problem = random_problem(seed, n_cells, rows, columns)
    inputs = naive.inputs_of(edges, n_cells)
    graph, room = hypergraph(problem), Room(rows, columns)
    found = bisected(graph, room, np.random.default_rng(seed), Effort(2, 1))
    again = bisected(graph, room, np.random.default_rng(seed), Effort(2, 1))
    np.testing.assert_array_equal(found, again)
    arbitrary = np.random.default_rng(seed).integers(0, 3, n_cells).astype(np.int32)
    for clusters in (found, with_rows(graph, arbitrary, room)):
        assert clusters.min() >= 0
        for cluster in np.unique(clusters):
            cells = np.flatnonzero(clusters == cluster)
            assert cells.size <= columns
            assert len(set().union(*(inputs[cell] for cell in cells))) <= rows


def test_what_fits_stays():
    _, _, problem = random_problem(3, 12, 12, 4)
    clusters = (np.arange(12) // 4).astype(np.int32)
    np.testing.assert_array_equal(with_rows(hypergraph(problem), clusters, Room(12, 4)), clusters)


def test_large_graphs_are_halved_by_levels():
    side = 30
    cell = np.arange(side * side)
    right, below = cell[cell % side < side - 1], cell[:-side]
    pre, post = np.concatenate([right, below]), np.concatenate([right + 1, below + side])
    graph = NeuronGraph.of_pairs(pre, post, np.ones(cell.size, np.int64))
    problem = PartitionProblem(graph, cell.size, cell.size // 2)
    room = Room(cell.size, cell.size // 2)
    found = bisected(hypergraph(problem), room, np.random.default_rng(1), Effort(2, 1))
    assert np.bincount(found).tolist() == [450, 450]
    edges = list(zip(pre.tolist(), post.tolist(), strict=True))
    assert connectivity(edges, np.ones(cell.size, int), found) <= side + 2  # a straight cut takes 30


@examples(40)
@given(seed=seeds, n_cells=st.integers(2, 14))
def test_part_of_a_graph_has_what_its_vertices_share(seed, n_cells):
    edges, spikes, problem = random_problem(seed, n_cells, n_cells, n_cells)
    chosen = np.flatnonzero(np.random.default_rng(seed).random(n_cells) < 0.6).astype(np.int32)
    if not chosen.size:
        return
    nets = without_sources(hypergraph(problem))
    number = {int(cell): i for i, cell in enumerate(chosen)}
    expected = {}
    for cell, count in enumerate(spikes):
        pins = {post for pre, post in edges if pre == cell} | {cell}
        here = tuple(sorted(number[pin] for pin in pins if pin in number))
        if len(here) > 1 and count:
            expected[here] = expected.get(here, 0) + int(count)
    no_number = np.full(nets.weight.size, -1, np.int32)
    for part in (induced(nets, chosen), of_few(nets, chosen, no_number)[0]):
        found = {
            tuple(part.pins[part.pins_begin[net] : part.pins_begin[net + 1]].tolist()): int(part.weight[net])
            for net in range(part.weight.size)
        }
        assert found == expected
    assert (no_number == -1).all()

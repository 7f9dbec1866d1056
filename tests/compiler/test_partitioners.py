"""Partitioners of graphs: limits, oracles, a published example, and what each must be better than."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.compiler.partition import PARTITIONERS, PartitionProblem
from neurohw.compiler.partition.greedy import greedy_unrolled
from neurohw.compiler.partition.unroll import check_unroll, unroll
from neurohw.compiler.traffic import packets_between, synapse_spikes_between
from neurohw.errors import CapacityError, SettingError
from neurohw.workload import NeuronGraph
from tests.examples import compiled_only, examples
from tests.naive import greedy as naive

# Song et al. 2020, doi:10.1145/3372799.3394364: cells 0 to 5 come from outside, cell i fires i + 1 times
PUBLISHED = [(0, 6), *((1, c) for c in (6, 7, 8)), (2, 7), (2, 8), (3, 7), (4, 7), (4, 8), (5, 7), (5, 8)]
PUBLISHED_SPIKES = [1, 2, 3, 4, 5, 6, 0, 0, 0]

seeds = st.integers(0, 2**32 - 1)


def random_edges(seed, max_cells=30):
    """Return edges (some repeated, some to the cell itself), whether each cell is a neuron, and spikes."""
    rng = np.random.default_rng(seed)
    n_cells = int(rng.integers(1, max_cells))
    n_neurons = int(rng.integers(0, n_cells + 1))
    n_edges = int(rng.integers(0, 4 * n_cells)) if n_neurons else 0
    pre, post = rng.integers(0, n_cells, n_edges), rng.integers(0, max(1, n_neurons), n_edges)
    order = rng.permutation(n_cells)
    is_neuron = np.zeros(n_cells, bool)
    is_neuron[order[:n_neurons]] = True
    edges = list(zip(order[pre].tolist(), order[post].tolist(), strict=True))
    return edges, is_neuron, rng.integers(0, 9, n_cells)


def graph_of(edges, is_neuron, spikes):
    """Return a graph in which neurons without inputs are neurons, too."""
    pre, post = np.array(edges, int).reshape(-1, 2).T
    graph = NeuronGraph.of_pairs(pre, post, spikes)
    return NeuronGraph(graph.indptr, graph.pre, np.array(is_neuron), graph.spikes)


def costs(graph, cluster_of_cell):
    """Return packets and synapse spikes between clusters."""
    n_clusters = int(cluster_of_cell.max(initial=-1)) + 1
    group = np.where(cluster_of_cell < 0, n_clusters, cluster_of_cell)
    both = (f(graph, group, n_clusters + 1, graph.spikes) for f in (packets_between, synapse_spikes_between))
    return [int(between.spikes[between.source < n_clusters].sum()) for between in both]


def all_packets(graph, cluster_of_cell):
    """Return the packets between clusters and from inputs."""
    group = np.where(cluster_of_cell < 0, cluster_of_cell.max() + 1, cluster_of_cell)
    return int(packets_between(graph, group, int(group.max()) + 2, graph.spikes).spikes.sum())


def neighbourhoods(seed, n_cells, fan_in, spread):
    """Return neurons that hear their neighbours on a ring, numbered at random."""
    rng = np.random.default_rng(seed)
    post = np.repeat(np.arange(n_cells), fan_in)
    pre = (post + np.rint(rng.normal(0, spread, post.size)).astype(int)) % n_cells
    number = rng.permutation(n_cells)
    return NeuronGraph.of_pairs(number[pre], number[post], rng.poisson(5, n_cells))


@pytest.mark.parametrize("partitioner", PARTITIONERS)
@examples(40)
@given(seed=seeds, columns=st.integers(1, 8), crossbars=st.integers(1, 3))
def test_every_neuron_has_one_cluster_and_no_cluster_too_much(partitioner, seed, columns, crossbars):
    edges, is_neuron, spikes = random_edges(seed)
    inputs = naive.inputs_of(edges, len(spikes))
    largest = max((len(row) for row in inputs), default=0)
    rows = max(1, -(-largest // crossbars)) + seed % 4
    graph = graph_of(edges, is_neuron, spikes)
    first, again = (
        PARTITIONERS[partitioner](PartitionProblem(graph, rows, columns, crossbars, seed=3)) for _ in "12"
    )
    assert first.tolist() == again.tolist()
    assert ((first >= 0) == is_neuron).all()
    assert set(first[is_neuron].tolist()) == set(range(first.max() + 1))
    for cluster in range(first.max() + 1):
        cells = np.flatnonzero(first == cluster).tolist()
        assert len(cells) <= columns
        n_crossbars = max(-(-len(inputs[cell]) // rows) for cell in cells)
        assert len(set().union(*(inputs[cell] for cell in cells))) <= max(1, n_crossbars) * rows


@examples(150)
@given(seed=seeds)
def test_both_metrics_are_their_oracles(seed):
    edges, is_neuron, spikes = random_edges(seed)
    graph = graph_of(edges, is_neuron, spikes)
    cluster = np.where(is_neuron, np.random.default_rng(seed).integers(0, 4, len(spikes)), -1)
    expected = [f(edges, cluster.tolist(), spikes.tolist()) for f in (naive.packets, naive.synapse_spikes)]
    assert costs(graph, cluster) == expected


@examples(150)
@given(seed=seeds, slack=st.integers(0, 5), columns=st.integers(1, 8))
def test_greedy_is_its_oracle(seed, slack, columns):
    edges, is_neuron, spikes = random_edges(seed)
    inputs = naive.inputs_of(edges, len(spikes))
    rows = max(1, *(len(row) for row in inputs)) + slack
    problem = PartitionProblem(graph_of(edges, is_neuron, spikes), rows, columns)
    expected = naive.greedy(inputs, is_neuron.tolist(), rows, columns)
    clusters = PARTITIONERS["greedy"](problem)
    assert [np.flatnonzero(clusters == i).tolist() for i in range(clusters.max() + 1)] == expected


@examples(150)
@given(seed=seeds, fan_in=st.integers(2, 4), slack=st.integers(0, 3), columns=st.integers(1, 8))
def test_unrolling_greedy_is_its_oracle(seed, fan_in, slack, columns):
    edges, is_neuron, spikes = random_edges(seed)
    inputs = naive.inputs_of(edges, len(spikes))
    rows = fan_in + slack
    expected, packed = naive.greedy_unrolled(inputs, is_neuron.tolist(), rows, columns, fan_in)
    unrolled, clusters = greedy_unrolled(graph_of(edges, is_neuron, spikes), fan_in, rows, columns)
    assert [sorted(cells) for cells in expected] == [
        np.flatnonzero(clusters == i).tolist() for i in range(clusters.max() + 1)
    ]
    fired = [*spikes.tolist(), *[0] * (unrolled.n_cells - len(spikes))]
    for cell, some in packed:
        assert unrolled.pre[unrolled.indptr[cell] : unrolled.indptr[cell + 1]].tolist() == some
        if cell >= len(spikes):
            fired[cell] = sum(fired[other] for other in some)
    assert unrolled.spikes.tolist() == fired


@pytest.mark.parametrize(
    ("crossbar", "expected"), [(4, {(0, 1): 14}), (3, {(0, 1): 5, (0, 3): 5, (1, 2): 14})]
)
def test_the_published_example(crossbar, expected):
    edges = np.array(PUBLISHED).T
    graph = NeuronGraph.of_pairs(*edges, np.array(PUBLISHED_SPIKES))
    unrolled, cluster = greedy_unrolled(graph, 2, crossbar, crossbar)
    n_clusters = cluster.max() + 1
    group = np.where(cluster < 0, n_clusters, cluster)
    between = packets_between(unrolled, group, n_clusters + 1, unrolled.spikes)
    edges = zip(between.source.tolist(), between.target.tolist(), between.spikes.tolist(), strict=True)
    assert {(source, target): n for source, target, n in edges if source < n_clusters} == expected
    assert n_clusters == {4: 2, 3: 4}[crossbar]


@examples(60)
@given(seed=seeds, fan_in=st.integers(2, 5))
def test_unrolling_keeps_every_input_once_and_fan_in_small(seed, fan_in):
    edges, is_neuron, spikes = random_edges(seed)
    graph = graph_of(edges, is_neuron, spikes)
    unrolled = unroll(graph, fan_in)
    assert np.diff(unrolled.indptr).max(initial=0) <= fan_in
    rows = [unrolled.pre[a:b].tolist() for a, b in zip(unrolled.indptr, unrolled.indptr[1:], strict=False)]
    for relay in range(graph.n_cells, unrolled.n_cells):
        assert unrolled.spikes[relay] == unrolled.spikes[rows[relay]].sum()
    for cell, inputs in enumerate(naive.inputs_of(edges, len(spikes))):
        leaves = list(rows[cell])
        while leaves and leaves[0] >= graph.n_cells:
            leaves[:1] = rows[leaves[0]]
        assert leaves == inputs


@pytest.mark.parametrize("fan_in", [1, 5])
def test_relays_with_too_few_or_too_many_inputs(fan_in):
    with pytest.raises(SettingError, match=f"unroll = {fan_in} must be from 2 to the rows of a crossbar, 4"):
        check_unroll(fan_in, 4)
    graph = NeuronGraph.of_pairs(*np.array(PUBLISHED).T, np.array(PUBLISHED_SPIKES))
    with pytest.raises(SettingError, match=f"unroll = {fan_in} must be"):
        greedy_unrolled(graph, fan_in, 4, 4)


def test_chains_with_too_few_inputs():
    graph = NeuronGraph.of_pairs(*np.array(PUBLISHED).T, np.array(PUBLISHED_SPIKES))
    with pytest.raises(SettingError, match="unroll = 1 must be a whole number from 2 to"):
        unroll(graph, 1)


@compiled_only
def test_searches_find_who_belongs_together():
    """Neighbours on a ring, numbered at random: what ids do not tell, searches must find out."""
    graph = neighbourhoods(1, 400, 8, 6)
    problem = PartitionProblem(graph, 64, 40)
    in_order = costs(graph, PARTITIONERS["sequential"](problem))
    found = {name: costs(graph, PARTITIONERS[name](problem)) for name in ("multilevel", "kernighan_lin")}
    # ten clusters, each joined to two neighbours over a border of about 8 cells on either side
    assert found["multilevel"][0] < 0.2 * in_order[0]
    assert found["kernighan_lin"][1] < 0.7 * in_order[1]


def ways_to_part(cells, columns):
    """Yield all partitions of some cells into groups of at most so many."""
    if not cells:
        yield []
        return
    first, *others = cells
    for parts in ways_to_part(others, columns):
        yield [[first], *parts]
        for index, part in enumerate(parts):
            if len(part) < columns:
                yield [*parts[:index], [first, *part], *parts[index + 1 :]]


@pytest.mark.parametrize("seed", range(5))
def test_multilevel_finds_the_fewest_packets_of_all_partitions(seed):
    rng = np.random.default_rng(seed)
    graph = graph_of(rng.integers(0, 7, (14, 2)).tolist(), [True] * 7, rng.integers(1, 9, 7))
    fewest = None
    for parts in ways_to_part(list(range(7)), 3):
        cluster = np.zeros(7, int)
        for index, part in enumerate(parts):
            cluster[part] = index
        found = costs(graph, cluster)[0]
        fewest = found if fewest is None else min(fewest, found)
    assert costs(graph, PARTITIONERS["multilevel"](PartitionProblem(graph, 7, 3)))[0] == fewest


@examples(30)
@given(seed=seeds)
def test_searches_are_no_worse_than_in_order(seed):
    edges, is_neuron, spikes = random_edges(seed)
    graph = graph_of(edges, is_neuron, spikes)
    rows = max(1, *(len(row) for row in naive.inputs_of(edges, len(spikes)))) + 3
    problem = PartitionProblem(graph, rows, 5)
    clusters = {name: PARTITIONERS[name](problem) for name in PARTITIONERS}
    if not is_neuron.any():
        return
    assert all_packets(graph, clusters["multilevel"]) <= all_packets(graph, clusters["sequential"])
    for name in ("kernighan_lin", "spinemap"):
        assert costs(graph, clusters[name])[1] <= costs(graph, clusters["sequential"])[1]


def test_a_neuron_with_too_many_inputs():
    graph = graph_of([(cell, 0) for cell in range(5)], [True] * 5, [1] * 5)
    with pytest.raises(CapacityError, match="neuron 0: 5 distinct presynaptic cells, a crossbar has 4 rows"):
        PartitionProblem(graph, 4, 4)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"rows": 0}, "rows = 0"), ({"columns": -1}, "columns = -1"), ({"seed": -1}, "seed = -1 must be")],
)
def test_problems_that_cannot_be(options, message):
    with pytest.raises(SettingError, match=message):
        PartitionProblem(graph_of([], [True], [1]), **{"rows": 1, "columns": 1, **options})


@pytest.mark.parametrize(
    ("spikes", "mask", "message"),
    [([1, -2], [True, True], "cell 1: spikes = -2"), ([1], [True, True], "spikes has shape")],
)
def test_graphs_that_cannot_be(spikes, mask, message):
    with pytest.raises(SettingError, match=message):
        NeuronGraph(np.zeros(3, np.int64), np.empty(0, np.int32), np.array(mask), np.array(spikes))


@pytest.mark.parametrize("count", [packets_between, synapse_spikes_between])
@pytest.mark.parametrize(
    ("group", "spikes", "message"),
    [
        ([0, 2**30], [1, 1], "cell 1: group_of_cell = 1,073,741,824, there are 2 groups"),
        ([0], [1, 1], r"group_of_cell has shape \(1,\), expected \(2,\)"),
        ([0, 1], [1], r"spikes has shape \(1,\), expected \(2,\)"),
    ],
)
def test_groups_that_cannot_be(count, group, spikes, message):
    graph = NeuronGraph.of_pairs(np.array([0]), np.array([1]), np.array([1, 1]))
    with pytest.raises(SettingError, match=message):
        count(graph, np.array(group), 2, np.array(spikes))

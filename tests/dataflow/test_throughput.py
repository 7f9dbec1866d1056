"""Throughput: four ways to it that share no code must find the same, exactly."""

from fractions import Fraction

import pytest

from neurohw.dataflow import Actor, Channel, Graph, throughput, with_self_edges
from neurohw.dataflow.maxplus import eigenvalue, token_matrix
from neurohw.dataflow.self_timed import self_timed_period
from neurohw.errors import DataflowDeadlockError, GraphError, SettingError
from tests.dataflow_graphs import random_graph, ring
from tests.naive.dataflow import largest_cycle_ratio

WAYS = {
    "howard": lambda graph: throughput(graph).period,
    "matrix": lambda graph: eigenvalue(token_matrix(graph)),
    "self-timed": self_timed_period,
}
BLOCKS = range(10)  # of 100 random graphs each


def _period(way, graph):
    try:
        return WAYS[way](graph)
    except DataflowDeadlockError:
        return None


def _naive(graph):
    from neurohw.dataflow import repetition_vector

    return largest_cycle_ratio(graph, dict(zip(graph.index, repetition_vector(graph), strict=True)))


@pytest.mark.parametrize("block", BLOCKS)
def test_howard_matrix_simulation_and_enumeration_agree_on_a_thousand_graphs(block):
    for seed in range(100 * block, 100 * block + 100):
        graph = random_graph(seed)
        expected = _naive(graph)
        found = {way: _period(way, graph) for way in WAYS}
        assert found == dict.fromkeys(WAYS, expected), graph


def test_the_thousand_graphs_are_of_every_sort():
    graphs = [random_graph(seed) for seed in range(1000)]
    periods = [_period("howard", graph) for graph in graphs]
    multirate = [len({*graph_rates(graph)}) > 1 for graph in graphs]
    assert periods.count(None) > 100
    assert sum(period is not None and period > 0 for period in periods) > 300
    assert sum(bool(period) and period.denominator > 1 for period in periods) > 50
    assert sum(many and bool(period) for many, period in zip(multirate, periods, strict=True)) > 200


def graph_rates(graph):
    """Return all rates of a graph."""
    return (rate for channel in graph.channels for rate in (channel.production, channel.consumption))


@pytest.mark.parametrize("seed", range(12))
def test_larger_graphs_with_self_edges_agree_too(seed):
    graph = with_self_edges(random_graph(seed, most_actors=12, most_firings=8, connected=True))
    found = {_period(way, graph) for way in WAYS}
    assert len(found) == 1


def test_a_ring_is_as_fast_as_its_tokens_allow():
    found = throughput(ring([3, 4, 5], [1, 1, 0]))
    assert found.period == Fraction(12, 2)
    assert found.per_time_unit == Fraction(1, 6)


def test_the_critical_cycle_has_the_ratio_that_it_stands_for():
    for seed in range(300):
        graph = random_graph(seed, most_firings=1)
        if not _period("howard", graph):
            continue
        found = throughput(graph)
        channels = {channel.name: channel for channel in graph.channels}
        cycle = [channels[name] for name in found.channels]
        assert [channel.source for channel in cycle] == list(found.actors)
        assert [channel.target for channel in cycle] == [*found.actors[1:], found.actors[0]]
        times = {actor.name: actor.time for actor in graph.actors}
        assert (
            sum(times[name] for name in found.actors) / sum(c.tokens // c.consumption for c in cycle)
            == found.period
        )


def test_without_a_cycle_nothing_limits_the_throughput():
    graph = Graph("line", (Actor("a", Fraction(2)), Actor("b", Fraction(3))), (Channel("c", "a", "b"),))
    for way in WAYS:
        assert _period(way, graph) == 0
    assert throughput(graph).per_time_unit is None
    assert throughput(with_self_edges(graph)).period == 3


def test_a_self_edge_is_added_where_firings_may_overlap_and_only_there():
    actors = tuple(Actor(name, Fraction(1)) for name in "abc")
    own = (Channel("one", "a", "a", 2, 2, 3), Channel("two", "b", "b", 1, 1, 2))
    added = with_self_edges(Graph("g", actors, own)).channels[2:]
    assert [(channel.source, channel.target, channel.tokens) for channel in added] == [
        ("b", "b", 1),
        ("c", "c", 1),
    ]


def test_deadlock_names_the_actors_that_wait_for_each_other():
    graph = Graph(
        "stuck",
        tuple(Actor(name, Fraction(1)) for name in ("source", "left", "right", "behind")),
        (
            Channel("in", "source", "left"),
            Channel("there", "left", "right", 2, 3),
            Channel("back", "right", "left", 3, 2, 3),
            Channel("out", "right", "behind"),
        ),
    )
    with pytest.raises(DataflowDeadlockError, match="'left' waits for 'right'") as caught:
        throughput(graph)
    assert "'there'" in str(caught.value)
    assert "behind" not in str(caught.value)
    for way in WAYS:
        assert _period(way, graph) is None


def test_a_simulation_without_end_in_sight_stops():
    graph = ring([1, 1], [10**12, 0])
    with pytest.raises(SettingError, match="500,000 firings"):
        self_timed_period(graph)
    assert throughput(graph).period == Fraction(2, 10**12)


def test_a_matrix_of_too_many_tokens_is_refused():
    with pytest.raises(GraphError, match="1,001 initial tokens; the matrix form takes at most 1,000"):
        token_matrix(ring([1, 1], [1001, 0]))

"""Periodic schedules keep every token's order, and latencies are those of a source released period by period."""

from fractions import Fraction

import pytest

from neurohw.dataflow import latency, periodic_schedule, repetition_vector, throughput, with_self_edges
from neurohw.errors import DataflowDeadlockError, SettingError, UnknownNameError
from tests.dataflow_graphs import random_graph, ring
from tests.naive.dataflow import latest_arrival, token_edges


def _live(seeds, **kwargs):
    for seed in seeds:
        graph = random_graph(seed, **kwargs)
        try:
            yield graph, throughput(graph).period
        except DataflowDeadlockError:
            continue


def _times(graph):
    return dict(zip(graph.index, repetition_vector(graph), strict=True))


@pytest.mark.parametrize("longer", [Fraction(0), Fraction(7, 3)])
def test_no_firing_of_a_schedule_starts_before_its_tokens_are_there(longer):
    for graph, least in _live(range(150)):
        schedule = periodic_schedule(graph, least + longer)
        assert schedule.period == least + longer
        time = {actor.name: actor.time for actor in graph.actors}
        for (giver, k), ahead in token_edges(graph, _times(graph)).items():
            for (taker, n), iterations in ahead.items():
                ready = schedule.starts[giver][k] + time[giver]
                assert schedule.starts[taker][n] + iterations * schedule.period >= ready


def test_a_period_below_the_least_is_refused():
    graph = ring([3, 4], [1, 0])
    assert periodic_schedule(graph).period == 7
    with pytest.raises(SettingError, match="a period of 6 is too short, it must be at least 7"):
        periodic_schedule(graph, Fraction(6))


def test_latencies_are_those_of_a_source_that_is_released_period_by_period():
    compared = 0
    for graph, period in _live(range(200), most_actors=3):
        source, target = graph.actors[0].name, graph.actors[-1].name
        expected = latest_arrival(graph, _times(graph), source, target, period)
        assert latency(graph, source, target) == expected, graph
        compared += expected is not None
    assert compared > 30


def test_latency_on_a_line_is_the_sum_of_its_times_less_a_period_for_each_token_on_the_way():
    graph = with_self_edges(ring([2, 5, 3], [0, 0, 9]))
    assert latency(graph, "a0", "a2") == 10
    assert latency(with_self_edges(ring([2, 5, 3], [0, 1, 9])), "a0", "a2") == 10 - 5
    assert latency(graph, "a0", "a2", period=Fraction(50)) == 10


def test_an_actor_that_does_not_depend_on_the_other_has_no_latency():
    graph = ring([1, 1], [1, 0])
    line = type(graph)("line", graph.actors, graph.channels[:1])
    assert latency(line, "a1", "a0") is None
    with pytest.raises(UnknownNameError, match="unknown actor 'a9'"):
        latency(graph, "a9", "a0")

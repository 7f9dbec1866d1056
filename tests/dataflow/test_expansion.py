"""Consistency and expansion: how often actors fire, and that single-rate forms run like the graphs they stand for."""

import math
from fractions import Fraction

import pytest

from neurohw.dataflow import (
    Actor,
    Channel,
    Graph,
    homogeneous,
    repetition_vector,
    throughput,
    with_self_edges,
)
from neurohw.errors import GraphError
from tests.dataflow_graphs import random_graph
from tests.naive.dataflow import repetitions, start_times


def _graph(*channels, actors="abc"):
    return Graph("g", tuple(Actor(name, Fraction(1)) for name in actors), channels)


@pytest.mark.parametrize("block", range(4))
def test_repetition_vectors_are_the_smallest_that_balance(block):
    for seed in range(50 * block, 50 * block + 50):
        graph = random_graph(seed, most_actors=5, most_firings=6, connected=True)
        assert dict(zip(graph.index, repetition_vector(graph), strict=True)) == repetitions(graph)


def test_parts_that_nothing_joins_have_a_vector_each():
    graph = _graph(Channel("x", "a", "b", 2, 3), Channel("y", "c", "d", 5, 1), actors="abcde")
    assert repetition_vector(graph) == (3, 2, 1, 5, 1)


def test_an_inconsistent_graph_names_the_channel_that_does_not_fit():
    graph = _graph(Channel("x", "a", "b", 2, 1), Channel("y", "b", "c"), Channel("z", "a", "c", 1, 1, 4))
    with pytest.raises(GraphError, match=r"inconsistent: channel '[yz]' from .* pile up or run out"):
        repetition_vector(graph)
    with pytest.raises(GraphError, match=r"'s' .* production 2 and consumption 3, .* self-edge"):
        repetition_vector(_graph(Channel("s", "a", "a", 2, 3)))


@pytest.mark.parametrize("block", range(4))
def test_the_single_rate_form_starts_every_firing_when_the_graph_does(block):
    n_iterations = 4
    for seed in range(40 * block, 40 * block + 40):
        graph = with_self_edges(random_graph(seed, most_actors=5, most_firings=5))
        times = dict(zip(graph.index, repetition_vector(graph), strict=True))
        single = homogeneous(graph)
        assert set(repetition_vector(single)) == {1}
        expected = start_times(graph, {name: n_iterations * n for name, n in times.items()})
        found = start_times(single, dict.fromkeys(single.index, n_iterations))
        for name, n in times.items():
            parts = [found[name]] if n == 1 else [found[f"{name}#{firing}"] for firing in range(n)]
            merged = [start for iteration in zip(*parts, strict=False) for start in iteration]
            assert merged == expected[name][: len(merged)]
            assert len(merged) == len(expected[name]) or len(expected[name]) < n_iterations * n


def test_rates_and_tokens_without_end_are_refused_at_once():
    long = [Channel(f"c{i}", f"a{i}", f"a{i + 1}", 10**17 + i, 10**17 - 1 - i) for i in range(300)]
    chain = Graph("long", tuple(Actor(f"a{i}", Fraction(1)) for i in range(301)), tuple(long))
    with pytest.raises(GraphError, match=r"more than 2\*\*2000 firings, seen at channel"):
        throughput(chain)
    star = Graph(
        "star",
        tuple(Actor(f"a{i}", Fraction(1)) for i in range(3001)),
        tuple(Channel(f"c{i}", "a0", f"a{i}", 1, 10**17 + i) for i in range(1, 3001)),
    )
    with pytest.raises(GraphError, match=r"more than 2\*\*2000 firings, seen at actor"):
        throughput(star)
    with pytest.raises(GraphError, match=r"100,002 firings, 99,998 of them of actor 'c'; at most 100,000"):
        throughput(_graph(Channel("x", "a", "b", 3, 1), Channel("y", "a", "c", 99998, 1)))
    with pytest.raises(GraphError, match=r"firings, about 2\*\*56 of them"):
        throughput(_graph(Channel("x", "a", "b", 10**17, 10**17 - 1), actors="ab"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"production": 0}, r"channel 'x': its production 0 must be at least 1"),
        ({"consumption": -2}, r"channel 'x': its consumption -2 must be at least 1"),
        ({"tokens": -1}, r"channel 'x': its -1 initial tokens must be at least 0"),
        ({"tokens": "1"}, r"channel 'x': its 1 initial tokens must be at least 0, a whole number"),
        ({"production": 1.5}, r"channel 'x': its production 1.5 must be at least 1, a whole number"),
        ({"target": "z"}, r"channel 'x': there is no actor 'z'"),
    ],
)
def test_what_cannot_be_a_channel_is_refused(change, message):
    with pytest.raises(GraphError, match=message):
        _graph(Channel(**{"name": "x", "source": "a", "target": "b"} | change))


def test_what_cannot_be_a_graph_is_refused():
    with pytest.raises(GraphError, match="it has no actors"):
        Graph("empty", (), ())
    with pytest.raises(GraphError, match="actor 'a' occurs 2 times; channel 'x' occurs 2 times"):
        _graph(Channel("x", "a", "b"), Channel("x", "b", "a"), actors="aab")
    with pytest.raises(GraphError, match="actor 'a': its execution time -1/2 must be at least 0"):
        Graph("g", (Actor("a", Fraction(-1, 2)),), ())


@pytest.mark.parametrize("time", [math.nan, math.inf, 1.5, "2", None])
def test_times_are_exact(time):
    with pytest.raises(
        GraphError, match=f"execution time {time} must be at least 0, and whole or a Fraction"
    ):
        Graph("g", (Actor("a", time),), ())

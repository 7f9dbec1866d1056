"""Unfolded graphs: as fast as the graph itself, tile by tile."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.dataflow import Actor, Channel, Graph, throughput, unfold, with_self_edges
from neurohw.errors import GraphError, SettingError
from tests.dataflow_graphs import random_graph
from tests.examples import examples


def _single_rate(seed):
    """Return a random graph in which all rates of a channel are the same, and nothing deadlocks."""
    graph = random_graph(seed, most_actors=6)
    rates = [1 + (seed + i) % 3 for i in range(len(graph.channels))]
    channels = tuple(
        Channel(c.name, c.source, c.target, n, n, n * (1 + c.tokens % 3))
        for c, n in zip(graph.channels, rates, strict=True)
    )
    return Graph(graph.name, graph.actors, channels)


@examples(80)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_an_iteration_takes_as_long_as_all_that_it_holds(seed, factor):
    graph = _single_rate(seed)
    assert throughput(unfold(graph, factor)).period == factor * throughput(graph).period
    one_by_one = with_self_edges(graph)
    assert throughput(unfold(one_by_one, factor)).period == factor * throughput(one_by_one).period


def test_channels_lead_to_the_iteration_that_takes_the_tokens():
    graph = Graph(
        "pair",
        (Actor("a", Fraction(2)), Actor("b", Fraction(3))),
        (Channel("ab", "a", "b", 5, 5, 0), Channel("ba", "b", "a", 2, 2, 6)),
    )
    found = {(c.source, c.target): (c.production, c.tokens) for c in unfold(graph, 2).channels}
    assert found == {
        ("a@0", "b@0"): (5, 0),
        ("a@1", "b@1"): (5, 0),
        ("b@0", "a@1"): (2, 2),  # three iterations later
        ("b@1", "a@0"): (2, 4),
    }


def test_what_cannot_be_unfolded():
    graph = Graph("two", (Actor("a", Fraction(1)),), (Channel("c", "a", "a", 2, 2, 3),))
    with pytest.raises(GraphError, match="channel 'c': production 2, consumption 2 and 3 tokens"):
        unfold(graph, 2)
    with pytest.raises(SettingError, match="factor = 0 must be"):
        unfold(graph, 0)

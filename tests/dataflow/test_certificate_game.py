"""Where nothing takes time, dates prove nothing: whether an iteration can be played decides."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.dataflow import Actor, Certificate, Channel, Graph, certificate_problems, guarantee
from neurohw.errors import DataflowDeadlockError
from tests.examples import examples
from tests.tiles import guaranteed

NOW = Fraction(0)


def _timeless(certificate):
    """Return the certificate in which nothing takes time and all happens at 0: every date is right."""
    graph = certificate.graph
    actors = tuple(replace(actor, time=NOW) for actor in graph.actors)
    return replace(
        certificate,
        graph=replace(graph, actors=actors),
        transit=dict.fromkeys(certificate.transit, NOW),
        period=NOW,
        starts={name: (NOW,) * len(dates) for name, dates in certificate.starts.items()},
        sends={name: (NOW,) * len(dates) for name, dates in certificate.sends.items()},
    )


def _with_fewer_tokens(certificate, number):
    graph = certificate.graph
    channel = graph.channels[number % len(graph.channels)]
    channels = [replace(c, tokens=c.tokens // 2) if c is channel else c for c in graph.channels]
    return replace(certificate, graph=replace(graph, channels=tuple(channels)))


def _can_run(certificate, platform):
    graph, orders = certificate.graph, certificate.orders
    try:
        guarantee(graph, orders, platform, certificate.capacity_of_channel)
    except DataflowDeadlockError:
        return False
    return True


@examples(200)
@given(st.integers(0, 10**6), st.integers(0, 99))
def test_a_timeless_certificate_is_right_where_the_graph_runs(seed, number):
    certificate, platform, _ = guaranteed(seed)
    assert certificate_problems(_timeless(certificate)) == []
    fewer = _with_fewer_tokens(certificate, number)
    assert (certificate_problems(_timeless(fewer)) == []) == _can_run(fewer, platform)


def test_both_outcomes_occur():
    outcomes = set()
    for seed in range(40):
        certificate, platform, _ = guaranteed(seed)
        outcomes |= {_can_run(_with_fewer_tokens(certificate, number), platform) for number in range(4)}
    assert outcomes == {True, False}


def _pair(tokens, orders, capacity_of_channel):
    """Return a certificate of two actors without time that wait for each other."""
    channels = Channel("ab", "a", "b", 1, 1, 0), Channel("ba", "b", "a", 1, 1, tokens)
    graph = Graph("pair", (Actor("a", NOW), Actor("b", NOW)), channels)
    tables = {}, Fraction(5), {"a": (NOW,), "b": (NOW,)}, {}, {}
    return Certificate(graph, orders, capacity_of_channel, *tables, ())


@pytest.mark.parametrize(
    ("tokens", "order", "capacity", "problems"),
    [
        (1, "ab", {}, []),
        (0, "ab", {}, ["tile 't': 'a' waits for ever"]),
        (1, "ba", {}, ["tile 't': 'b' waits for ever"]),
        (1, "ab", {"ab": 1, "ba": 1}, []),
    ],
)
def test_two_actors_on_a_tile(tokens, order, capacity, problems):
    assert certificate_problems(_pair(tokens, {"t": tuple(order)}, capacity)) == problems

"""Graphs on tiles: orders are kept, buffers never overflow, connections send one token at a time."""

from fractions import Fraction
from random import Random

import pytest

from neurohw.dataflow import (
    Actor,
    Channel,
    Graph,
    bind,
    double_buffers,
    load_bound,
    periodic_schedule,
    repetition_vector,
    throughput,
)
from neurohw.dataflow.iteration import one_iteration
from neurohw.dataflow.self_timed import self_timed_period
from neurohw.errors import DataflowDeadlockError, MappingError
from tests.dataflow_graphs import random_graph

DELAY = {(a, b): Fraction(3) for a in "XYZ" for b in "XYZ" if a != b}


def _pipeline():
    actors = (Actor("a", Fraction(4)), Actor("b", Fraction(6)))
    return Graph("pipeline", actors, (Channel("c", "a", "b", 2, 2),))


def _random_orders(graph, random):
    """Spread the actors over tiles; the orders are those of one sequence that can be fired on a single tile."""
    tile = {name: random.choice("XYZ") for name in graph.index}
    sequence = [graph.actors[actor].name for actor in one_iteration(graph)]
    orders = {name: [actor for actor in sequence if tile[actor] == name] for name in "XYZ"}
    return {name: order for name, order in orders.items() if order}


def _bound_graphs(seeds):
    for seed in seeds:
        random = Random(seed)
        graph = random_graph(seed)
        try:
            throughput(graph)
        except DataflowDeadlockError:
            continue
        orders = _random_orders(graph, random)
        yield graph, orders, bind(graph, orders, DELAY, {})


def test_a_pipeline_on_two_tiles_by_hand():
    # a: 4, then two tokens of 3 + 1 each, then b: 6; of these the connection is busy for 8
    bound = bind(_pipeline(), {"X": ["a"], "Y": ["b"]}, DELAY, {})
    assert throughput(bound).period == 8
    assert throughput(bound).actors == ("c:link",)
    # room for two tokens at either end: the destination's are taken while they travel and while b runs
    bound = bind(_pipeline(), {"X": ["a"], "Y": ["b"]}, DELAY, {"c": 2})
    assert throughput(bound).period == 8 + 6
    assert throughput(bind(_pipeline(), {"X": ["a"], "Y": ["b"]}, DELAY, {"c": 4})).period == 8


def test_the_buffer_at_the_source_is_taken_until_the_last_token_is_sent():
    graph = Graph("pipeline", (Actor("a", Fraction(4)), Actor("b", Fraction(0))), _pipeline().channels)
    bound = bind(graph, {"X": ["a"], "Y": ["b"]}, DELAY, {"c": 2})
    assert throughput(bound).period == 4 + 2 * (3 + 1)


def test_on_one_tile_nothing_overlaps():
    bound = bind(_pipeline(), {"X": ["a", "b"]}, {}, double_buffers(_pipeline()))
    assert throughput(bound).period == 10 == load_bound(_pipeline(), {"X": ["a", "b"]})


def test_orders_of_one_sequence_never_deadlock_and_never_beat_the_load():
    multirate = 0
    for graph, orders, bound in _bound_graphs(range(150)):
        period = throughput(bound).period
        assert period == self_timed_period(bound)
        assert period >= load_bound(graph, orders)
        assert period >= throughput(graph).period
        multirate += any(len(order) > len(set(order)) for order in orders.values())
    assert multirate > 20


def test_firings_of_a_tile_follow_each_other_in_its_order():
    for graph, orders, bound in _bound_graphs(range(100)):
        schedule = periodic_schedule(bound)
        times = dict(zip(graph.index, repetition_vector(graph), strict=True))
        lasts = {actor.name: actor.time for actor in graph.actors}
        for order in orders.values():
            met = dict.fromkeys(order, 0)
            ready = schedule.starts.get(order[0], schedule.starts.get(f"{order[0]}#0"))[0]
            first = ready
            for name in order:
                firing = schedule.starts[name if times[name] == 1 else f"{name}#{met[name]}"]
                met[name] += 1
                assert firing[0] >= ready
                ready = firing[0] + lasts[name]
            assert first + schedule.period >= ready


@pytest.mark.parametrize(
    ("orders", "delay", "capacities", "message"),
    [
        ({"X": ["a"]}, DELAY, {}, "actors on no tile: 'b'"),
        ({"X": ["a", "z"]}, DELAY, {}, "tile 'X': graph 'pipeline' has no actor 'z'"),
        ({"X": ["a", "b"], "Y": ["b"]}, DELAY, {}, "actor 'b' is on two tiles, 'X' and 'Y'"),
        ({"X": ["a", "b", "a"]}, DELAY, {}, "actor 'a' stands 2 times in the order, and fires 1 times"),
        (
            {"X": ["a", "b"]},
            DELAY,
            {"d": 4},
            "graph 'pipeline' has no channel 'd', for which a capacity is given",
        ),
        ({"X": ["a"], "Y": ["b"]}, {("Y", "X"): 1}, {}, "channel 'c': no connection from tile 'X' to 'Y'"),
    ],
)
def test_bindings_that_cannot_be_are_refused(orders, delay, capacities, message):
    with pytest.raises(MappingError, match=message):
        bind(_pipeline(), orders, delay, capacities)


def test_a_buffer_that_cannot_hold_the_initial_tokens_is_refused():
    graph = Graph("g", _pipeline().actors, (Channel("c", "a", "b", tokens=3),))
    with pytest.raises(MappingError, match="a buffer of 2 tokens cannot hold its 3 initial tokens"):
        bind(graph, {"X": ["a", "b"]}, {}, {"c": 2})

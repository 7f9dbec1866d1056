"""Orders for a single tile: they can be fired, and shared out to any tiles they never deadlock."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.dataflow import (
    Actor,
    Channel,
    Graph,
    bind,
    buffers_of,
    double_buffers,
    project,
    repetition_vector,
    single_tile_order,
    throughput,
)
from neurohw.errors import DataflowDeadlockError, MappingError
from tests.dataflow_graphs import ring
from tests.examples import examples
from tests.naive.tiles import fired_on_tiles, fires_on_one_tile
from tests.tiles import live_graph, random_mapping, random_order

SEEDS = st.integers(0, 10**6)


@examples(150)
@given(SEEDS)
def test_an_order_for_a_single_tile_can_be_fired(seed):
    graph = live_graph(seed)
    order = single_tile_order(graph)
    assert fires_on_one_tile(graph, order)
    assert [order.count(name) for name in graph.index] == list(repetition_vector(graph))
    needed = buffers_of(graph, order)
    assert fired_on_tiles(graph, {"X": order}, needed, 3) == {"X": 3 * len(order)}
    for name, tokens in double_buffers(graph).items():
        assert needed[name] >= tokens


@examples(300)
@given(SEEDS)
def test_projections_of_an_order_never_deadlock(seed):
    graph, random = live_graph(seed, most_actors=5), Random(seed)
    orders, capacities = random_mapping(graph, random)
    assert fired_on_tiles(graph, orders, capacities, 3) == {tile: 3 * len(o) for tile, o in orders.items()}
    delay = {(a, b): Fraction(2) for a in orders for b in orders if a != b}
    assert throughput(bind(graph, orders, delay, capacities)).period >= 0  # raises where it deadlocks


def test_orders_that_are_no_projection_can_deadlock():
    # a waits for d and c for b, but b comes after a and d after c
    names = "abcd"
    channels = (Channel("bc", "b", "c"), Channel("da", "d", "a"))
    graph = Graph("crossed", tuple(Actor(name, Fraction(1)) for name in names), channels)
    orders = {"X": ["a", "b"], "Y": ["c", "d"]}
    assert fired_on_tiles(graph, orders, {}, 1) == {"X": 0, "Y": 0}
    with pytest.raises(DataflowDeadlockError, match="'a' waits for 'da:link'"):
        throughput(bind(graph, orders, {("X", "Y"): Fraction(1), ("Y", "X"): Fraction(1)}, {}))


def test_a_buffer_below_what_the_order_needs_can_deadlock():
    graph = Graph("g", (Actor("a", Fraction(1)), Actor("b", Fraction(1))), (Channel("c", "a", "b", 1, 3),))
    order = ("a", "a", "a", "b")
    assert buffers_of(graph, order) == {"c": 4}
    assert fired_on_tiles(graph, {"X": order}, {"c": 3}, 2) == {"X": 8}
    assert fired_on_tiles(graph, {"X": order}, {"c": 2}, 2) == {"X": 2}


@examples(60)
@given(SEEDS)
def test_a_projection_keeps_the_order_and_loses_nobody(seed):
    graph, random = live_graph(seed), Random(seed)
    order = random_order(graph, random)
    tile = {name: random.choice("XY") for name in graph.index}
    orders = project(order, tile)
    assert sorted(name for own in orders.values() for name in own) == sorted(order)
    for where, own in orders.items():
        assert own == tuple(name for name in order if tile[name] == where)


def test_an_order_that_cannot_be_fired_is_refused():
    graph = ring([1, 1, 1], [0, 0, 1])
    assert single_tile_order(graph) == ("a0", "a1", "a2")
    with pytest.raises(MappingError, match=r"at place 0 channel 'c0' holds 0 tokens, and 'a1' takes 1"):
        buffers_of(graph, ("a1", "a0", "a2"))
    with pytest.raises(MappingError, match="the order: actor 'a2' stands 0 times in the order, and fires 1"):
        buffers_of(graph, ("a0", "a1"))


def test_a_deadlocked_graph_has_no_order():
    with pytest.raises(DataflowDeadlockError, match="'a0', 'a1' cannot fire"):
        single_tile_order(ring([1, 1], [0, 0]))

"""Buffers: the front of storage and throughput against all ways to share out the storage."""

from fractions import Fraction
from itertools import product

import pytest

from neurohw.dataflow import (
    Actor,
    Channel,
    Graph,
    storage_front,
    throughput,
    with_capacities,
    with_self_edges,
)
from neurohw.dataflow.capacities import least_capacity, sized_channels
from neurohw.dataflow.self_timed import self_timed_period
from neurohw.errors import DataflowDeadlockError, SettingError
from tests.dataflow_graphs import random_graph, ring


def _period(graph):
    try:
        return self_timed_period(graph)
    except DataflowDeadlockError:
        return None


def _front_by_trying_all(graph, tokens):
    """Return (total, period) of all that is better than anything smaller, from the state space of each way."""
    channels = sized_channels(graph)
    best_of_total = {}
    for sizes in product(*(range(channel.tokens, tokens + 1) for channel in channels)):
        if sum(sizes) > tokens:
            continue
        names = (channel.name for channel in channels)
        period = _period(with_capacities(graph, dict(zip(names, sizes, strict=True))))
        if period is not None:
            best_of_total[sum(sizes)] = min(period, best_of_total.get(sum(sizes), period))
    front = []
    for total, period in sorted(best_of_total.items()):
        if not front or period < front[-1][1]:
            front.append((total, period))
    return front


@pytest.mark.parametrize("block", range(4))
def test_the_front_is_that_of_all_ways_to_share_out_the_storage(block):
    compared = points = 0
    for seed in range(100 * block, 100 * block + 100):
        graph = random_graph(seed, most_actors=3, most_firings=2)
        if not 1 <= len(sized_channels(graph)) <= 3 or _period(graph) is None:
            continue
        graph = with_self_edges(graph) if seed % 2 else graph
        tokens = min(14, sum(least_capacity(channel) for channel in sized_channels(graph)) + 4)
        found = [(point.tokens, point.period) for point in storage_front(graph, tokens)]
        assert found == _front_by_trying_all(graph, tokens), graph
        compared += 1
        points += len(found)
    assert compared >= 8
    assert points >= 8


@pytest.mark.parametrize("times", [(2, 3, 4, 5), (5, 5, 1, 1), (1, 4, 4, 3)])
def test_with_many_buffers_the_front_is_still_that_of_all_ways(times):
    # two rings through a0: a limit that was found with some capacities is used again with others
    two_rings = Graph(
        "two rings",
        tuple(Actor(f"a{number}", Fraction(time)) for number, time in enumerate(times)),
        (
            Channel("c0", "a0", "a1", tokens=2),
            Channel("c1", "a1", "a2"),
            Channel("c2", "a2", "a0", tokens=1),
            Channel("d0", "a0", "a3", tokens=1),
            Channel("d1", "a3", "a0", tokens=1),
        ),
    )
    graph = with_self_edges(two_rings)
    found = [(point.tokens, point.period) for point in storage_front(graph, 11)]
    assert found == _front_by_trying_all(graph, 11)
    assert len(found) > 1


def test_the_capacities_of_a_point_give_its_throughput():
    graph = with_self_edges(ring([2, 5, 3, 1], [4, 0, 0, 0]))
    front = storage_front(graph)
    assert len(front) > 1
    for point in front:
        assert sum(point.capacity_of_channel.values()) == point.tokens
        assert throughput(with_capacities(graph, point.capacity_of_channel)).period == point.period
    assert front[-1].period == throughput(graph).period


def test_up_to_a_number_of_tokens_the_front_is_the_beginning_of_the_whole():
    graph = with_self_edges(ring([2, 5, 3, 1], [4, 0, 0, 0]))
    front = storage_front(graph)
    for tokens in range(front[-1].tokens + 3):
        assert storage_front(graph, tokens) == [point for point in front if point.tokens <= tokens]


def _producer_and_consumer(time):
    actors = (Actor("a", Fraction(time)), Actor("b", Fraction(time)))
    return Graph("pair", actors, (Channel("c", "a", "b", 2, 3),))


def test_a_front_without_end_is_refused_and_one_up_to_a_number_of_tokens_is_not():
    with pytest.raises(SettingError, match="more storage always gives more"):
        storage_front(_producer_and_consumer(1))
    assert len(storage_front(_producer_and_consumer(1), tokens=30)) > 5
    assert [point.tokens for point in storage_front(_producer_and_consumer(0))] == [4]


def test_the_search_gives_up_after_so_many_steps():
    with pytest.raises(SettingError, match=r"gave up after 100 steps; .* complete below [0-9]+ tokens"):
        storage_front(with_self_edges(ring([3] * 9, [3] * 9)), max_steps=100)


def test_capacities_that_cannot_be_are_refused():
    graph = with_self_edges(ring([1, 1], [3, 0]))
    with pytest.raises(SettingError, match="channel 'c0': a capacity of 2 is below its 3 initial tokens"):
        with_capacities(graph, {"c0": 2})
    for name in ("c7", "a0:self"):
        with pytest.raises(SettingError, match=f"no channel '{name}' with a buffer"):
            with_capacities(graph, {name: 2})

"""The search for better bindings and orders: never worse, and most often the best there is."""

from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.dataflow import (
    Demand,
    PlatformTile,
    balance,
    buffers_of,
    certificate_problems,
    guarantee,
    improve,
    prepare,
    project,
)
from neurohw.dataflow.platform import Platform
from neurohw.errors import MappingError
from tests.dataflow_graphs import ring
from tests.examples import examples
from tests.naive.tiles import fires_on_one_tile
from tests.tiles import live_graph, random_platform


def _orders(graph, order):
    """Return all orders of the firings of an iteration that can be fired on a single tile."""
    left = [()]
    for _ in order:
        left = [
            (*head, name) for head in left for name in graph.index if head.count(name) < order.count(name)
        ]
    return [full for full in left if fires_on_one_tile(graph, full)]


def _best(graph, platform, order):
    """Return the shortest period of all bindings and orders."""
    periods = []
    for candidate in _orders(graph, order):
        buffers = buffers_of(graph, candidate)
        for tiles in product("XY", repeat=len(graph.index)):
            orders = project(candidate, dict(zip(graph.index, tiles, strict=True)))
            periods.append(guarantee(graph, orders, platform, buffers).period)
    return min(periods)


def test_small_graphs_most_often_get_the_best_there_is():
    seen = reached = better = 0
    for seed in range(60):
        graph, platform = live_graph(seed, most_actors=3, most_firings=2), random_platform(Random(seed), "XY")
        order = prepare(graph).order
        if len(order) > 4:
            continue
        start = balance(graph, platform, ["X", "Y"], {})
        before = guarantee(graph, project(order, start), platform, buffers_of(graph, order)).period
        found = improve(graph, platform, ["X", "Y"], order, start).certificate.period
        best = _best(graph, platform, order)
        assert best <= found <= before
        seen += 1
        reached += found == best
        better += found < before
    assert seen >= 40
    assert reached >= 0.9 * seen
    assert better >= 3


@examples(30)
@given(st.integers(0, 10**6))
def test_what_is_found_is_guaranteed_and_can_be_found_again(seed):
    random = Random(seed)
    graph, platform = live_graph(seed, most_actors=5), random_platform(random)
    order = prepare(graph).order
    start = {name: random.choice("XYZ") for name in graph.index}
    found = improve(graph, platform, ["X", "Y", "Z"], order, start, evaluations=25, seed=seed)
    assert found == improve(graph, platform, ["X", "Y", "Z"], order, start, evaluations=25, seed=seed)
    assert found.evaluations <= 25
    assert certificate_problems(found.certificate) == []
    assert fires_on_one_tile(graph, found.order)
    assert found.certificate.orders == project(found.order, found.certificate.tile_of_actor)


def test_what_does_not_fit_is_not_taken():
    tiles = tuple(PlatformTile(name, memory=1) for name in "XY")
    free = Platform("p", tiles, {("X", "Y"): Fraction(1), ("Y", "X"): Fraction(1)})
    graph = ring([5, 5], [1, 1])
    start, order = {"a0": "X", "a1": "X"}, ("a0", "a1")
    apart = improve(graph, free, ["X", "Y"], order, start, demand=Demand({"a0": 1, "a1": 1}))
    assert len(apart.certificate.orders) == 2
    stuck = improve(graph, free, ["X", "Y"], order, start, demand=Demand({"a0": 2, "a1": 2}))
    assert len(stuck.certificate.orders) == 1
    with pytest.raises(MappingError, match="has no tile 'Z'"):
        improve(graph, free, ["X", "Y"], order, {"a0": "X", "a1": "Z"})

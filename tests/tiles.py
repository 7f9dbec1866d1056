"""Random graphs on the tiles of random platforms, for tests."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from neurohw.dataflow import (
    Certificate,
    Graph,
    Link,
    Platform,
    PlatformTile,
    buffers_of,
    guarantee,
    project,
    repetition_vector,
)
from neurohw.errors import DataflowDeadlockError
from tests.dataflow_graphs import random_graph


def live_graph(seed: int, **sizes: int) -> Graph:
    """Return a random graph that does not deadlock."""
    while True:
        graph = random_graph(seed, **sizes)
        try:
            random_order(graph, Random(seed))
        except DataflowDeadlockError:
            seed += 1_000_003
            continue
        return graph


def random_order(graph: Graph, random: Random) -> tuple[str, ...]:
    """Return an order of one iteration for a single tile: of those who can fire, anybody is next."""
    left = dict(zip(graph.index, repetition_vector(graph), strict=True))
    tokens = {c.name: c.tokens for c in graph.channels}
    order = []
    while any(left.values()):
        ready = [
            name
            for name, n in left.items()
            if n and all(tokens[c.name] >= c.consumption for c in graph.channels if c.target == name)
        ]
        if not ready:
            raise DataflowDeadlockError("no order")
        order.append(random.choice(ready))
        left[order[-1]] -= 1
        for c in graph.channels:
            tokens[c.name] += c.production * (c.source == order[-1]) - c.consumption * (c.target == order[-1])
    return tuple(order)


def random_platform(random: Random, names: str = "XYZ", shared: bool = True) -> Platform:
    """Return tiles joined by a few links that many connections share."""
    pairs = [(a, b) for a in names for b in names if a != b]
    links = {f"l{i}": Link(Fraction(random.randint(0, 4)), Fraction(random.randint(0, 3))) for i in range(3)}
    routes = {pair: tuple(random.sample(sorted(links), random.randint(0, 3))) for pair in pairs if shared}
    delay = {
        pair: sum((links[name].delay for name in routes.get(pair, ())), Fraction(random.randint(3, 5)))
        for pair in pairs
    }
    return Platform(
        "random", tuple(map(PlatformTile, names)), delay, Fraction(random.randint(1, 2)), links, routes
    )


def random_mapping(graph: Graph, random: Random, names: str = "XYZ") -> tuple[dict, dict]:
    """Return orders on tiles, projected from a random order, and capacities that it needs, some of them larger."""
    order = random_order(graph, random)
    orders = project(order, {name: random.choice(names) for name in graph.index})
    capacities = {name: size + random.choice([0, 0, 1, 5]) for name, size in buffers_of(graph, order).items()}
    kept = {name: size for name, size in capacities.items() if random.random() < 0.8}
    return orders, kept


def guaranteed(seed: int, shared: bool = True) -> tuple[Certificate, Platform, Random]:
    """Return the guarantee of a random graph bound at random, on links that may be shared."""
    random = Random(seed)
    graph, platform = live_graph(seed), random_platform(random, shared=shared)
    orders, capacities = random_mapping(graph, random)
    return guarantee(graph, orders, platform, capacities), platform, random

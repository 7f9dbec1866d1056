"""Random dataflow graphs for tests: consistent by construction, live and deadlocked ones."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from random import Random

from neurohw.dataflow import Actor, Channel, Graph


def random_graph(seed: int, most_actors: int = 4, most_firings: int = 3, connected: bool = False) -> Graph:
    """Return a graph of 1 to ``most_actors`` actors that fire up to ``most_firings`` times in an iteration."""
    random = Random(seed)
    n_actors = random.randint(1, most_actors)
    times = [random.randint(1, most_firings) for _ in range(n_actors)]
    unit = random.choice([1, 1, 1, 2, 6])
    actors = tuple(Actor(f"a{i}", Fraction(random.randint(0, 9), unit)) for i in range(n_actors))
    pairs = (
        [(random.randrange(i), i)[:: random.choice([1, -1])] for i in range(1, n_actors)] if connected else []
    )
    pairs += [(random.randrange(n_actors), random.randrange(n_actors)) for _ in range(random.randint(2, 6))]
    channels = []
    for number, (source, target) in enumerate(pairs):
        divisor = gcd(times[source], times[target])
        times_more = random.choice([1, 1, 2])
        production = times[target] // divisor * times_more
        consumption = times[source] // divisor * times_more
        tokens = random.choice([0, consumption, random.randint(1, 3 * consumption), random.randint(0, 9)])
        channels.append(Channel(f"c{number}", f"a{source}", f"a{target}", production, consumption, tokens))
    return Graph(f"random {seed}", actors, tuple(channels))


def ring(times: list[int], tokens: list[int]) -> Graph:
    """Return actors ``a0``, ``a1``, ... in a ring of single-rate channels ``c0``, ``c1``, ..., each after its actor."""
    n = len(times)
    return Graph(
        "ring",
        tuple(Actor(f"a{i}", Fraction(time)) for i, time in enumerate(times)),
        tuple(Channel(f"c{i}", f"a{i}", f"a{(i + 1) % n}", tokens=tokens[i]) for i in range(n)),
    )

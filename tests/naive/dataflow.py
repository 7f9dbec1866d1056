"""Dataflow graphs from their definition: token by token, cycle by cycle, firing by firing."""

from __future__ import annotations

from collections import deque
from fractions import Fraction

from neurohw.dataflow import Graph


def repetitions(graph: Graph) -> dict[str, int] | None:
    """Return the smallest repetition vector of a connected graph by trying all of them, None up to 60 of the first."""
    first = graph.actors[0].name
    for times in range(1, 61):
        fires = {first: Fraction(times)}
        for _ in graph.actors:
            for channel in graph.channels:
                if channel.source in fires:
                    fires.setdefault(
                        channel.target, fires[channel.source] * channel.production / channel.consumption
                    )
                if channel.target in fires:
                    fires.setdefault(
                        channel.source, fires[channel.target] * channel.consumption / channel.production
                    )
        balanced = all(
            fires[channel.source] * channel.production == fires[channel.target] * channel.consumption
            for channel in graph.channels
        )
        if balanced and all(number.denominator == 1 for number in fires.values()):
            return {name: int(number) for name, number in fires.items()}
    return None


def token_edges(graph: Graph, times: dict[str, int]) -> dict[tuple, dict[tuple, int]]:
    """Return firing -> {firing that takes one of its tokens: fewest iterations later}, looking at every token."""
    edges: dict[tuple, dict[tuple, int]] = {}
    for channel in graph.channels:
        for token in range(times[channel.target] * channel.consumption):
            taker = (channel.target, token // channel.consumption)
            made_by = (token - channel.tokens) // channel.production  # negative: in an iteration before
            iterations, giver = divmod(made_by, times[channel.source])
            ahead = edges.setdefault((channel.source, giver), {})
            ahead[taker] = min(ahead.get(taker, -iterations), -iterations)
    return edges


def largest_cycle_ratio(graph: Graph, times: dict[str, int]) -> Fraction | None:
    """Return the largest time over iterations of all simple cycles of firings, 0 without cycles, None in deadlock."""
    edges = token_edges(graph, times)
    time = {actor.name: Fraction(actor.time) for actor in graph.actors}
    best = Fraction(0)
    for start in sorted(edges):
        paths = [(start, (start,), Fraction(0), 0)]
        while paths:
            node, path, weight, delay = paths.pop()
            for following, iterations in edges.get(node, {}).items():
                longer = weight + time[node[0]], delay + iterations
                if following == start:
                    if longer[1] == 0:
                        return None
                    best = max(best, longer[0] / longer[1])
                elif following > start and following not in path:
                    paths.append((following, (*path, following), *longer))
    return best


def start_times(graph: Graph, n_firings: dict[str, int]) -> dict[str, list[Fraction]]:
    """Return when each actor starts its first firings if each fires as soon as it can, by playing with dated tokens."""
    queues = {channel.name: deque([Fraction(0)] * channel.tokens) for channel in graph.channels}
    starts: dict[str, list[Fraction]] = {actor.name: [] for actor in graph.actors}
    moved = True
    while moved:
        moved = False
        for actor in graph.actors:
            inputs = [channel for channel in graph.channels if channel.target == actor.name]
            if len(starts[actor.name]) == n_firings[actor.name] or any(
                len(queues[channel.name]) < channel.consumption for channel in inputs
            ):
                continue
            taken = [queues[c.name].popleft() for c in inputs for _ in range(c.consumption)]
            starts[actor.name].append(max(taken, default=Fraction(0)))
            for channel in graph.channels:
                if channel.source == actor.name:
                    queues[channel.name].extend([starts[actor.name][-1] + actor.time] * channel.production)
            moved = True
    return starts


def latest_arrival(
    graph: Graph, times: dict[str, int], source: str, target: str, period: Fraction
) -> Fraction | None:
    """Return how long after its release an iteration of the source lets the target end, the largest of many.

    Firings of the source are released at ``iteration * period``; nothing else makes anybody wait.
    """
    edges = token_edges(graph, times)
    time = {actor.name: Fraction(actor.time) for actor in graph.actors}
    nodes = [(name, firing) for name, n in times.items() for firing in range(n)]
    longest_delay = max((d for ahead in edges.values() for d in ahead.values()), default=0)
    start: dict[tuple, Fraction] = {}
    latest = None
    for iteration in range((longest_delay + 1) * (len(nodes) + 1)):
        start |= {(node, iteration): iteration * period for node in nodes if node[0] == source}
        for _ in nodes:
            for giver, ahead in edges.items():
                for taker, delay in ahead.items():
                    if (giver, iteration - delay) in start:
                        arrival = start[giver, iteration - delay] + time[giver[0]]
                        key = taker, iteration
                        start[key] = max(start.get(key, arrival), arrival)
        ends = [
            start[node, iteration] + time[target]
            for node in nodes
            if node[0] == target and (node, iteration) in start
        ]
        if ends:
            lateness = max(ends) - iteration * period
            latest = lateness if latest is None else max(latest, lateness)
    return latest

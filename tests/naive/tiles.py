"""Firings on tiles from their definition, without times: who can move, moves, until nobody can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from neurohw.dataflow import Graph


def fired_on_tiles(
    graph: Graph, orders: Mapping[str, Sequence[str]], capacity: Mapping[str, int], n_iterations: int
) -> dict[str, int]:
    """Return how many firings each tile has ended when nothing can move any more.

    A firing has a start, at which it takes tokens and claims room, and an end, at which it gives both. A token between
    tiles waits at the source, claims a place at the target, travels, and then leaves its place at the source.
    """
    tile = {name: where for where, order in orders.items() for name in order}
    far = {c.name for c in graph.channels if tile[c.source] != tile[c.target]}
    there = {c.name: c.tokens for c in graph.channels}  # at the target
    here = dict.fromkeys(far, 0)  # at the source, to be sent
    claimed_there = {c.name: c.tokens for c in graph.channels}  # places of the buffer at the target
    claimed_here = dict.fromkeys(far, 0)
    travelling = dict.fromkeys(far, False)
    running = dict.fromkeys(orders, False)
    ended = dict.fromkeys(orders, 0)

    def limit(channel):
        return float("inf") if channel.source == channel.target else capacity.get(channel.name, float("inf"))

    moved = True
    while moved:
        moved = False
        for where, order in orders.items():
            name = order[ended[where] % len(order)]
            inputs = [c for c in graph.channels if c.target == name]
            outputs = [c for c in graph.channels if c.source == name]
            if running[where]:
                for c in outputs:
                    (here if c.name in far else there)[c.name] += c.production
                for c in inputs:
                    claimed_there[c.name] -= c.consumption
                running[where] = False
                ended[where] += 1
                moved = True
            elif ended[where] < n_iterations * len(order):
                has_tokens = all(there[c.name] >= c.consumption for c in inputs)
                claims = {c.name: claimed_here if c.name in far else claimed_there for c in outputs}
                if has_tokens and all(
                    claims[c.name][c.name] + c.production <= limit(c) for c in outputs if c.source != c.target
                ):
                    for c in inputs:
                        there[c.name] -= c.consumption
                    for c in outputs:
                        claims[c.name][c.name] += c.production
                    running[where] = moved = True
        for c in graph.channels:
            if c.name not in far:
                continue
            if travelling[c.name]:
                travelling[c.name] = False
                there[c.name] += 1
                claimed_here[c.name] -= 1
                moved = True
            elif here[c.name] and claimed_there[c.name] < limit(c):
                travelling[c.name] = moved = True
                here[c.name] -= 1
                claimed_there[c.name] += 1
    return ended


def fires_on_one_tile(graph: Graph, order: Sequence[str]) -> bool:
    """Return whether an order can be fired from its first firing to its last, and leaves all tokens as they were."""
    tokens = {c.name: c.tokens for c in graph.channels}
    for name in order:
        for c in graph.channels:
            if c.target == name:
                tokens[c.name] -= c.consumption
        if min(tokens.values(), default=0) < 0:
            return False
        for c in graph.channels:
            if c.source == name:
                tokens[c.name] += c.production
    return tokens == {c.name: c.tokens for c in graph.channels}

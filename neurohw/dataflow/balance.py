"""Binding by load: each actor goes to the tile where it costs least, the longest-running first.

The cost of a tile is a weighted sum of its loads, as in the binding of Stuijk, Basten, Geilen and Corporaal
(Multiprocessor resource allocation for throughput-constrained synchronous dataflow graphs, DAC 2007). Processing, and
traffic to other tiles as the time that its tokens are under way, count as parts of the graph's whole processing time;
memory and connections as parts of what the tile has. When all actors are bound, each in turn may move once more, now
that it is known where the others are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from neurohw.dataflow.graph import Graph
from neurohw.dataflow.platform import Platform, PlatformTile
from neurohw.dataflow.repetition import bounded_repetition_vector
from neurohw.dataflow.resources import NOTHING, Demand
from neurohw.errors import CapacityError, SettingError

_PASSES = 4  # over all actors, at most; later ones move hardly any


@dataclass(frozen=True)
class Weights:
    """What the loads of a tile count in its cost; none is negative."""

    processing: float = (
        4.0  # with 1 the busiest tile of a small graph often has half as much again as it must
    )
    memory: float = 1.0
    bandwidth: float = 1.0
    connections: float = 1.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 <= value < float("inf"):
                raise SettingError(f"weight of {name} {value} must be a number of at least 0")


EVEN = Weights()


class _End(NamedTuple):
    """A channel as one of its actors sees it."""

    other: str  # actor
    is_source: bool
    tokens: int  # in an iteration
    memory: int  # of its buffer


def balance(
    graph: Graph,
    platform: Platform,
    tiles: Sequence[str],
    capacity_of_channel: Mapping[str, int],
    demand: Demand = NOTHING,
    weights: Weights = EVEN,
) -> dict[str, str]:
    """Return the tile of each actor.

    Parameters
    ----------
    tiles : names of those that may be used.
    capacity_of_channel : tokens that a buffer of a channel holds.

    Raises
    ------
    CapacityError
        For an actor that fits on none of the tiles: the message says what each lacks.
    GraphError
        For a graph that is not consistent or whose iteration has too many firings.
    """
    binding = _Binding(graph, platform, tiles, capacity_of_channel, demand, weights)
    actors = sorted(graph.index, key=lambda name: (-binding.load[name], -binding.tokens[name]))
    for name in actors:
        binding.place(name)
    for _ in range(_PASSES):
        moved = [name for name in reversed(actors) if binding.place(name)]
        if not moved:
            break
    return {name: binding.tile_of_actor[name] for name in graph.index}


class _Binding:
    """Some actors on tiles, and what the others would cost there."""

    def __init__(
        self,
        graph: Graph,
        platform: Platform,
        tiles: Sequence[str],
        capacity_of_channel: Mapping[str, int],
        demand: Demand,
        weights: Weights,
    ) -> None:
        counts = dict(zip(graph.index, bounded_repetition_vector(graph), strict=True))
        usable = set(tiles)
        self.tiles = [tile for tile in platform.tiles if tile.name in usable]
        self.limit = {tile.name: tile.connections for tile in self.tiles if tile.connections is not None}
        self.demand, self.weights = demand, weights
        pairs = ((a.name, b.name) for a in self.tiles for b in self.tiles)
        self.delay = {pair: float(platform.delay[pair]) for pair in pairs if pair in platform.delay}
        self.load = {actor.name: float(actor.time * counts[actor.name]) for actor in graph.actors}
        self.ends: dict[str, list[_End]] = {name: [] for name in graph.index}
        for channel in graph.channels:
            if not channel.is_self_edge:
                tokens = channel.production * counts[channel.source]
                memory = demand.per_token * capacity_of_channel.get(channel.name, 0)
                self.ends[channel.source].append(_End(channel.target, True, tokens, memory))
                self.ends[channel.target].append(_End(channel.source, False, tokens, memory))
        self.tokens = {name: sum(end.tokens for end in own) for name, own in self.ends.items()}
        self.tile_of_actor: dict[str, str] = {}
        self.processing, self.memory, self.connections = (
            {tile.name: 0.0 for tile in self.tiles} for _ in range(3)
        )
        self.all_processing = sum(self.load.values()) or 1.0
        self.n_channels = sum(map(len, self.ends.values())) or 1

    def place(self, name: str) -> bool:
        """Put an actor where it costs least; return whether that is a new place."""
        before = self.tile_of_actor.get(name)
        if before is not None:
            self._put(name, before, -1)
            del self.tile_of_actor[name]
        joined = [
            (end, self.tile_of_actor[end.other]) for end in self.ends[name] if end.other in self.tile_of_actor
        ]
        lacks = {tile.name: self._lack(name, tile, joined) for tile in self.tiles}
        costs = {tile.name: self._cost(name, tile, joined) for tile in self.tiles if lacks[tile.name] is None}
        if not costs:
            reasons = "; ".join(f"tile {tile!r}: {lack}" for tile, lack in list(lacks.items())[:8])
            raise CapacityError(f"actor {name!r} fits on no tile: {reasons}")
        best = min(costs, key=costs.__getitem__)
        if before in costs and costs[before] <= costs[best] + 1e-12:  # equal costs are no reason to move
            best = before
        self._put(name, best, 1)
        self.tile_of_actor[name] = best
        return best != before

    def _put(self, name: str, tile: str, sign: int) -> None:
        """Count an actor on a tile, or take it off."""
        self.processing[tile] += sign * self.load[name]
        self.memory[tile] += sign * self.demand.of_actor.get(name, 0)
        for end in self.ends[name]:
            other = self.tile_of_actor.get(end.other)
            if other != tile:
                self.memory[tile] += sign * end.memory
                if other is not None:
                    self.connections[tile] += sign
                    self.connections[other] += sign

    def _lack(self, name: str, tile: PlatformTile, joined: Sequence[tuple[_End, str]]) -> str | None:
        memory = self._memory(name, tile.name)
        if tile.memory is not None and memory > tile.memory:
            return f"needs {memory:g} of memory, it has {tile.memory}"
        added = Counter(other for _, other in joined if other != tile.name)
        added[tile.name] = added.total()
        for where, limit in self.limit.items():
            n_connections = int(self.connections[where]) + added[where]
            if n_connections > limit and added[where]:
                return f"{n_connections} connections of tile {where!r}, it has {limit}"
        for end, other in joined:
            pair = (tile.name, other) if end.is_source else (other, tile.name)
            if other != tile.name and pair not in self.delay:
                return f"no connection from {pair[0]!r} to {pair[1]!r}"
        return None

    def _cost(self, name: str, tile: PlatformTile, joined: Sequence[tuple[_End, str]]) -> float:
        weights, here = self.weights, tile.name
        crossing = [(end, other) for end, other in joined if other != here]
        traffic = sum(
            end.tokens * self.delay[(here, other) if end.is_source else (other, here)]
            for end, other in crossing
        )
        n_connections = self.connections[here] + len(crossing)
        return (
            weights.processing * (self.processing[here] + self.load[name]) / self.all_processing
            + weights.memory * (self._memory(name, here) / tile.memory if tile.memory else 0.0)
            + weights.bandwidth * traffic / self.all_processing
            + weights.connections * n_connections / (tile.connections or self.n_channels)
        )

    def _memory(self, name: str, tile: str) -> float:
        buffers = sum(end.memory for end in self.ends[name] if self.tile_of_actor.get(end.other) != tile)
        return self.memory[tile] + self.demand.of_actor.get(name, 0) + buffers

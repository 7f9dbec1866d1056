"""Graphs bound to the tiles of a platform: connections that take time, finite buffers, an order of firings on each
tile.

The binding-aware graph of Stuijk, Basten, Geilen and Corporaal (Multiprocessor resource allocation for
throughput-constrained synchronous dataflow graphs, DAC 2007): a channel between tiles passes through a connection
actor, which sends one token at a time, or in one firing as many as make no difference. The buffer at the source takes
in what a firing produces and is free again when the token has been sent; the buffer at the destination is claimed when
the sending starts. On each tile the firings follow each other in a fixed order, one at a time, over and over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import NamedTuple

from neurohw.dataflow.capacities import room
from neurohw.dataflow.firings import Firings, expand
from neurohw.dataflow.graph import Actor, Channel, Graph, unused_name
from neurohw.dataflow.homogeneous import edge_names, firing_names, homogeneous
from neurohw.dataflow.orders import Orders, tiles_of_actors
from neurohw.errors import MappingError


class Cause(NamedTuple):
    """Why a firing waits for another: what a channel of a bound graph stands for."""

    kind: str  # "tokens" or "room" of a channel, "connection" of a channel that is busy, or "turn" on a tile
    name: str  # of the channel or tile


@dataclass(frozen=True)
class BoundGraph:
    """A graph as it runs on tiles, and what its actors and channels stand for."""

    graph: Graph
    firings: dict[str, tuple[str, ...]]  # by actor before the binding, who does its firings, in their order
    sends: dict[
        str, tuple[str, ...]
    ]  # by channel between tiles, who sends its bursts of tokens, in their order
    causes: dict[str, Cause]  # by channel


def burst_of(channel: Channel, capacity: int | None) -> int:
    """Return how many tokens a connection may send in one go without a change of any other time.

    Tokens come, are taken, and find room in multiples of this number, so that the first of them never waits for
    anything that the last does not wait for.
    """
    return gcd(channel.production, channel.consumption, channel.tokens, capacity or 0)


def load_bound(graph: Graph, orders: Orders) -> Fraction:
    """Return the time units per iteration that the busiest tile needs: no period is shorter."""
    times = {actor.name: actor.time for actor in graph.actors}
    return max(
        (sum((times[name] for name in order), Fraction(0)) for order in orders.values()), default=Fraction(0)
    )


def bind(
    graph: Graph,
    orders: Orders,
    delay: Mapping[tuple[str, str], Fraction],
    capacity_of_channel: Mapping[str, int],
    time_per_token: Fraction = Fraction(1),
) -> Graph:
    """Return the graph as it runs on tiles; parameters and errors as of :func:`bound_graph`."""
    return bound_graph(graph, orders, delay, capacity_of_channel, time_per_token).graph


def bound_graph(
    graph: Graph,
    orders: Orders,
    delay: Mapping[tuple[str, str], Fraction],
    capacity_of_channel: Mapping[str, int],
    time_per_token: Fraction = Fraction(1),
) -> BoundGraph:
    """Return the graph as it runs on tiles, with the names of its parts.

    Parameters
    ----------
    graph : its actors are spread over the tiles.
    orders : for each tile the actors on it, each as often as it fires in an iteration, in the order of the firings.
    delay : time units that a token is under way, by (tile of the source, tile of the target).
    capacity_of_channel : tokens that a buffer of a channel holds; between tiles there is one at each end, within a tile
        one. Channels that are not named have no limit.
    time_per_token : time units for which a connection is busy with a token besides its delay.

    Raises
    ------
    GraphError
        For a graph that is not consistent, or whose iteration has too many firings.
    MappingError
        For orders that do not hold every actor as often as it fires, on one tile; for tiles that have no connection;
        for a capacity below the initial tokens, or of a channel that the graph does not have.
    """
    tile_of_actor = tiles_of_actors(graph, orders)
    _check_names(graph, capacity_of_channel)
    parts = _Parts(graph)
    for channel in graph.channels:
        tiles = tile_of_actor[channel.source], tile_of_actor[channel.target]
        capacity = _capacity(channel, capacity_of_channel)
        if tiles[0] == tiles[1]:
            parts.add_local(channel, capacity)
        elif tiles in delay:
            parts.add_connection(channel, capacity, delay[tiles] + time_per_token)
        else:
            raise MappingError(
                f"channel {channel.name!r}: no connection from tile {tiles[0]!r} to {tiles[1]!r}"
            )
    return _in_order(Graph(graph.name, tuple(parts.actors), tuple(parts.channels)), graph, parts, orders)


def _check_names(graph: Graph, capacity_of_channel: Mapping[str, int]) -> None:
    unknown = sorted(capacity_of_channel.keys() - {channel.name for channel in graph.channels})
    if unknown:
        raise MappingError(
            f"graph {graph.name!r} has no channel {unknown[0]!r}, for which a capacity is given"
        )


class _Parts:
    """Actors and channels of a graph in the making."""

    def __init__(self, graph: Graph) -> None:
        self.actors = list(graph.actors)
        self.channels: list[Channel] = []
        self.used = {actor.name for actor in graph.actors} | {channel.name for channel in graph.channels}
        self.link_of_channel: dict[str, str] = {}
        self.causes: dict[str, Cause] = {}

    def add_local(self, channel: Channel, capacity: int | None) -> None:
        """Add a channel within a tile."""
        self._add(channel, channel, capacity)

    def add_connection(self, channel: Channel, capacity: int | None, time: Fraction) -> None:
        """Add an actor that takes tokens from one tile to another, one after the other; the initial ones are there."""
        link = self.link_of_channel[channel.name] = self._name(channel, "link")
        burst = burst_of(channel, capacity)
        self.actors.append(Actor(link, time * burst))
        one = Channel(self._name(channel, "one"), link, link, tokens=1)
        self.channels.append(one)
        self.causes[one.name] = Cause("connection", channel.name)
        out = Channel(self._name(channel, "out"), channel.source, link, channel.production, burst)
        into = Channel(channel.name, link, channel.target, burst, channel.consumption, channel.tokens)
        self._add(channel, out, capacity)
        self._add(channel, into, capacity)

    def _add(self, original: Channel, channel: Channel, capacity: int | None) -> None:
        self.channels.append(channel)
        self.causes[channel.name] = Cause("tokens", original.name)
        if capacity is not None:
            self.channels.append(room(channel, capacity, self._name(channel, "room")))
            self.causes[self.channels[-1].name] = Cause("room", original.name)

    def _name(self, channel: Channel, suffix: str) -> str:
        name = unused_name(f"{channel.name}:{suffix}", self.used)
        self.used.add(name)
        return name


def _capacity(channel: Channel, capacity_of_channel: Mapping[str, int]) -> int | None:
    capacity = None if channel.is_self_edge else capacity_of_channel.get(channel.name)
    if capacity is not None and capacity < channel.tokens:
        raise MappingError(
            f"channel {channel.name!r}: a buffer of {capacity} tokens cannot hold its {channel.tokens} initial tokens"
        )
    return capacity


def _in_order(joined: Graph, graph: Graph, parts: _Parts, orders: Orders) -> BoundGraph:
    """Add a cycle of channels through the firings of each tile; with repeated firings, to the homogeneous form."""
    if all(len(set(order)) == len(order) for order in orders.values()):
        base, causes = joined, dict(parts.causes)
        nodes: Mapping[str, tuple[str, ...]] = {name: (name,) for name in joined.index}
    else:
        firings = expand(joined)
        base, nodes = homogeneous(joined), _nodes_by_actor(firings)
        channels = (parts.causes[joined.channels[edge.channel].name] for edge in firings.edges)
        causes = dict(zip(edge_names(firings), channels, strict=True))
    turns = _turns(orders, nodes, {channel.name for channel in base.channels})
    return BoundGraph(
        base.with_channels(channel for channel, _ in turns),
        {name: nodes[name] for name in graph.index},
        {name: nodes[link] for name, link in parts.link_of_channel.items()},
        causes | {channel.name: cause for channel, cause in turns},
    )


def _turns(
    orders: Orders, nodes: Mapping[str, tuple[str, ...]], used: set[str]
) -> list[tuple[Channel, Cause]]:
    turns = []
    for tile, order in orders.items():
        queues = {name: iter(nodes[name]) for name in set(order)}
        firings = [next(queues[name]) for name in order]
        for place, (first, then) in enumerate(zip(firings, firings[1:] + firings[:1], strict=True)):
            name = unused_name(f"{tile}:order{place}", used)
            used.add(name)
            channel = Channel(name, first, then, tokens=int(place == len(firings) - 1))
            turns.append((channel, Cause("turn", tile)))
    return turns


def _nodes_by_actor(firings: Firings) -> dict[str, tuple[str, ...]]:
    names = firing_names(firings)
    return {
        actor.name: tuple(names[first : first + count])
        for actor, first, count in zip(firings.graph.actors, firings.first, firings.counts, strict=True)
    }

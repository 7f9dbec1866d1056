"""Graphs bound to the tiles of a platform: connections that take time, finite buffers, an order of firings on each
tile.

The binding-aware graph of Stuijk, Basten, Geilen and Corporaal (DAC 2007, doi:10.1145/1278480.1278674): a channel
between tiles passes through a connection actor, which sends one token at a time. The buffer at the source takes in what
a firing produces and is free again when the token has been sent; the buffer at the destination is claimed when the
sending starts. On each tile the firings follow each other in a fixed order, one at a time, over and over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from neurohw.dataflow.capacities import room, sized_channels
from neurohw.dataflow.firings import expand
from neurohw.dataflow.graph import Actor, Channel, Graph, unused_name
from neurohw.dataflow.homogeneous import firing_names, homogeneous
from neurohw.dataflow.repetition import bounded_repetition_vector
from neurohw.errors import MappingError

Orders = Mapping[str, Sequence[str]]  # tile -> actors in the order of their firings in an iteration


def double_buffers(graph: Graph) -> dict[str, int]:
    """Return the tokens of one firing of either end for each channel: twice the rate where both are the same."""
    return {
        channel.name: max(channel.production + channel.consumption, channel.tokens)
        for channel in sized_channels(graph)
    }


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
    """Return the graph as it runs on tiles.

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
        for a capacity below the initial tokens.
    """
    tile_of_actor = _tiles(graph, orders)
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
    return _in_order(Graph(graph.name, tuple(parts.actors), tuple(parts.channels)), orders)


class _Parts:
    """Actors and channels of a graph in the making."""

    def __init__(self, graph: Graph) -> None:
        self.actors = list(graph.actors)
        self.channels: list[Channel] = []
        self.used = {actor.name for actor in graph.actors} | {channel.name for channel in graph.channels}

    def add_local(self, channel: Channel, capacity: int | None) -> None:
        """Add a channel within a tile."""
        self.channels.append(channel)
        if capacity is not None:
            self.channels.append(room(channel, capacity, self._name(channel, "room")))

    def add_connection(self, channel: Channel, capacity: int | None, time: Fraction) -> None:
        """Add an actor that takes tokens from one tile to another, one after the other; the initial ones are there."""
        link = self._name(channel, "link")
        self.actors.append(Actor(link, time))
        self.channels.append(Channel(self._name(channel, "one"), link, link, tokens=1))
        out = Channel(self._name(channel, "out"), channel.source, link, channel.production, 1)
        into = Channel(channel.name, link, channel.target, 1, channel.consumption, channel.tokens)
        self.add_local(out, capacity)
        self.add_local(into, capacity)

    def _name(self, channel: Channel, suffix: str) -> str:
        name = unused_name(f"{channel.name}:{suffix}", self.used)
        self.used.add(name)
        return name


def _tiles(graph: Graph, orders: Orders) -> dict[str, str]:
    counts = dict(zip(graph.index, bounded_repetition_vector(graph), strict=True))
    tile_of_actor: dict[str, str] = {}
    for tile, order in orders.items():
        for name, times in Counter(order).items():
            if name not in counts:
                raise MappingError(f"tile {tile!r}: graph {graph.name!r} has no actor {name!r}")
            if name in tile_of_actor:
                raise MappingError(f"actor {name!r} is on two tiles, {tile_of_actor[name]!r} and {tile!r}")
            if times != counts[name]:
                raise MappingError(
                    f"tile {tile!r}: actor {name!r} stands {times} times in the order, and fires {counts[name]} "
                    "times in an iteration"
                )
            tile_of_actor[name] = tile
    missing = [name for name in counts if name not in tile_of_actor]
    if missing:
        raise MappingError(f"actors on no tile: {', '.join(map(repr, missing[:8]))}")
    return tile_of_actor


def _capacity(channel: Channel, capacity_of_channel: Mapping[str, int]) -> int | None:
    capacity = None if channel.is_self_edge else capacity_of_channel.get(channel.name)
    if capacity is not None and capacity < channel.tokens:
        raise MappingError(
            f"channel {channel.name!r}: a buffer of {capacity} tokens cannot hold its {channel.tokens} initial tokens"
        )
    return capacity


def _in_order(graph: Graph, orders: Orders) -> Graph:
    """Add a cycle of channels through the firings of each tile; with repeated firings, to the homogeneous form."""
    single_rate = all(len(set(order)) == len(order) for order in orders.values())
    nodes = _nodes_by_actor(graph)
    base = graph if single_rate else homogeneous(graph)
    used = {channel.name for channel in base.channels}
    channels = []
    for tile, order in orders.items():
        queues = {name: iter(nodes[name]) for name in set(order)}
        firings = [next(queues[name]) for name in order]
        for place, (first, then) in enumerate(zip(firings, firings[1:] + firings[:1], strict=True)):
            name = unused_name(f"{tile}:order{place}", used)
            used.add(name)
            channels.append(Channel(name, first, then, tokens=int(place == len(firings) - 1)))
    return base.with_channels(channels)


def _nodes_by_actor(graph: Graph) -> dict[str, list[str]]:
    firings = expand(graph)
    names = firing_names(firings)
    return {
        actor.name: names[first : first + count]
        for actor, first, count in zip(graph.actors, firings.first, firings.counts, strict=True)
    }

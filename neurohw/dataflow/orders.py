"""The order of firings on each tile, and its making from one order for a single tile.

An order for a single tile in which an iteration can be fired, one firing after the other, can be shared out to any
tiles: each keeps its own actors in the same order. What a firing waits for stands earlier in the order for the single
tile, whether it waits for tokens, for room in a buffer or for its turn; so no two firings wait for each other. That
makes the order a thing to be built once, before it is known which tiles will be free (S. Song, A. Balaji, A. Das,
N. Kandasamy and J. Shackleford, Compiling Spiking Neural Networks to Neuromorphic Hardware, arXiv:2004.03717).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from neurohw.dataflow.capacities import sized_channels, with_capacities
from neurohw.dataflow.graph import Graph
from neurohw.dataflow.iteration import one_iteration
from neurohw.dataflow.repetition import bounded_repetition_vector
from neurohw.errors import DataflowDeadlockError, MappingError

Orders = Mapping[str, Sequence[str]]  # tile -> actors in the order of their firings in an iteration


def double_buffers(graph: Graph) -> dict[str, int]:
    """Return the tokens of one firing of either end for each channel: twice the rate where both are the same."""
    return {
        channel.name: max(channel.production + channel.consumption, channel.tokens)
        for channel in sized_channels(graph)
    }


def single_tile_order(graph: Graph) -> tuple[str, ...]:
    """Return the actors of one iteration in an order in which they can fire on a single tile.

    Buffers of twice the rate are kept where that is possible.

    Raises
    ------
    GraphError
        For a graph that is not consistent, whose iteration has too many firings, or (``DataflowDeadlockError``) that
        deadlocks.
    """
    counts = _counts(graph)
    for candidate in (with_capacities(graph, double_buffers(graph)), graph):
        order = tuple(graph.actors[actor].name for actor in one_iteration(candidate))
        if len(order) == sum(counts.values()):
            return order
    missing = Counter(counts) - Counter(order)
    raise DataflowDeadlockError(
        f"graph {graph.name!r} deadlocks: in an iteration {', '.join(map(repr, list(missing)[:8]))} cannot fire"
    )


def buffers_of(graph: Graph, order: Sequence[str]) -> dict[str, int]:
    """Return tokens for each buffer with which an order for a single tile can be fired, at least twice the rate.

    A firing claims room for what it produces before it gives back the room of what it takes.

    Raises
    ------
    MappingError
        For an order that cannot be fired: the message names the first firing that has too few tokens.
    """
    counts = _counts(graph)
    _check(graph, counts, "the order", order, counts)
    most = double_buffers(graph)
    held = {channel.name: channel.tokens for channel in graph.channels}
    inputs = {name: [c for c in graph.channels if c.target == name] for name in graph.index}
    outputs = {name: [c for c in graph.channels if c.source == name] for name in graph.index}
    for place, name in enumerate(order):
        for channel in inputs[name]:
            if held[channel.name] < channel.consumption:
                raise MappingError(
                    f"the order cannot be fired: at place {place} channel {channel.name!r} holds "
                    f"{held[channel.name]} tokens, and {name!r} takes {channel.consumption}"
                )
        for channel in outputs[name]:
            held[channel.name] += channel.production
            if channel.name in most:
                most[channel.name] = max(most[channel.name], held[channel.name])
        for channel in inputs[name]:
            held[channel.name] -= channel.consumption
    return most


def project(order: Sequence[str], tile_of_actor: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return for each tile its actors in the order of a single tile; tiles without actors are left out."""
    tiles = dict.fromkeys(tile_of_actor[name] for name in order)
    return {tile: tuple(name for name in order if tile_of_actor[name] == tile) for tile in tiles}


def tiles_of_actors(graph: Graph, orders: Orders) -> dict[str, str]:
    """Return the tile of each actor.

    Raises
    ------
    MappingError
        For orders that do not hold every actor as often as it fires, on one tile.
    """
    counts = _counts(graph)
    tile_of_actor: dict[str, str] = {}
    for tile, order in orders.items():
        for name in dict.fromkeys(order):
            if name in tile_of_actor:
                raise MappingError(f"actor {name!r} is on two tiles, {tile_of_actor[name]!r} and {tile!r}")
            tile_of_actor[name] = tile
        _check(graph, counts, f"tile {tile!r}", order, order)
    missing = [name for name in graph.index if name not in tile_of_actor]
    if missing:
        raise MappingError(f"actors on no tile: {', '.join(map(repr, missing[:8]))}")
    return tile_of_actor


def _counts(graph: Graph) -> dict[str, int]:
    return dict(zip(graph.index, bounded_repetition_vector(graph), strict=True))


def _check(
    graph: Graph, counts: Mapping[str, int], where: str, order: Sequence[str], names: Iterable[str]
) -> None:
    """Refuse an order in which one of the named actors does not stand as often as it fires."""
    stands = Counter(order)
    for name in dict.fromkeys([*names, *order]):
        if name not in counts:
            raise MappingError(f"{where}: graph {graph.name!r} has no actor {name!r}")
        if stands[name] != counts[name]:
            raise MappingError(
                f"{where}: actor {name!r} stands {stands[name]} times in the order, and fires {counts[name]} "
                "times in an iteration"
            )

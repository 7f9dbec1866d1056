"""A throughput that is guaranteed, with the certificate that lets anybody check it.

The certificate is a periodic schedule in which every firing and every token on its way takes the longest time that is
possible. A self-timed execution starts everything as soon as it can; as nothing ever starts earlier because something
else took longer, it is never behind that schedule, whatever shorter times it meets (S. Sriram and S. S. Bhattacharyya,
Embedded Multiprocessors: Scheduling and Synchronization (2009), chapter on self-timed schedules). So the throughput of
the schedule is a lower bound, which is reached where all times are the longest. The
module ``certificate_check`` checks a certificate from the definitions and shares no code with what makes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from neurohw.dataflow.binding import BoundGraph, bound_graph, burst_of
from neurohw.dataflow.firings import expand
from neurohw.dataflow.graph import Graph
from neurohw.dataflow.orders import Orders, tiles_of_actors
from neurohw.dataflow.platform import Pair, Platform
from neurohw.dataflow.schedule import PeriodicSchedule, schedule_of
from neurohw.dataflow.throughput import Throughput, throughput_of
from neurohw.errors import MappingError

Times = tuple[Fraction, ...]


@dataclass(frozen=True)
class Wait:
    """A step of a critical cycle: somebody waits for who stands in the step before."""

    who: str  # actor, or channel between tiles
    kind: str  # for "tokens" or "room" of a channel, a "connection" that is busy, or its "turn" on a tile
    of: str  # name of that channel or tile


@dataclass(frozen=True)
class Certificate:
    """A graph on tiles, and a schedule that proves how fast it runs at least."""

    graph: Graph
    orders: dict[str, tuple[str, ...]]  # by tile, actors in the order of their firings in an iteration
    capacity_of_channel: dict[str, int]  # tokens; of a channel between tiles the buffer at either end
    transit: dict[
        str, Fraction
    ]  # by channel between tiles, the longest time for which it is busy with a token
    period: Fraction  # time units per iteration, at most
    starts: dict[str, Times]  # by actor, of the firings of iteration 0; n periods later in iteration n
    sends: dict[str, Times]  # by channel between tiles, when bursts of tokens begin to be sent in iteration 0
    burst: dict[str, int]  # by channel between tiles, tokens that are sent one after the other each time
    critical: tuple[Wait, ...]  # a cycle that allows no shorter period at these times

    @property
    def throughput(self) -> Fraction | None:
        """Iterations per time unit, at least; None where nothing limits them."""
        return 1 / self.period if self.period else None

    @property
    def tile_of_actor(self) -> dict[str, str]:
        """Tile of each actor."""
        return {name: tile for tile, order in self.orders.items() for name in order}

    def pairs(self) -> list[Pair]:
        """Return the tiles that each connection joins."""
        return pairs_of(self.graph, self.tile_of_actor)


def guarantee(
    graph: Graph,
    orders: Orders,
    platform: Platform,
    capacity_of_channel: Mapping[str, int],
    others: Iterable[Pair] = (),
) -> Certificate:
    """Return the throughput that a graph has at least on some tiles of a platform.

    Parameters
    ----------
    graph : execution times are the longest that are possible.
    orders : for each tile the actors on it in the order of their firings in an iteration.
    capacity_of_channel : tokens that a buffer of a channel holds; between tiles there is one at each end.
    others : tiles that other connections on the platform join, which take links, too.

    Raises
    ------
    GraphError
        For a graph that is not consistent, whose iteration has too many firings, or (``DataflowDeadlockError``) that
        deadlocks in these orders and buffers.
    MappingError
        For tiles that the platform does not have or connect, orders in which not every actor stands as often as it
        fires, or a buffer smaller than the initial tokens of its channel.
    """
    known = {tile.name for tile in platform.tiles}
    for tile in orders:
        if tile not in known:
            raise MappingError(f"platform {platform.name!r} has no tile {tile!r}")
    tile_of_actor = tiles_of_actors(graph, orders)
    transit = _transits(graph, tile_of_actor, platform, others)
    bound = bound_graph(graph, orders, transit, capacity_of_channel, Fraction(0))
    firings = expand(bound.graph)
    limit = throughput_of(firings)
    schedule = schedule_of(firings, limit.period)
    between = _between(graph, tile_of_actor)
    return Certificate(
        graph,
        {tile: tuple(order) for tile, order in orders.items()},
        dict(capacity_of_channel),
        {name: transit[pair] for name, pair in between.items()},
        schedule.period,
        {name: _starts(schedule, parts) for name, parts in bound.firings.items()},
        {name: _starts(schedule, parts) for name, parts in bound.sends.items()},
        {c.name: burst_of(c, capacity_of_channel.get(c.name)) for c in graph.channels if c.name in between},
        _critical(bound, limit),
    )


def pairs_of(graph: Graph, tile_of_actor: Mapping[str, str]) -> list[Pair]:
    """Return the tiles that each channel between tiles joins."""
    return list(_between(graph, tile_of_actor).values())


def _between(graph: Graph, tile_of_actor: Mapping[str, str]) -> dict[str, Pair]:
    pairs = ((c.name, (tile_of_actor[c.source], tile_of_actor[c.target])) for c in graph.channels)
    return {name: pair for name, pair in pairs if pair[0] != pair[1]}


def _transits(
    graph: Graph, tile_of_actor: Mapping[str, str], platform: Platform, others: Iterable[Pair]
) -> dict[Pair, Fraction]:
    pairs = pairs_of(graph, tile_of_actor)
    return platform.transits(pairs, others)


def _starts(schedule: PeriodicSchedule, parts: Iterable[str]) -> Times:
    return tuple(start for part in parts for start in schedule.starts[part])


def _critical(bound: BoundGraph, limit: Throughput) -> tuple[Wait, ...]:
    original = {
        part: name
        for table in (bound.firings, bound.sends)
        for name, parts in table.items()
        for part in parts
    }
    waiting = (*limit.actors[1:], *limit.actors[:1])
    return tuple(
        Wait(original[who], *bound.causes[channel])
        for who, channel in zip(waiting, limit.channels, strict=True)
    )

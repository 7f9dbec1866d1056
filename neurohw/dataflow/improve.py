"""Better bindings and orders by search: whoever stands on the critical cycle moves, as long as that helps.

No shorter period is possible unless the critical cycle is broken; so only its actors are moved: to another tile, in
exchange with an actor of another tile, or to an earlier or later place in the order. The first move that gives a
shorter period is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from neurohw.dataflow.graph import Graph
from neurohw.dataflow.guarantee import Certificate, guarantee
from neurohw.dataflow.orders import buffers_of, project
from neurohw.dataflow.platform import Pair, Platform
from neurohw.dataflow.resources import NOTHING, Demand, lacking
from neurohw.errors import DataflowDeadlockError, MappingError

Order = tuple[str, ...]


@dataclass(frozen=True)
class Improved:
    """What a search has found."""

    certificate: Certificate
    order: Order  # for a single tile, of which the orders of the certificate are parts
    evaluations: int


def improve(
    graph: Graph,
    platform: Platform,
    tiles: Sequence[str],
    order: Order,
    tile_of_actor: Mapping[str, str],
    *,
    others: Sequence[Pair] = (),
    demand: Demand = NOTHING,
    evaluations: int = 300,
    seed: int = 0,
) -> Improved:
    """Search for a shorter guaranteed period; what is found is never worse than what is given.

    Parameters
    ----------
    tiles : names of those that may be used.
    order : for a single tile, of the firings of an iteration.
    tile_of_actor : where the search begins.
    others : tiles that other connections on the platform join, which take links, too.
    demand : memory that the graph takes.
    evaluations : periods to find before the search ends, if nothing helps any more it ends before.
    seed : of the order in which moves are tried.

    Raises
    ------
    MappingError
        For an order that cannot be fired, or a binding that the platform cannot have.
    """
    random = Random(seed)
    best = _guarantee(graph, platform, order, tile_of_actor, others)
    binding, spent, found = dict(tile_of_actor), 1, True
    while found and spent < evaluations:
        found = False
        for changed, moved in _moves(best, order, binding, tiles, random):
            if spent >= evaluations:
                break
            spent += 1
            try:
                certificate = _guarantee(graph, platform, changed, moved, others)
            except (MappingError, DataflowDeadlockError):
                continue  # an order that cannot be fired, or tiles that nothing joins
            if certificate.period < best.period and not lacking(certificate, platform, demand):
                best, order, binding, found = certificate, changed, moved, True
                break
    return Improved(best, order, spent)


def _guarantee(
    graph: Graph, platform: Platform, order: Order, tile_of_actor: Mapping[str, str], others: Sequence[Pair]
) -> Certificate:
    return guarantee(graph, project(order, tile_of_actor), platform, buffers_of(graph, order), others)


def _moves(
    certificate: Certificate, order: Order, binding: dict[str, str], tiles: Sequence[str], random: Random
) -> Iterator[tuple[Order, dict[str, str]]]:
    """Yield orders and bindings in which one actor of the critical cycle has moved, in random order."""
    ends = {channel.name: (channel.source, channel.target) for channel in certificate.graph.channels}
    critical = dict.fromkeys(
        name for wait in certificate.critical for name in ends.get(wait.who, (wait.who,)) if name in binding
    )
    moves = [("to", name, tile) for name in critical for tile in tiles if tile != binding[name]]
    moves += [
        ("with", name, other) for name in critical for other in binding if binding[other] != binding[name]
    ]
    moves += [
        ("before", name, other) for name in critical for other in binding if binding[other] == binding[name]
    ]
    random.shuffle(moves)
    for kind, name, where in moves:
        if kind == "to":
            yield order, {**binding, name: where}
        elif kind == "with":
            yield order, {**binding, name: binding[where], where: binding[name]}
        elif name != where:
            yield _before(order, name, where), binding


def _before(order: Order, name: str, other: str) -> Order:
    """Return the order with all firings of an actor just before the first of another."""
    rest = [firing for firing in order if firing != name]
    place = rest.index(other)
    return (*rest[:place], *(name,) * (len(order) - len(rest)), *rest[place:])

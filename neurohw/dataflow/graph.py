"""Synchronous dataflow graphs: actors that fire, channels that carry tokens between them.

An actor starts a firing when each of its input channels holds at least ``consumption`` tokens, takes them, and puts
``production`` tokens on each output channel when the firing ends, ``time`` later (Lee and Messerschmitt, Proc. IEEE
75:1235 (1987), doi:10.1109/PROC.1987.13876). Firings of one actor may overlap unless a channel from the actor to itself
keeps them apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from numbers import Integral, Rational

from neurohw.errors import GraphError

_SHOWN = 10  # problems in one message


@dataclass(frozen=True)
class Actor:
    """What fires: a name and the time that one firing takes, in the time units of the graph."""

    name: str
    time: Fraction


@dataclass(frozen=True)
class Channel:
    """A queue of tokens from one actor to another or to itself."""

    name: str
    source: str  # name of the actor that produces
    target: str  # name of the actor that consumes
    production: int = 1  # tokens put by a firing of the source
    consumption: int = 1  # tokens taken by a firing of the target
    tokens: int = 0  # there before anything fires

    @property
    def is_self_edge(self) -> bool:
        """Whether both ends are the same actor."""
        return self.source == self.target


@dataclass(frozen=True)
class Graph:
    """Actors and the channels between them; sound as such, but not necessarily consistent or live.

    Raises
    ------
    GraphError
        For no actors, names that occur twice or are unknown, times that are below 0 or not exact, rates that are
        below 1 or not whole, tokens that are below 0 or not whole.
    """

    name: str
    actors: tuple[Actor, ...]
    channels: tuple[Channel, ...]

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            rest = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
            raise GraphError(f"graph {self.name!r}: " + "; ".join(problems[:_SHOWN] + rest))

    @cached_property
    def index(self) -> dict[str, int]:
        """Number of each actor by its name."""
        return {actor.name: number for number, actor in enumerate(self.actors)}

    def with_channels(self, channels: Iterable[Channel]) -> Graph:
        """Return the graph with these channels besides its own."""
        return replace(self, channels=(*self.channels, *channels))


def with_self_edges(graph: Graph) -> Graph:
    """Return the graph in which no two firings of an actor overlap: each gets a self-edge with one token.

    Actors that already have a self-edge for one firing at a time get none.
    """
    alone = {
        channel.source
        for channel in graph.channels
        if channel.is_self_edge and channel.tokens < 2 * channel.consumption
    }
    names = {channel.name for channel in graph.channels}
    return graph.with_channels(
        Channel(unused_name(f"{actor.name}:self", names), actor.name, actor.name, tokens=1)
        for actor in graph.actors
        if actor.name not in alone
    )


def unused_name(name: str, used: Container[str]) -> str:
    """Return the name, with as many strokes as it takes to be none of the used ones."""
    while name in used:
        name += "'"
    return name


def _problems(graph: Graph) -> Iterable[str]:
    if not graph.actors:
        yield "it has no actors"
    yield from _doubled("actor", (actor.name for actor in graph.actors))
    yield from _doubled("channel", (channel.name for channel in graph.channels))
    for actor in graph.actors:
        if not isinstance(actor.time, Rational) or actor.time < 0:
            yield f"actor {actor.name!r}: its execution time {actor.time} must be at least 0, and whole or a Fraction"
    known = {actor.name for actor in graph.actors}
    for channel in graph.channels:
        yield from _problems_of(channel, known)


def _problems_of(channel: Channel, known: set[str]) -> Iterable[str]:
    where = f"channel {channel.name!r}:"
    for end in (channel.source, channel.target):
        if end not in known:
            yield f"{where} there is no actor {end!r}"
    for what, rate in (("production", channel.production), ("consumption", channel.consumption)):
        if not isinstance(rate, Integral) or rate < 1:
            yield f"{where} its {what} {rate} must be at least 1, a whole number"
    if not isinstance(channel.tokens, Integral) or channel.tokens < 0:
        yield f"{where} its {channel.tokens} initial tokens must be at least 0, a whole number"


def _doubled(what: str, names: Iterable[str]) -> Iterable[str]:
    return (f"{what} {name!r} occurs {times} times" for name, times in Counter(names).items() if times > 1)

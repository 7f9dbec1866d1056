"""What a dataflow graph runs on: tiles with a processor each, and connections between tiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm

import numpy as np

from neurohw.errors import SettingError

Pair = tuple[str, str]  # tiles, from and to


@dataclass(frozen=True)
class PlatformTile:
    """A processor with its memory and the interface to its connections; None is no limit."""

    name: str
    processor: str | None = None  # type: actors say how long they take on which
    memory: int | None = None
    connections: int | None = None  # that may begin or end here
    bandwidth_in: int | None = None  # tokens per time unit
    bandwidth_out: int | None = None


@dataclass(frozen=True)
class Link:
    """A way from router to router that connections share; it serves tokens in the order in which they come."""

    time: Fraction  # for which a token takes it: the next one waits so long
    delay: Fraction = Fraction(0)  # until a token is at the link behind


@dataclass(frozen=True)
class Platform:
    """Tiles, and how long a token takes from one to another.

    A connection sends its next token when the one before has arrived. So a token that comes to a link waits for one
    token of each other connection at most. Where all tokens of a link come over one and the same link, which takes as
    long or longer, none waits.
    """

    name: str
    tiles: tuple[PlatformTile, ...]
    delay: dict[Pair, Fraction]  # by names of the tiles: nothing else under way
    time_per_token: Fraction = Fraction(1)  # for which a connection is busy besides the delay
    links: Mapping[str, Link] = field(default_factory=dict)  # by name
    routes: Mapping[Pair, tuple[str, ...]] = field(
        default_factory=dict
    )  # links that a token takes, in their order

    def __post_init__(self) -> None:
        for pair, route in self.routes.items():
            rest = self.delay[pair] + self.time_per_token
            for link in route:
                if (
                    rest < self.links[link].time
                ):  # the next token would come while this one still holds the link
                    raise SettingError(
                        f"platform {self.name!r}: from {pair[0]!r} to {pair[1]!r} a token holds link {link!r} for "
                        f"{self.links[link].time} but is there after {rest}; the connection must be busy as long"
                    )
                rest -= self.links[link].delay

    def transits(self, pairs: Iterable[Pair], others: Iterable[Pair] = ()) -> dict[Pair, Fraction]:
        """Return the longest time for which a connection between two tiles is busy with a token.

        Parameters
        ----------
        pairs : of connections, as often as there are any; those that the platform does not connect are left out.
        others : of further connections, which take links, too.
        """
        wanted = list(pairs)
        ahead = self._tokens_ahead([*wanted, *others])
        unit = lcm(*(self.links[link].time.denominator for link in ahead))
        wait = {link: int(self.links[link].time * unit) * n for link, n in ahead.items()}
        return {
            pair: self.delay[pair]
            + self.time_per_token
            + Fraction(sum(wait[link] for link in self.routes.get(pair, ())), unit)
            for pair in dict.fromkeys(wanted)
            if pair in self.delay
        }

    def _tokens_ahead(self, pairs: Sequence[Pair]) -> dict[str, int]:
        """Return how many tokens one may find before it at each link, where some connections are all there are.

        It is one of each other connection, and none where all come over one and the same link that takes as long or
        longer: they are so far apart by then that none waits for another.
        """
        before: dict[str, set[str | None]] = {}
        for pair in dict.fromkeys(pairs):
            route = self.routes.get(pair, ())
            for previous, link in zip((None, *route), route, strict=False):
                before.setdefault(link, set()).add(previous)
        n_others = {link: n - 1 for link, n in self.connections_on_links(pairs).items()}
        for link, links_before in before.items():
            previous = min(links_before, key=str)
            if len(links_before) == 1 and previous is not None:
                n_others[link] *= self.links[previous].time < self.links[link].time
        return n_others

    def connections_on_links(self, pairs: Iterable[Pair]) -> Counter[str]:
        """Return how many of some connections, given by their tiles, take each link."""
        return Counter(link for pair in pairs for link in self.routes.get(pair, ()))

    @cached_property
    def distance(self) -> np.ndarray:
        """Return the longer of the delays there and back, float64 [n_tiles, n_tiles]; infinite where one is missing."""
        number = {tile.name: place for place, tile in enumerate(self.tiles)}
        way = np.full((len(number), len(number)), np.inf)
        np.fill_diagonal(way, 0.0)
        for (a, b), delay in self.delay.items():
            if a in number and b in number:
                way[number[a], number[b]] = float(delay)
        return np.maximum(way, way.T)

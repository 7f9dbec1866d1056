"""Graphs that run on a platform: self-timed, with the times that firings really take and links that are really shared.

A guarantee holds for the longest times; this shows what happens in one run. Several graphs may run at the same time, on
tiles of their own. A token takes its links one after the other, and each link serves tokens in the order in which they
come.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from heapq import heappop, heappush

from neurohw.dataflow.graph import Channel
from neurohw.dataflow.guarantee import Certificate, Times
from neurohw.dataflow.platform import Platform
from neurohw.errors import SettingError

TimeOfFiring = Callable[[str, int], Fraction]  # (actor, number of the firing from 0) -> time units


def execute(
    certificates: Sequence[Certificate],
    platform: Platform,
    n_iterations: int,
    times: Sequence[TimeOfFiring] | None = None,
) -> list[dict[str, Times]]:
    """Run graphs together and return when each actor starts its firings.

    Parameters
    ----------
    certificates : of the graphs; their tiles, orders and buffers count, not their schedules.
    n_iterations : after which each stops.
    times : for each graph the time of every firing; by default the longest, which is that of the actor.

    Returns
    -------
    starts : for each graph, by actor, the starts of its firings, in time units.

    Raises
    ------
    SettingError
        When a firing takes longer than its actor says.
    """
    run = _Run(platform)
    given: Sequence[TimeOfFiring | None] = [None] * len(certificates) if times is None else times
    graphs = [_Execution(run, c, n_iterations, t) for c, t in zip(certificates, given, strict=True)]
    for graph in graphs:
        graph.start_all()
    run.until_nothing_is_left()
    return [{name: tuple(starts) for name, starts in graph.starts.items()} for graph in graphs]


def mean_period(starts: Mapping[str, Times], firings: Mapping[str, int]) -> Fraction:
    """Return the time units per iteration over the second half of an execution, those of the slowest actor.

    Parameters
    ----------
    starts : of each actor, of at least two iterations.
    firings : of each actor in an iteration.
    """
    periods = []
    for name, dates in starts.items():
        n_iterations = len(dates) // firings[name]
        half = n_iterations // 2
        begin, end = dates[half * firings[name] - firings[name]], dates[-firings[name]]
        periods.append((end - begin) / (n_iterations - half))
    return max(periods)


class _Run:
    """What is to happen, in the order of time, and until when each link is taken."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.now = Fraction(0)
        self.free_at = dict.fromkeys(platform.links, Fraction(0))
        self.agenda: list[tuple[Fraction, int, Callable[[], None]]] = []
        self.number = 0

    def after(self, time: Fraction, action: Callable[[], None]) -> None:
        """Do something some time from now; what is to happen at the same time happens in the order of these calls."""
        heappush(self.agenda, (self.now + time, self.number, action))
        self.number += 1

    def until_nothing_is_left(self) -> None:
        while self.agenda:
            self.now, _, action = heappop(self.agenda)
            action()

    def send(self, pair: tuple[str, str], arrived: Callable[[], None]) -> None:
        """Take a token from tile to tile, link by link."""
        route = self.platform.routes.get(pair, ())
        rest = self.platform.delay[pair] + self.platform.time_per_token
        rest -= sum((self.platform.links[link].delay for link in route), Fraction(0))
        self._next_link(route, rest, arrived)

    def _next_link(self, route: Sequence[str], rest: Fraction, arrived: Callable[[], None]) -> None:
        if not route:
            self.after(rest, arrived)
            return
        link = self.platform.links[route[0]]
        begin = max(self.now, self.free_at[route[0]])
        self.free_at[route[0]] = begin + link.time
        self.after(begin - self.now + link.delay, lambda: self._next_link(route[1:], rest, arrived))


class _Execution:
    """One graph on its tiles: tokens and room of its channels, who has its turn, which connections are busy."""

    def __init__(
        self, run: _Run, certificate: Certificate, n_iterations: int, times: TimeOfFiring | None
    ) -> None:
        self.run, self.orders = run, certificate.orders
        graph, tile = certificate.graph, certificate.tile_of_actor
        self.longest = {actor.name: actor.time for actor in graph.actors}
        self.time = times or (lambda name, _: self.longest[name])
        self.starts: dict[str, list[Fraction]] = {name: [] for name in graph.index}
        self.inputs = {name: [c for c in graph.channels if c.target == name] for name in graph.index}
        self.outputs = {name: [c for c in graph.channels if c.source == name] for name in graph.index}
        self.between = {c.name: (tile[c.source], tile[c.target]) for c in graph.channels}
        self.between = {name: pair for name, pair in self.between.items() if pair[0] != pair[1]}
        self.channels = {channel.name: channel for channel in graph.channels}
        limit = {
            c.name: certificate.capacity_of_channel[c.name]
            for c in graph.channels
            if not c.is_self_edge and c.name in certificate.capacity_of_channel
        }
        self.tokens = {channel.name: channel.tokens for channel in graph.channels}
        self.waiting = dict.fromkeys(self.between, 0)  # to be sent
        # at the source, of channels between tiles; elsewhere the only one
        self.room = {
            name: n - (0 if name in self.between else self.tokens[name]) for name, n in limit.items()
        }
        self.room_ahead = {name: n - self.tokens[name] for name, n in limit.items() if name in self.between}
        self.is_busy = dict.fromkeys([*self.orders, *self.between], False)
        self.turns_left = {tile: n_iterations * len(order) for tile, order in self.orders.items()}

    def start_all(self) -> None:
        """Start whatever can start now."""
        for tile in self.orders:
            self._try_turn(tile)
        for name in self.between:
            self._try_send(name)

    def _try_turn(self, tile: str) -> None:
        order = self.orders[tile]
        name = order[-self.turns_left[tile] % len(order)]
        if self.is_busy[tile] or not self.turns_left[tile] or not self._can_fire(name):
            return
        self.is_busy[tile] = True
        self.turns_left[tile] -= 1
        time = self.time(name, len(self.starts[name]))
        if time > self.longest[name]:
            raise SettingError(
                f"actor {name!r}: a firing takes {time}, at most {self.longest[name]} were announced"
            )
        self.starts[name].append(self.run.now)
        for channel in self.inputs[name]:
            self.tokens[channel.name] -= channel.consumption
        for channel in self.outputs[name]:
            if channel.name in self.room:
                self.room[channel.name] -= channel.production
        self.run.after(time, lambda: self._end(name, tile))

    def _can_fire(self, name: str) -> bool:
        has_tokens = all(self.tokens[c.name] >= c.consumption for c in self.inputs[name])
        return has_tokens and all(
            self.room.get(c.name, c.production) >= c.production for c in self.outputs[name]
        )

    def _end(self, name: str, tile: str) -> None:
        self.is_busy[tile] = False
        for channel in self.outputs[name]:
            (self.waiting if channel.name in self.between else self.tokens)[channel.name] += (
                channel.production
            )
        for channel in self.inputs[name]:
            self._give_room(channel)
        self.start_all()

    def _give_room(self, channel: Channel) -> None:
        room = self.room_ahead if channel.name in self.between else self.room
        if channel.name in room:
            room[channel.name] += channel.consumption

    def _try_send(self, name: str) -> None:
        if self.is_busy[name] or not self.waiting[name] or self.room_ahead.get(name, 1) < 1:
            return
        self.is_busy[name] = True
        self.waiting[name] -= 1
        if name in self.room_ahead:
            self.room_ahead[name] -= 1
        self.run.send(self.between[name], lambda: self._arrive(name))

    def _arrive(self, name: str) -> None:
        self.is_busy[name] = False
        self.tokens[name] += 1
        if name in self.room:
            self.room[name] += 1
        self.start_all()

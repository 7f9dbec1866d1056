"""Whether an iteration of a certificate can be played: its dates alone do not tell where things take no time.

Tokens move as they do on the chip, without times. Nothing that may happen takes away what something else waits for, so
that any order will do; an iteration that has been played leaves all tokens as they were, and can be played again.
"""

from __future__ import annotations

from collections import deque

from neurohw.dataflow.graph import Channel
from neurohw.dataflow.guarantee import Certificate


def stuck_firings(certificate: Certificate) -> list[str]:
    """Return for each tile that does not come to the end of its order for which firing it waits.

    Orders and numbers of sendings must be those of an iteration.
    """
    game = _Game(certificate)
    waiting: deque[str | Channel] = deque([*certificate.orders, *game.sendings])
    while waiting:
        waiting.extend(game.move(waiting.popleft()))
    return [
        f"tile {tile!r}: {order[game.turn[tile]]!r} waits for ever"
        for tile, order in certificate.orders.items()
        if game.turn[tile] < len(order)
    ]


class _Game:
    """Tokens of each channel where they are, and how far each tile and each connection has come."""

    def __init__(self, certificate: Certificate) -> None:
        channels = certificate.graph.channels
        tile = certificate.tile_of_actor
        self._orders = certificate.orders
        self._burst = certificate.burst
        self._inputs: dict[str, list[Channel]] = {name: [] for name in tile}
        self._outputs: dict[str, list[Channel]] = {name: [] for name in tile}
        for channel in channels:
            self._inputs[channel.target].append(channel)
            self._outputs[channel.source].append(channel)
        self._tile = tile
        self.turn = dict.fromkeys(certificate.orders, 0)
        between = [channel for channel in channels if tile[channel.source] != tile[channel.target]]
        self.sendings = {channel: len(certificate.sends[channel.name]) for channel in between}
        self._ready = {channel: channel.tokens for channel in channels}  # for the target
        self._unsent = dict.fromkeys(between, 0)
        self._limit = {
            channel: certificate.capacity_of_channel.get(channel.name)
            for channel in channels
            if not channel.is_self_edge
        }

    def move(self, who: str | Channel) -> list[str | Channel]:
        """Let a tile or a channel do what it can; returns who may then be able to do more."""
        return self._send(who) if isinstance(who, Channel) else self._fire(who)

    def _send(self, channel: Channel) -> list[str | Channel]:
        has_sent = False
        while self.sendings[channel] and self._can_send(channel):
            has_sent = True
            self.sendings[channel] -= 1
            self._unsent[channel] -= self._burst[channel.name]
            self._ready[channel] += self._burst[channel.name]
        return [self._tile[channel.source], self._tile[channel.target]] if has_sent else []

    def _fire(self, tile: str) -> list[str | Channel]:
        order = self._orders[tile]
        moved: dict[str | Channel, None] = {}
        while self.turn[tile] < len(order) and self._can_fire(order[self.turn[tile]]):
            name = order[self.turn[tile]]
            self.turn[tile] += 1
            for channel in self._inputs[name]:
                self._ready[channel] -= channel.consumption
            for channel in self._outputs[name]:
                (self._unsent if channel in self._unsent else self._ready)[channel] += channel.production
            both = (*self._inputs[name], *self._outputs[name])
            moved |= dict.fromkeys(channel for channel in both if channel in self._unsent)
        return list(moved)

    def _can_send(self, channel: Channel) -> bool:
        burst = self._burst[channel.name]
        return self._unsent[channel] >= burst and self._has_room(channel, self._ready, burst)

    def _can_fire(self, name: str) -> bool:
        return all(self._ready[channel] >= channel.consumption for channel in self._inputs[name]) and all(
            self._has_room(
                channel, self._unsent if channel in self._unsent else self._ready, channel.production
            )
            for channel in self._outputs[name]
        )

    def _has_room(self, channel: Channel, held: dict[Channel, int], n: int) -> bool:
        limit = self._limit.get(channel)
        return limit is None or held[channel] + n <= limit

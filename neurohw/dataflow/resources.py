"""What a graph on tiles takes of them: memory, connections and bandwidth, against what they have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from neurohw.dataflow.guarantee import Certificate
from neurohw.dataflow.platform import Platform, PlatformTile


@dataclass(frozen=True)
class Demand:
    """What a graph takes of the memory of a tile."""

    of_actor: Mapping[str, int] = field(default_factory=dict)  # that is bound there, 0 where it is not named
    per_token: int = 0  # of the capacity of each buffer there


NOTHING = Demand()


def lacking(certificate: Certificate, platform: Platform, demand: Demand) -> list[str]:
    """Return what is too much for a tile, one line each; bandwidth is that at the guaranteed period."""
    used = _used(certificate, demand)
    return [line for tile in platform.tiles for line in _lines(tile, used, certificate.period)]


@dataclass(frozen=True)
class _Used:
    """By tile."""

    memory: Counter[str]
    connections: Counter[str]
    tokens_in: Counter[str]  # in an iteration
    tokens_out: Counter[str]


def _used(certificate: Certificate, demand: Demand) -> _Used:
    used = _Used(Counter(), Counter(), Counter(), Counter())
    tile_of_actor = certificate.tile_of_actor
    for name, tile in tile_of_actor.items():
        used.memory[tile] += demand.of_actor.get(name, 0)
    for channel in certificate.graph.channels:
        source, target = tile_of_actor[channel.source], tile_of_actor[channel.target]
        for tile in {source, target}:
            used.memory[tile] += demand.per_token * certificate.capacity_of_channel.get(channel.name, 0)
        if source != target:
            n_tokens = len(certificate.sends[channel.name]) * certificate.burst[channel.name]
            used.connections.update((source, target))
            used.tokens_out[source] += n_tokens
            used.tokens_in[target] += n_tokens
    return used


def _lines(tile: PlatformTile, used: _Used, period: Fraction) -> Iterator[str]:
    name = tile.name
    for what, taken, limit in (
        ("of memory", used.memory[name], tile.memory),
        ("connections", used.connections[name], tile.connections),
    ):
        if limit is not None and taken > limit:
            yield f"tile {name!r}: {taken} {what} are needed, it has {limit}"
    for what, n_tokens, bandwidth in (
        ("in", used.tokens_in[name], tile.bandwidth_in),
        ("out", used.tokens_out[name], tile.bandwidth_out),
    ):
        if bandwidth is not None and n_tokens > bandwidth * period:
            yield (
                f"tile {name!r}: {n_tokens} tokens {what} in {period} time units, it takes {bandwidth} in a time unit"
            )

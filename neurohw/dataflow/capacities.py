"""Buffers of finite size: a channel that can hold no more than its capacity lets its source wait.

The room that is left in a buffer is a channel back from the consumer to the producer. A firing claims room for what it
will produce when it starts, and gives room back for what it took when it ends, as in SDF3 (Stuijk, Geilen and Basten,
IEEE Trans. Comput. 57:1331 (2008), doi:10.1109/TC.2008.58). Self-edges hold the state of an actor and have no buffer.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd

from neurohw.dataflow.graph import Channel, Graph, unused_name
from neurohw.errors import SettingError


def sized_channels(graph: Graph) -> tuple[Channel, ...]:
    """Return the channels that have a buffer: all but self-edges."""
    return tuple(channel for channel in graph.channels if not channel.is_self_edge)


def with_capacities(graph: Graph, capacity_of_channel: Mapping[str, int]) -> Graph:
    """Return the graph in which some channels have finite buffers.

    Parameters
    ----------
    capacity_of_channel : by name of the channel, tokens that its buffer holds; other channels stay without limit.

    Raises
    ------
    SettingError
        For unknown channels, self-edges, and capacities below the channel's initial tokens.
    """
    channels = {channel.name: channel for channel in sized_channels(graph)}
    used = {channel.name for channel in graph.channels}
    rooms = []
    for name, capacity in capacity_of_channel.items():
        if name not in channels:
            raise SettingError(f"graph {graph.name!r} has no channel {name!r} with a buffer")
        if capacity < channels[name].tokens:
            raise SettingError(
                f"channel {name!r}: a capacity of {capacity} is below its {channels[name].tokens} initial tokens"
            )
        rooms.append(room(channels[name], capacity, unused_name(f"{name}:room", used)))
    return graph.with_channels(rooms)


def room(channel: Channel, capacity: int, name: str) -> Channel:
    """Return the channel back that carries the free places of a buffer."""
    return Channel(
        name,
        channel.target,
        channel.source,
        production=channel.consumption,
        consumption=channel.production,
        tokens=capacity - channel.tokens,
    )


def step(channel: Channel) -> int:
    """Return by how much a capacity must grow to make a difference: the greatest common divisor of the rates."""
    return gcd(channel.production, channel.consumption)


def least_capacity(channel: Channel) -> int:
    """Return the capacity below which the channel deadlocks whatever the rest of the graph does.

    It is ``p + c - g + d mod g`` for rates p and c with greatest common divisor g and d initial tokens, but not less
    than the d tokens (Ade, Lauwereins and Peperstraete, DAC 1997, p. 64).
    """
    divisor = step(channel)
    needed = channel.production + channel.consumption - divisor + channel.tokens % divisor
    return max(needed, channel.tokens)

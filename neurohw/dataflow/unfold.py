"""Graphs of several iterations at a time: each actor becomes several, which take turns with the iterations."""

from __future__ import annotations

from collections.abc import Iterator

from neurohw.dataflow.graph import Actor, Channel, Graph
from neurohw.errors import GraphError, SettingError


def unfold(graph: Graph, factor: int) -> Graph:
    """Return the graph of ``factor`` iterations (K. K. Parhi, D. G. Messerschmitt 1991, doi:10.1109/12.73588).

    An iteration of it is ``factor`` iterations of the graph: copy ``i`` of an actor does the firings ``i``,
    ``i + factor`` and so on. Copies may then be on tiles of their own.

    Raises
    ------
    SettingError
        For a factor below 1.
    GraphError
        For channels whose ends have different rates, or tokens that are no multiple of the rate.
    """
    if factor < 1:
        raise SettingError(f"factor = {factor} must be a whole number above 0")
    actors = (Actor(copy_name(actor.name, i), actor.time) for actor in graph.actors for i in range(factor))
    channels = (copy for channel in graph.channels for copy in _copies(channel, factor))
    return Graph(f"{graph.name}, {factor} iterations", tuple(actors), tuple(channels))


def copy_name(name: str, copy: int) -> str:
    """Return the name of a copy of an actor or channel."""
    return f"{name}@{copy}"


def _copies(channel: Channel, factor: int) -> Iterator[Channel]:
    """Yield channels from the firing of an iteration to the one that takes its tokens, some iterations later."""
    rate = channel.production
    if channel.consumption != rate or channel.tokens % rate:
        raise GraphError(
            f"channel {channel.name!r}: production {rate}, consumption {channel.consumption} and {channel.tokens} "
            "tokens; only graphs of one firing an iteration can be unfolded"
        )
    for copy in range(factor):
        later, target = divmod(copy + channel.tokens // rate, factor)
        yield Channel(
            copy_name(channel.name, copy),
            copy_name(channel.source, copy),
            copy_name(channel.target, target),
            rate,
            rate,
            later * rate,
        )

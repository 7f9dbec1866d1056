"""Deadlock: firings that wait for each other, so that an iteration never ends."""

from __future__ import annotations

from collections.abc import Sequence

from neurohw.dataflow.firings import Edge, Firings
from neurohw.errors import DataflowDeadlockError


def blocked_cycle(n_nodes: int, edges: Sequence[Edge]) -> tuple[Edge, ...]:
    """Return edges without delay that form a cycle, each after the one it follows; none where the graph is live."""
    waits_for: list[list[Edge]] = [[] for _ in range(n_nodes)]
    n_waiting = [
        0
    ] * n_nodes  # edges without delay that leave a node and lead to one that is not yet found free
    for edge in edges:
        if edge.delay == 0:
            waits_for[edge.target].append(edge)
            n_waiting[edge.source] += 1
    free = [node for node in range(n_nodes) if n_waiting[node] == 0]
    for node in free:  # grows while it is read
        for edge in waits_for[node]:
            n_waiting[edge.source] -= 1
            if n_waiting[edge.source] == 0:
                free.append(edge.source)
    if len(free) == n_nodes:
        return ()
    return _walk(n_waiting, edges)


def check_live(firings: Firings) -> None:
    """Raise where an iteration never ends.

    Raises
    ------
    DataflowDeadlockError
        The message names the actors that wait for each other.
    """
    cycle = blocked_cycle(firings.n_nodes, firings.edges)
    if cycle:
        raise DataflowDeadlockError(deadlock_message(firings, cycle))


def deadlock_message(firings: Firings, cycle: Sequence[Edge]) -> str:
    """Return which actors of a graph wait for each other, and for tokens of which channels."""
    graph = firings.graph
    channels = (graph.channels[edge.channel] for edge in reversed(cycle))
    waits = dict.fromkeys(
        f"{channel.target!r} waits for {channel.source!r} (channel {channel.name!r})" for channel in channels
    )
    return f"graph {graph.name!r} deadlocks: {_shortened(list(waits))}; more initial tokens on one of them are needed"


def _walk(n_waiting: Sequence[int], edges: Sequence[Edge]) -> tuple[Edge, ...]:
    """Follow edges among the nodes that wait until one comes round."""
    ahead = {
        edge.source: edge
        for edge in edges
        if edge.delay == 0 and n_waiting[edge.source] and n_waiting[edge.target]
    }
    path: list[Edge] = []
    place: dict[int, int] = {}
    node = next(iter(ahead))
    while node not in place:
        place[node] = len(path)
        path.append(ahead[node])
        node = path[-1].target
    return tuple(path[place[node] :])


def _shortened(waits: list[str], most: int = 8) -> str:
    return ", ".join(waits if len(waits) <= most else [*waits[:most], f"and {len(waits) - most} more"])

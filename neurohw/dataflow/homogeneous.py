"""A multirate graph as a single-rate one, whose actors are the firings of one iteration.

Firing k of actor ``a`` becomes actor ``a#k``, or stays ``a`` where it is the only one. Throughput and start times are
the same; the orders in which processors fire can then be channels like all others.
"""

from __future__ import annotations

from dataclasses import replace

from neurohw.dataflow.firings import Firings, expand
from neurohw.dataflow.graph import Actor, Channel, Graph, unused_name


def homogeneous(graph: Graph) -> Graph:
    """Return the single-rate form of a graph.

    Raises
    ------
    GraphError
        For a graph that is not consistent, or whose iteration has too many firings.
    """
    firings = expand(graph)
    names = firing_names(firings)
    actors = tuple(
        Actor(names[node], graph.actors[actor].time) for node, actor in enumerate(firings.actor_of_node)
    )
    channels = tuple(
        Channel(name, names[edge.source], names[edge.target], tokens=edge.delay)
        for name, edge in zip(edge_names(firings), firings.edges, strict=True)
    )
    return replace(graph, actors=actors, channels=channels)


def edge_names(firings: Firings) -> list[str]:
    """Return the name of each edge of an expanded graph: its channel, and the number of the target's firing."""
    actor_of_node = firings.actor_of_node
    used: set[str] = set()
    names = []
    for edge in firings.edges:
        channel, target = firings.graph.channels[edge.channel], actor_of_node[edge.target]
        single = firings.counts[target] == 1
        name = channel.name if single else f"{channel.name}#{edge.target - firings.first[target]}"
        names.append(unused_name(name, used))
        used.add(names[-1])
    return names


def firing_names(firings: Firings) -> list[str]:
    """Return the name of each node of an expanded graph."""
    used: set[str] = set()
    names = []
    for actor, count in zip(firings.graph.actors, firings.counts, strict=True):
        for firing in range(count):
            names.append(unused_name(actor.name if count == 1 else f"{actor.name}#{firing}", used))
            used.add(names[-1])
    return names

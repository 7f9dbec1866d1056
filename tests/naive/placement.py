"""Cost and link loads of a placement, link by link."""

from __future__ import annotations

from collections import Counter

from neurohw.hardware import Chip
from neurohw.hardware.topology import LINK_HOP, topology_of
from neurohw.workload import ClusterGraph


def way(chip: Chip, source: int, target: int) -> list[int]:
    """Return the links between routers from tile to tile, by the table for this destination alone."""
    if source == target:
        return []
    topology = topology_of(chip.interconnect)
    table = topology.next_links([target])[topology.variant_of_tile[source], :, 0]
    router, links = int(topology.router_of_tile[source]), []
    while topology.links.kind[table[router]] == LINK_HOP:
        links.append(int(table[router]))
        router = int(topology.links.target[table[router]])
    return links


def hops(chip: Chip, graph: ClusterGraph, tiles: list[int]) -> int:
    """Return the sum over all edges of spikes times hops."""
    return sum(
        int(spikes) * len(way(chip, tiles[source], tiles[target]))
        for source, target, spikes in zip(graph.source, graph.target, graph.spikes, strict=True)
    )


def loads(chip: Chip, graph: ClusterGraph, tiles: list[int]) -> Counter[int]:
    """Return the spikes that cross each link."""
    load: Counter[int] = Counter()
    for source, target, spikes in zip(graph.source, graph.target, graph.spikes, strict=True):
        for link in way(chip, tiles[source], tiles[target]):
            load[link] += int(spikes)
    return load

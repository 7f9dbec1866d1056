"""The guaranteed throughput of a compiled network on its chip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from neurohw.compiler.schedule.chip_platform import chip_platform, tile_name
from neurohw.compiler.schedule.mapped import INPUT, cluster_name, mapped_graph, mapping_of
from neurohw.dataflow import (
    Certificate,
    Demand,
    Platform,
    PlatformTile,
    buffers_of,
    guarantee,
    project,
    single_tile_order,
)
from neurohw.dataflow.guarantee import pairs_of
from neurohw.dataflow.platform import Pair
from neurohw.program import Program

Array = np.ndarray


def guarantee_program(
    program: Program, spikes: Array, capacity_of_channel: Mapping[str, int] | None = None
) -> Certificate:
    """Return the throughput that a mapped network has at least, with its certificate; times are hardware cycles.

    Clusters that share a tile take turns. The network runs self-timed: a cluster sends its packets to another one after
    the other, each when the one before has arrived, and begins the next iteration as soon as packets and buffers allow.

    Parameters
    ----------
    program : compiled for a chip.
    spikes : int [n_cells], how often each cell fires in an iteration, at most.
    capacity_of_channel : packets that a buffer of a channel of :func:`mapped_graph` holds; by default two iterations of
        them.

    Raises
    ------
    MappingError
        For a program without a chip, or a buffer that does not hold the packets of one iteration.
    SettingError
        For spikes that are negative or not one number for each cell.
    GraphError
        For more packets in an iteration than can be analysed.
    """
    graph = mapped_graph(program, spikes)
    order = single_tile_order(graph)
    capacities = buffers_of(graph, order) if capacity_of_channel is None else capacity_of_channel
    _, _, placement = mapping_of(program)
    tile_of_cluster = placement.tile_of_cluster.tolist()
    tile_of_actor = {cluster_name(cluster): tile_name(tile) for cluster, tile in enumerate(tile_of_cluster)}
    if INPUT in graph.index:
        tile_of_actor[INPUT] = INPUT
    pairs = pairs_of(graph, tile_of_actor)
    return guarantee(graph, project(order, tile_of_actor), program_platform(program, pairs), capacities)


def program_platform(program: Program, pairs: Iterable[Pair] | None = None) -> Platform:
    """Return the tiles that a compiled network uses, and a place named ``INPUT`` for its sources of spikes.

    Parameters
    ----------
    pairs : of names of tiles, between which there is a way, such as those of a certificate; by default from each to
        each.

    Raises
    ------
    MappingError
        For a program without a chip.
    """
    chip, clusters, placement = mapping_of(program)
    ports = np.unique(placement.tile_of_cell[clusters.cluster_of_cell < 0]).tolist()
    used = [*placement.tile_of_cluster.tolist(), *ports]
    number = {tile_name(tile): tile for tile in used}
    if ports:
        number[INPUT] = ports[0]
    ways = None if pairs is None else {(number[a], number[b]) for a, b in pairs}
    platform = chip_platform(chip, used, None if ways is None else (way for way in ways if way[0] != way[1]))
    return with_input(platform, tile_name(ports[0])) if ports else platform


def crossbar_demand(program: Program) -> Demand:
    """Return the crossbars that clusters take, which are the memory of a tile of :func:`chip_platform`.

    Raises
    ------
    MappingError
        For a program without a chip.
    """
    _, clusters, _ = mapping_of(program)
    n_crossbars = clusters.n_crossbars.tolist()
    return Demand({cluster_name(cluster): n for cluster, n in enumerate(n_crossbars)})


def with_input(platform: Platform, port: str) -> Platform:
    """Return the platform with a place for the sources, whose packets go the ways of the tile where they enter."""
    targets = [t.name for t in platform.tiles if t.name == port or (port, t.name) in platform.delay]
    routes = {(INPUT, tile): platform.routes.get((port, tile), ()) for tile in targets}
    delay = {(INPUT, tile): platform.delay.get((port, tile), platform.time_per_token) for tile in targets}
    return replace(
        platform,
        tiles=(*platform.tiles, PlatformTile(INPUT)),
        delay={**platform.delay, **delay},
        routes={**platform.routes, **routes},
    )

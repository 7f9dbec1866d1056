"""What a mapping costs: crossbars and tiles in use, packets, synapse spikes, hops, energy, latency, link load."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.compiler.incoming import incoming
from neurohw.compiler.schedule.link_cycles import link_cycles
from neurohw.compiler.schedule.spikes import packets_to_groups
from neurohw.compiler.traffic import packets_between, synapse_spikes_between
from neurohw.errors import SettingError
from neurohw.hardware import Chip
from neurohw.hardware.topology import LINK_HOP, topology_of
from neurohw.network import Network
from neurohw.program import Clusters, Placement, Program, Routes

Array = np.ndarray


@dataclass(frozen=True)
class MappingFigures:
    """Costs of a mapping for given spikes."""

    clusters: int
    crossbars: int
    tiles: int  # that hold neurons
    packets: int  # spikes times other tiles that they go to, those of sources from the tile of the input port
    synapse_spikes: int  # spikes times synapses in other tiles
    hops: int  # packets times links between routers; links that a tree shares count once
    max_link_load: int  # packets that cross the busiest of these links
    energy_pj: float  # of these links, of packets that enter tiles, and of rows that they read
    latency_cycles: float  # mean way of a packet to another tile on a free interconnect; 0 without packets


def mapping_figures(program: Program, spikes: Array) -> MappingFigures:
    """Return what a compiled program costs.

    Parameters
    ----------
    program : compiled for a chip.
    spikes : int [n_cells], how often each cell fires.

    Raises
    ------
    SettingError
        For a program without a chip.
    """
    clusters, placement, routes = program.clusters, program.placement, program.routes
    if program.chip is None or clusters is None or placement is None or routes is None:
        raise SettingError("a program without a chip has no mapping: compile the network for a chip")
    inputs, tile = incoming(program.network), placement.tile_of_cell
    n_tiles = program.chip.n_tiles
    loads = hop_loads(routes, spikes)
    count = np.asarray(spikes)
    return MappingFigures(
        clusters=clusters.n_clusters,
        crossbars=int(clusters.n_crossbars.sum()),
        tiles=len(np.unique(placement.tile_of_cluster)),
        packets=int(packets_between(inputs, tile, n_tiles, spikes).spikes.sum()),
        synapse_spikes=int(synapse_spikes_between(inputs, tile, n_tiles, spikes).spikes.sum()),
        hops=int(loads.sum()),
        max_link_load=int(loads.max(initial=0)),
        energy_pj=_energy_pj(program.network, program.chip, clusters, placement, loads, count),
        latency_cycles=mean_latency(program.chip, routes, count),
    )


def hop_loads(routes: Routes, spikes: Array) -> Array:
    """Return the packets on each link between routers, int64 [n_links]; 0 on the links of tiles."""
    return np.where(routes.links.kind == LINK_HOP, all_loads(routes, spikes), 0)


def all_loads(routes: Routes, spikes: Array) -> Array:
    """Return the packets on each link, int64 [n_links]."""
    loads = np.zeros(len(routes.links.kind), np.int64)
    of_node = np.repeat(_spikes_of_tree(routes, spikes), np.diff(routes.node_indptr))
    np.add.at(loads, routes.node_link, of_node)
    return loads


def _spikes_of_tree(routes: Routes, spikes: Array) -> Array:
    sends = routes.tree_of_cell >= 0
    of_tree = np.zeros(routes.n_trees, np.int64)
    np.add.at(of_tree, routes.tree_of_cell[sends], np.asarray(spikes)[sends])
    return of_tree


def _energy_pj(
    network: Network, chip: Chip, clusters: Clusters, placement: Placement, loads: Array, spikes: Array
) -> float:
    """Return what depends on the mapping: ways, and at their end packets received and rows read."""
    price, n_groups = chip.energy, clusters.n_clusters + 1
    across = topology_of(chip.interconnect).is_chip_link
    ways = float((loads * np.where(across, price.chip_hop_pj, price.hop_pj)).sum())
    group = np.where(clusters.cluster_of_cell < 0, clusters.n_clusters, clusters.cluster_of_cell)
    received = packets_to_groups(network, placement.tile_of_cell, chip.n_tiles, spikes).spikes.sum()
    rows = packets_to_groups(network, group, n_groups, spikes).spikes.sum()
    return ways + float(received) * price.receive_pj + float(rows) * price.row_pj


def mean_latency(chip: Chip, routes: Routes, spikes: Array) -> float:
    """Return the mean cycles from a spike to the tail of its packet at another tile, where nothing is in its way."""
    cycles = link_cycles(chip, topology_of(chip.interconnect))
    head, tail = cycles.delay[routes.node_link], cycles.tail[routes.node_link]
    tree_of_node = np.repeat(np.arange(routes.n_trees), np.diff(routes.node_indptr))
    before = np.where(routes.node_parent < 0, -1, routes.node_parent + routes.node_indptr[tree_of_node])
    head_of_way, tail_of_way, at = head.copy(), tail.copy(), before
    while (at >= 0).any():  # all nodes go back by one link at a time
        on_way = at >= 0
        head_of_way[on_way] += head[at[on_way]]
        tail_of_way[on_way] = np.maximum(tail_of_way[on_way], tail[at[on_way]])
        at = np.where(on_way, before[at], -1)
    packets = np.where(routes.node_tile >= 0, _spikes_of_tree(routes, spikes)[tree_of_node], 0)
    if not packets.any():
        return 0.0
    return float((packets * (head_of_way + tail_of_way)).sum() / packets.sum()) + chip.tile.encode_cycles

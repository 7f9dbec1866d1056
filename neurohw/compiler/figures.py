"""What a mapping costs: crossbars and tiles in use, packets, synapse spikes, hops, and the load of the busiest link."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.compiler.incoming import incoming
from neurohw.compiler.traffic import packets_between, synapse_spikes_between
from neurohw.errors import SettingError
from neurohw.hardware.topology import LINK_HOP
from neurohw.program import Program, Routes

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
    return MappingFigures(
        clusters=clusters.n_clusters,
        crossbars=int(clusters.n_crossbars.sum()),
        tiles=len(np.unique(placement.tile_of_cluster)),
        packets=int(packets_between(inputs, tile, n_tiles, spikes).spikes.sum()),
        synapse_spikes=int(synapse_spikes_between(inputs, tile, n_tiles, spikes).spikes.sum()),
        hops=int(loads.sum()),
        max_link_load=int(loads.max(initial=0)),
    )


def hop_loads(routes: Routes, spikes: Array) -> Array:
    """Return the packets on each link between routers, int64 [n_links]; 0 on the links of tiles."""
    sends = routes.tree_of_cell >= 0
    of_tree = np.zeros(routes.n_trees, np.int64)
    np.add.at(of_tree, routes.tree_of_cell[sends], np.asarray(spikes)[sends])
    loads = np.zeros(len(routes.links.kind), np.int64)
    np.add.at(loads, routes.node_link, np.repeat(of_tree, np.diff(routes.node_indptr)))
    return np.where(routes.links.kind == LINK_HOP, loads, 0)

"""How long the ways between tiles are, by hops, energy or latency, from the routes of the chip's topology."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from neurohw.compiler.place.kernels.exchanges import Board
from neurohw.compiler.place.kernels.ways import route_length, route_loads
from neurohw.compiler.settings import check_name
from neurohw.errors import SettingError
from neurohw.hardware import Chip
from neurohw.hardware.topology import Topology, topology_of
from neurohw.workload.ids import checked_ids

Array = np.ndarray


def _hops(chip: Chip, topology: Topology) -> Array:
    return np.ones(topology.links.n_links)


def _energy(chip: Chip, topology: Topology) -> Array:
    """In pJ."""
    return np.where(topology.is_chip_link, chip.energy.chip_hop_pj, chip.energy.hop_pj)


def _latency(chip: Chip, topology: Topology) -> Array:
    """In cycles of a free interconnect."""
    wires = chip.interconnect
    return np.where(
        topology.is_chip_link, wires.hop_cycles + wires.chip_link_cycles, wires.hop_cycles + wires.link_cycles
    )


# (chip, its topology) -> length of each link, [n_links]
OBJECTIVES: Mapping[str, Callable[[Chip, Topology], Array]] = {
    "hops": _hops,
    "energy": _energy,
    "latency": _latency,
    "max_link_load": _hops,  # then the busiest links are relieved
}


def board_of(chip: Chip, objective: str = "hops") -> Board:
    """Return the lengths of all ways of a chip.

    On a grid, packets go first along x, then along y, so that two small tables hold all ways. Where both directions
    of a way differ (ties on a torus of several chips), their mean is taken.

    Parameters
    ----------
    chip : gives the topology, energies and latencies.
    objective : ``"hops"``, ``"energy"`` (pJ a packet), ``"latency"`` (cycles of a packet), or
        ``"max_link_load"``, whose ways are as long as those of hops.

    Raises
    ------
    SettingError
        For an objective that is no name.
    UnknownNameError
        For another objective.
    ChipError
        For a chip that is no grid and so large that the table of its ways does not fit.
    """
    check_name("objective", objective, OBJECTIVES)
    topology = topology_of(chip.interconnect)
    length = np.asarray(OBJECTIVES[objective](chip, topology), np.float64)
    if topology.grid is None:
        return Board(_lengths(topology, length, np.arange(topology.n_tiles)), np.zeros((1, 1)))
    width, height = topology.grid
    return Board(
        _lengths(topology, length, np.arange(width)), _lengths(topology, length, width * np.arange(height))
    )


def _lengths(topology: Topology, length: Array, tiles: Array) -> Array:
    """Return the length of the way between any two of some tiles, float64 [n, n]."""
    table = route_length(topology.next_links(tiles), *_ways(topology), length, tiles, tiles)
    return np.ascontiguousarray(0.5 * (table + table.T))


def link_loads(topology: Topology, source: Array, target: Array, spikes: Array) -> Array:
    """Return the packets on each link when every edge's packets go to its target alone.

    Parameters
    ----------
    source, target : int32 [n_edges], tiles.
    spikes : int64 [n_edges].

    Returns
    -------
    int64 [n_links]; 0 on the links between a tile and its router.

    Raises
    ------
    SettingError
        For tiles that the topology does not have, and columns of unequal length.
    """
    source, target = (
        checked_ids(tiles, topology.n_tiles, "tile", name, "edge")
        for name, tiles in (("source", source), ("target", target))
    )
    if not source.size == target.size == np.size(spikes):
        raise SettingError(
            f"edges: source, target and spikes hold {source.size}, {target.size} and {np.size(spikes)} numbers, must "
            "be as many"
        )
    destinations, index = np.unique(target, return_inverse=True)
    return np.asarray(
        route_loads(
            topology.next_links(destinations),
            *_ways(topology),
            np.asarray(source, np.int64),
            destinations.astype(np.int64),
            np.asarray(index, np.int64),
            np.asarray(spikes, np.int64),
        )
    )


def _ways(topology: Topology) -> tuple[Array, Array, Array]:
    return topology.variant_of_tile, topology.router_of_tile, topology.links.target

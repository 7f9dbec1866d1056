"""The longest step of a chip with a barrier: no tick with these spikes takes more cycles.

All packets of a tick may meet on every link. A link that serves them in the order in which they come lets each wait for
each other one once at most, as none takes a link twice; encoders and crossbars do the same.
"""

from __future__ import annotations

import numpy as np

from neurohw.compiler.schedule.link_cycles import link_cycles
from neurohw.compiler.schedule.mapped import mapping_of
from neurohw.compiler.schedule.spikes import checked, packets_to_groups, read_cycles
from neurohw.errors import MappingError
from neurohw.hardware import Chip
from neurohw.hardware.topology import topology_of
from neurohw.program import Program, Routes

Array = np.ndarray


def longest_tick(program: Program, spikes: Array) -> int:
    """Return the hardware cycles that a tick takes at most on a chip whose tiles wait for each other.

    It holds for ``sync = "barrier"`` and the fidelities ``latency`` and ``fcfs``, where no packet is lost.

    Parameters
    ----------
    program : compiled for a chip.
    spikes : int [n_cells], how often each cell fires in the tick, at most.

    Raises
    ------
    MappingError
        For a program without a chip.
    SettingError
        For spikes that are negative or not one number for each cell.
    """
    chip, _, placement = mapping_of(program)
    usage = program.tile_usage()
    if program.routes is None or usage is None:
        raise MappingError("the program has no routes: compile the network with a chip")
    network, tile_of_cell, count = program.network, placement.tile_of_cell, checked(program.network, spikes)
    packets = packets_to_groups(network, tile_of_cell, chip.n_tiles, count)
    reading = read_cycles(network, chip, tile_of_cell, chip.n_tiles, packets, count)
    arrived = _arrivals(chip, program.routes, tile_of_cell, count)
    # the clock stops behind the cycle of the last packet
    is_reached = np.bincount(packets.target, minlength=chip.n_tiles) > 0
    moving = np.where(is_reached, arrived + reading + 1, 0)
    updating = usage.cells * chip.tile.update_cycles + reading
    return int(np.maximum(moving, updating).max()) + chip.synchronisation.sync_cycles


def _arrivals(chip: Chip, routes: Routes, tile_of_cell: Array, spikes: Array) -> Array:
    """Return the cycle by which all packets have come to each tile, int64 [n_tiles]."""
    sends = np.flatnonzero(routes.tree_of_cell >= 0)
    tree_of_node = np.repeat(np.arange(routes.n_trees), np.diff(routes.node_indptr))
    n_spikes = _sums(routes.tree_of_cell[sends], spikes[sends], routes.n_trees)
    n_roots = _sums(tree_of_node, routes.node_parent < 0, routes.n_trees)
    n_packets = routes.is_local.astype(np.int64)
    n_packets[sends] += n_roots[routes.tree_of_cell[sends]]
    encoded = _sums(tile_of_cell, n_packets * spikes, chip.n_tiles) * chip.tile.encode_cycles
    first = np.full(routes.n_trees, 0, np.int64)
    first[routes.tree_of_cell[sends]] = tile_of_cell[sends]  # cells of one tree are on one tile
    heads, tails = _ways(chip, routes, tree_of_node, n_spikes, encoded[first])
    arrived: Array = np.where(_sums(tile_of_cell, routes.is_local * spikes, chip.n_tiles) > 0, encoded, 0)
    leaves = np.flatnonzero((routes.node_tile >= 0) & (n_spikes[tree_of_node] > 0))
    np.maximum.at(arrived, routes.node_tile[leaves], (heads + tails)[leaves])
    return arrived


def _ways(
    chip: Chip, routes: Routes, tree_of_node: Array, n_spikes: Array, start: Array
) -> tuple[Array, Array]:
    """Return for each node when the head of the last packet is behind its link, and the tail after it."""
    cycles = link_cycles(chip, topology_of(chip.interconnect))
    on_link = _sums(routes.node_link, n_spikes[tree_of_node], len(cycles.delay))
    step = cycles.delay + np.maximum(on_link - 1, 0) * cycles.service
    heads = step[routes.node_link]
    tails = cycles.tail[routes.node_link]
    before = routes.node_parent + routes.node_indptr[tree_of_node]
    for node, parent in enumerate(routes.node_parent.tolist()):
        if parent < 0:
            heads[node] += start[tree_of_node[node]]
        else:
            heads[node] += heads[before[node]]
            tails[node] = max(tails[node], tails[before[node]])
    return heads, tails


def _sums(index: Array, values: Array, size: int) -> Array:
    return np.bincount(index, weights=values, minlength=size).astype(np.int64)

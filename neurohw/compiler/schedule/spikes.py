"""Spikes between groups of cells, and how long crossbars work on them."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.incoming import tiles_reached
from neurohw.errors import SettingError
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.program import Placement

Array = np.ndarray


def checked(network: Network, spikes: Array) -> Array:
    """Return how often each cell fires as int64 [n_cells].

    Raises
    ------
    SettingError
        For spikes that are negative or not one number for each cell.
    """
    count = np.asarray(spikes, np.int64)
    if count.shape != (network.n_cells,) or (count < 0).any():
        raise SettingError(
            f"spikes: shape {count.shape}, least {count.min(initial=0)}; one number of at least 0 is needed for each "
            f"of {network.n_cells} cells"
        )
    return count


def packets_between(network: Network, group_of_cell: Array, n_groups: int, spikes: Array) -> Array:
    """Return the spikes from group to group, int64 [n_groups, n_groups]: each counts once for a group with targets."""
    as_tiles = Placement(np.arange(n_groups, dtype=np.int32), group_of_cell.astype(np.int32))
    reach = tiles_reached(network, as_tiles, n_groups)
    packets = np.zeros((n_groups, n_groups), np.int64)
    for group in range(n_groups):
        cells = np.flatnonzero((group_of_cell == group) & (spikes > 0))
        bits = np.unpackbits(reach[cells], axis=1, count=n_groups, bitorder="little")
        packets[group] = spikes[cells] @ bits.astype(np.int64)
    return packets


def read_cycles(network: Network, chip: Chip, group_of_cell: Array, packets: Array, spikes: Array) -> Array:
    """Return the cycles for which the crossbars of each group work on what comes, int64 [n_groups]."""
    cycles = packets.sum(axis=0) * chip.tile.read_cycles
    if not chip.tile.synapse_cycles:
        return cycles
    for group in network.synapses:
        pre, post = network.populations[group.pre], network.populations[group.post]
        events = np.repeat(spikes[pre.first : pre.first + pre.size], np.diff(group.indptr))
        reached = group_of_cell[post.first + group.target.astype(np.int64)]
        n_events = np.bincount(reached, weights=events, minlength=len(packets)).astype(np.int64)
        cycles += n_events * chip.tile.synapse_cycles
    return cycles

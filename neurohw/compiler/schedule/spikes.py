"""Spikes between groups of cells, and how long crossbars work on them."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from neurohw.compiler.incoming import tiles_reached
from neurohw.compiler.names import cell_name
from neurohw.errors import SettingError
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.program import Placement
from neurohw.workload.spikes import whole_spikes

Array = np.ndarray

BLOCK = 4096  # cells whose targets are looked at together, a byte for each group


class Packets(NamedTuple):
    """Spikes from group to group, int64 [n_pairs]; pairs without spikes are left out."""

    source: Array  # group
    target: Array  # group
    spikes: Array


def checked(network: Network, spikes: Array) -> Array:
    """Return how often each cell fires as int64 [n_cells].

    Raises
    ------
    SettingError
        For spikes that are not one whole number of at least 0 for each cell.
    """
    if np.shape(spikes) != (network.n_cells,):
        raise SettingError(
            f"spikes: shape {np.shape(spikes)}; one number of at least 0 is needed for each of {network.n_cells} cells"
        )
    return whole_spikes(spikes, partial(cell_name, network))


def packets_to_groups(network: Network, group_of_cell: Array, n_groups: int, spikes: Array) -> Packets:
    """Return the spikes from group to group, the own included: each counts once for a group with targets."""
    as_tiles = Placement(np.arange(n_groups, dtype=np.int32), group_of_cell.astype(np.int32))
    reach = tiles_reached(network, as_tiles, n_groups)
    order = np.argsort(group_of_cell, kind="stable")
    order = order[spikes[order] > 0]
    ends = np.searchsorted(group_of_cell[order], np.arange(n_groups + 1))
    rows = []
    for group in range(n_groups):
        sums = np.zeros(n_groups, np.int64)
        cells = order[ends[group] : ends[group + 1]]
        for first in range(0, len(cells), BLOCK):
            block = cells[first : first + BLOCK]
            bits = np.unpackbits(reach[block], axis=1, count=n_groups, bitorder="little")
            sums += spikes[block] @ bits  # in the type of the spikes
        targets = np.flatnonzero(sums)
        rows.append((np.full(targets.size, group), targets, sums[targets]))
    return Packets(*(np.concatenate(column) for column in zip(*rows, strict=True)))


def read_cycles(
    network: Network, chip: Chip, group_of_cell: Array, n_groups: int, packets: Packets, spikes: Array
) -> Array:
    """Return the cycles for which the crossbars of each group work on what comes, int64 [n_groups]."""
    n_packets = np.bincount(packets.target, weights=packets.spikes, minlength=n_groups)
    cycles: Array = n_packets.astype(np.int64) * chip.tile.read_cycles
    if not chip.tile.synapse_cycles:
        return cycles
    for group in network.synapses:
        pre, post = network.populations[group.pre], network.populations[group.post]
        events = np.repeat(spikes[pre.first : pre.first + pre.size], np.diff(group.indptr))
        reached = group_of_cell[post.first + group.target.astype(np.int64)]
        n_events = np.bincount(reached, weights=events, minlength=n_groups).astype(np.int64)
        cycles += n_events * chip.tile.synapse_cycles
    return cycles

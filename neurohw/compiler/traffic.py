"""Spikes between groups of cells: as packets, one for each group that a spike goes to, or one for each synapse."""

from __future__ import annotations

import numpy as np

from neurohw.compiler.incoming import Incoming
from neurohw.errors import SettingError
from neurohw.workload import ClusterGraph, NeuronGraph
from neurohw.workload.ids import checked_ids
from neurohw.workload.spikes import check_synapse_spikes, whole_spikes

Array = np.ndarray


def packets_between(
    incoming: Incoming | NeuronGraph, group_of_cell: Array, n_groups: int, spikes: Array | None = None
) -> ClusterGraph:
    """Count the packets between groups: each spike is one packet to each group that holds targets of its cell.

    Parameters
    ----------
    group_of_cell : int [n_cells], below ``n_groups``; every cell has one.
    spikes : int [n_cells], how often each cell fires; by default once.

    Raises
    ------
    SettingError
        For other shapes, groups out of range, and spikes that are no whole numbers or too many.
    """
    return _between(incoming, group_of_cell, n_groups, spikes, True)


def synapse_spikes_between(
    incoming: Incoming | NeuronGraph, group_of_cell: Array, n_groups: int, spikes: Array | None = None
) -> ClusterGraph:
    """Count the spikes between groups, each once for every synapse; parameters and errors as ``packets_between``."""
    return _between(incoming, group_of_cell, n_groups, spikes, False)


def _between(
    incoming: Incoming | NeuronGraph, group_of_cell: Array, n_groups: int, spikes: Array | None, once: bool
) -> ClusterGraph:
    from neurohw.compiler.kernels import spikes_between

    n_cells = len(incoming.indptr) - 1
    group = np.array(checked_ids(group_of_cell, n_groups, "group", "group_of_cell", "cell"), np.int32)
    count = np.ones(n_cells, np.int64) if spikes is None else whole_spikes(spikes, "cell {}".format)
    for name, column in (("group_of_cell", group), ("spikes", count)):
        if column.shape != (n_cells,):
            raise SettingError(f"{name} has shape {column.shape}, expected ({n_cells},): one for each cell")
    check_synapse_spikes(incoming.pre, count)
    cells = np.argsort(group, kind="stable")
    return ClusterGraph(
        n_groups, *spikes_between(incoming.indptr, incoming.pre, cells, group, int(n_groups), count, once)
    )

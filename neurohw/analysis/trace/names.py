"""Names of cells and of where they sit, for files of packets."""

from __future__ import annotations

import numpy as np

from neurohw.errors import SettingError
from neurohw.program import Placement, Program
from neurohw.result import Result
from neurohw.tracing import Messages, Transfers

Array = np.ndarray


def traced(program: Program, result: Result) -> tuple[Placement, Messages, Transfers]:
    """Return what a run noted of its packets.

    Raises
    ------
    SettingError
        When it noted nothing.
    """
    placement, messages, transfers = program.placement, result.messages, result.transfers
    if placement is None or messages is None or transfers is None:
        raise SettingError(
            f"the run ({result.report.backend}, {result.report.fidelity}) noted no packets; run it on a chip, with "
            "fidelity 'latency', 'fcfs' or 'credit' and trace=True"
        )
    return placement, messages, transfers


def cell_names(program: Program, separator: str = ".") -> Array:
    """Return population and index of every cell: ``"cells.12"``."""
    return np.array(
        [
            f"{population.name}{separator}{index}"
            for population in program.network.populations
            for index in range(population.size)
        ],
        dtype=np.str_,
    )


def core_names(program: Program, placement: Placement) -> Array:
    """Return tile and crossbar of every cell: ``"3.0"``; sources sit at no crossbar: ``"0"``."""
    tile = placement.tile_of_cell
    names = tile.astype(np.str_).astype(object)
    if program.clusters is None:
        return names
    cluster = program.clusters.cluster_of_cell
    first = _first_crossbars(placement.tile_of_cluster, program.clusters.n_crossbars)
    neurons = np.flatnonzero(cluster >= 0)
    names[neurons] = [f"{tile[cell]}.{first[cluster[cell]]}" for cell in neurons]
    return names


def _first_crossbars(tile_of_cluster: Array, n_crossbars: Array) -> Array:
    """Return the first crossbar of each cluster within its tile; clusters take them in their order."""
    order = np.argsort(tile_of_cluster, kind="stable")
    tile, size = tile_of_cluster[order], n_crossbars[order]
    before = np.cumsum(size) - size
    first = np.empty(order.size, np.int64)
    first[order] = before - before[np.searchsorted(tile, tile)]
    return first

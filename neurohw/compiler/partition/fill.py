"""Partitioner ``fill``: neurons in order of their ids fill one crossbar after the other (next-fit)."""

from __future__ import annotations

from neurohw.compiler.incoming import Incoming, neuron_mask
from neurohw.compiler.names import cell_name
from neurohw.errors import CapacityError
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.program import Clusters


def fill(network: Network, incoming: Incoming, chip: Chip, merge_columns: bool) -> Clusters:
    """Fill crossbars in order of neuron id.

    The open crossbar takes the next neuron while it has a free column, and rows for those presynaptic
    cells that have none yet; else the next crossbar is opened, and the old one is never looked at again.
    Sources take no columns. With ``merge_columns`` a cluster is opened with as many crossbars of one tile
    as its first neuron needs rows for; each of its neurons takes a column in all of them, and later
    neurons share the rows.

    Parameters
    ----------
    network : a verified network.
    incoming : its synapses by postsynaptic cell.
    chip : gives rows and columns of a crossbar and crossbars of a tile.
    merge_columns : whether a neuron with more inputs than rows may spread over several crossbars of a tile.

    Raises
    ------
    CapacityError
        When a neuron has more distinct presynaptic cells than there are rows for it.
    """
    from neurohw.compiler.kernels import fill_crossbars

    is_neuron = neuron_mask(network)
    crossbars = chip.tile.crossbars if merge_columns else 1
    *arrays, failed, fan_in = fill_crossbars(
        incoming.indptr, incoming.pre, is_neuron, chip.crossbar.rows, chip.crossbar.columns, crossbars
    )
    if failed >= 0:
        raise CapacityError(_fan_in_message(network, chip, merge_columns, failed, fan_in))
    return Clusters(*arrays)


def _fan_in_message(network: Network, chip: Chip, merge_columns: bool, cell: int, fan_in: int) -> str:
    rows, crossbars = chip.crossbar.rows, chip.tile.crossbars
    needed = -(-fan_in // rows)
    limit = f"a crossbar of chip {chip.name!r} has {rows} rows"
    if merge_columns:
        limit = f"{crossbars} merged crossbars of a tile of chip {chip.name!r} have {crossbars * rows} rows"
    remedy = f"use a chip with rows = {fan_in}, or with crossbars = {needed} and merge_columns=True"
    if not merge_columns and needed <= crossbars:
        remedy = f"compile with merge_columns=True: {needed} of the {crossbars} crossbars of a tile would do"
    return f"{cell_name(network, cell)}: {fan_in} distinct presynaptic cells, {limit}; {remedy}"

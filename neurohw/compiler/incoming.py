"""What compiler steps ask of a network: who sends to a cell, which tiles it sends to, what is a neuron."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.frozen import freeze_arrays
from neurohw.network import Network, Synapses
from neurohw.program import Placement

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Incoming:
    """The presynaptic cells of every cell, over all groups of synapses; repeated pairs stay repeated."""

    indptr: Array  # int64 [n_cells + 1]
    pre: Array  # int32 [n_synapses], global ids

    def __post_init__(self) -> None:
        freeze_arrays(self, indptr=np.int64)


def incoming(network: Network) -> Incoming:
    """Turn the rows of all synapse groups into columns, by a counting sort (4 bytes a synapse)."""
    from neurohw.compiler.kernels import count_incoming, scatter_incoming

    indptr = np.zeros(network.n_cells + 1, np.int64)
    groups = [(group, *_rows(group), *_first_ids(network, group)) for group in network.synapses]
    for _, _, target, _, first_post in groups:
        count_incoming(target, first_post, indptr)
    np.cumsum(indptr, out=indptr)
    place, pre = indptr[:-1].copy(), np.empty(network.n_synapses, np.int32)
    for _, rows, target, first_pre, first_post in groups:
        scatter_incoming(rows, target, first_pre, first_post, place, pre)
    return Incoming(indptr, pre)


def neuron_mask(network: Network) -> Array:
    """Return whether each cell is a neuron, bool [n_cells]; sources are not."""
    mask = np.zeros(network.n_cells, np.bool_)
    for population in network.populations:
        mask[population.first : population.first + population.size] = not population.model.is_source
    return mask


def tiles_reached(network: Network, placement: Placement, n_tiles: int) -> Array:
    """Return for each cell the set of tiles that hold targets of it, the own tile included.

    Returns
    -------
    uint8 [n_cells, ceil(n_tiles / 8)]; bit ``t & 7`` of byte ``t >> 3`` stands for tile ``t``.
    """
    from neurohw.compiler.kernels import mark_reach

    reach = np.zeros((network.n_cells, -(-n_tiles // 8)), np.uint8)
    for group in network.synapses:
        pre, post = network.populations[group.pre], network.populations[group.post]
        tile_of_target = placement.tile_of_cell[post.first : post.first + post.size]
        mark_reach(*_rows(group), tile_of_target, reach[pre.first : pre.first + pre.size])
    return reach


def _first_ids(network: Network, group: Synapses) -> tuple[int, int]:
    return network.populations[group.pre].first, network.populations[group.post].first


def _rows(group: Synapses) -> tuple[Array, Array]:
    """Return indptr and target in the one memory layout for which the kernels are compiled."""
    return _read_only_row_major(group.indptr), _read_only_row_major(group.target)


def _read_only_row_major(array: Array) -> Array:
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view

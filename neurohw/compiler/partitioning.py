"""The partitioning of a network: its neurons as clusters with columns, rows and crossbars."""

from __future__ import annotations

from functools import partial
from math import inf

import numpy as np

from neurohw.compiler.incoming import Incoming, neuron_mask
from neurohw.compiler.names import cell_name
from neurohw.compiler.partition import Partitioner, PartitionProblem
from neurohw.compiler.partition.sequential import sequential
from neurohw.errors import MappingError
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.program import Clusters
from neurohw.wording import counted
from neurohw.workload import NeuronGraph

Array = np.ndarray


def partition_network(
    network: Network,
    incoming: Incoming,
    chip: Chip,
    partitioner: Partitioner = sequential,
    merge_columns: bool = False,
    *,
    spikes: Array | None = None,
    seed: int = 0,
    seconds: float = inf,
) -> Clusters:
    """Group the neurons of a network so that each group fits a crossbar, or several of one tile that are joined.

    Parameters
    ----------
    incoming : the network's synapses by postsynaptic cell.
    partitioner : one of ``PARTITIONERS``, or another function of a problem.
    merge_columns : whether a neuron with more inputs than rows may spread over several crossbars of a tile.
    spikes : int [n_cells], how often each cell fires; by default once.
    seed : of the partitioner's random numbers.
    seconds : after which a partitioner that improves what it has stops.

    Raises
    ------
    CapacityError
        When a neuron has more distinct presynaptic cells than there are rows for it.
    MappingError
        When the partitioner returns something else than a cluster for each neuron, or clusters that are empty or too
        large.
    """
    count = np.ones(network.n_cells, np.int64) if spikes is None else spikes
    problem = PartitionProblem(
        NeuronGraph(incoming.indptr, incoming.pre, neuron_mask(network), count),
        chip.crossbar.rows,
        chip.crossbar.columns,
        chip.tile.crossbars if merge_columns else 1,
        seed,
        partial(cell_name, network),
        f"chip {chip.name!r}",
        seconds,
    )
    clusters = clusters_of(problem, _checked(network, problem, partitioner(problem)))
    _check_rows(problem, clusters.n_rows)
    return clusters


def _checked(network: Network, problem: PartitionProblem, found: object) -> Array:
    """Return the cluster of each cell; refuse what is none, which a function of a user may return."""
    cluster, n_cells = np.asarray(found), problem.graph.n_cells
    if cluster.shape != (n_cells,) or cluster.dtype.kind not in "iu":
        raise MappingError(
            f"the partitioner returned {cluster.dtype} of shape {cluster.shape}; expected whole numbers of shape "
            f"({n_cells},): the cluster of each cell"
        )
    sound = np.where(problem.graph.is_neuron, (cluster >= 0) & (cluster < n_cells), cluster == -1)
    wrong = np.flatnonzero(~sound)
    if wrong.size:
        raise MappingError(
            f"the partitioner returned cluster {cluster[wrong[0]]} for {cell_name(network, int(wrong[0]))}; expected "
            f"0 to {n_cells - 1} for a neuron, -1 for a source"
        )
    _check_columns(problem, np.bincount(cluster[problem.graph.is_neuron]))
    return cluster


def _check_columns(problem: PartitionProblem, n_columns: Array) -> None:
    """Refuse clusters without neurons, or with more than a crossbar has columns."""
    empty = np.flatnonzero(n_columns == 0)
    if empty.size:
        raise MappingError(
            f"the partitioner returned {n_columns.size - empty.size} clusters with numbers up to {n_columns.size - 1}, "
            f"none of them {empty[0]}; expected numbers from 0 without gaps"
        )
    large = np.flatnonzero(n_columns > problem.columns)
    if large.size:
        raise MappingError(
            f"the partitioner returned cluster {large[0]} with {n_columns[large[0]]} neurons; a crossbar of "
            f"{problem.where} has {counted(problem.columns, 'column')}"
        )


def _check_rows(problem: PartitionProblem, n_rows: Array) -> None:
    """Refuse clusters with more rows than a crossbar has, or those have that may be joined."""
    large = np.flatnonzero(n_rows > problem.rows * problem.crossbars)
    if not large.size:
        return
    limit = f"a crossbar of {problem.where} has {counted(problem.rows, 'row')}"
    if problem.crossbars > 1:
        limit += f", the {problem.crossbars} of a tile have {problem.rows * problem.crossbars} together"
    raise MappingError(
        f"the partitioner returned cluster {large[0]} with {n_rows[large[0]]} distinct presynaptic cells; {limit}"
    )


def clusters_of(problem: PartitionProblem, cluster_of_cell: Array) -> Clusters:
    """Give neurons columns, in order of their ids, and clusters as many crossbars as they have rows."""
    from neurohw.compiler.kernels import count_rows

    graph = problem.graph
    cells = np.flatnonzero(graph.is_neuron)
    cells = cells[np.argsort(cluster_of_cell[cells], kind="stable")]
    cluster = cluster_of_cell[cells]
    n_clusters = int(cluster.max(initial=-1)) + 1
    n_columns = np.bincount(cluster, minlength=n_clusters)
    column_of_cell = np.full(graph.n_cells, -1, np.int32)
    column_of_cell[cells] = np.arange(cells.size) - (np.cumsum(n_columns) - n_columns)[cluster]
    of_cell = np.array(cluster_of_cell, np.int32)
    of_cell.flags.writeable = False  # as checks have it, so that the kernel is compiled once
    n_rows = count_rows(graph.indptr, graph.pre, cells, of_cell, n_clusters)
    n_crossbars = np.maximum(1, -(-n_rows // problem.rows))
    return Clusters(of_cell, column_of_cell, n_rows, n_columns, n_crossbars)

"""Partitioner ``greedy``: each neuron goes to the fullest cluster that has room for it.

The rule of DFSynthesizer (S. Song et al., ACM Trans. Embed. Comput. Syst. 21:27 (2022), doi:10.1145/3479156) and of S.
Song, A. Balaji, A. Das, N. Kandasamy and J. Shackleford, LCTES 2020, doi:10.1145/3372799.3394364.
"""

from __future__ import annotations

import numpy as np

from neurohw.compiler.partition.joined import fits_one_crossbar, with_joined
from neurohw.compiler.partition.kernels.greedy import pack_greedily
from neurohw.compiler.partition.kernels.unrolled import pack_unrolled
from neurohw.compiler.partition.problem import PartitionProblem
from neurohw.compiler.partition.unroll import check_unroll, with_relays
from neurohw.hardware.quantities import COUNT_LIMIT
from neurohw.workload import NeuronGraph

Array = np.ndarray


def greedy(problem: PartitionProblem) -> Array:
    """Pack whole neurons, in order of id, trying clusters in order of rows and columns in use.

    Clusters with equally many in use are tried in the order in which they were before. A neuron that fits none
    opens a cluster. Neurons that need several joined crossbars fill clusters of their own, after the others.
    """
    cells = fits_one_crossbar(problem)
    clusters = pack_greedily(*problem.distinct, cells, problem.rows, problem.columns)
    return with_joined(problem, cells, clusters[cells])


def greedy_unrolled(graph: NeuronGraph, fan_in: int, rows: int, columns: int) -> tuple[NeuronGraph, Array]:
    """Pack neurons that need not stay whole: relays pass sums of some inputs on to where the others are.

    A cluster takes the first inputs of a neuron that it has rows for, if these are at least ``fan_in`` (or all);
    a relay there is the first input of what is left. It fires once for every spike of its inputs. This changes
    what the network computes.

    Returns
    -------
    graph : the cells, and the relays after them.
    cluster_of_cell : int32, -1 for cells that are no neurons.

    Raises
    ------
    SettingError
        For a ``fan_in`` below 2 or above ``rows``.
    """
    check_unroll(fan_in, rows)
    problem = PartitionProblem(graph, rows, columns, crossbars=COUNT_LIMIT)
    indptr, pre = problem.distinct
    post, cluster, sizes, inputs = pack_unrolled(
        indptr, pre, graph.is_neuron, graph.n_cells, rows, columns, fan_in
    )
    n_relays = int(np.count_nonzero(post >= graph.n_cells))
    spikes = np.concatenate([graph.spikes, np.zeros(n_relays, np.int64)])
    stop = np.cumsum(sizes)
    for index in np.flatnonzero(post >= graph.n_cells):  # in the order in which relays feed each other
        spikes[post[index]] = spikes[inputs[stop[index] - sizes[index] : stop[index]]].sum()
    unrolled = with_relays(graph, inputs, np.repeat(post, sizes), spikes)
    cluster_of_cell = np.full(unrolled.n_cells, -1, np.int32)
    cluster_of_cell[post] = cluster
    return unrolled, cluster_of_cell

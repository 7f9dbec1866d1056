"""Mt-KaHyPar (Gottesbüren et al. 2024, doi:10.1145/3626527) on the same networks; ``pip install mtkahypar``.

It gets the number of clusters and their columns, but knows no rows. What it finds is therefore counted as it is, and
once more after neurons without rows have been moved to where they cost least.
"""

from __future__ import annotations

from importlib.util import find_spec
from itertools import pairwise
from time import process_time
from typing import Any, NamedTuple

import numpy as np

from neurohw.compiler.partition import PartitionProblem
from neurohw.compiler.partition.bisection import with_rows
from neurohw.compiler.partition.hypergraph import hypergraph_of, without_sources
from neurohw.compiler.partition.kernels.hypergraph import Hypergraph
from neurohw.compiler.partition.kernels.parts import Room

Array = np.ndarray


class Partitioned(NamedTuple):
    """What Mt-KaHyPar finds."""

    km1: int
    n_over: int  # clusters that need more rows than a crossbar has
    repaired_km1: int  # after neurons that found no rows were moved
    repaired_clusters: int
    seconds: float  # of the processor, of Mt-KaHyPar


def is_installed() -> bool:
    """Return whether Mt-KaHyPar can be imported."""
    return find_spec("mtkahypar") is not None


def km1(problem: PartitionProblem, cluster_of_cell: Array) -> int:
    """Return the sum over all nets of spikes times (clusters that hold pins - 1), the cell that sends being a pin."""
    graph, cells = _nets_and_cells(problem)
    return _km1(graph, cluster_of_cell[cells])


def partition(problem: PartitionProblem, n_clusters: int) -> Partitioned:
    """Let Mt-KaHyPar (preset quality, or the one for many clusters; one thread) find so many clusters."""
    graph, cells = _nets_and_cells(problem)
    started = process_time()
    found = np.array(_found(graph, n_clusters, problem.columns), np.int32)
    seconds = process_time() - started
    rows = hypergraph_of(problem, cells)
    repaired = with_rows(rows, found, Room(problem.rows, problem.columns))
    needed = np.unique(found[np.repeat(np.arange(cells.size), np.diff(rows.rows_begin))] * _STEP + rows.rows)
    n_rows = np.bincount(needed // _STEP, weights=rows.height[needed % _STEP])
    n_over = int((n_rows > problem.rows).sum())
    return Partitioned(_km1(graph, found), n_over, _km1(graph, repaired), len(np.unique(repaired)), seconds)


MOST_GAINS = 10**9  # vertices times clusters for preset quality, which keeps 8 bytes of each
_STEP = np.int64(2**32)  # between keys of clusters and nets
_initialised: list[Any] = []


def _nets_and_cells(problem: PartitionProblem) -> tuple[Hypergraph, Array]:
    """Return nets with their senders as pins, equal ones joined, and the neurons."""
    cells = np.flatnonzero(problem.graph.is_neuron).astype(np.int32)
    return without_sources(hypergraph_of(problem, cells)), cells


def _km1(graph: Hypergraph, clusters: Array) -> int:
    net = np.repeat(np.arange(graph.weight.size), np.diff(graph.pins_begin))
    reached = np.unique(net * _STEP + clusters[graph.pins]) // _STEP
    return int(((np.bincount(reached, minlength=graph.weight.size) - 1) * graph.weight).sum())


def _found(graph: Hypergraph, n_clusters: int, columns: int) -> list[int]:
    import mtkahypar

    if not _initialised:  # a second time it warns
        _initialised.append(mtkahypar.initialize(1))
    program, n_neurons = _initialised[0], graph.columns.size
    presets = mtkahypar.PresetType
    preset = presets.QUALITY if n_neurons * n_clusters <= MOST_GAINS else presets.LARGE_K
    context = program.context_from_preset(preset)
    slack = columns / -(-n_neurons // n_clusters) - 1
    context.set_partitioning_parameters(n_clusters, max(slack, 1e-3), mtkahypar.Objective.KM1)
    context.logging = False
    pins, begin = graph.pins.tolist(), graph.pins_begin.tolist()
    nets = [pins[first:last] for first, last in pairwise(begin)]
    hypergraph = program.create_hypergraph(
        context, n_neurons, len(nets), nets, [1] * n_neurons, graph.weight.tolist()
    )
    found = hypergraph.partition(context)
    blocks: list[int] = found.get_partition()
    return blocks

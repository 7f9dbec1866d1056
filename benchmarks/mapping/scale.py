"""How partitioning and placing grow with the network: seconds, memory, and costs before and after."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Sequence
from math import ceil
from time import process_time
from typing import TypeVar

import numpy as np

from benchmarks.mapping.scale_nets import COLUMNS, SCALE_NETS
from neurohw.cli.outcome import note, table
from neurohw.compiler.partition import PARTITIONERS, PartitionProblem
from neurohw.compiler.place import PLACERS, PlacementProblem
from neurohw.compiler.traffic import packets_between
from neurohw.traffic.interconnects import interconnect_chip
from neurohw.workload import ClusterGraph, NeuronGraph

Array = np.ndarray
T = TypeVar("T")

PARTITIONER, PLACER, PLACER_SECONDS = "multilevel", "anneal", 30.0
HEADINGS = (
    "", "neurons", "synapses", "clusters", "packets before", "after", "CPU s", "spikes x hops before", "after",
    "CPU s", "peak GB",
)  # fmt: skip


def scale(sizes: Sequence[int], names: Sequence[str]) -> str:
    """Partition and place networks of each size, smallest first, and return a table.

    "Before" are partitioner ``sequential`` and placer ``snake``. Peak memory is that of the whole process, which holds
    the network, too. Kernels are compiled before the clock starts.
    """
    for name in names:
        _line(name, 1_000)
    lines = []
    for size in sorted(sizes):
        for name in names:
            note(f"{name}, {size:,} neurons")
            lines.append(_line(name, size))
            note("  ".join(lines[-1]))
    return table(HEADINGS, lines)


def _line(name: str, size: int) -> list[str]:
    build, rows = SCALE_NETS[name]
    graph = build(size)
    problem = PartitionProblem(graph, rows, COLUMNS)
    before = _traffic(graph, PARTITIONERS["sequential"](problem))
    clusters, partition_s = _timed(lambda: PARTITIONERS[PARTITIONER](problem))
    (after, hops), place_s = _timed(lambda: _placed(graph, clusters))
    return [
        name,
        *(f"{n:,}" for n in (graph.n_neurons, graph.pre.size, after.n_clusters)),
        *(f"{graph.spikes.sum():,}" for graph in (before, after)),
        f"{partition_s:.0f}",
        *(f"{cost:,.0f}" for cost in hops),
        f"{place_s:.0f}",
        f"{_peak_bytes() / 1e9:.1f}",
    ]


def _placed(graph: NeuronGraph, clusters: Array) -> tuple[ClusterGraph, tuple[float, float]]:
    """Return the traffic between clusters, and its spikes times hops before and after placing."""
    traffic = _traffic(graph, clusters)
    side = ceil(traffic.n_clusters**0.5)
    mesh = interconnect_chip("mesh", (side, side))
    problem = PlacementProblem(traffic, mesh, seconds=PLACER_SECONDS)
    before, after = (problem.cost(PLACERS[placer](problem)) for placer in ("snake", PLACER))
    return traffic, (before, after)


def _traffic(graph: NeuronGraph, clusters: Array) -> ClusterGraph:
    return packets_between(graph, clusters, int(clusters.max()) + 1, graph.spikes)


def _timed(function: Callable[[], T]) -> tuple[T, float]:
    started = process_time()
    return function(), process_time() - started


def _peak_bytes() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

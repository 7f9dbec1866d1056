"""Run all partitioners on the networks: ``python -m benchmarks.mapping [--rows N] [--columns N] [NET ...]``."""

from __future__ import annotations

import argparse
from time import process_time

import numpy as np

from benchmarks.mapping import kahypar
from benchmarks.mapping.nets import NETS
from neurohw.cli.outcome import table
from neurohw.compiler.partition import PARTITIONERS, PartitionProblem
from neurohw.compiler.traffic import packets_between, synapse_spikes_between
from neurohw.workload import NeuronGraph

HEADINGS = ("", "clusters", "packets", "synapse spikes", "connectivity", "CPU s")


def main() -> None:
    """Print a table for each network; kernels are compiled before the clock starts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nets", nargs="*", metavar="NET", help=", ".join(NETS))
    parser.add_argument("--rows", type=int, default=4096)
    parser.add_argument("--columns", type=int, default=128)
    args = parser.parse_args()
    unknown = set(args.nets) - set(NETS)
    if unknown:
        parser.error(f"no network {', '.join(sorted(unknown))}; there are {', '.join(NETS)}")
    for partition in PARTITIONERS.values():
        partition(PartitionProblem(NETS["random"](), args.rows, args.columns))
    for name in args.nets or NETS:
        graph = NETS[name]()
        print(f"\n{name}: {graph.n_neurons:,} neurons, {graph.pre.size:,} synapses")
        print(table(HEADINGS, rows_of(graph, args.rows, args.columns)), flush=True)


def rows_of(graph: NeuronGraph, n_rows: int, columns: int) -> list[list[str]]:
    """Return a line for each partitioner, and one for Mt-KaHyPar with as many clusters as ``multilevel``."""
    lines, n_clusters = [], {}
    for name, partition in PARTITIONERS.items():
        problem = PartitionProblem(graph, n_rows, columns)
        started = process_time()
        clusters = partition(problem)
        seconds = process_time() - started
        n = n_clusters[name] = int(clusters.max()) + 1
        group = np.where(clusters < 0, n, clusters)
        costs = []
        for count in (packets_between, synapse_spikes_between):
            between = count(graph, group, n + 1, graph.spikes)
            costs.append(int(between.spikes[between.source < n].sum()))
        costs.append(kahypar.km1(graph, clusters))
        lines.append([name, str(n), *(f"{cost:,}" for cost in costs), f"{seconds:.2f}"])
    if kahypar.is_installed():
        connectivity, seconds = kahypar.partition(graph, n_clusters["multilevel"], columns)
        lines.append(
            ["Mt-KaHyPar", str(n_clusters["multilevel"]), "", "", f"{connectivity:,}", f"{seconds:.2f}"]
        )
    return lines


if __name__ == "__main__":
    main()

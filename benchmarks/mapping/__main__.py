"""Run all partitioners on small networks or on the ten applications, or see how they scale.

python -m benchmarks.mapping [--rows N] [--columns N] [NET ...]
python -m benchmarks.mapping --workloads all [--partitioners multilevel,greedy] [--placers anneal,pso] [--output F]
python -m benchmarks.mapping --scale 1e4,1e5 [sheet] [random]
"""

from __future__ import annotations

import argparse
from math import inf
from pathlib import Path
from time import process_time

import numpy as np

from benchmarks.mapping import kahypar
from benchmarks.mapping.applications import STRUCTURE_ONLY
from benchmarks.mapping.nets import NETS
from benchmarks.mapping.scale import scale
from benchmarks.mapping.scale_nets import SCALE_NETS
from benchmarks.mapping.workload_rows import Limits
from benchmarks.mapping.workload_table import workload_table
from benchmarks.workloads.applications import APPLICATIONS
from neurohw.cli.outcome import table
from neurohw.compiler.partition import PARTITIONERS, PartitionProblem
from neurohw.compiler.place import PLACERS
from neurohw.compiler.traffic import packets_between, synapse_spikes_between
from neurohw.workload import NeuronGraph

HEADINGS = ("", "clusters", "packets", "synapse spikes", "connectivity", "CPU s")


def main() -> None:
    """Print a table for each network; kernels are compiled before the clock starts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "nets", nargs="*", metavar="NET", help=f"{', '.join(NETS)}; with --scale {', '.join(SCALE_NETS)}"
    )
    parser.add_argument("--scale", metavar="N,...", help="numbers of neurons, with 100 synapses each")
    parser.add_argument("--workloads", metavar="NAME,...", help=f"all, or some of {', '.join(APPLICATIONS)}")
    parser.add_argument("--partitioners", metavar="NAME,...", default=",".join(PARTITIONERS))
    parser.add_argument(
        "--placers",
        metavar="NAME,...",
        default=",".join(PLACERS),
        help="the first for all partitioners, the others for the clusters of multilevel (%(default)s)",
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="of the placer, at most (%(default)s)")
    parser.add_argument(
        "--partition-seconds", type=float, default=30.0, help="of each partitioner, about (%(default)s)"
    )
    parser.add_argument(
        "--peer-synapses",
        type=float,
        default=inf,
        help="the most synapses that Mt-KaHyPar gets (no limit); it takes minutes of many",
    )
    parser.add_argument(
        "--output", type=Path, default=Path("mapping.csv"), help="of --workloads (%(default)s)"
    )
    parser.add_argument("--resume", action="store_true", help="keep the lines that --output has already")
    parser.add_argument("--rows", type=int, default=4096)
    parser.add_argument("--columns", type=int, default=128)
    args = parser.parse_args()
    if args.workloads is not None:
        all_names = sorted(APPLICATIONS, key=lambda name: name in STRUCTURE_ONLY)  # the large ones last
        workloads = args.workloads.replace("all", ",".join(all_names)).split(",")
        partitioners = args.partitioners.split(",")
        placers = args.placers.split(",")
        unknown = {*workloads} - {*APPLICATIONS} | {*partitioners} - {*PARTITIONERS} | {*placers} - {*PLACERS}
        if unknown:
            parser.error(f"no workload, partitioner or placer {', '.join(sorted(unknown))}")
        size = args.rows, args.columns
        limits = Limits(args.partition_seconds, args.seconds, args.peer_synapses)
        print(workload_table(workloads, partitioners, placers, limits, size, args.output, args.resume))
        return
    known = NETS if args.scale is None else SCALE_NETS
    unknown = set(args.nets) - set(known)
    if unknown:
        parser.error(f"no network {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if args.scale is not None:
        print(scale([int(float(size)) for size in args.scale.split(",")], args.nets or [*SCALE_NETS]))
        return
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
        costs.append(kahypar.km1(problem, clusters))
        lines.append([name, str(n), *(f"{cost:,}" for cost in costs), f"{seconds:.2f}"])
    if kahypar.is_installed():
        found = kahypar.partition(problem, n_clusters["multilevel"])
        lines.append(
            ["Mt-KaHyPar", str(n_clusters["multilevel"]), "", "", f"{found.km1:,}", f"{found.seconds:.2f}"]
        )
    return lines


if __name__ == "__main__":
    main()

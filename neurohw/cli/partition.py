"""``neurohw partition``: neurons of text tables as clusters that fit crossbars, with few spikes between them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING, Any

from neurohw.cli.arguments import COMMON, add_options, file, positive_count, positive_seconds
from neurohw.cli.outcome import DONE, Outcome, note

if TYPE_CHECKING:
    import numpy as np

    from neurohw.workload import ClusterGraph, NeuronGraph

NAME = "partition"

DESCRIPTION = """\
Group neurons so that each group fits a crossbar: its distinct presynaptic neurons take rows, its neurons columns.
Packets are the spikes between clusters when one packet goes to each cluster that holds targets, synapse spikes when
each synapse counts. Neurons without presynaptic ones are inputs from outside; what they send is counted apart.
"""
EPILOG = """\
files:
  connections   lines of a neuron and the neurons that it sends to:  0 6 / 1 6 7 8
  spikes        lines of a neuron and the times at which it fires:   0 12 / 1 3 15
  workload      what neurohw.workload.save_workload writes, for example of neurohw.capture.capture(network, 1000.0)
examples:
  neurohw partition --connections conn.txt --spikes spikes.txt --rows 128 --columns 128
  neurohw partition --connections conn.txt --spikes spikes.txt --partitioner greedy --unroll 2 --graph cluster.ir
  neurohw place cluster.ir --mesh 4x4
"""

OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "--connections": {"type": file, "metavar": "FILE", "help": "who sends to whom"},
    "--spikes": {"type": file, "metavar": "FILE", "help": "when each neuron fires"},
    "--workload": {
        "type": file,
        "metavar": "FILE",
        "help": "or both in one file: .json, .h5 or .hdf5",
    },
    "--rows": {
        "type": positive_count,
        "default": 128,
        "metavar": "N",
        "help": "of a crossbar (default: 128)",
    },
    "--columns": {
        "type": positive_count,
        "default": 128,
        "metavar": "N",
        "help": "of a crossbar (default: 128)",
    },
    "--partitioner": {
        "metavar": "NAME",
        "default": "sequential",
        "help": "greedy, kernighan_lin, multilevel, sequential or spinemap (default: sequential)",
    },
    "--merge": {
        "type": positive_count,
        "default": 1,
        "metavar": "N",
        "help": "join up to N crossbars of a tile for neurons with more inputs than rows (default: 1)",
    },
    "--unroll": {
        "type": positive_count,
        "metavar": "N",
        "help": "or put chains of relays with N inputs before neurons with more than N, whether they fit a crossbar or "
        "not (greedy: relays with N inputs or more, where it has no room for all); results of a run would change",
    },
    "--seconds": {
        "type": positive_seconds,
        "default": inf,
        "metavar": "S",
        "help": "stop improving after so long (default: when equal seeds give equal partitions on any machine)",
    },
    "--seed": {"type": int, "default": 0, "metavar": "N", "help": "of random numbers (default: 0)"},
    "--out": {"type": file, "metavar": "FILE", "help": "write the cluster of each neuron, one line each"},
    "--graph": {"type": file, "metavar": "FILE", "help": "write the packets between clusters"},
    "--json": COMMON["--json"],
}


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="group neurons of text tables into crossbars",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_options(parser, OPTIONS)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """Partition the neurons of two files."""
    from neurohw.compile_clock import Stopwatch
    from neurohw.compiler.partition import PARTITIONERS
    from neurohw.errors import UnknownNameError
    from neurohw.files import check_written

    inputs = {"--connections": args.connections, "--spikes": args.spikes, "--workload": args.workload}
    check_written({"--out": args.out, "--graph": args.graph}, inputs)
    if args.partitioner not in PARTITIONERS:
        raise UnknownNameError.of("partitioner", args.partitioner, PARTITIONERS)
    graph = _read(args)
    _note_silence(args, graph)
    clock = Stopwatch()
    mapped, cluster_of_cell = _partition(args, graph)
    seconds, compiling = clock.read()
    figures, packets = _figures(mapped, cluster_of_cell)
    data = {
        "command": NAME,
        "partitioner": args.partitioner,
        **figures,
        "neurons": graph.n_neurons,
        "inputs": graph.n_cells - graph.n_neurons,
        "relays": mapped.n_cells - graph.n_cells,
        "seconds": seconds,
        "compile_seconds": compiling,
        "seed": args.seed,
    }
    _write(args, cluster_of_cell, packets)
    return Outcome(DONE, data, _text(data))


def _read(args: argparse.Namespace) -> NeuronGraph:
    from neurohw.errors import SettingError
    from neurohw.interchange import read_neuron_graph
    from neurohw.workload import load_workload

    tables = args.connections, args.spikes
    if args.workload is not None and tables == (None, None):
        return load_workload(args.workload)
    if args.workload is not None or None in tables:
        raise SettingError("give either --connections and --spikes, or --workload: what to partition")
    return read_neuron_graph(*tables)


def _note_silence(args: argparse.Namespace, graph: NeuronGraph) -> None:
    """Say that nothing fires, if so: a partition without traffic looks like the best one."""
    if not graph.spikes.any():
        file = args.spikes if args.workload is None else args.workload
        note(f"neurohw: {file}: no neuron and no input fires, so that all partitions have no packets")


def _partition(args: argparse.Namespace, graph: NeuronGraph) -> tuple[NeuronGraph, np.ndarray]:
    """Return the neurons, with relays if asked for, and their clusters."""
    from neurohw.compiler.partition import PARTITIONERS, PartitionProblem
    from neurohw.compiler.partition.greedy import greedy_unrolled
    from neurohw.compiler.partition.unroll import check_unroll, unroll
    from neurohw.errors import SettingError
    from neurohw.wording import counted

    if args.unroll is not None:
        if args.merge > 1:
            raise SettingError("--merge and --unroll: give one of them, joined crossbars or relays")
        check_unroll(args.unroll, args.rows)
        is_greedy = args.partitioner == "greedy"
        rule = (
            "where greedy has no room for all inputs" if is_greedy else "whether they fit a crossbar or not"
        )
        note(
            f"neurohw: relays before neurons with more than {counted(args.unroll, 'input')}, {rule}; unrolled neurons "
            "no longer see which spikes come together: results of a run would change"
        )
        if is_greedy:
            return greedy_unrolled(graph, args.unroll, args.rows, args.columns)
        graph = unroll(graph, args.unroll)
    problem = PartitionProblem(graph, args.rows, args.columns, args.merge, args.seed, seconds=args.seconds)
    return graph, PARTITIONERS[args.partitioner](problem)


def _figures(graph: NeuronGraph, cluster_of_cell: np.ndarray) -> tuple[dict[str, Any], ClusterGraph]:
    """Return what a partition costs, and the packets between its clusters."""
    import numpy as np

    from neurohw.compiler.traffic import packets_between, synapse_spikes_between
    from neurohw.workload import ClusterGraph

    n_clusters = int(cluster_of_cell.max(initial=-1)) + 1
    group = np.where(cluster_of_cell < 0, n_clusters, cluster_of_cell)
    all_packets = packets_between(graph, group, n_clusters + 1, graph.spikes)
    all_spikes = synapse_spikes_between(graph, group, n_clusters + 1, graph.spikes)
    inside = all_packets.source < n_clusters
    packets = ClusterGraph(
        n_clusters,
        *(getattr(all_packets, name)[inside] for name in ("source", "target", "spikes")),
    )
    figures = {
        "clusters": n_clusters,
        "packets": int(packets.spikes.sum()),
        "synapse_spikes": int(all_spikes.spikes[all_spikes.source < n_clusters].sum()),
        "input_packets": int(all_packets.spikes[~inside].sum()),
    }
    return figures, packets


def _write(args: argparse.Namespace, cluster_of_cell: np.ndarray, packets: ClusterGraph) -> None:
    from neurohw.files import write_text

    if args.out is not None:
        pairs = enumerate(cluster_of_cell.tolist())
        write_text(args.out, "".join(f"{cell} {cluster}\n" for cell, cluster in pairs if cluster >= 0))
        note(f"wrote the cluster of each neuron to {args.out}")
    if args.graph is not None:
        edges = sorted(
            zip(packets.source.tolist(), packets.target.tolist(), packets.spikes.tolist(), strict=True)
        )
        write_text(args.graph, "".join(f"{source} {target} {spikes}\n" for source, target, spikes in edges))
        note(f"wrote the packets between clusters to {args.graph}")


def _text(data: Mapping[str, Any]) -> str:
    from neurohw.wording import counted

    neurons, inputs, relays, clusters = (
        counted(data[f"{noun}s"], noun) for noun in ("neuron", "input", "relay", "cluster")
    )
    return (
        f"{neurons}, {inputs} and {relays} in {clusters}, partitioner {data['partitioner']}, seed {data['seed']}\n"
        f"packets         {data['packets']:,}   (and {data['input_packets']:,} from inputs)\n"
        f"synapse spikes  {data['synapse_spikes']:,}\n"
        f"seconds         {data['seconds']:.2f}   (and {data['compile_seconds']:.1f} s of compiling)"
    )

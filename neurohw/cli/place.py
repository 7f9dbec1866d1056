"""``neurohw place``: clusters of a file on tiles, so that their spikes have short ways."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.arguments import COMMON, add_options, file, positive_seconds
from neurohw.cli.noc import tile_counts
from neurohw.cli.outcome import DONE, Outcome, note

if TYPE_CHECKING:
    import numpy as np

    from neurohw.compiler.place import PlacementProblem
    from neurohw.hardware import Chip
    from neurohw.workload import ClusterGraph

NAME = "place"

DESCRIPTION = """\
Place clusters on the tiles of a chip. FILE holds the spikes between them, one line an edge: source cluster, target
cluster, spikes. The cost is spikes times hops (or energy or latency; with max_link_load hops, too), the largest load of
a link the packets that cross it on the routes of the chip. Compiling, at the first run, does not count as time.
"""
EPILOG = """\
examples:
  neurohw place cluster.ir --mesh 19x19
  neurohw place cluster.ir --mesh 19x19 --placer force_directed --json
  neurohw place cluster.ir --chip loihi --objective energy --seconds 20 --out places.txt
"""


OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "--mesh": {"type": tile_counts, "metavar": "WxH", "help": "columns and rows of tiles"},
    "--chip": {"metavar": "CHIP", "help": "or a chip: a preset (see `neurohw chips`) or a TOML file"},
    "--placer": {
        "metavar": "NAME",
        "default": "anneal",
        "help": "anneal, force_directed, hilbert, hillclimb, pso or snake (default: anneal)",
    },
    "--objective": {
        "metavar": "NAME",
        "default": "hops",
        "help": "hops, energy (pJ) or latency (cycles) of packets, or max_link_load: hops, then the busiest links are "
        "relieved (default: hops)",
    },
    "--seconds": {
        "type": positive_seconds,
        "default": 5.0,
        "metavar": "S",
        "help": "the longest it may take (default: 5)",
    },
    "--seed": {"type": int, "default": 0, "metavar": "N", "help": "of random numbers (default: 0)"},
    "--out": {"type": file, "metavar": "FILE", "help": "write the tile of each cluster, one line each"},
    "--json": COMMON["--json"],
}


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="place clusters of a file on tiles",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE", type=file, help="edges between clusters")
    add_options(parser, OPTIONS)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """Place the clusters of a file."""
    from neurohw.compile_clock import Stopwatch
    from neurohw.compiler.place import PLACERS, PlacementProblem, place_items
    from neurohw.errors import CapacityError, UnknownNameError
    from neurohw.files import check_written
    from neurohw.interchange import read_cluster_graph

    check_written({"--out": args.out}, {"FILE": args.file, "--chip": args.chip})
    if args.placer not in PLACERS:
        raise UnknownNameError.of("placer", args.placer, PLACERS)
    graph, chip = read_cluster_graph(args.file), _chip(args)
    clock = Stopwatch()
    try:
        problem = PlacementProblem(
            graph, chip, objective=args.objective, seed=args.seed, seconds=args.seconds, clock=clock
        )
    except CapacityError as error:
        raise CapacityError(f"{args.file}: {error}; {_largest(graph)}") from error
    tiles = place_items(problem, PLACERS[args.placer])
    seconds, compiling = clock.read()
    data = {
        "command": NAME,
        "placer": args.placer,
        "objective": args.objective,
        **_figures(problem, tiles),
        "seconds": seconds,
        "compile_seconds": compiling,
        "seed": args.seed,
        "tile_of_cluster": tiles.tolist(),
    }
    if args.out is not None:
        _write(args.out, tiles)
    return Outcome(DONE, data, _text(data))


def _largest(graph: ClusterGraph) -> str:
    """Return the edge by which there are so many clusters, as it stands in the file, for messages."""
    import numpy as np

    edge = int(np.argmax(np.maximum(graph.source, graph.target)))
    line = " ".join(str(column[edge]) for column in (graph.source, graph.target, graph.spikes))
    return f"clusters are counted from 0, and the largest is in edge {edge + 1:,}: {line}"


def _chip(args: argparse.Namespace) -> Chip:
    from neurohw.errors import SettingError
    from neurohw.hardware import load_chip
    from neurohw.traffic.interconnects import interconnect_chip

    if (args.chip is None) == (args.mesh is None):
        raise SettingError("give either --mesh WxH or --chip CHIP: the tiles to place the clusters on")
    return interconnect_chip("mesh", args.mesh) if args.chip is None else load_chip(args.chip)


def _figures(problem: PlacementProblem, tiles: np.ndarray) -> dict[str, Any]:
    """Return what a placement costs."""
    from neurohw.compiler.place import link_loads
    from neurohw.hardware.topology import topology_of

    graph, cost = problem.graph, problem.cost(tiles)
    ends = tiles[graph.source], tiles[graph.target]
    loads = link_loads(topology_of(problem.chip.interconnect), *ends, graph.spikes)
    return {
        "cost": int(cost) if cost.is_integer() else cost,
        "max_link_load": int(loads.max(initial=0)),
        "clusters": graph.n_clusters,
        "edges": graph.n_edges,
        "spikes": int(graph.spikes.sum()),
        "tiles": problem.chip.n_tiles,
    }


def _write(file: Path, tiles: np.ndarray) -> None:
    from neurohw.files import write_text

    write_text(file, "".join(f"{cluster} {tile}\n" for cluster, tile in enumerate(tiles.tolist())))
    note(f"wrote the tile of each cluster to {file}")


def _text(data: Mapping[str, Any]) -> str:
    from neurohw.wording import counted

    unit = "hops" if data["objective"] == "max_link_load" else data["objective"]
    return (
        f"{counted(data['clusters'], 'cluster')} on {counted(data['tiles'], 'tile')}, placer {data['placer']}, "
        f"seed {data['seed']}\n"
        f"cost ({unit})  {data['cost']:,}   ({counted(data['spikes'], 'spike')}, {counted(data['edges'], 'edge')})\n"
        f"max link load  {data['max_link_load']:,}\n"
        f"seconds        {data['seconds']:.2f}   (and {data['compile_seconds']:.1f} s of compiling)"
    )

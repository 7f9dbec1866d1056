"""``neurohw sdf``: throughput of a dataflow graph, and what buffers it takes."""

from __future__ import annotations

import argparse
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.arguments import COMMON, file, positive_count
from neurohw.cli.outcome import DID_NOT_HOLD, DONE, Outcome, note, table
from neurohw.cli.sdf_check import checked
from neurohw.cli.sdf_tiles import add_options, bound_to_tiles

if TYPE_CHECKING:
    from neurohw.dataflow import Certificate, Graph, StoragePoint, Throughput

NAME = "sdf"
DEADLOCK = "deadlock"
UNLIMITED = "inf"

DESCRIPTION = """\
Read a synchronous dataflow graph in the XML of SDF3 and print its throughput, exactly: iterations per time unit when
all actors fire as soon as they can, and the cycle of actors that allows no more. Storage is counted in tokens over all
channels but self-edges.
"""
EPILOG = """\
examples:
  neurohw sdf graph.xml                             buffers without limit, firings of an actor may overlap
  neurohw sdf graph.xml --self-edges --pareto       best throughput for every amount of storage
  neurohw sdf graph.xml --self-edges --buffers 40   and with 40 tokens of storage
  neurohw sdf graph.xml --platform mesh.xml --orders "a,b|c,d"
                                                    a and b on the first tile, c and d on the second
  neurohw sdf graph.xml --platform mesh.xml --tiles 4 --certificate proof.json
                                                    bind to four tiles, and write what proves the throughput
  neurohw sdf --check proof.json                    whether it does
  neurohw sdf graph.xml --platform mesh.xml --check proof.json
                                                    and for this graph and this platform
"""


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="throughput of a dataflow graph and the buffers that it takes",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("graph", metavar="GRAPH", nargs="?", type=file, help="XML file of SDF3")
    parser.add_argument("--self-edges", action="store_true", help="no actor fires again before it has ended")
    storage = parser.add_mutually_exclusive_group()
    storage.add_argument(
        "--buffers", type=positive_count, metavar="TOKENS", help="best throughput within this much storage"
    )
    storage.add_argument("--pareto", action="store_true", help="best throughput for every amount of storage")
    parser.add_argument(
        "--latency", nargs=2, metavar=("FROM", "TO"), help="also the least latency between two actors"
    )
    add_options(parser)
    parser.add_argument(
        "--write",
        type=file,
        metavar="FILE",
        help="write the graph with its self-edges, buffers and orders as XML",
    )
    parser.add_argument(
        "--check",
        type=file,
        metavar="FILE",
        help="check what --certificate has written, with GRAPH or --platform for these",
    )
    parser.add_argument("--json", **COMMON["--json"])
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """Analyse a graph and write what was asked for, or check a certificate."""
    from neurohw.errors import DataflowDeadlockError, SettingError
    from neurohw.files import check_written
    from neurohw.interchange import read_sdf3_graph

    if args.check is not None:
        return checked(args, NAME)
    if args.graph is None:
        raise SettingError("give the file of a GRAPH, or --check with that of a certificate")
    inputs = {"GRAPH": args.graph, "--platform": args.platform}
    check_written({"--write": args.write, "--certificate": args.certificate}, inputs)
    given = read_sdf3_graph(args.graph)
    try:
        return _analysed(args, given)
    except DataflowDeadlockError as error:
        return _deadlock({"command": NAME, "graph": given.name}, str(error))


def _analysed(args: argparse.Namespace, given: Graph) -> Outcome:
    """Return what was asked for of a graph that does not deadlock."""
    from neurohw.dataflow import load_bound, repetition_vector, storage_front, throughput, with_capacities

    graph, certificate = _graph(args, given)
    unlimited = throughput(graph)
    data: dict[str, Any] = {"command": NAME, "graph": graph.name}
    data["repetition"] = dict(zip(graph.index, repetition_vector(graph), strict=True))
    if certificate is not None:
        data["tiles"] = {tile: list(order) for tile, order in certificate.orders.items()}
        data["load_bound"] = str(load_bound(given, certificate.orders))
    front: list[StoragePoint] = []
    if args.pareto or args.buffers is not None:
        front = storage_front(graph) if args.pareto else storage_front(graph, args.buffers)
    analysed, found = graph, unlimited
    if args.buffers is not None:
        if not front:
            shared = f"{graph.name}: deadlock, however {args.buffers} tokens of storage are shared out"
            return _deadlock(data, shared)
        data["buffers"] = front[-1].capacity_of_channel
        analysed = with_capacities(graph, front[-1].capacity_of_channel)
        found = throughput(analysed)
    data |= _throughput_data(found)
    if args.pareto:
        data["pareto"] = [[point.tokens, _inverse(point.period)] for point in front]
    if args.latency:
        data["latency"] = _latency(analysed, *args.latency)
    if args.write is not None:
        _write(args.write, analysed)
    return Outcome(DONE, data, _text(analysed, found, front, data))


def _graph(args: argparse.Namespace, given: Graph) -> tuple[Graph, Certificate | None]:
    """Return the graph asked for, with self-edges and on tiles, and what is guaranteed there."""
    from neurohw.dataflow import with_self_edges

    graph, certificate = bound_to_tiles(args, given)
    return (with_self_edges(graph) if args.self_edges else graph), certificate


def _inverse(period: Fraction) -> str:
    return str(1 / period) if period else UNLIMITED


def _throughput_data(found: Throughput) -> dict[str, Any]:
    return {
        "throughput": _inverse(found.period),
        "period": str(found.period),
        "critical_cycle": list(found.actors),
        "critical_channels": list(found.channels),
    }


def _deadlock(data: dict[str, Any], why: str) -> Outcome:
    data |= {"throughput": DEADLOCK, "period": None, "critical_cycle": [], "deadlock": why}
    return Outcome(DID_NOT_HOLD, data, why)


def _latency(graph: Graph, source: str, target: str) -> str | None:
    from neurohw.dataflow import latency

    least = latency(graph, source, target)
    return None if least is None else str(least)


def _write(path: Path, graph: Graph) -> None:
    from neurohw.files import write_text
    from neurohw.interchange import sdf3_text

    write_text(path, sdf3_text(graph))
    note(f"wrote {path}")


def _text(graph: Graph, found: Throughput, front: list[StoragePoint], data: dict[str, Any]) -> str:
    from neurohw.wording import counted

    firings = sum(data["repetition"].values())
    parts = (
        counted(len(graph.actors), "actor"),
        counted(len(graph.channels), "channel"),
        counted(firings, "firing"),
    )
    lines = [
        f"{graph.name}: {', '.join(parts)} in an iteration",
        f"throughput  {_rate(found.period)}",
        f"limited by  {_cycle(found)}",
    ]
    if "tiles" in data:
        lines += [
            "",
            table(["tile", "firings in their order"], [[t, _firings(o)] for t, o in data["tiles"].items()]),
            f"the busiest tile needs {data['load_bound']} time units for them",
        ]
    if "latency" in data:
        lines.append(
            f"latency     {data['latency'] or 'none: the second actor does not depend on the first'}"
        )
    if "buffers" in data:
        lines += ["", f"storage of {counted(front[-1].tokens, 'token')}:"]
        lines.append(
            table(["channel", "tokens"], [[name, str(size)] for name, size in data["buffers"].items()])
        )
    if "pareto" in data:
        rows = [[str(point.tokens), _inverse(point.period), str(point.period)] for point in front]
        lines += ["", table(["storage", "throughput", "period"], rows)]
    return "\n".join(lines)


def _firings(order: list[str]) -> str:
    runs = ((name, len(list(run))) for name, run in groupby(order))
    return ", ".join(name if times == 1 else f"{times} x {name}" for name, times in runs)


def _rate(period: Fraction) -> str:
    if not period:
        return "without limit"
    return f"{_inverse(period)} iterations per time unit (one every {period})"


def _cycle(found: Throughput) -> str:
    return " -> ".join([*found.actors, *found.actors[:1]]) or "nothing: no cycle takes time"

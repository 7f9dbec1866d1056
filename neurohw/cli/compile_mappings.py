"""Mappings of one network by several algorithms: what each costs, how fast it runs, and which is the best."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

from neurohw.cli.outcome import note
from neurohw.errors import CapacityError, GraphError, UnknownNameError
from neurohw.progress import shows_progress, with_progress
from neurohw.wording import counted

if TYPE_CHECKING:
    import numpy as np

    from neurohw.compiler.schedule import MappedThroughput
    from neurohw.hardware import Chip
    from neurohw.network import Network
    from neurohw.program import Program

PLACER_SECONDS = 5.0

# name on the command line -> (column of the row, what placers lower)
OBJECTIVES: Mapping[str, tuple[str, str]] = {
    "energy": ("energy_pj", "energy"),
    "hops": ("hops", "hops"),
    "latency": ("latency_cycles", "latency"),
    "max_link_load": ("max_link_load", "max_link_load"),
    "packets": ("packets", "hops"),
    "synapse_spikes": ("synapse_spikes", "hops"),
    "throughput": ("guaranteed_hz", "hops"),
}


@dataclass(frozen=True)
class Work:
    """What is mapped, and for which spikes."""

    network: Network
    chip: Chip
    spikes: np.ndarray  # of each cell in the run, which traffic is weighed by
    spikes_of_iteration: np.ndarray  # of each cell, at most
    spikes_of_tick: np.ndarray  # of each cell, at most


@dataclass(frozen=True)
class Mapped:
    """A mapping, its row in the table, and the throughput that is guaranteed."""

    row: dict[str, Any]
    program: Program | None = field(default=None, repr=False)
    throughput: MappedThroughput | None = field(default=None, repr=False)


def check_objective(name: str) -> None:
    """Refuse an objective that there is not.

    Raises
    ------
    UnknownNameError
        Naming one that is near.
    """
    if name not in OBJECTIVES:
        raise UnknownNameError.of("objective", name, OBJECTIVES)


def algorithms(args: argparse.Namespace) -> list[tuple[str, str]]:
    """Return partitioner and placer of each mapping that is asked for.

    Raises
    ------
    UnknownNameError
        For an unknown partitioner or placer.
    """
    from neurohw.compiler import PARTITIONERS, PLACERS

    for what, name, table in (
        ("partitioner", args.partitioner, PARTITIONERS),
        ("placer", args.placer, PLACERS),
    ):
        if name is not None and name not in table:
            raise UnknownNameError.of(what, name, table)
    partitioners = sorted(PARTITIONERS) if args.compare else ["sequential"]
    placers = sorted(PLACERS) if args.compare else ["snake"]
    return [
        (partitioner, placer)
        for partitioner in (partitioners if args.partitioner is None else [args.partitioner])
        for placer in (placers if args.placer is None else [args.placer])
    ]


def mapped(
    args: argparse.Namespace, work: Work, names: list[tuple[str, str]]
) -> tuple[list[dict[str, Any]], Mapped]:
    """Map a network by each pair of algorithms.

    Returns
    -------
    rows : one for each mapping, the best first; those that do not fit, with the reason, last.
    best : the mapping of the first row.

    Raises
    ------
    CapacityError
        When there is only one, and the network does not fit.
    """
    if args.compare:
        note(_announcement(args, names))
    rows: list[dict[str, Any]] = []
    best = Mapped({})
    for found in _each(args, work, names):
        rows.append(found.row)
        if not best.row or _rank(args, found.row) < _rank(args, best.row):
            best = found  # the others are let go
    return sorted(rows, key=lambda row: _rank(args, row)), best


def _announcement(args: argparse.Namespace, names: list[tuple[str, str]]) -> str:
    """Return what is compared, and how long it takes at most, beside partitioning."""
    from neurohw.compiler.place import BLIND

    partitioners, placers = (sorted(set(column)) for column in zip(*names, strict=True))
    seconds = args.seconds or PLACER_SECONDS
    n_searching = sum(placer not in BLIND for _, placer in names)
    what = counted(len(names), "mapping")
    text = f"comparing {what} by {', '.join(partitioners)}, each with {', '.join(placers)}"
    if n_searching == 0:
        return text
    least = "" if args.seconds else "; --seconds 0.5 makes it quicker"
    return f"{text}. Placers that search take up to {seconds:g} s each, {n_searching * seconds:.3g} s together{least}"


def _each(args: argparse.Namespace, work: Work, names: list[tuple[str, str]]) -> Iterator[Mapped]:
    shown = with_progress(names, "mappings", delay_s=0.0) if args.compare else names
    for number, (partitioner, placer) in enumerate(shown, start=1):
        try:
            found = _mapping(args, work, partitioner, placer)
        except CapacityError as error:
            if not args.compare:
                raise
            found = Mapped({"partitioner": partitioner, "placer": placer, "error": str(error)})
        if args.compare and not shows_progress():
            took = "does not fit" if "error" in found.row else f"{found.row['seconds']:.1f} s"
            note(f"[{number}/{len(names)}] {partitioner}, {placer}: {took}")
        yield found


def _rank(args: argparse.Namespace, row: Mapping[str, Any]) -> tuple[bool, float, int]:
    """Return what sorts rows: the lower the better, ties by hops."""
    if "error" in row:
        return True, inf, 0
    value = row[OBJECTIVES[args.objective][0]]
    if args.objective == "throughput":
        value = (inf if row["no_guarantee"] else -inf) if value is None else -value
    return False, value, row["hops"]


def _mapping(args: argparse.Namespace, work: Work, partitioner: str, placer: str) -> Mapped:
    """Map the network, and say what that costs."""
    from neurohw.compile_clock import Stopwatch
    from neurohw.compiler import compile_network
    from neurohw.compiler.figures import mapping_figures
    from neurohw.compiler.schedule import throughput_of_program

    clock = Stopwatch()
    program = compile_network(
        work.network,
        work.chip,
        partitioner=partitioner,
        placer=placer,
        merge_columns=args.fan_in == "merge",
        strict=not args.no_strict,
        spikes=work.spikes,
        objective=OBJECTIVES[args.objective][1],
        seconds=args.seconds or PLACER_SECONDS,
        partition_seconds=args.seconds or inf,
        seed=args.seed or 0,
    )
    seconds, compiling = clock.read()
    figures = asdict(mapping_figures(program, work.spikes))
    throughput, reason = None, None
    try:
        throughput = throughput_of_program(program, work.spikes_of_iteration)
    except GraphError as error:
        reason = str(error)
    row = {
        "partitioner": partitioner,
        "placer": placer,
        **figures,
        "guaranteed_hz": None if throughput is None else throughput.guaranteed_hz,
        "simulated_hz": None if throughput is None else throughput.simulated_hz,
        "period_cycles": None if throughput is None else str(throughput.certificate.period),
        "no_guarantee": reason,
        "not_simulated": None if throughput is None else throughput.not_simulated,
        "seconds": seconds,
        "compile_seconds": compiling,
    }
    return Mapped(row, program, throughput)

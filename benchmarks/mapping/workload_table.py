"""All partitioners on the ten applications: costs of the maps as a table and a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path

from benchmarks.mapping.applications import mappable
from benchmarks.mapping.workload_rows import PEER, Limits, Row, kahypar_rows, mapped_rows
from neurohw.cli.outcome import note, table
from neurohw.files import write_text
from neurohw.progress import with_progress

SMALLEST = "mlp_mnist"
FIRST = "multilevel"  # whose clusters all placers place, and whose number of clusters Mt-KaHyPar gets
HEADINGS = (
    "", "placer", "clusters", "packets", "synapse spikes", "pJ", "max link load", "guaranteed Hz", "simulated Hz",
    "at most Hz", "ISI +- cycles", "km1", "ratio", "rows kept", "partition s", "place s",
)  # fmt: skip


def workload_table(
    workloads: Sequence[str],
    partitioners: Sequence[str],
    placers: Sequence[str],
    limits: Limits,
    size: tuple[int, int],
    output: Path,
    resume: bool = False,
) -> str:
    """Map each application by each partitioner and the first placer, ``FIRST`` by all; then let Mt-KaHyPar partition.

    The CSV file is written anew after each line, Markdown beside it. Kernels are compiled before the clock starts.

    Parameters
    ----------
    size : rows (at least) and columns of a crossbar.
    resume : take lines that the file has already as they are.
    """
    note("compiling")
    list(_rows_of(SMALLEST, partitioners, placers, limits, size))
    rows = _read(output) if resume and output.exists() else []
    for name in with_progress(workloads, "workloads"):
        note(name)
        known = {(row.partitioner, row.placer) for row in rows if row.workload == name}
        left = [each for each in partitioners if not _is_known(each, placers, known)]
        rows = [row for row in rows if row.workload != name or row.partitioner not in left]
        for row in _rows_of(name, left, placers, limits, size):
            note("  ".join(_cells(row)))
            rows = _in_order([*rows, row], workloads)
            _write(rows, output)
    compared = {row.workload for row in rows if row.partitioner == PEER}
    for name in with_progress([name for name in workloads if name not in compared], PEER):
        note(f"{PEER}, {name}")
        rows = _in_order(_with_peers(rows, name, limits, size), workloads)
        _write(rows, output)
    return _as_text(rows)


def _in_order(rows: Sequence[Row], workloads: Sequence[str]) -> list[Row]:
    """Return the rows of one workload after the other; those that a file has of others come first."""
    return sorted(rows, key=lambda row: workloads.index(row.workload) if row.workload in workloads else -1)


def _write(rows: Sequence[Row], output: Path) -> None:
    write_text(output, _as_csv(rows))
    write_text(output.with_suffix(".md"), _as_markdown(rows))


def _read(path: Path) -> list[Row]:
    """Return the lines of a CSV file of this table."""
    texts = {"workload", "partitioner", "placer", "notes"}
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(**{key: value if key in texts else _number(value) for key, value in row.items()})
            for row in csv.DictReader(file)
        ]


def _number(text: str) -> float | None:
    if not text:
        return None
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _is_known(partitioner: str, placers: Sequence[str], known: set[tuple[str, str]]) -> bool:
    """True where all lines of a partitioner are there, or the one that says why there are none."""
    return (partitioner, "") in known or known >= {
        (partitioner, p) for p in _placers_of(partitioner, placers)
    }


def _placers_of(partitioner: str, placers: Sequence[str]) -> Sequence[str]:
    return placers if partitioner == FIRST else placers[:1]


def _rows_of(
    name: str, partitioners: Sequence[str], placers: Sequence[str], limits: Limits, size: tuple[int, int]
) -> Iterator[Row]:
    if not partitioners:
        return
    work = mappable(name, *size)
    for partitioner in with_progress(partitioners, name):
        yield from mapped_rows(work, partitioner, _placers_of(partitioner, placers), limits)


def _with_peers(rows: Sequence[Row], name: str, limits: Limits, size: tuple[int, int]) -> list[Row]:
    """Return all rows, those of a workload compared to Mt-KaHyPar, whose own come last."""
    own = [row for row in rows if row.workload == name]
    first = next((row.clusters for row in own if row.partitioner == FIRST), None)
    if first is None:
        return list(rows)
    peers = kahypar_rows(mappable(name, *size), first, limits.peer_synapses)
    return [*(_compared(row, peers) if row in own else row for row in rows), *peers]


def _compared(row: Row, peers: Sequence[Row]) -> Row:
    """Return the row with its connectivity over that of Mt-KaHyPar as it is, and with rows kept."""
    if row.km1 is None or not peers or not peers[0].km1:
        return row
    kept = peers[-1].km1 or peers[0].km1
    return replace(row, km1_ratio=row.km1 / peers[0].km1, repaired_ratio=row.km1 / kept)


def _as_markdown(rows: Sequence[Row]) -> str:
    lines = [["workload", "partitioner", *HEADINGS[1:]], ["---", "---", *("---:" for _ in HEADINGS[1:])]]
    lines += [[row.workload, *_cells(row)] for row in rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _as_csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    return text.getvalue()


def _as_text(rows: Sequence[Row]) -> str:
    parts = []
    for name in dict.fromkeys(row.workload for row in rows):
        own = [row for row in rows if row.workload == name]
        notes = dict.fromkeys(f"{row.partitioner} {row.placer}: {row.notes}" for row in own if row.notes)
        parts.append("\n".join(["", name, table(HEADINGS, [_cells(row) for row in own]), *notes]))
    return "\n".join(parts)


def _cells(row: Row) -> list[str]:
    values = list(asdict(row).values())[3:-1]
    return [row.partitioner, row.placer, *(_cell(value) for value in values)]


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"

"""The table of what was measured, for people and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.speed.measure import Measured
from benchmarks.speed.sides import OWN
from benchmarks.speed.workloads import ALL

RECORDED = Path(__file__).with_name("recorded.csv")
SLOWER = 1.25  # times the recorded distance to the limit: more is named
COLUMNS = ("s", "best", "ratio", "ns/event", "Hz", "build s", "peak MB")


def rows(found: Measured) -> list[dict[str, Any]]:
    """Return one row a simulator, the limit's last."""
    table = [
        {
            "workload": found.workload,
            "simulator": name,
            "s": found.median(name),
            "best": found.best_s(name),
            "ratio": found.ratio(name),
            "ns/event": found.ns_per_event(name),
            "Hz": found.rate_hz(name),
            "build s": found.build_s(name),
            "peak MB": found.median(name, "peak_mb"),
        }
        for name in found.simulators
    ]
    if not found.has_limit:
        return table
    limit = {"s": found.limit_s, "ratio": 1 / found.over_limit}
    return [*table, {"workload": found.workload, "simulator": "limit", **limit}]


def text(found: Measured, recorded: Mapping[str, float]) -> str:
    """Return the table of a workload and what follows from it."""
    lines = [f"{found.workload}: {ALL[found.workload].about}; {found.seconds:g} s"]
    lines.append(f"{'':16s}" + "".join(f"{column:>10s}" for column in COLUMNS))
    lines += [f"{row['simulator']:16s}" + "".join(cell(row.get(c)) for c in COLUMNS) for row in rows(found)]
    if found.has_limit:
        lines.append(beside_limit(found))
    return "\n".join([*lines, *remarks(found, recorded)]) + "\n"


def beside_limit(found: Measured) -> str:
    """Return how far neurohw is from the limit of the machine."""
    deliver_ns = 1e9 * found.median("limit", "deliver_s") / max(1, found.median("limit", "delivered"))
    drives = (
        f" {found.over_limit_with_drives:.2f} times with its {1e3 * found.drives_s:.1f} ms of Poisson drives;"
        if found.drives_s
        else ""
    )
    return (
        f"{found.over_limit:.2f} times the limit ({deliver_ns:.2f} ns an event, "
        f"{1e3 * found.median('limit', 'update_s'):.1f} ms of updates);{drives} "
        f"{found.bytes_per_synapse:.1f} bytes a synapse"
    )


def remarks(found: Measured, recorded: Mapping[str, float]) -> list[str]:
    """Return what is to be said of goals, of rates that differ and of what became slower."""
    workload = ALL[found.workload]
    said = [
        f"{name}: mean rate differs by more than {100 * workload.rates_agree:g} % from neurohw's"
        for name in found.simulators
        if not found.agrees(name)
    ]
    rivals = [name for name in found.peers if name in workload.rivals or not workload.rivals]
    if rivals:
        ratio = min(found.ratio(name) for name in rivals)
        verdict = "reached" if ratio >= workload.goal else "not reached"
        rival = " and ".join(workload.rivals) or "the fastest peer"
        said.append(f"{workload.goal:g} times as fast as {rival}: {verdict}")
    if workload.note:
        said.append(workload.note)
    before = recorded.get(found.workload)
    if before is not None and found.has_limit and found.over_limit > SLOWER * before:
        said.append(f"slower than recorded: {before:.2f} times the limit then")
    return said


def cell(value: float | None) -> str:
    """Return a number in ten columns."""
    return f"{'':10s}" if value is None else f"{value:10.4g}"


def as_csv(found: Sequence[Measured]) -> str:
    """Return all tables as CSV."""
    file = io.StringIO()
    writer = csv.DictWriter(file, ("workload", "simulator", *COLUMNS), lineterminator="\n")
    writer.writeheader()
    for item in found:
        writer.writerows(rounded(row) for row in rows(item))
    return file.getvalue()


def rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with four digits of each number."""
    return {key: f"{value:.4g}" if isinstance(value, float) else value for key, value in row.items()}


def read_recorded(path: Path = RECORDED) -> dict[str, float]:
    """Return the distances to the limit that a release had."""
    with path.open(newline="") as file:
        return {row["workload"]: float(row["over_limit"]) for row in csv.DictReader(file)}


def as_object(found: Measured) -> dict[str, Any]:
    """Return plain values."""
    return {
        "workload": found.workload,
        "synapses": found.synapses,
        "rows": rows(found),
        "over_limit": found.over_limit if found.has_limit else None,
        "over_limit_with_drives": found.over_limit_with_drives if found.has_limit else None,
        "bytes_per_synapse": found.bytes_per_synapse,
        "goal": ALL[found.workload].goal,
        "rates_agree": all(found.agrees(name) for name in found.peers),
        "events": found.median(OWN, "events"),
        "runs": dict(found.runs),
    }

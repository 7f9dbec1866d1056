"""A hardware report in a few lines: for a terminal, and as tables for a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from neurohw.analysis.summary import hardware_rows
from neurohw.result import HardwareReport
from neurohw.wording import NOTHING, number

Table = tuple[Sequence[str], Sequence[Sequence[str]]]  # headings, rows


def as_text(report: HardwareReport) -> str:
    """Return a heading and one line for each figure that the run has."""
    totals = _totals(report)
    width = max(len(name) for name, _ in totals)
    return "\n".join([heading(report), *(f"  {name.ljust(width)}  {value}" for name, value in totals)])


def as_html(report: HardwareReport) -> str:
    """Return the heading, the figures, and the rows of populations and projections; names are escaped."""
    tables = [(("", ""), _totals(report)), population_table(report), projection_table(report)]
    return f"<p>{escape(heading(report))}</p>" + "".join(_html(*table) for table in tables if table[1])


def heading(report: HardwareReport) -> str:
    """Return what ran: ``"1,000 ms on chip mesh, fcfs (event)"``."""
    where = "without a chip" if report.chip is None else f"on chip {report.chip}"
    return f"{number(report.biological_ms)} ms {where}, {report.fidelity} ({report.backend})"


def population_table(report: HardwareReport) -> Table:
    """Return name, cells and spikes of each population."""
    load = report.populations
    return ("population", "cells", "spikes"), _rows(load.name, load.cells, load.spikes)


def projection_table(report: HardwareReport) -> Table:
    """Return name, synapses, synaptic events, and those late and lost, of each projection."""
    headings = ("projection", "synapses", "synaptic events", "late", "lost")
    load = report.projections
    if load is None:
        return headings, []
    return headings, _rows(load.name, load.synapses, load.synaptic_events, load.late, load.lost)


def _totals(report: HardwareReport) -> list[Sequence[str]]:
    spikes = f"{int(np.sum(report.populations.spikes)):,}"
    events = f"{report.traffic.synaptic_events:,}"
    rows = [(row.name, row.values[0]) for row in hardware_rows([report]) if row.values[0] != NOTHING]
    return [("spikes", spikes), ("synaptic events", events), *rows]


def _rows(names: Iterable[str], *columns: np.ndarray | None) -> list[Sequence[str]]:
    """Return one row a name; a column that was not simulated shows dashes."""
    return [
        (str(name), *(NOTHING if column is None else f"{int(column[index]):,}" for column in columns))
        for index, name in enumerate(names)
    ]


def _html(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings) if any(headings) else ""
    body = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(f'<td>{escape(value)}</td>' for value in values)}</tr>"
        for name, *values in rows
    )
    return f"<table>{f'<tr>{head}</tr>' if head else ''}{body}</table>"

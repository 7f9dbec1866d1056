"""The page of a mapping: costs by all algorithms, the best one drawn, its schedule, and what limits its throughput."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from neurohw.analysis.formatting import percent, si
from neurohw.analysis.html import page_environment
from neurohw.analysis.plots import gantt, mapping_map, to_svg
from neurohw.analysis.versions import versions
from neurohw.compiler.schedule import Duplicated, MappedThroughput, explain
from neurohw.files import write_text
from neurohw.program import Program
from neurohw.wording import NOTHING, number

Array = np.ndarray
Fact = tuple[str, str, str]  # name, value, remark

HEADINGS = (
    "partitioner, placer",
    "crossbars",
    "tiles",
    "packets",
    "synapse spikes",
    "hops",
    "max link load",
    "energy",
    "latency",
    "guaranteed",
    "simulated",
    "seconds",
)
MOST_BUFFERS = 12


@dataclass(frozen=True)
class MappingPage:
    """What the page shows; rows are those of ``neurohw compile --json``, the first that of the program."""

    title: str
    subtitle: str
    rows: Sequence[Mapping[str, Any]]
    program: Program
    spikes: Array
    throughput: MappedThroughput | None
    no_guarantee: str | None  # why there is no throughput
    iteration_ms: float
    objective: str
    longest_step: int | None = None  # cycles of a tick, at most, on a chip with a barrier
    copies: Duplicated | None = None  # of tiles that bound the throughput
    command: str | None = None

    def facts(self) -> list[Fact]:
        """Return what is most worth knowing of the mapping."""
        return [*self._use(), *self._rates(), *self._with_copies(), *self._step()]

    def _use(self) -> list[Fact]:
        chip, clusters, row = self.program.chip, self.program.clusters, self.rows[0]
        if chip is None or clusters is None:
            return []
        n_crossbars = int(clusters.n_crossbars.sum())
        rows, columns = (int(part.sum()) for part in (clusters.n_rows, clusters.n_columns))
        used = (
            f"rows {percent(rows / max(1, n_crossbars * chip.crossbar.rows))}, columns "
            f"{percent(columns / max(1, n_crossbars * chip.crossbar.columns))} of them in use"
        )
        tiles = f"{row['tiles']:,} of {chip.n_tiles:,} tiles"
        choice = f"the best of {len(self.rows)} by {self.objective}" if len(self.rows) > 1 else ""
        way = f"between tiles, {number(row['latency_cycles'])} cycles each alone"
        return [
            ("mapping", f"{row['partitioner']}, {row['placer']}", choice),
            ("crossbars", f"{n_crossbars:,}", f"on {tiles}; {used}"),
            ("packets", f"{row['packets']:,}", way),
        ]

    def _rates(self) -> list[Fact]:
        if self.throughput is None:
            return [("guaranteed", NOTHING, self.no_guarantee or "")]
        certificate, sizes = self.throughput.certificate, self.throughput.certificate.capacity_of_channel
        guaranteed, simulated = self.throughput.guaranteed_hz, self.throughput.simulated_hz
        if guaranteed is None:
            return [("guaranteed", "no limit", "nothing limits the throughput")]
        iteration = (
            f"iterations of {number(self.iteration_ms)} ms, one in {number(float(certificate.period))} cycles"
        )
        speed = number(guaranteed * self.iteration_ms * 1e-3)
        room = f"packets in {len(sizes):,} buffers, {max(sizes.values(), default=0):,} at most"
        facts = [
            ("guaranteed", f"{rate(guaranteed)}/s", f"{iteration}; {speed} times biological speed"),
            ("simulated", NOTHING, self.throughput.not_simulated or ""),
            ("buffers", f"{sum(sizes.values()):,}", room),
        ]
        if simulated is not None:
            ratio = f"self-timed; {number(simulated / guaranteed)} times the guarantee"
            facts[1] = ("simulated", f"{rate(simulated)}/s", ratio)
        return facts

    def _with_copies(self) -> list[Fact]:
        found, chip = self.copies, self.program.chip
        if found is None or chip is None:
            return []
        gain = number(float(found.period_before / found.period))
        hz, simulated = (
            rate(1e9 / (float(period) * chip.cycle_ns)) for period in (found.period, found.simulated_period)
        )
        tiles = "; ".join(
            f"{tiles[0]} on {', '.join(map(str, tiles[1:]))}" for tiles in found.copies_of_tile.values()
        )
        return [
            ("with copies", f"{hz}/s", f"guaranteed, {gain} times as much; {simulated}/s simulated"),
            ("copied tiles", f"{len(found.copies_of_tile)}", f"{tiles}; if iterations are independent"),
        ]

    def _step(self) -> list[Fact]:
        if self.longest_step is None or self.program.chip is None:
            return []
        seconds = self.longest_step * self.program.chip.cycle_ns * 1e-9
        remark = f"at most, {self.longest_step:,} cycles: all cells that fire in one tick, then the barrier"
        return [("longest step", si(seconds, "s"), remark)]

    def critical(self) -> list[str]:
        """Return what limits the throughput, as sentences."""
        return [] if self.throughput is None else explain(self.program, self.throughput.certificate)

    @cached_property
    def _figures(self) -> dict[str, Figure]:
        drawn = {"mapping": mapping_map(self.program, self.spikes)}
        if self.throughput is not None and self.throughput.certificate.period:
            drawn["schedule"] = gantt(self.program, self.throughput.certificate)
        return drawn

    def figures(self) -> dict[str, Figure]:
        """Return the pictures by name: the mapping and, where something limits it, the schedule."""
        return self._figures

    def buffers(self) -> tuple[list[str], list[list[str]]]:
        """Return the largest buffers as a table."""
        headings = ["from", "to", "packets an iteration", "buffer"]
        if self.throughput is None:
            return headings, []
        certificate = self.throughput.certificate
        sizes = certificate.capacity_of_channel
        channels = sorted(
            (c for c in certificate.graph.channels if c.name in sizes), key=lambda c: -sizes[c.name]
        )
        rows = [
            [c.source, c.target, f"{c.production:,}", f"{sizes[c.name]:,}"] for c in channels[:MOST_BUFFERS]
        ]
        return headings, [[cell.replace("_", " ") for cell in row] for row in rows]


def rate(hz: float | None) -> str:
    """Return iterations per s with a prefix: ``"1.2 k"``."""
    return si(hz, "").strip()


def mapping_cells(row: Mapping[str, Any]) -> list[str]:
    """Return the cells of a row under ``HEADINGS``."""
    counts = ("crossbars", "tiles", "packets", "synapse_spikes", "hops", "max_link_load")
    return [
        f"{row['partitioner']}, {row['placer']}",
        *(f"{row[key]:,}" for key in counts),
        si(row["energy_pj"] * 1e-12, "J"),
        f"{row['latency_cycles']:.1f}",
        rate(row["guaranteed_hz"]),
        rate(row["simulated_hz"]),
        f"{row['seconds']:.1f}",
    ]


def write_mapping_page(path: Path, page: MappingPage) -> None:
    """Write a self-contained HTML page; everything that comes from users is escaped.

    Raises
    ------
    SettingError
        When the file cannot be written.
    """
    template = page_environment().get_template("mapping.html")
    text = template.render(
        page=page,
        mappings=(list(HEADINGS), [mapping_cells(row) for row in page.rows]),
        figures={name: to_svg(figure) for name, figure in page.figures().items()},
        written=f"{datetime.now():%Y-%m-%d %H:%M}",
        versions=versions(),
    )
    write_text(path, text)

"""What stands on a report's page, and its rendering as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from neurohw import wording
from neurohw.analysis import formatting
from neurohw.analysis.compare import Agreement
from neurohw.analysis.html import page_environment
from neurohw.analysis.overview import projection_table
from neurohw.analysis.recording import Recording
from neurohw.analysis.report import tables
from neurohw.analysis.report.cards import cards
from neurohw.analysis.report.energy import energy_rows, population_energy
from neurohw.analysis.report.figures import figures
from neurohw.analysis.report.trouble import congestion_table, distortion_rows, neuron_table, tile_table
from neurohw.analysis.summary import Row, hardware_rows, identical_until, summary_rows
from neurohw.analysis.tolerance import Tolerance
from neurohw.analysis.versions import versions
from neurohw.hardware import Chip
from neurohw.hardware.writer import numbers_of, value_text
from neurohw.result import HardwareReport


@dataclass(frozen=True)
class Page:
    """What a report shows besides the hardware report itself.

    Attributes
    ----------
    recordings : runs to show side by side.
    agreements : per label of a run its agreement with the reference.
    effects : per change of the chip the agreement of that run with the ideal one.
    chip : the chip that was simulated.
    command : how the run was started.
    """

    title: str
    recordings: Sequence[Recording] = ()
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    effects: Mapping[str, Agreement] = field(default_factory=dict)
    tolerance: Tolerance = field(default_factory=Tolerance)
    chip: Chip | None = None
    command: str | None = None


def render(hardware: HardwareReport, page: Page) -> str:
    """Return the page as HTML; everything that comes from users is escaped."""
    environment = page_environment()
    environment.filters.update(
        number=wording.number,
        counted=wording.counted,
        percent=formatting.percent,
        value_text=value_text,
        si=formatting.si,
        identical_until=identical_until,
    )
    return environment.get_template("report.html").render(
        page=page,
        hardware=hardware,
        written=f"{datetime.now():%Y-%m-%d %H:%M}",
        versions=versions(),
        cards=cards(hardware, page.agreements),
        labels=[recording.label for recording in page.recordings] or [label_of(hardware)],
        rows=_rows(hardware, page),
        figures=figures(hardware, page.recordings, page.chip),
        numbers=numbers_of(page.chip) if page.chip is not None else [],
        misses={label: page.tolerance.misses(found) for label, found in page.agreements.items()},
        **_tables(hardware),
    )


def label_of(hardware: HardwareReport) -> str:
    """Return chip, fidelity and backend of a run."""
    return " ".join(part for part in (hardware.chip, hardware.fidelity, f"({hardware.backend})") if part)


def _rows(hardware: HardwareReport, page: Page) -> list[Row]:
    if page.recordings:
        return summary_rows(page.recordings, page.agreements)
    return [row for row in hardware_rows([hardware]) if row.values != (wording.NOTHING,)]


def _tables(hardware: HardwareReport) -> dict[str, Any]:
    return {
        "links": tables.link_table(hardware),
        "tiles": tables.busiest_tiles(hardware),
        "stages": tables.stage_table(hardware),
        "distortion": distortion_rows(hardware),
        "congestion": congestion_table(hardware),
        "troubled_tiles": tile_table(hardware),
        "neurons": neuron_table(hardware),
        "projections": projection_table(hardware),
        "energy": energy_rows(hardware),
        "energy_of_populations": population_energy(hardware),
    }

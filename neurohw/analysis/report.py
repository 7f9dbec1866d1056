"""The report of a run as one HTML page that needs nothing else: no network, no scripts, figures inline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from os import PathLike
from typing import Any

import numpy as np

from neurohw.analysis import formatting
from neurohw.analysis.compare import Agreement
from neurohw.analysis.files import write_text
from neurohw.analysis.overview import projection_table
from neurohw.analysis.recording import Recording
from neurohw.analysis.summary import (
    Row,
    busiest_link,
    busiest_links,
    hardware_rows,
    identical_until,
    latency_text,
    link_name,
    summary_rows,
    tile_name,
)
from neurohw.analysis.tolerance import Tolerance
from neurohw.analysis.versions import versions
from neurohw.hardware import Chip
from neurohw.hardware.writer import numbers_of, value_text
from neurohw.network import Network
from neurohw.result import HardwareReport, Result

N_BUSIEST = 8
ENERGY_ACTIONS = {
    "spike": "neurons fire and their addresses are encoded",
    "hop": "packets cross routers and links",
    "row": "crossbar rows are read",
    "synapse": "synaptic events",
    "static": "leakage and clock of the tiles",
}


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


def write_report(
    path: str | PathLike[str],
    hardware: HardwareReport,
    *,
    result: Result | None = None,
    network: Network | None = None,
    runs: Sequence[Recording] = (),
    agreement: Agreement | Mapping[str, Agreement] | None = None,
    effects: Mapping[str, Agreement] | None = None,
    tolerance: Tolerance | None = None,
    chip: Chip | None = None,
    title: str | None = None,
    command: str | None = None,
) -> None:
    """Write a self-contained HTML page.

    Parameters
    ----------
    path : where to write; the file appears completely or not at all.
    hardware : the account of the run that the page is about.
    result, network : its spikes and what ran, for the raster and the rates.
    runs : further runs to show side by side; when given, ``result`` is not added to them.
    agreement : agreement of the run with a reference, or one per label of ``runs``.
    effects : per change of the chip, the agreement of that run with the ideal one.
    tolerance : the limits that ``agreement`` was held against.
    chip : the chip, for the table of its numbers and the share of each tile in use.
    title, command : heading, and how the run was started.

    Raises
    ------
    SettingError
        When the file cannot be written.
    """
    if not runs and result is not None and network is not None:
        runs = (Recording.of(_label(hardware), network, result),)
    if isinstance(agreement, Agreement):
        agreement = {runs[0].label if runs else _label(hardware): agreement}
    page = Page(
        title=title or f"{_label(hardware)}: hardware report",
        recordings=runs,
        agreements=agreement or {},
        effects=effects or {},
        tolerance=tolerance or Tolerance(),
        chip=chip,
        command=command,
    )
    write_text(path, render(hardware, page))


def render(hardware: HardwareReport, page: Page) -> str:
    """Return the page as HTML; everything that comes from users is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("neurohw.analysis"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=formatting.number,
        counted=formatting.counted,
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
        cards=_cards(hardware, page),
        labels=[recording.label for recording in page.recordings] or [_label(hardware)],
        rows=_rows(hardware, page),
        figures=_figures(hardware, page),
        links=_link_rows(hardware),
        tiles=_tile_rows(hardware),
        projections=projection_table(hardware),
        energy=_energy_rows(hardware),
        numbers=numbers_of(page.chip) if page.chip is not None else [],
        misses={label: page.tolerance.misses(found) for label, found in page.agreements.items()},
    )


def _label(hardware: HardwareReport) -> str:
    return " ".join(part for part in (hardware.chip, hardware.fidelity, f"({hardware.backend})") if part)


def _rows(hardware: HardwareReport, page: Page) -> list[Row]:
    if page.recordings:
        return summary_rows(page.recordings, page.agreements)
    return [row for row in hardware_rows([hardware]) if row.values != (formatting.NOTHING,)]


def _cards(hardware: HardwareReport, page: Page) -> list[tuple[str, str, str]]:
    """Return the numbers at the top of the page: (name, value, remark)."""
    traffic, cards = hardware.traffic, []
    spikes = int(np.sum(hardware.populations.spikes))
    cells = int(np.sum(hardware.populations.cells))
    cards.append(("spikes fired", f"{spikes:,}", f"by {cells:,} cells in {hardware.biological_ms:,.0f} ms"))
    for label, agreement in list(page.agreements.items())[:2]:
        cards.append(("agreement", _verdict(agreement), f"of {label} and the reference"))
    if hardware.latency is not None:
        cards.append(("latency, mean", *_split(latency_text(hardware, "mean"))))
        late = f"{traffic.late:,} of {traffic.sent:,} deliveries"
        cards.append(("late", formatting.percent(traffic.late / max(traffic.sent, 1)), late))
        lost = f"{traffic.dropped:,} of {traffic.sent:,} deliveries"
        cards.append(("lost", formatting.percent(traffic.dropped / max(traffic.sent, 1)), lost))
    if hardware.links is not None and np.any(hardware.links.packets):
        cards.append(("busiest link", *_split(busiest_link(hardware))))
    if hardware.energy_pj:
        power = hardware.total_energy_pj * 1e-12 / (hardware.chip_ms * 1e-3) if hardware.chip_ms else None
        cards.append(
            ("energy", formatting.si(hardware.total_energy_pj * 1e-12, "J"), formatting.si(power, "W"))
        )
    return cards


def _verdict(agreement: Agreement) -> str:
    return (
        "identical" if agreement.identical else f"{formatting.percent(agreement.share_identical)} of spikes"
    )


def _split(text: str) -> tuple[str, str]:
    """Split ``"12 us (0.1 ticks)"`` into value and remark."""
    value, _, remark = text.partition(" (")
    return value, remark.removesuffix(")")


def _figures(hardware: HardwareReport, page: Page) -> dict[str, Any]:
    """Return the figures that the data allow, by name, as markup."""
    from markupsafe import Markup

    from neurohw.analysis import plots

    figures = {}
    recordings = [recording for recording in page.recordings if recording.watched]
    if recordings:
        figures["raster"] = plots.raster(recordings)
        figures["rates"] = plots.population_rates(recordings)
        figures["distributions"] = plots.distributions(recordings)
    if hardware.latency is not None and hardware.cycle_ns and hardware.cycles_per_tick:
        figures["latency"] = plots.latency_histogram(
            hardware.latency, hardware.cycle_ns, hardware.cycles_per_tick
        )
    if hardware.tiles is not None and hardware.mesh is not None:
        figures["utilisation"] = plots.utilisation(hardware.tiles, hardware.mesh, page.chip)
        if hardware.links is not None:
            figures["load"] = plots.load_map(hardware.tiles, hardware.links, hardware.mesh)
    return {name: Markup(plots.to_svg(figure)) for name, figure in figures.items()}


def _link_rows(hardware: HardwareReport) -> list[tuple[str, ...]]:
    """Return name, utilisation, packets, mean wait, longest queue and losses of the busiest links."""
    links = hardware.links
    if links is None:
        return []
    rows = []
    for link in busiest_links(hardware, N_BUSIEST):
        packets = int(links.packets[link])
        wait = float(links.wait_cycles[link]) / packets if packets else 0.0
        counts = [f"{int(column[link]):,}" for column in (links.longest_queue, links.dropped)]
        share = formatting.percent(float(links.utilisation[link]))
        rows.append(
            (link_name(hardware, link), share, f"{packets:,}", f"{formatting.number(wait)} cycles", *counts)
        )
    return rows


def _tile_rows(hardware: HardwareReport) -> list[tuple[str, ...]]:
    """Return name, neurons, rows, spikes, packets and synaptic events of the busiest tiles."""
    tiles = hardware.tiles
    if tiles is None or hardware.mesh is None:
        return []
    columns = (tiles.cells, tiles.rows, tiles.spikes, tiles.packets, tiles.synaptic_events)
    busiest = np.argsort(-np.asarray(tiles.synaptic_events), kind="stable")[:N_BUSIEST]
    return [
        (tile_name(int(tile), hardware.mesh), *(f"{int(column[tile]):,}" for column in columns))
        for tile in busiest
    ]


def _energy_rows(hardware: HardwareReport) -> list[tuple[str, str, str, float]]:
    """Return action, what it is, energy and share of the total."""
    total = hardware.total_energy_pj
    return [
        (
            action,
            ENERGY_ACTIONS.get(action, ""),
            formatting.si(energy * 1e-12, "J"),
            energy / total if total else 0.0,
        )
        for action, energy in sorted(hardware.energy_pj.items(), key=lambda item: -item[1])
    ]

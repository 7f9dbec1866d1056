"""The one table that says what happened: a row per figure of merit, a column per run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from neurohw.analysis.compare import Agreement
from neurohw.analysis.formatting import causes, percent, si
from neurohw.analysis.places import busiest_links, link_name, tile_name
from neurohw.analysis.recording import RecordedPopulation, Recording
from neurohw.analysis.statistics import interval_cvs, mean_or_none, rates_hz, select
from neurohw.result import HardwareReport
from neurohw.wording import NOTHING, counted, number


@dataclass(frozen=True)
class Row:
    """One figure of merit for all runs."""

    name: str
    values: tuple[str, ...]


def summary_rows(recordings: Sequence[Recording], agreements: Mapping[str, Agreement]) -> list[Row]:
    """Return the table of some runs of one network.

    Parameters
    ----------
    recordings : the runs, one column each.
    agreements : per label of a run its agreement with the reference; runs without one show a dash.
    """
    rows = [*_activity_rows(recordings), *_agreement_rows(recordings, agreements)]
    rows += hardware_rows([recording.report for recording in recordings])
    return [row for row in rows if any(value != NOTHING for value in row.values)]


def hardware_rows(reports: Sequence[HardwareReport]) -> list[Row]:
    """Return what the hardware did, one column per report."""
    per_report = [dict(_hardware_values(report)) for report in reports]
    return [Row(name, tuple(values[name] for values in per_report)) for name in per_report[0]]


def _activity_rows(recordings: Sequence[Recording]) -> Iterator[Row]:
    for population in recordings[0].watched:
        yield Row(f"rate, {population.name}", tuple(_rate(recording, population) for recording in recordings))
    for population in recordings[0].watched:
        yield Row(
            f"CV of intervals, {population.name}",
            tuple(_cv(recording, population) for recording in recordings),
        )
    yield Row("spikes recorded", tuple(f"{recording.spikes.ids.size:,}" for recording in recordings))


def _rate(recording: Recording, population: RecordedPopulation) -> str:
    spikes = select(recording.spikes, population.cells)
    return f"{rates_hz(spikes, population.cells.size, recording.duration_ms).mean():.2f} Hz"


def _cv(recording: Recording, population: RecordedPopulation) -> str:
    cv = mean_or_none(interval_cvs(select(recording.spikes, population.cells), population.cells.size))
    return NOTHING if cv is None else f"{cv:.2f}"


def _agreement_rows(recordings: Sequence[Recording], agreements: Mapping[str, Agreement]) -> list[Row]:
    columns = [dict(_agreement_values(agreements.get(recording.label))) for recording in recordings]
    return [Row(name, tuple(column[name] for column in columns)) for name in columns[0]]


def _agreement_values(agreement: Agreement | None) -> Iterator[tuple[str, str]]:
    names = (
        "identical to the reference",
        "spikes at the same tick",
        "spikes within 1 tick",
        "median shift of a spike",
    )
    if agreement is None:
        yield from ((name, NOTHING) for name in names)
        return
    values = (
        identical_until(agreement),
        percent(agreement.share_identical),
        percent(agreement.share_within_one_tick),
        _ticks(agreement.median_shift_ticks),
    )
    yield from zip(names, values, strict=True)


def identical_until(agreement: Agreement) -> str:
    """Return up to when two runs have the same spikes."""
    first = agreement.first_divergence
    return "all spikes" if first is None else f"up to t = {first.time_ms:.6g} ms"


def _ticks(value: float | None) -> str:
    return NOTHING if value is None else counted(value, "tick")


def _hardware_values(report: HardwareReport) -> Iterator[tuple[str, str]]:
    traffic = report.traffic
    on_chip = report.latency is not None
    for name in ("mean", "p99", "max"):
        yield f"spike latency, {name}", latency_text(report, name)
    late = causes(traffic.late, traffic.sent, dict(traffic.late_by_cause))
    lost = causes(traffic.dropped, traffic.sent, dict(traffic.dropped_by_cause))
    yield "spikes late by a tick or more", late if on_chip else NOTHING
    yield "spikes lost", lost if on_chip else NOTHING
    yield "busiest link", busiest_link(report)
    yield "busiest tile", busiest_tile(report)
    yield "energy", si(report.total_energy_pj * 1e-12, "J") if report.energy_pj else NOTHING
    yield "power", si(report.power_mw * 1e-3, "W") if report.energy_pj and report.power_mw else NOTHING
    yield "time on the chip", chip_time_text(report)
    for name in ("build", "compile", "run"):
        yield f"{name} time", f"{report.timing_s[name]:.2f} s" if name in report.timing_s else NOTHING


def latency_text(report: HardwareReport, name: str) -> str:
    """Return ``mean``, ``p50``, ``p99`` or ``max`` of the latency in time on the chip and in ticks."""
    if report.latency is None or not report.cycle_ns:
        return NOTHING
    cycles = getattr(report.latency, name)
    time = si(cycles * report.cycle_ns * 1e-9, "s")
    if not report.cycles_per_tick:
        return time
    return f"{time} ({counted(cycles / report.cycles_per_tick, 'tick')})"


def chip_time_text(report: HardwareReport) -> str:
    """Return the time that passed on the chip and how it compares with the biological time."""
    if report.chip_ms is None:
        return NOTHING
    time = si(report.chip_ms * 1e-3, "s")
    if not report.chip_ms or not report.biological_ms:
        return time
    factor = report.biological_ms / report.chip_ms
    if 0.995 < factor < 1.005:
        return f"{time} (as long as the biological time)"
    pace = f"{number(factor)} times faster" if factor > 1 else f"{number(1 / factor)} times slower"
    return f"{time} ({pace} than biology)"


def busiest_link(report: HardwareReport) -> str:
    """Return name and utilisation of the busiest link."""
    links = report.links
    if links is None or not np.any(links.packets):
        return NOTHING
    link = busiest_links(links, 1)[0]
    return f"{link_name(links, link)} ({percent(float(links.utilisation[link]))} busy)"


def busiest_tile(report: HardwareReport) -> str:
    """Return name and synaptic events of the busiest tile."""
    if report.tiles is None or not np.any(report.tiles.synaptic_events):
        return NOTHING
    tile = int(np.argmax(report.tiles.synaptic_events))
    return f"{tile_name(report, tile)} ({int(report.tiles.synaptic_events[tile]):,} synaptic events)"

"""The report of a run as one HTML page that needs nothing else: no network, no scripts, figures inline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike

from neurohw.analysis.compare import Agreement
from neurohw.analysis.recording import Recording
from neurohw.analysis.report.page import Page, label_of, render
from neurohw.analysis.tolerance import Tolerance
from neurohw.files import write_text
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.result import HardwareReport, Result


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
        runs = (Recording.of(label_of(hardware), network, result),)
    if isinstance(agreement, Agreement):
        agreement = {runs[0].label if runs else label_of(hardware): agreement}
    page = Page(
        title=title or f"{label_of(hardware)}: hardware report",
        recordings=runs,
        agreements=agreement or {},
        effects=effects or {},
        tolerance=tolerance or Tolerance(),
        chip=chip,
        command=command,
    )
    write_text(path, render(hardware, page))


__all__ = ["Page", "render", "write_report"]

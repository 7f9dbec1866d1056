"""What the hardware did in a run, as single values that every neo file format can hold."""

from __future__ import annotations

from neurohw import __version__
from neurohw.result import HardwareReport

Totals = dict[str, str | int | float]


def totals(report: HardwareReport, program_digest: str) -> Totals:
    """Return the totals of a run for the annotations of saved data; energy only where it was simulated."""
    traffic = report.traffic
    values: Totals = {
        "neurohw_version": __version__,
        "neurohw_backend": report.backend,
        "neurohw_fidelity": report.fidelity,
        "neurohw_chip": report.chip or "none",
        "neurohw_seed": report.seed,
        "neurohw_program": program_digest,
        "neurohw_sent": traffic.sent,
        "neurohw_delivered": traffic.delivered,
        "neurohw_late": traffic.late,
        "neurohw_lost": traffic.dropped,
        "neurohw_in_flight": traffic.in_flight,
    }
    if report.energy_pj:
        values["neurohw_energy_pj"] = report.total_energy_pj
    return values

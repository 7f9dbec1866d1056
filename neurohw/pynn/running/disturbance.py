"""Late and lost spikes of a run in one sentence: how many, where it was worst, what to change."""

from __future__ import annotations

from math import isfinite

import numpy as np

from neurohw.hardware import Chip
from neurohw.hardware.topology import LINK_HOP, LINK_IN
from neurohw.result import HardwareReport, LinkLoad, Traffic
from neurohw.wording import percent


def n_disturbed(traffic: Traffic) -> int:
    """Return the number of deliveries that came late or were lost."""
    return traffic.late + traffic.dropped


def describe(report: HardwareReport, chip: Chip) -> str:
    """Return the summary of a run with late or lost deliveries on ``chip``."""
    traffic = report.traffic
    counts = [
        f"{count:,} ({percent(count / traffic.sent)}) {what}"
        for count, what in ((traffic.late, "came late by a tick or more"), (traffic.dropped, "were lost"))
        if count
    ]
    parts = [
        f"chip {chip.name!r}, {report.fidelity}: of {traffic.sent:,} deliveries {' and '.join(counts)}",
        *_worst_link(report),
        *_worst_projection(report),
        f"to change: {'; '.join(_remedies(report, chip))}",
    ]
    return "; ".join(parts) + ". sim.hardware_report() has the whole account"


def _worst_link(report: HardwareReport) -> list[str]:
    """Return where most was lost, or else where packets waited longest."""
    links = report.links
    if links is None:
        return []
    columns = ((links.dropped, "{:,} lost there"), (links.wait_cycles, "{:,} cycles waited there"))
    for column, what in columns:
        if np.any(column):
            link = int(np.argmax(column))
            busy = percent(float(links.utilisation[link]))
            return [f"worst: {_place(links, link)} ({what.format(int(column[link]))}, {busy} busy)"]
    return []


def _place(links: LinkLoad, link: int) -> str:
    kind = int(links.kind[link])
    if kind == LINK_HOP:
        return f"the link from router {int(links.source[link])} to {int(links.target[link])}"
    return f"the link {'out of' if kind == LINK_IN else 'into'} tile {int(links.tile[link])}"


def _worst_projection(report: HardwareReport) -> list[str]:
    load = report.projections
    if load is None or load.late is None or load.lost is None or not np.any(load.late + load.lost):
        return []
    worst = int(np.argmax(load.late + load.lost))
    share = (load.late[worst] + load.lost[worst]) / (load.synaptic_events[worst] + load.lost[worst])
    return [f"projection {str(load.name[worst])!r} is hit most ({percent(share)} of its synaptic events)"]


def _remedies(report: HardwareReport, chip: Chip) -> list[str]:
    """Return the chip's numbers that would help, with their values, by what went wrong."""
    traffic, wires = report.traffic, chip.interconnect
    remedies = []
    lost_late = traffic.dropped_by_cause.get("late", 0)
    if traffic.dropped > lost_late:
        remedies.append(f"a larger buffer_packets (now {wires.buffer_packets:g}) or full_buffer = 'block'")
    if lost_late:
        remedies.append("late_packets = 'deliver', as these were lost for being late")
    if chip.tile.synapse_cycles and traffic.late + lost_late:
        remedies.append(f"a smaller synapse_cycles (now {chip.tile.synapse_cycles})")
    if isfinite(wires.link_bandwidth):
        remedies.append(f"a larger link_bandwidth (now {wires.link_bandwidth:g} Mbit/s)")
    if not wires.multicast:
        remedies.append("multicast")
    if traffic.late_by_cause.get("distance"):
        remedies.append(f"a smaller hop_cycles (now {wires.hop_cycles})")
    remedies.append(f"a smaller speedup (now {chip.speedup:g})")
    return [*remedies, "another placement (mapping=)"]

"""The numbers at the top of a report's page."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from neurohw.analysis import formatting
from neurohw.analysis.compare import Agreement
from neurohw.analysis.summary import busiest_link, chip_time_text, latency_text
from neurohw.result import HardwareReport

Card = tuple[str, str, str]  # name, value, remark


def cards(hardware: HardwareReport, agreements: Mapping[str, Agreement]) -> list[Card]:
    """Return the figures that the run has."""
    spikes = int(np.sum(hardware.populations.spikes))
    cells = int(np.sum(hardware.populations.cells))
    activity = ("spikes fired", f"{spikes:,}", f"by {cells:,} cells in {hardware.biological_ms:,.0f} ms")
    agreeing = [
        ("agreement", _verdict(agreement), f"of {label} and the reference")
        for label, agreement in list(agreements.items())[:2]
    ]
    return [activity, *agreeing, *_network_cards(hardware), *_cost_cards(hardware)]


def _network_cards(hardware: HardwareReport) -> list[Card]:
    traffic = hardware.traffic
    found = []
    if hardware.latency is not None:
        found.append(("latency, mean", *_split(latency_text(hardware, "mean"))))
        for name, count in (("late", traffic.late), ("lost", traffic.dropped)):
            share = formatting.percent(count / max(traffic.sent, 1))
            found.append((name, share, f"{count:,} of {traffic.sent:,} deliveries"))
    if hardware.links is not None and np.any(hardware.links.packets):
        found.append(("busiest link", *_split(busiest_link(hardware))))
    return found


def _cost_cards(hardware: HardwareReport) -> list[Card]:
    found = []
    if hardware.energy_pj:
        power = hardware.power_mw
        remark = formatting.si(None if power is None else power * 1e-3, "W")
        found.append(("energy", formatting.si(hardware.total_energy_pj * 1e-12, "J"), remark))
    if hardware.chip_ms:
        found.append(("time on the chip", *_split(chip_time_text(hardware))))
    return found


def _verdict(agreement: Agreement) -> str:
    if agreement.identical:
        return "identical"
    return f"{formatting.percent(agreement.share_identical)} of spikes"


def _split(text: str) -> tuple[str, str]:
    """Split ``"12 us (0.1 ticks)"`` into value and remark."""
    value, _, remark = text.partition(" (")
    return value, remark.removesuffix(")")

"""Tables of where and to whom the interconnect does harm: congested links, late and lost spikes, distortion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neurohw import wording
from neurohw.analysis import formatting
from neurohw.analysis.overview import Table
from neurohw.analysis.places import link_name, neuron_name, tile_name
from neurohw.result import Congestion, HardwareReport, ProjectionLoad

N_WORST = 10
MOST_PROJECTIONS = 3  # named per link


def congestion_table(hardware: HardwareReport) -> Table:
    """Return losses, waits and queue of the most congested links, and the projections that send over them."""
    headings = ("place", "lost", "cycles waited", "mean wait", "longest queue", "busy", "packets are for")
    links, found, projections = hardware.links, hardware.congestion, hardware.projections
    if links is None or found is None or projections is None:
        return headings, []
    rows = []
    for link in dict.fromkeys(found.link.tolist()):
        packets = int(links.packets[link])
        waited = int(links.wait_cycles[link])
        rows.append(
            (
                link_name(links, link),
                f"{int(links.dropped[link]):,}",
                f"{waited:,}",
                wording.counted(waited / packets if packets else 0.0, "cycle"),
                f"{int(links.longest_queue[link]):,}",
                formatting.percent(float(links.utilisation[link])),
                _senders(found, projections, link),
            )
        )
    return headings, rows


def _senders(found: Congestion, projections: ProjectionLoad, link: int) -> str:
    """Return the projections with the most packets over a link: ``"a→b 62 %, a→c 20 %, 3 more"``."""
    rows = np.flatnonzero(found.link == link)
    named = [
        f"{projections.name[found.projection[row]]} {formatting.percent(float(found.share[row]))}"
        for row in rows[:MOST_PROJECTIONS]
    ]
    others = rows.size - len(named)
    return ", ".join([*named, f"{others} more"] if others else named)


def tile_table(hardware: HardwareReport) -> Table:
    """Return the tiles with most late and lost deliveries."""
    headings = ("tile", "packets in", "late", "share late", "lost of its own cells", "waited in the encoder")
    tiles = hardware.tiles
    if tiles is None:
        return headings, []
    rows = []
    for tile in _worst(tiles.dropped, tiles.late):
        packets, late = int(tiles.packets[tile]), int(tiles.late[tile])
        share = formatting.percent(late / packets if packets else 0.0)
        waited = wording.counted(int(tiles.encoder_wait_cycles[tile]), "cycle")
        lost = f"{int(tiles.dropped[tile]):,}"
        rows.append((tile_name(hardware, int(tile)), f"{packets:,}", f"{late:,}", share, lost, waited))
    return headings, rows


def neuron_table(hardware: HardwareReport) -> Table:
    """Return the cells of whose deliveries most were lost or late."""
    headings = ("neuron", "sent", "delivered", "late", "lost")
    neurons = hardware.neurons
    if neurons is None:
        return headings, []
    columns = (neurons.sent, neurons.delivered, neurons.late, neurons.dropped)
    return headings, [
        (neuron_name(hardware, int(cell)), *(f"{int(column[cell]):,}" for column in columns))
        for cell in _worst(neurons.dropped, neurons.late)
    ]


def distortion_rows(hardware: HardwareReport) -> list[Sequence[str]]:
    """Return name and value of each number that says how spike trains were distorted."""
    found, cycle_ns = hardware.distortion, hardware.cycle_ns
    if found is None or cycle_ns is None:
        return []

    def time(cycles: float) -> str:
        return f"{wording.counted(cycles, 'cycle')} ({formatting.si(cycles * cycle_ns * 1e-9, 's')})"

    interval = found.interval
    return [
        ("interval changed by, mean", time(interval.mean)),
        ("interval changed by, 99 % of them at most", time(interval.p99)),
        ("interval changed by, at most", time(interval.max)),
        ("jitter, mean", time(found.jitter_mean)),
        ("jitter, largest", time(found.jitter_max)),
        ("packets overtaken by a later spike's", f"{found.disorder:,}"),
    ]


def _worst(lost: np.ndarray, late: np.ndarray) -> np.ndarray:
    """Return the rows with most losses, then most late ones; those with neither are left out."""
    order = np.lexsort((-np.asarray(late), -np.asarray(lost)))[:N_WORST]
    return order[(lost[order] > 0) | (late[order] > 0)]

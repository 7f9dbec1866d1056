"""The tables of a report's page: links, tiles and stages of the latency.

A table is (headings, rows); each row begins with its name. It is empty where the run did not simulate it.
"""

from __future__ import annotations

import numpy as np

from neurohw import wording
from neurohw.analysis import formatting
from neurohw.analysis.overview import Table
from neurohw.analysis.places import busiest_links, link_name, tile_name
from neurohw.result import HardwareReport

N_BUSIEST = 8
STAGES = {
    "generation": "in the encoder: waiting for it, and making the packet",
    "network": "on the way, were the network empty",
    "blocking": "waiting for links and buffers",
    "processing": "in the tile: waiting for the crossbars, and reading them",
}


def link_table(hardware: HardwareReport) -> Table:
    """Return name, utilisation, packets, mean wait, longest queue and losses of the busiest links."""
    headings = ("busiest links", "busy", "packets", "mean wait", "longest queue", "lost")
    links = hardware.links
    if links is None:
        return headings, []
    rows = []
    for link in busiest_links(links, N_BUSIEST):
        packets = int(links.packets[link])
        wait = float(links.wait_cycles[link]) / packets if packets else 0.0
        counts = [f"{int(column[link]):,}" for column in (links.longest_queue, links.dropped)]
        share = formatting.percent(float(links.utilisation[link]))
        wait_text = wording.counted(wait, "cycle")
        rows.append((link_name(links, link), share, f"{packets:,}", wait_text, *counts))
    return headings, rows


def busiest_tiles(hardware: HardwareReport) -> Table:
    """Return neurons, rows, spikes, packets, synaptic events and bound of the busiest tiles."""
    headings = ("busiest tiles", "neurons", "rows", "spikes", "packets in", "synaptic events", "limited by")
    tiles = hardware.tiles
    if tiles is None:
        return headings, []
    columns = (tiles.cells, tiles.rows, tiles.spikes, tiles.packets, tiles.synaptic_events)
    bound = tiles.bound
    busy = np.maximum(np.maximum(tiles.compute, tiles.memory), tiles.traffic)
    busiest = np.lexsort((-np.asarray(tiles.synaptic_events), -busy))[:N_BUSIEST]
    rows = []
    for tile in busiest[(busy[busiest] > 0) | (tiles.packets[busiest] > 0)]:
        counts = [f"{int(column[tile]):,}" for column in columns]
        share = formatting.percent(float(busy[tile]))
        limit = f"{bound[tile]}, {share}" if bound[tile] else wording.NOTHING
        rows.append((tile_name(hardware, int(tile)), *counts, limit))
    return headings, rows


def stage_table(hardware: HardwareReport) -> Table:
    """Return what each stage of the latency is, and its mean and tail in cycles."""
    headings = ("stage", "", "mean", "share", "50 %", "99 %", "longest")
    stages = hardware.latency_stages
    total = sum(stage.mean for stage in stages.values())
    rows = [
        (
            name,
            STAGES.get(name, ""),
            wording.counted(stage.mean, "cycle"),
            formatting.percent(stage.mean / total if total else None),
            *(wording.number(value) for value in (stage.p50, stage.p99, stage.max)),
        )
        for name, stage in stages.items()
    ]
    return headings, rows

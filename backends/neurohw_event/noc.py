"""Traffic without neurons on a chip: its wires, and what they make of random or recorded packets."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from neurohw.errors import ChipError
from neurohw.hardware import Chip
from neurohw.hardware.topology import LINK_HOP, LINK_IN
from neurohw.traffic import LoadPoint, RandomPackets, RecordedPackets
from neurohw_event.all_pairs import all_pairs
from neurohw_event.chip_links import make_chip_links
from neurohw_event.fabric import Array, Links, Ways
from neurohw_event.support import without_credits
from neurohw_event.traffic import Distances, find_distances, replay_traffic, simulate_traffic


class Wires(NamedTuple):
    """What traffic needs to know of an interconnect."""

    links: Links
    ways: Ways
    entry: Array  # int32 [n_variants, n_tiles, n_tiles], node of a packet from a tile to a tile
    source_of_tile: Array  # int64 [n_tiles], station whose source queue it has
    is_hop: Array  # bool [n_links], from router to router
    ring: Array  # int32 [n_links], which ring of links; -1: none
    distances: Distances


def measure_traffic(
    chip: Chip, packets: RandomPackets | RecordedPackets, fidelity: str, seed: int
) -> LoadPoint:
    """Send packets from router to router; encoders and crossbars take no part, and full buffers make packets wait."""
    if chip.interconnect.topology == "ideal":
        fidelity = "latency"
    reasons = list(without_credits(chip)) if fidelity == "credit" else []
    if reasons:
        raise ChipError("\n".join(reasons))
    wires = make_wires(chip)
    flits = max(chip.service_cycles, 1)
    if isinstance(packets, RecordedPackets):
        return replay_traffic(
            *wires[:5],
            packets=packets,
            flits=flits,
            seed=seed,
            ring=wires.ring,
            fidelity=fidelity,
            distances=wires.distances,
        )
    table = packets.destinations.table
    return simulate_traffic(
        *wires[:5],
        load=packets.load,
        partner=table,
        share=None if table is not None else _cumulative(packets.demand),
        flits=flits,
        warm_up=packets.warm_up,
        cycles=packets.cycles,
        drain=packets.drain,
        seed=seed,
        ring=wires.ring,
        fidelity=fidelity,
        distances=wires.distances,
    )


@lru_cache(maxsize=2)
def make_wires(chip: Chip) -> Wires:
    """Return the wires of a chip.

    Raises
    ------
    ChipError
        For a chip of so many tiles that the ways between all of them would take gigabytes.
    """
    fabric = make_chip_links(chip)
    topology = fabric.topology
    n_links = topology.links.n_links
    links = Links(*(column[:n_links] for column in fabric.links))
    ways, entry = all_pairs(topology)
    kind = topology.links.kind
    is_hop = kind == LINK_HOP
    distances = find_distances(links, ways, entry, is_hop)
    return Wires(links, ways, entry, links.source[kind == LINK_IN], is_hop, fabric.ring[:n_links], distances)


def _cumulative(demand: Array) -> Array | None:
    """Return the rising sums of each row, or of one where all are alike; the last is 1 whatever was rounded.

    None where every tile is as likely as any other.
    """
    if (demand == demand[0, 0]).all():
        return None
    rows = demand[:1] if (demand == demand[0]).all() else demand
    share = np.cumsum(rows, axis=1)
    share /= share[:, -1:]
    return share

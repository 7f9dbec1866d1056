"""The links of a chip for the oracles, one Python row each, from what the description says of every stage."""

from __future__ import annotations

from math import inf

import numpy as np

from neurohw.hardware.topology import LINK_HOP, LINK_IN, LINK_OUT
from neurohw.program import Program
from neurohw_event.fabric import Links


def limit(packets: float) -> int:
    """Return a number of packets as links and rules take it."""
    return -1 if packets == inf else int(packets)


class NaiveChip:
    """Links of a chip in the order of its wires, then crossbars, then encoders."""

    def __init__(self, program: Program) -> None:
        self.chip, self.wires = program.chip, program.routes.links
        self.n_routers = int(max(self.wires.source.max(), self.wires.target.max())) + 1
        self.rows: list[tuple[int, ...]] = []
        self.limits: list[tuple[int, int]] = []
        for link in range(len(self.wires.kind)):
            self._add_wire(link)
        tile = self.chip.tile
        self.reads = tile.read_cycles > 0 or tile.synapse_cycles > 0
        dropping = self.chip.interconnect.full_buffer == "drop_new"
        for t in range(self.chip.n_tiles):
            self.rows.append((self.n_routers + t, -1, 0, -1 if self.reads else 0, -1, 0))
            self.limits.append((limit(tile.fifo_packets) if dropping else -1, 0))
        for t in range(self.chip.n_tiles) if tile.encode_cycles else ():
            station = self.n_routers + t
            buffer = limit(self.chip.interconnect.buffer_packets)
            self.rows.append(
                (station + self.chip.n_tiles, station, tile.encode_cycles, tile.encode_cycles, buffer, 0)
            )
            self.limits.append((self._source_limit(), 0))

    def crossbar(self, tile: int) -> int:
        """Return the link that is the crossbar of a tile."""
        return len(self.wires.kind) + tile

    def encoder(self, tile: int) -> int:
        """Return the link that is the encoder of a tile."""
        return self.crossbar(tile) + self.chip.n_tiles

    def links(self) -> Links:
        """Return them for a kernel."""
        columns = [np.array(column, np.int64) for column in zip(*self.rows, strict=True)]
        return Links(columns[0].astype(np.int32), columns[1].astype(np.int32), *columns[2:])

    def tail(self, link: int) -> int:
        """Return the cycles from a packet's head to its tail behind a link."""
        return max(self.rows[link][3] - 1, 0)

    def _source_limit(self) -> int:
        blocks = self.chip.interconnect.full_buffer == "block"
        return -1 if blocks else limit(self.chip.tile.encoder_packets)

    def _add_wire(self, link: int) -> None:
        wires, tile = self.chip.interconnect, self.chip.tile
        source, target = int(self.wires.source[link]), int(self.wires.target[link])
        service, depth = self.chip.service_cycles, limit(wires.buffer_packets)
        policy = wires.full_buffer
        dropping = limit(wires.buffer_packets) if policy != "block" else -1
        wait = wires.wait_cycles if policy == "drop_after_wait" else 0
        if self.wires.kind[link] == LINK_HOP:
            across = self.is_across(source, target)
            latency = wires.hop_cycles + (wires.chip_link_cycles if across else wires.link_cycles)
            service = self.chip.chip_service_cycles if across else service
        elif self.wires.kind[link] == LINK_IN:
            latency, source = wires.inject_cycles, self.n_routers + int(self.wires.tile[link])
            dropping = limit(wires.buffer_packets) if policy == "drop_new" else -1
            dropping, wait = (dropping if tile.encode_cycles else self._source_limit()), 0
        else:
            latency, target = (
                wires.hop_cycles + wires.eject_cycles,
                self.n_routers + int(self.wires.tile[link]),
            )
            depth = limit(tile.fifo_packets)
        if wires.topology == "ideal":
            latency += max(service - 1, 0) if self.wires.kind[link] == LINK_OUT else 0
            service = 0
        self.rows.append((source, target, latency, service, depth, wires.credit_cycles))
        self.limits.append((dropping, wait))

    def is_across(self, source: int, target: int) -> bool:
        """Whether a link joins two chips: tiles of a grid far enough apart, or the roots of two trees."""
        wires = self.chip.interconnect
        if wires.topology == "tree":
            return min(source, target) >= self.n_routers - wires.width * wires.height
        if wires.topology not in ("mesh", "torus"):
            return False
        size = np.minimum([wires.chip_height, wires.chip_width], [wires.height, wires.width])
        return bool((divmod(source, wires.width) // size != divmod(target, wires.width) // size).any())

"""The links of a chip for the kernels: the wires of its topology, then crossbars, then encoders of all tiles."""

from __future__ import annotations

from dataclasses import dataclass
from math import isinf

import numpy as np

from neurohw.hardware import Chip
from neurohw.hardware.topology import LINK_HOP, LINK_IN, LINK_OUT, Topology, topology_of
from neurohw_event.fabric import Array, Links

FREE, CROSSBAR = 0, -1  # service of a link that takes any number of packets, and of one that does the work


@dataclass(frozen=True, eq=False)
class ChipLinks:
    """All links, and where those of the tiles begin.

    Stations are routers, then tiles, then encoders. Link ``crossbars + t`` is the crossbar of tile ``t``, which packets
    from other tiles pass only where it takes time. Link ``encoders + t`` is its encoder, where encoding takes time.
    """

    links: Links
    topology: Topology
    reads: bool  # crossbars take time
    encodes: bool
    ring: Array  # int32 [n_links], ring of links that it belongs to; -1: none
    waiting_limit: (
        Array  # int64 [n_links], packets that may wait for it where a queue has no buffer; -1: no limit
    )
    wait_cycles: Array  # int64 [n_links], for which a packet that finds so many waiting waits for a place

    @property
    def crossbars(self) -> int:
        """First crossbar, which is the number of wires."""
        return self.topology.links.n_links

    @property
    def encoders(self) -> int:
        """First encoder."""
        return self.crossbars + self.topology.n_tiles

    @property
    def is_first(self) -> Array:
        """bool [n_links], those that packets take first: spikes that fire wait for them."""
        first = np.zeros(len(self.links.source), bool)
        first[self.of_tiles(self.encoders if self.encodes else 0)] = True
        return first

    def of_tiles(self, first: int) -> slice:
        """Return the links of one stage of all tiles, from its first on."""
        return slice(first, first + self.topology.n_tiles)

    def name(self, link: int) -> str:
        """Return the link's name: that of a wire, ``"3 crossbar"`` or ``"3 encoder"``."""
        if link < self.crossbars:
            return self.topology.links.name(link)
        stage, tile = divmod(link - self.crossbars, self.topology.n_tiles)
        return f"{tile} {'encoder' if stage else 'crossbar'}"


def make_chip_links(chip: Chip) -> ChipLinks:
    """Return the links of a chip."""
    topology, tile = topology_of(chip.interconnect), chip.tile
    reads, encodes = tile.read_cycles + tile.synapse_cycles > 0, tile.encode_cycles > 0
    parts = [_wires(chip, topology), _crossbars(topology, reads)]
    if encodes:
        parts.append(_encoders(chip, topology))
    links = Links(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    added = len(links.source) - topology.links.n_links
    limit, wait = _rules(chip, topology, encodes)
    return ChipLinks(
        links=links,
        topology=topology,
        reads=reads,
        encodes=encodes,
        ring=np.concatenate([topology.ring_of_link, np.full(added, -1)]).astype(np.int32),
        waiting_limit=limit[: len(links.source)],
        wait_cycles=wait[: len(links.source)],
    )


def packets_or_unlimited(packets: float) -> int:
    """Return a number of packets as the kernels take it: -1 for no limit."""
    return -1 if isinf(packets) else int(packets)


def _wires(chip: Chip, topology: Topology) -> Links:
    wires, links = chip.interconnect, topology.links
    is_in, is_out, across = links.kind == LINK_IN, links.kind == LINK_OUT, topology.is_chip_link
    hop = wires.hop_cycles
    between = np.where(across, hop + wires.chip_link_cycles, hop + wires.link_cycles)
    latency = np.select([is_in, is_out], [wires.inject_cycles, hop + wires.eject_cycles], between)
    service = np.where(across, chip.chip_service_cycles, chip.service_cycles)
    if topology.contention_free:  # tails come as late as on other chips
        latency = latency + np.where(is_out, np.maximum(service - 1, 0), 0)
        service = np.full_like(service, FREE)
    first_tile = topology.n_routers
    depth = np.where(
        is_out,
        packets_or_unlimited(chip.tile.fifo_packets),
        packets_or_unlimited(wires.buffer_packets),
    )
    return Links(
        source=np.where(is_in, first_tile + links.tile, links.source).astype(np.int32),
        target=np.where(is_out, first_tile + links.tile, links.target).astype(np.int32),
        latency=latency.astype(np.int64),
        service=service.astype(np.int64),
        depth=depth.astype(np.int64),
        credit=np.full(links.n_links, wires.credit_cycles, np.int64),
    )


def _crossbars(topology: Topology, reads: bool) -> Links:
    n = topology.n_tiles
    zero = np.zeros(n, np.int64)
    return Links(
        source=(topology.n_routers + np.arange(n)).astype(np.int32),
        target=np.full(n, -1, np.int32),
        latency=zero,
        service=np.full(n, CROSSBAR if reads else FREE, np.int64),
        depth=zero - 1,
        credit=zero,
    )


def _encoders(chip: Chip, topology: Topology) -> Links:
    n = topology.n_tiles
    tile = topology.n_routers + np.arange(n)
    cycles = np.full(n, chip.tile.encode_cycles, np.int64)
    return Links(
        source=(tile + n).astype(np.int32),
        target=tile.astype(np.int32),
        latency=cycles,
        service=cycles,
        depth=np.full(n, packets_or_unlimited(chip.interconnect.buffer_packets), np.int64),
        credit=np.zeros(n, np.int64),
    )


def _rules(chip: Chip, topology: Topology, encodes: bool) -> tuple[Array, Array]:
    """Return how many packets may wait for each link, and how long another waits for a place among them.

    Only routers lose packets that have waited too long; a spike that finds its encoder's queue full is lost with any
    policy but ``block``.
    """
    wires, n = chip.interconnect, topology.n_tiles
    kind = np.concatenate([topology.links.kind, np.full(2 * n, -1)])
    in_router = (kind == LINK_HOP) | (kind == LINK_OUT)
    is_source = np.arange(len(kind)) >= topology.links.n_links + n if encodes else kind == LINK_IN
    is_crossbar = (kind < 0) & (np.arange(len(kind)) < topology.links.n_links + n)
    limit, wait = np.full(len(kind), -1, np.int64), np.zeros(len(kind), np.int64)
    if wires.full_buffer != "block":
        limit[is_source] = packets_or_unlimited(chip.tile.encoder_packets)
    if wires.full_buffer == "drop_new":
        limit[in_router | ((kind == LINK_IN) & ~is_source)] = packets_or_unlimited(wires.buffer_packets)
        limit[is_crossbar] = packets_or_unlimited(chip.tile.fifo_packets)
    if wires.full_buffer == "drop_after_wait":
        limit[in_router] = packets_or_unlimited(wires.buffer_packets)
        wait[in_router] = wires.wait_cycles
    return limit, wait

"""How long packets need for the links of a chip, and how long they hold them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.hardware import Chip
from neurohw.hardware.topology import LINK_IN, LINK_OUT, Topology

Array = np.ndarray


class LinkCycles(NamedTuple):
    """By link, int64 [n_links]."""

    delay: Array  # until the head of a packet is behind the link
    service: Array  # for which the link is taken
    tail: Array  # from head to tail of a packet that took this link


def link_cycles(chip: Chip, topology: Topology) -> LinkCycles:
    """Return the cycles of every link."""
    wires, links, across = chip.interconnect, topology.links, topology.is_chip_link
    service = np.where(across, chip.chip_service_cycles, chip.service_cycles).astype(np.int64)
    between = wires.hop_cycles + np.where(across, wires.chip_link_cycles, wires.link_cycles)
    ends = [np.int64(wires.inject_cycles), np.int64(wires.hop_cycles + wires.eject_cycles)]
    delay = np.select([links.kind == LINK_IN, links.kind == LINK_OUT], ends, between)
    taken = np.zeros_like(service) if topology.contention_free else service
    return LinkCycles(delay, taken, np.maximum(service - 1, 0))

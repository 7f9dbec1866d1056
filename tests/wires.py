"""Interconnects for traffic without neurons, with numbers that a chip of a preset does not have."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from neurohw.traffic import interconnect_chip
from neurohw_event.noc import Wires, make_wires


@dataclass(frozen=True)
class Timing:
    """Cycles and packets, the same for all links of a kind."""

    hop: int = 3  # through a router and over the link behind it
    inject: int = 1  # from tile to router
    eject: int = 1  # from router to tile, beyond ``hop``
    service: int = 1  # flits of a packet
    depth: int = 8  # every buffer; -1: no limit
    credit: int = 2


def timed_wires(topology: str, size: tuple[int, ...], timing: Timing) -> Wires:
    """Return the wires of a topology; a service of 0 lets links take any number of packets."""
    chip = interconnect_chip(
        topology,
        size,
        depth=inf if timing.depth < 0 else timing.depth,
        hop_cycles=timing.hop,
        credit_cycles=timing.credit,
        flits=max(timing.service, 1),
    ).replace(inject_cycles=timing.inject, eject_cycles=timing.eject)
    wires = make_wires(chip)
    links = wires.links
    return wires._replace(links=links._replace(service=np.full_like(links.service, timing.service)))

"""An ideal interconnect: every tile reaches every other at once, whatever the traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurohw.hardware.topology.declarations import Topology
from neurohw.hardware.topology.star import switch

if TYPE_CHECKING:
    from neurohw.hardware.chip import Interconnect


def ideal(wires: Interconnect) -> Topology:
    """Return ``width`` x ``height`` tiles around a router whose links take any number of packets at a time."""
    return switch("ideal", wires.width * wires.height, contention_free=True)

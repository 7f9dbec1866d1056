"""Topologies: how routers and tiles are joined, and which way packets go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from neurohw.errors import ChipError, UnknownNameError
from neurohw.hardware.topology.bus import bus
from neurohw.hardware.topology.declarations import LINK_HOP, LINK_IN, LINK_OUT, Links, Topology
from neurohw.hardware.topology.ideal import ideal
from neurohw.hardware.topology.mesh import mesh
from neurohw.hardware.topology.ring import ring
from neurohw.hardware.topology.star import star
from neurohw.hardware.topology.torus import torus
from neurohw.hardware.topology.tree import tree

if TYPE_CHECKING:
    from neurohw.hardware.chip import Interconnect

Builder = Callable[["Interconnect"], Topology]

TOPOLOGIES: Mapping[str, Builder] = {
    "mesh": mesh,
    "torus": torus,
    "ring": ring,
    "tree": tree,
    "star": star,
    "bus": bus,
    "ideal": ideal,
}

MAX_TILES = 2**22  # of a tree: more than the cores of the largest machine planned, SpiNNaker


@lru_cache(maxsize=8)
def topology_of(wires: Interconnect) -> Topology:
    """Return the topology of an interconnect; the same object for equal interconnects.

    Raises
    ------
    ChipError
        For more than 2**22 tiles.
    UnknownNameError
        For an unknown topology.
    """
    if wires.topology not in TOPOLOGIES:
        raise UnknownNameError.of("topology", wires.topology, TOPOLOGIES)
    n_tiles = wires.width * wires.height * (wires.leaves if wires.topology == "tree" else 1)
    if n_tiles > MAX_TILES:
        raise ChipError(
            f"topology {wires.topology!r}: {wires.width} x {wires.height} chips with {wires.leaves} leaves each "
            f"have {n_tiles:,} tiles, at most {MAX_TILES:,} are possible"
        )
    return TOPOLOGIES[wires.topology](wires)


__all__ = ["LINK_HOP", "LINK_IN", "LINK_OUT", "TOPOLOGIES", "Builder", "Links", "Topology", "topology_of"]

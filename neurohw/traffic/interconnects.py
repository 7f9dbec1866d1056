"""Chips that are nothing but an interconnect, for traffic without neurons."""

from __future__ import annotations

from collections.abc import Sequence

from neurohw.errors import ChipError
from neurohw.hardware import Chip, load_chip
from neurohw.hardware.quantities import MESH_LIMIT
from neurohw.hardware.topology import Topology

MAX_PLACES = 2**25  # about 150 bytes each while they are made: 5 GB
BITS_PER_CYCLE = 32  # of a link; any number would do


def interconnect_chip(
    topology: str = "mesh",
    size: int | Sequence[int] = (8, 8),
    *,
    depth: float = 4,
    hop_cycles: int = 3,
    credit_cycles: int = 2,
    flits: int = 1,
) -> Chip:
    """Return a chip with an interconnect whose packets need ``hop * (hops + 1) + 2 + (flits - 1)`` cycles when alone.

    Parameters
    ----------
    topology : ``"mesh"``, ``"torus"``, ``"ring"``, ``"tree"``, ``"star"``, ``"bus"`` or ``"ideal"``.
    size : columns and rows of a mesh or torus; tiles of the others, where columns and rows are multiplied. Three
        numbers are the columns and rows of chips, and the leaves of each, of a tree.
    depth : packets in one buffer; ``inf``: no limit.
    hop_cycles : from router to router.
    credit_cycles : until a router knows that a place has become free in the next one.
    flits : of a packet; a link takes one a cycle.

    Raises
    ------
    ChipError
        For a size that the topology cannot have, or another number out of range.
    """
    return load_chip("mesh").replace(
        name=topology,
        description="an interconnect without neurons",
        topology=topology,
        **shape_of(topology, (size,) if isinstance(size, int) else tuple(size)),
        inject_cycles=2,
        hop_cycles=hop_cycles,
        link_cycles=0,
        eject_cycles=0,
        credit_cycles=credit_cycles,
        buffer_packets=depth,
        fifo_packets=depth,  # what leaves a router needs a credit, too, as in BookSim
        full_buffer="block",
        **packet_of(load_chip("mesh").clock_mhz, flits),
    )


def packet_of(clock_mhz: float, flits: int) -> dict[str, float]:
    """Return the numbers of a chip whose packets hold a link for ``flits`` cycles."""
    bandwidth = clock_mhz * BITS_PER_CYCLE
    return {
        "packet_bits": flits * BITS_PER_CYCLE,
        "link_bandwidth": bandwidth,
        "chip_link_bandwidth": bandwidth,
    }


def shape_of(topology: str, size: Sequence[int]) -> dict[str, int]:
    """Return the numbers of a chip that give a topology its size.

    Raises
    ------
    ChipError
        For a size that the topology cannot have.
    """
    shown = "x".join(map(str, size))
    if topology == "tree" and len(size) == 3:
        return {"width": size[0], "height": size[1], "leaves": size[2]}
    if len(size) > 2:
        raise ChipError(
            f"size {shown}: a {topology} has columns and rows, as in 8x8; only a tree has a third number"
        )
    if topology in ("mesh", "torus"):
        if len(size) == 1:
            raise ChipError(f"size {shown}: a {topology} has columns and rows, as in 8x8")
        return {"width": size[0], "height": size[1], "leaves": 1}
    n_tiles = size[0] if len(size) == 1 else size[0] * size[1]
    if topology == "tree":
        return {"width": 1, "height": 1, "leaves": n_tiles}
    if len(size) == 2:
        return {"width": size[0], "height": size[1], "leaves": 1}
    height = next(
        (n for n in range(1, MESH_LIMIT + 1) if n_tiles % n == 0 and n_tiles <= n * MESH_LIMIT), None
    )
    if height is None:
        raise ChipError(
            f"size {shown}: {n_tiles:,} tiles cannot be had as columns times rows of at most {MESH_LIMIT} each"
        )
    return {"width": n_tiles // height, "height": height, "leaves": 1}


def refuse_many_pairs(topology: Topology) -> None:
    """Refuse a topology on which traffic from every tile to every other would take gigabytes.

    Raises
    ------
    ChipError
        Naming the tiles, and the places at which packets may stand.
    """
    n_places = topology.n_variants * (topology.n_routers + topology.n_tiles) * topology.n_tiles
    if n_places > MAX_PLACES:
        raise ChipError(
            f"topology {topology.name!r}: packets from each of {topology.n_tiles:,} tiles to each may stand at "
            f"{n_places:,} places, at most {MAX_PLACES:,} are possible; use fewer tiles"
        )

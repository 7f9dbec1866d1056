"""What a topology is: routers and tiles joined by links, and a table of the next link towards each tile.

Routing is deterministic and distributed: the next link depends on the router and the destination alone (and on the
variant, which a sender keeps). So the ways from one sender to several tiles form a tree, along which a packet can
be multicast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from neurohw.errors import ChipError
from neurohw.frozen import freeze_arrays

Array = np.ndarray

LINK_HOP, LINK_IN, LINK_OUT = 0, 1, 2

MAX_TABLE_ENTRIES = 2**28  # of 4 bytes: 1 GiB


@dataclass(frozen=True, eq=False)
class Links:
    """The directed links of the interconnect.

    First the links from each tile into its router (link ``t`` for tile ``t``), then those out of a router to each
    tile (``n_tiles + t``), then the hops between routers, by source and direction.
    """

    source: Array  # int32 [n_links], router; of a tile's own link the router that it joins
    target: Array  # int32 [n_links], router; of a tile's own link the same as ``source``
    kind: Array  # int8 [n_links]: LINK_HOP, LINK_IN (tile to router), LINK_OUT (router to tile)
    tile: Array  # int32 [n_links], the tile of LINK_IN and LINK_OUT; -1 for a hop

    def __post_init__(self) -> None:
        freeze_arrays(self, kind=np.int8)

    @property
    def n_links(self) -> int:
        """Number of links."""
        return len(self.kind)

    def name(self, link: int) -> str:
        """Return the link's name: ``"3->4"`` between routers, ``"3 in"`` or ``"3 out"`` of a tile."""
        if self.kind[link] == LINK_HOP:
            return f"{self.source[link]}->{self.target[link]}"
        return f"{self.tile[link]} {'in' if self.kind[link] == LINK_IN else 'out'}"


@dataclass(frozen=True, eq=False)
class Topology:
    """Routers, tiles and links, and which way packets go.

    Where two ways are equally short, a topology may have several *variants* of its table; each sender uses one
    (``variant_of_tile``), so that the ties of all senders together load both ways.
    """

    name: str
    grid: tuple[int, int] | None  # columns and rows where tile ``y * columns + x`` lies at (x, y)
    links: Links
    router_of_tile: Array  # int32 [n_tiles], where packets of a tile enter
    place_of_router: Array  # float64 [n_routers, 2], x and y for pictures; y grows downward
    place_of_tile: Array  # float64 [n_tiles, 2]
    is_chip_link: Array  # bool [n_links], between two chips of a board
    # int32 [n_links], the ring of links in one direction that this hop is part of, in which packets could wait
    # for each other in a circle; -1: none
    ring_of_link: Array
    n_variants: int
    variant_of_tile: Array  # int32 [n_tiles], for the packets that this tile sends
    # tiles, int32 [n_destinations] -> int32 [n_variants, n_routers, n_destinations], the hop to take; what it gives
    # where a packet leaves does not matter
    next_hops: Callable[[Array], Array]
    contention_free: bool = False  # any number of packets may use a link at the same time

    def __post_init__(self) -> None:
        floats = {"place_of_router": np.float64, "place_of_tile": np.float64}
        freeze_arrays(self, is_chip_link=np.bool_, **floats)

    @property
    def n_tiles(self) -> int:
        """Number of tiles."""
        return len(self.router_of_tile)

    @property
    def n_routers(self) -> int:
        """Number of routers."""
        return len(self.place_of_router)

    def next_links(self, destinations: Array) -> Array:
        """Return the link to take at each router towards each of some tiles.

        Parameters
        ----------
        destinations : tiles, integers [n_destinations].

        Returns
        -------
        int32 [n_variants, n_routers, n_destinations]; at the router of the destination its ``LINK_OUT``.

        Raises
        ------
        ChipError
            For a destination that is no tile, or a table of more than 2**28 entries.
        """
        tiles = np.asarray(destinations, np.int32).reshape(-1)
        wrong = tiles[(tiles < 0) | (tiles >= self.n_tiles)]
        if wrong.size:
            raise ChipError(f"topology {self.name!r}: no tile {wrong[0]}, there are {self.n_tiles}")
        entries = self.n_variants * self.n_routers * tiles.size
        if entries > MAX_TABLE_ENTRIES:
            raise ChipError(
                f"topology {self.name!r}: {self.n_routers} routers and {tiles.size} destinations with "
                f"{self.n_variants} variants make a table of {entries:,} next links, at most "
                f"{MAX_TABLE_ENTRIES:,} are possible; use fewer tiles"
            )
        table = self.next_hops(tiles)
        out = self.n_tiles + tiles
        table[:, self.links.source[out], np.arange(tiles.size)] = out
        return table

"""Dimension-order routing on a grid of routers: first along x, then along y, with or without links around the back.

Without these links it cannot deadlock (Dally & Seitz 1987, doi:10.1109/TC.1987.1676939). With them a row or column is
a ring in each direction, in which packets can wait for each other in a circle unless a place is kept free (Carrion et
al. 1997, doi:10.1109/HIPC.1997.634487).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

Array = np.ndarray

STEPS = ((1, 0), (-1, 0), (0, 1), (0, -1))  # of x and y: east, west, south, north
EAST, WEST, SOUTH, NORTH = range(4)

# In a shorter ring the shortest way is one hop, so that no packet waits for a link of the ring while on another.
SHORTEST_RING = 4


@dataclass(frozen=True)
class Grid:
    """Routers in rows: router ``y * width + x`` lies at column x, row y."""

    width: int
    height: int
    wraps: bool = False  # the ends of a row or column of more than two routers are joined

    @property
    def n_routers(self) -> int:
        """Number of routers."""
        return self.width * self.height

    @property
    def variants(self) -> tuple[tuple[bool, bool], ...]:
        """Whether packets go forward along x and y where both ways are equally long: bit 0 is x, bit 1 is y."""
        x, y = ((False, True) if self.wraps and _has_ties(n) else (False,) for n in (self.width, self.height))
        return tuple((forward_x, forward_y) for forward_y, forward_x in product(y, x))

    def coordinates(self, routers: Array) -> tuple[Array, Array]:
        """Return x and y of some routers."""
        return routers % self.width, routers // self.width

    def neighbours(self) -> Array:
        """Return the next router in each direction, int32 [n_routers, 4]; -1: no link."""
        x, y = self.coordinates(np.arange(self.n_routers, dtype=np.int32))
        columns = []
        for dx, dy in STEPS:
            x_next, y_next = x + dx, y + dy
            exists = (x_next >= 0) & (x_next < self.width) & (y_next >= 0) & (y_next < self.height)
            if self.wraps and (self.width if dx else self.height) > 2:
                exists[:] = True
            next_router = y_next % self.height * self.width + x_next % self.width
            columns.append(np.where(exists, next_router, -1))
        return np.stack(columns, axis=1).astype(np.int32)

    def rings(self) -> Array:
        """Return the ring that the link in each direction is part of, int32 [n_routers, 4]; -1: none."""
        x, y = self.coordinates(np.arange(self.n_routers, dtype=np.int32))
        w, h = self.width, self.height
        ring = np.stack([y, h + y, 2 * h + x, 2 * h + w + x], axis=1)
        long = np.array([w, w, h, h]) >= SHORTEST_RING
        return np.where(self.wraps & long, ring, -1).astype(np.int32)

    def next_hops(self, hop_link: Array, destinations: Array) -> Array:
        """Return the link to take at each router towards each of some other routers.

        Parameters
        ----------
        hop_link : int32 [n_routers, 4], the link in each direction.
        destinations : routers, integers [n_destinations].

        Returns
        -------
        int32 [n_variants, n_routers, n_destinations]; undefined at the destination.
        """
        x_end, y_end = self.coordinates(destinations)
        turned = x_end == np.arange(self.width)[:, None]  # the column is right
        link = hop_link.reshape(self.height, self.width, 4, 1)
        table = np.empty((len(self.variants), self.height, self.width, destinations.size), np.int32)
        for variant, (tie_x, tie_y) in enumerate(self.variants):
            east = _goes_forward(self.width, self.wraps, tie_x)[:, x_end]
            south = _goes_forward(self.height, self.wraps, tie_y)[:, y_end]
            for y, row in enumerate(link):  # a row at a time: the table may be large
                along_x = np.where(east, row[:, EAST], row[:, WEST])
                along_y = np.where(south[y], row[:, SOUTH], row[:, NORTH])
                table[variant, y] = np.where(turned, along_y, along_x)
        return table.reshape(len(self.variants), self.n_routers, destinations.size)


def _has_ties(size: int) -> bool:
    return size > 2 and size % 2 == 0


def _goes_forward(size: int, wraps: bool, tie_forward: bool) -> Array:
    """Return whether the way from each place to each other of a row goes forward, bool [size, size]."""
    place = np.arange(size)
    distance = place - place[:, None]
    if not wraps or size <= 2:
        return distance > 0
    ahead = distance % size
    return 2 * ahead < size + tie_forward

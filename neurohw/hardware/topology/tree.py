"""Trees of routers, one a chip, whose roots form a mesh: the hierarchy of DYNAP-SE.

There a core has a router R1, the cores of a chip share R2, and routers R3 join the chips in a mesh (Moradi et al. 2018,
doi:10.1109/TBCAS.2017.2759700).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from neurohw.hardware.topology.declarations import Topology
from neurohw.hardware.topology.grid import Grid
from neurohw.hardware.topology.wiring import join_tiles, plain_topology

if TYPE_CHECKING:
    from neurohw.hardware.chip import Interconnect

Array = np.ndarray


def tree(wires: Interconnect) -> Topology:
    """Return ``width`` x ``height`` chips with ``leaves`` tiles each.

    Every tile has a router of its own, up to ``arity`` routers share one above, and so on to a single one; with
    more than one chip, there is another above it that joins the mesh. Tile ``chip * leaves + leaf`` has the
    router of the same index; those of the next level follow, chip by chip. Packets go up to the lowest router
    above both tiles and down again, or along the mesh of roots first x, then y.
    """
    grid = Grid(wires.width, wires.height)
    ancestor = _ancestors(grid.n_routers, wires.leaves, wires.arity)
    hops = _hops(grid, ancestor)
    source, target = hops.ends
    tiles = ancestor[0]
    links = join_tiles(tiles, tiles, source, target)
    is_chip_link = np.zeros(links.n_links, bool)
    is_chip_link[hops.across[hops.across >= 0]] = True
    place = _places(grid, ancestor)
    return plain_topology(
        "tree",
        links,
        hops.next_hops,
        place_of_router=place,
        place_of_tile=place[: tiles.size],
        is_chip_link=is_chip_link,
    )


@dataclass(frozen=True, eq=False)
class _Hops:
    """Links between routers by what they lead to; -1: none."""

    grid: Grid
    ancestor: Array  # [n_levels, n_tiles], the router above (or of) each tile
    ends: tuple[Array, Array]  # source and target, int32 [n_hops]
    up: Array  # int32 [n_routers], to the router above
    down: Array  # int32 [n_routers], from the router above
    across: Array  # int32 [n_chips, 4], between the roots

    def next_hops(self, destinations: Array) -> Array:
        """Return the hop to take at each router towards each of some tiles."""
        route = self.ancestor[:, destinations]
        columns = np.arange(destinations.size)
        n_chips = self.grid.n_routers
        table = np.repeat(self.up[:, None], destinations.size, axis=1)
        if n_chips > 1:
            chip = route[-1] - (self.up.size - n_chips)
            table[-n_chips:] = self.grid.next_hops(self.across, chip)[0]
        for below, router in pairwise(route):
            table[router, columns] = self.down[below]
        return table[None]


def _ancestors(n_chips: int, leaves: int, arity: int) -> Array:
    """Return the routers above each tile, one row a level from its own to the root, int32 [n_levels, n_tiles]."""
    sizes = [leaves]  # routers of one chip, by level
    while sizes[-1] > 1:
        sizes.append(-(-sizes[-1] // arity))
    if n_chips > 1:
        sizes.append(1)
    chip, leaf = np.divmod(np.arange(n_chips * leaves), leaves)
    levels, first = [], 0
    for level, size in enumerate(sizes):
        levels.append(first + chip * size + leaf // arity**level)
        first += n_chips * size
    return np.stack(levels).astype(np.int32)


def _hops(grid: Grid, ancestor: Array) -> _Hops:
    """List the hops by source: to the routers below it, to the one above it, to its neighbours in the mesh."""
    n_routers, n_tiles = int(ancestor.max()) + 1, ancestor.shape[1]
    parent = np.full(n_routers, -1)
    for below, above in pairwise(ancestor):
        parent[below] = above
    child = np.flatnonzero(parent >= 0)
    neighbour = grid.neighbours()
    chip, direction = np.nonzero(neighbour >= 0)
    root = n_routers - grid.n_routers
    source = np.concatenate([parent[child], child, root + chip])
    target = np.concatenate([child, parent[child], root + neighbour[chip, direction]])
    rank = np.concatenate([child, np.full(child.size, n_routers), n_routers + 1 + direction])
    order = np.lexsort((rank, source))
    link = np.empty(order.size, np.int32)
    link[order] = 2 * n_tiles + np.arange(order.size)
    up, down = np.full((2, n_routers), -1, np.int32)
    down[child], up[child], across = np.split(link, [child.size, 2 * child.size])
    across_of_chip = np.full(neighbour.shape, -1, np.int32)
    across_of_chip[chip, direction] = across
    return _Hops(grid, ancestor, (source[order], target[order]), up, down, across_of_chip)


def _places(grid: Grid, ancestor: Array) -> Array:
    """Return where routers are drawn: the tiles of a chip in a row, above it a row for each level of routers.

    Each router stands above the middle of its tiles; those that join the chips stand in the upper left corner, so that
    no link crosses a tile or another router.
    """
    n_levels, n_tiles = ancestor.shape
    leaves = n_tiles // grid.n_routers
    chip, leaf = np.divmod(np.arange(n_tiles), leaves)
    column, row = grid.coordinates(chip)
    x, top = column * (leaves + 1.5) + leaf, row * (n_levels + 0.5)
    place = np.empty((int(ancestor.max()) + 1, 2))
    for level, router in enumerate(ancestor):
        middle = np.bincount(router, weights=x)[router] / np.bincount(router)[router]
        place[router] = np.stack([middle, top + n_levels - 1 - level], axis=1)
    if grid.n_routers > 1:
        place[ancestor[-1], 0] = x - leaf - 1
    return place

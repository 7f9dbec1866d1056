"""Meshes and tori of routers as stations, links and ways, one tile at each router, for traffic without neurons.

A packet first goes along its row, then along its column (dimension order). It stands at a node (variant, router,
destination), from which one link leads on. On a torus it goes the shorter way round; where both are equally long, the
variant says which, and half of the senders take each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw_event.fabric import Array, Links, Ways


class Grid(NamedTuple):
    """What traffic needs to know of an interconnect."""

    links: Links
    ways: Ways
    entry: Array  # int32 [n_tiles, n_tiles], node of a packet from a tile to a tile
    source_of_tile: Array  # int64 [n_tiles], station whose source queue it has
    is_hop: Array  # bool [n_links], from router to router
    ring: Array  # int32 [n_links], which ring of a torus; -1: none


class Timing(NamedTuple):
    """Cycles and packets, the same for all links of a kind."""

    hop: int = 3  # through a router and over the link behind it
    inject: int = 1  # from tile to router
    eject: int = 1  # from router to tile, beyond ``hop``
    service: int = 1  # flits of a packet
    depth: int = 8  # buffer of a router's input; -1: no limit
    credit: int = 2


def make_grid(width: int, height: int, timing: Timing, *, wraps: bool = False) -> Grid:
    """Return a mesh, or a torus where it ``wraps``; tile and router i stand at column i % width, row i // width."""
    n = width * height
    source, target, port_link = _hops(width, height, wraps)
    n_hops = len(source)
    tiles = np.arange(n)
    # stations: routers, then tiles; links: hops, then into the routers, then out of them
    latency = np.repeat([timing.hop, timing.inject, timing.hop + timing.eject], [n_hops, n, n])
    n_links = n_hops + 2 * n
    links = Links(
        source=np.concatenate([source, n + tiles, tiles]).astype(np.int32),
        target=np.concatenate([target, tiles, n + tiles]).astype(np.int32),
        latency=latency.astype(np.int64),
        service=np.full(n_links, timing.service, np.int64),
        depth=np.full(n_links, timing.depth, np.int64),
        credit=np.full(n_links, timing.credit, np.int64),
    )
    ways, entry = _ways(width, height, wraps, links, port_link)
    return Grid(
        links=links,
        ways=ways,
        entry=entry,
        source_of_tile=n + tiles,
        is_hop=np.arange(n_links) < n_hops,
        ring=np.concatenate([_rings(width, height, source, target, wraps), np.full(2 * n, -1)]).astype(
            np.int32
        ),
    )


def _hops(width: int, height: int, wraps: bool) -> tuple[Array, Array, Array]:
    """Return (source, target) of the links between routers, and the link of each [router, direction] or -1.

    Directions: right, left, up, down.
    """
    n = width * height
    x, y = np.arange(n) % width, np.arange(n) // width
    steps = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    new_x, new_y = x[:, None] + steps[:, 0], y[:, None] + steps[:, 1]
    target = new_y % height * width + new_x % width
    is_inside = (new_x >= 0) & (new_x < width) & (new_y >= 0) & (new_y < height)
    exists = (target != np.arange(n)[:, None]) & (is_inside | wraps)
    link = np.where(exists, np.cumsum(exists).reshape(exists.shape) - 1, -1)
    return np.nonzero(exists)[0], target[exists], link


def _rings(width: int, height: int, source: Array, target: Array, wraps: bool) -> Array:
    """Return which ring each hop belongs to: one for each row or column and direction."""
    if not wraps:
        return np.full(len(source), -1)
    dx, dy = target % width - source % width, target // width - source // width
    along_row = dy == 0
    step = np.where(along_row, dx, dy)
    length = np.where(along_row, width, height)
    is_down = (step == -1) | (step > 1) & (length > 2)
    line = np.where(along_row, source // width, height + source % width)
    return np.where(length > 2, 2 * line + is_down, -1)


def _ways(width: int, height: int, wraps: bool, links: Links, port_link: Array) -> tuple[Ways, Array]:
    n = width * height
    n_hops = len(links.source) - 2 * n
    n_variants = 2 if wraps else 1
    router, destination = np.divmod(np.arange(n * n), n)
    link_of_node = [
        np.where(
            router == destination,
            n_hops + n + destination,
            port_link[router, _direction(width, height, wraps, variant, router, destination)],
        )
        for variant in range(n_variants)
    ]
    # nodes: (variant, router, destination), then (variant, sending tile, destination), then the ends
    first_link = np.concatenate(link_of_node)
    behind = np.concatenate(
        [
            np.where(
                router == destination,
                2 * n_variants * n * n + destination,
                variant * n * n + links.target[link] * n + destination,
            )
            for variant, link in enumerate(link_of_node)
        ]
    )
    n_nodes = 2 * n_variants * n * n + n
    ways = Ways(
        edges_of_node=np.minimum(np.arange(n_nodes + 1), n_nodes - n).astype(np.int64),
        link_of_edge=np.concatenate([first_link, np.tile(n_hops + router, n_variants)]).astype(np.int32),
        node_of_edge=np.concatenate([behind, np.arange(n_variants * n * n)]).astype(np.int32),
        leaves_of_node=np.ones(n_nodes, np.int32),
        rank_of_node=np.where(np.arange(n_nodes) < n_nodes - n, -1, 0).astype(np.int32),
    )
    variant = (router + router // width) % n_variants
    entry = n_variants * n * n + variant * n * n + router * n + destination
    return ways, entry.reshape(n, n).astype(np.int32)


def _direction(
    width: int, height: int, wraps: bool, variant: int, router: Array, destination: Array
) -> Array:
    """Return the direction to go, 0 where the packet is there."""
    right = _step(destination % width - router % width, width, wraps, variant)
    up = _step(destination // width - router // width, height, wraps, variant)
    return np.where(right != 0, (1 - right) // 2, np.where(up != 0, 2 + (1 - up) // 2, 0))


def _step(distance: Array, length: int, wraps: bool, variant: int) -> Array:
    """Return +1, -1 or 0: which way to go along a dimension."""
    if not wraps:
        return np.sign(distance)
    forward = distance % length
    is_forward = 2 * forward + variant <= length
    return np.where(forward == 0, 0, np.where(is_forward, 1, -1))

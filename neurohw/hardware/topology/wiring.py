"""Links in their order, and topologies of few routers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from neurohw.hardware.topology.declarations import LINK_HOP, LINK_IN, LINK_OUT, Links, Topology

Array = np.ndarray


def join_tiles(into: Array, out_of: Array, source: Array, target: Array) -> Links:
    """List the links of tiles and routers.

    Parameters
    ----------
    into, out_of : int32 [n_tiles], the routers that packets of a tile enter, and from which they reach it.
    source, target : int32 [n_hops], the routers of each hop.
    """
    tiles, n_tiles, n_hops = np.arange(into.size), into.size, source.size
    return Links(
        source=np.concatenate([into, out_of, source]),
        target=np.concatenate([into, out_of, target]),
        kind=np.repeat([LINK_IN, LINK_OUT, LINK_HOP], [n_tiles, n_tiles, n_hops]),
        tile=np.concatenate([tiles, tiles, np.full(n_hops, -1)]),
    )


def plain_topology(name: str, links: Links, next_hops: Callable[[Array], Array], **more: Any) -> Topology:
    """Return a topology that is no grid, on one chip, without rings and with one way between any two tiles."""
    is_in = links.kind == LINK_IN
    return Topology(
        name=name,
        grid=None,
        links=links,
        router_of_tile=links.target[is_in],
        ring_of_link=np.full(links.n_links, -1),
        n_variants=1,
        variant_of_tile=np.zeros(np.count_nonzero(is_in)),
        next_hops=next_hops,
        **{"is_chip_link": np.zeros(links.n_links)} | more,
    )


def circle(n: int, least_radius: float = 0.0) -> Array:
    """Return places on a circle, clockwise from the top, at least one apart; float64 [n, 2]."""
    radius = max(least_radius, 0.5 / np.sin(np.pi / n) if n > 1 else 0.0)
    angle = 2 * np.pi * np.arange(n) / n
    return radius * np.stack([np.sin(angle), -np.cos(angle)], axis=1)

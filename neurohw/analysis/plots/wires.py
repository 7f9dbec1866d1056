"""Where links are drawn: an arrow for each direction, beside each other, from border to border of their ends.

Distances are those of layouts: neighbouring tiles are one apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.hardware.topology import LINK_HOP, LINK_IN, Links
from neurohw.result import Layout, LinkLoad

Array = np.ndarray

TILE_SIDE = 0.52
ROUTER_RADIUS = 0.15
GAP = 0.02  # between an arrow and what it joins
LANE = 0.11  # of an arrow from the line between its ends; packets keep to the right
SHAFT, HEAD, HEAD_LENGTH = 0.09, 0.18, 0.14
STUB = 0.42  # length drawn of a link around the back of a torus
BOW = 1.5  # how far a link swings out where something else stands in its way


@dataclass(frozen=True, eq=False)
class Wire:
    """The arrow of a link."""

    outlines: tuple[Array, ...]  # polygons, float64 [n, 2]; two where the link goes around the back
    middle: Array  # float64 [2]


def routers_apart(layout: Layout) -> Array:
    """Return the routers that are drawn: those that do not stand where a tile does."""
    if not len(layout.tile) or not len(layout.router):
        return np.arange(len(layout.router))
    near = [np.hypot(*(layout.tile - place).T).min() < TILE_SIDE / 2 for place in layout.router]
    return np.flatnonzero(~np.array(near))


def router_radius(layout: Layout) -> Array:
    """Return the radius of each router as it is drawn, so that the arrows of its tiles fit around it."""
    tiles = np.bincount(layout.router_of_tile, minlength=len(layout.router))
    around = 2 * LANE + HEAD
    is_hub = layout.topology in ("star", "ideal")
    return np.maximum(ROUTER_RADIUS, tiles * is_hub * around / (2 * np.pi))


def wires_of(links: LinkLoad | Links, layout: Layout) -> list[Wire]:
    """Return the arrows of all links."""
    apart = set(routers_apart(layout).tolist())
    radius = router_radius(layout)
    stations = np.concatenate([layout.tile, layout.router[sorted(apart)]])
    wires = []
    for source, target, tile, kind in zip(links.source, links.target, links.tile, links.kind, strict=True):
        start, end = layout.router[source], layout.router[target]
        start_radius, end_radius = (radius[r] if r in apart else None for r in (source, target))
        if kind != LINK_HOP:
            place, router = layout.tile[tile], _joint(layout, tile, source)
            if source not in apart:
                wires.append(_own(place, is_out_of_tile=kind == LINK_IN))
                continue
            at_router = SHAFT if layout.topology == "bus" else radius[source]
            ends = ((place, None), (router, at_router))
            (start, start_radius), (end, end_radius) = ends if kind == LINK_IN else ends[::-1]
        span = (start, end, start_radius, end_radius)
        wires.append(_around(*span) if _is_around(layout, start, end) else _between(*span, stations))
    return wires


def _joint(layout: Layout, tile: int, router: int) -> Array:
    """Return where the link of a tile meets its router; a bus runs past all tiles."""
    place = layout.router[router]
    return np.array([layout.tile[tile][0], place[1]]) if layout.topology == "bus" else place


def _own(place: Array, is_out_of_tile: bool) -> Wire:
    """Return the small triangle inside a tile whose router is not drawn apart from it."""
    side = -1 if is_out_of_tile else 1
    tip = place + [side * 0.19, 0.17 + side * 0.05]
    base = tip - [0.0, side * 0.1]
    return Wire((np.array([base - [0.06, 0], tip, base + [0.06, 0]]),), base)


def _is_around(layout: Layout, start: Array, end: Array) -> bool:
    return layout.topology == "torus" and bool(np.hypot(*(end - start)) > 1.5)


def _around(start: Array, end: Array, start_radius: float | None, end_radius: float | None) -> Wire:
    """Return the two ends of a link around the back: out of one side of the torus, and in at the other."""
    length = np.hypot(*(end - start))
    along = (start - end) / length  # away from the other end
    lane = _right(along) * LANE
    first, last = _reach(along, start_radius), _reach(along, end_radius)
    out = [first, first + STUB - HEAD_LENGTH, first + STUB]
    into = [-last - STUB, -last - HEAD_LENGTH, -last]
    paths = [place + along * np.array(steps)[:, None] + lane for place, steps in ((start, out), (end, into))]
    return Wire(tuple(_outline(path) for path in paths), paths[0].mean(axis=0))


def _between(
    start: Array, end: Array, start_radius: float | None, end_radius: float | None, stations: Array
) -> Wire:
    """Return an arrow: straight, or a bow where a station stands in its way."""
    length = float(np.hypot(*(end - start)))
    along = (end - start) / length
    lane = _right(along) * LANE
    if _is_blocked(start, end, stations):
        return _bow(start, end, along, lane)
    first, last = _reach(along, start_radius), _reach(along, end_radius)
    head = min(HEAD_LENGTH, 0.6 * (length - first - last))
    steps = np.array([first, length - last - head, length - last])[:, None]
    path = start + along * steps + lane
    return Wire((_outline(path),), (path[0] + path[-1]) / 2)


def _is_blocked(start: Array, end: Array, stations: Array) -> bool:
    """True when another station lies on the line between two places."""
    length = np.hypot(*(end - start))
    along = (end - start) / length
    offset = stations - start
    ahead = offset @ along
    aside = np.abs(offset @ _right(along))
    return bool(np.any((ahead > 0.5) & (ahead < length - 0.5) & (aside < 0.2)))


def _bow(start: Array, end: Array, along: Array, lane: Array) -> Wire:
    side = _right(along) * (1 if tuple(along) > (0, 0) else -1)  # the same for both directions
    t = np.linspace(0.06, 0.94, 25)[:, None]
    path = start * (1 - t) + end * t + side * (4 * BOW * t * (1 - t)) + lane
    return Wire((_outline(path),), path[len(path) // 2])


def _outline(path: Array) -> Array:
    """Return the polygon of an arrow along a path that ends with the base of the head and its tip."""
    normal = np.gradient(path, axis=0)
    normal = np.stack([-normal[:, 1], normal[:, 0]], axis=1) / np.hypot(*normal.T)[:, None]
    left, right = (path + sign * normal * SHAFT / 2 for sign in (1, -1))
    wing = normal[-2] * HEAD / 2
    return np.concatenate([left[:-1], [path[-2] + wing, path[-1], path[-2] - wing], right[-2::-1]])


def _reach(along: Array, radius: float | None) -> float:
    """Return how far the border of a router (or tile: None) is from its middle."""
    if radius is not None:
        return float(np.sqrt(max(radius**2 - LANE**2, 0.0))) + GAP if radius > LANE else radius
    return TILE_SIDE / 2 / float(np.abs(along).max()) + GAP


def _right(along: Array) -> Array:
    """Return the direction to the right, with y downward."""
    return np.array([-along[1], along[0]])

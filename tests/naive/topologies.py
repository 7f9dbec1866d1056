"""Hops of every topology from its definition, shortest distances, ways through a table, and circles; plain loops."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

from neurohw.hardware import Interconnect
from neurohw.hardware.topology import LINK_HOP, Topology

Hops = set[tuple[int, int]]


def hops(wires: Interconnect) -> Hops:
    """Return (source, target) of all links between routers."""
    width, height = wires.width, wires.height
    match wires.topology:
        case "mesh":
            return _steps(width, height, closed=False)
        case "torus":
            return _steps(width, height, closed=True)
        case "ring":
            return _steps(width * height, 1, closed=True)
        case "tree":
            return _tree_hops(wires)
        case "bus":
            return {(0, 1)}
    return set()


def _steps(width: int, height: int, closed: bool) -> Hops:
    """Return the steps by one along x or y; a set, so that none is there twice."""
    steps = set()
    for y in range(height):
        for x in range(width):
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                x_next, y_next = x + dx, y + dy
                if closed:
                    x_next, y_next = x_next % width, y_next % height
                if (x_next, y_next) != (x, y) and 0 <= x_next < width and 0 <= y_next < height:
                    steps.add((y * width + x, y_next * width + x_next))
    return steps


def _tree_hops(wires: Interconnect) -> Hops:
    n_chips = wires.width * wires.height
    level = [[chip * wires.leaves + leaf for leaf in range(wires.leaves)] for chip in range(n_chips)]
    n_routers = n_chips * wires.leaves
    pairs = []
    while len(level[0]) > 1:
        above: list[list[int]] = []
        for routers in level:
            above.append([])
            for first in range(0, len(routers), wires.arity):
                pairs += [(router, n_routers) for router in routers[first : first + wires.arity]]
                above[-1].append(n_routers)
                n_routers += 1
        level = above
    roots = [routers[0] for routers in level]
    if n_chips > 1:
        pairs += [(root, n_routers + chip) for chip, root in enumerate(roots)]
        across = _steps(wires.width, wires.height, closed=False)
        pairs += [(n_routers + a, n_routers + b) for a, b in across]
    return {(a, b) for a, b in pairs} | {(b, a) for a, b in pairs}


def distances(edges: Hops, start: int) -> dict[int, int]:
    """Return how many hops each router is away, breadth first."""
    neighbours: dict[int, list[int]] = {}
    for a, b in edges:
        neighbours.setdefault(a, []).append(b)
    found, waiting = {start: 0}, deque([start])
    while waiting:
        here = waiting.popleft()
        for router in neighbours.get(here, []):
            if router not in found:
                found[router] = found[here] + 1
                waiting.append(router)
    return found


def route(topology: Topology, table: list[list[list[int]]], variant: int, source: int, to: int) -> list[int]:
    """Follow a table of next links towards all tiles; return the links from one tile to another."""
    path = [source]
    while path[-1] != topology.n_tiles + to:
        path.append(table[variant][int(topology.links.target[path[-1]])][to])
        assert len(path) <= topology.n_routers + 2, "goes round in circles"
    return path


def routes(topology: Topology) -> dict[tuple[int, int, int], list[int]]:
    """Return the links of every way, by (variant, sender, destination)."""
    tiles = range(topology.n_tiles)
    table = topology.next_links(list(tiles)).tolist()
    return {
        (variant, source, to): route(topology, table, variant, source, to)
        for variant in range(topology.n_variants)
        for source in tiles
        for to in tiles
    }


def waits(topology: Topology) -> Hops:
    """Return which link a packet can hold while it waits for which other one, over all ways."""
    return {pair for path in routes(topology).values() for pair in pairwise(path)}


def circle_in(edges: Hops) -> bool:
    """Return whether a graph has a circle: depth first, which meets a node that it has not left yet."""
    following: dict[int, list[int]] = {}
    for a, b in edges:
        following.setdefault(a, []).append(b)
    entered, left = set(), set()
    for start in following:
        stack = [(start, iter(following[start]))] if start not in entered else []
        entered.add(start)
        while stack:
            node, ahead = stack[-1]
            step = next((b for b in ahead if b not in left), None)
            if step is None:
                stack.pop()
                left.add(node)
            elif step in entered:
                return True
            else:
                entered.add(step)
                stack.append((step, iter(following.get(step, []))))
    return False


def steps_of(topology: Topology, path: list[int]) -> list[tuple[int, int]]:
    """Return what each hop of a way on a grid adds to column and row; a step off the end is one to the other end."""
    columns, rows = topology.grid or (topology.n_tiles, 1)
    steps = []
    for link in path:
        if topology.links.kind[link] == LINK_HOP:
            y, x = divmod(int(topology.links.source[link]), columns)
            y_next, x_next = divmod(int(topology.links.target[link]), columns)
            steps.append((_step(x_next - x, columns), _step(y_next - y, rows)))
    return steps


def _step(difference: int, size: int) -> int:
    return difference if abs(difference) <= 1 else -1 if difference == size - 1 else 1

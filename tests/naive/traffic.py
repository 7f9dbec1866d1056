"""Destinations of patterns by strings of bits and by coordinates, and loads of links counted one way at a time."""

from __future__ import annotations

from math import ceil, sqrt

from neurohw.hardware.topology import Topology
from tests.naive.topologies import routes


def destination(pattern: str, tile: int, width: int, height: int) -> int:
    """Return where a pattern that is a permutation sends the packets of a tile."""
    n_tiles = width * height
    x, y = tile % width, tile // width
    digits = format(tile, "b").zfill(n_tiles.bit_length() - 1) if n_tiles > 1 else ""
    match pattern:
        case "transpose" if width == height:
            return x * width + y
        case "transpose":
            side = round(sqrt(n_tiles))
            return tile % side * side + tile // side
        case "bitcomp":
            return int("0" + "".join("1" if digit == "0" else "0" for digit in digits), 2)
        case "bitrev":
            return int("0" + digits[::-1], 2)
        case "shuffle":
            return int("0" + digits[1:] + digits[:1], 2)
        case "tornado":
            return (y + ceil(height / 2) - 1) % height * width + (x + ceil(width / 2) - 1) % width
        case "neighbor":
            return (y + 1) % height * width + (x + 1) % width
    raise ValueError(pattern)


def loads(topology: Topology, demand: list[list[float]]) -> list[float]:
    """Return what a demand puts on each link, every variant of the ways by an equal share."""
    load = [0.0] * topology.links.n_links
    for (_, source, to), path in routes(topology).items():
        for link in path:
            load[link] += demand[source][to] / topology.n_variants
    return load

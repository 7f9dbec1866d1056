"""A chip as a platform for dataflow graphs: its tiles, and the links that packets take between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import permutations

import numpy as np

from neurohw.compiler.schedule.link_cycles import LinkCycles, link_cycles
from neurohw.dataflow import Link, Platform, PlatformTile
from neurohw.dataflow.platform import Pair
from neurohw.errors import MappingError
from neurohw.hardware import Chip
from neurohw.hardware.topology import Topology, topology_of


def tile_name(tile: int) -> str:
    """Return the name of a tile."""
    return f"tile_{tile}"


def chip_platform(
    chip: Chip, tiles: Iterable[int] | None = None, pairs: Iterable[tuple[int, int]] | None = None
) -> Platform:
    """Return the tiles of a chip, and how packets go from each to each; times are hardware cycles.

    A token is a packet. Alone it takes as long as in a simulation of the interconnect, the encoder included; where
    connections meet, a link or encoder serves packets in the order in which they come. Buffers in routers have no limit
    here, and a packet goes to one tile.

    Parameters
    ----------
    tiles : those that are to be used, by default all.
    pairs : of these, between which there is a way, by default from each to each.

    Raises
    ------
    MappingError
        For a tile that the chip does not have.
    """
    used = list(range(chip.n_tiles)) if tiles is None else sorted(set(tiles))
    for tile in used:
        if not 0 <= tile < chip.n_tiles:
            raise MappingError(f"tile {tile}: chip {chip.name!r} has {chip.n_tiles}")
    topology = topology_of(chip.interconnect)
    cycles = link_cycles(chip, topology)
    wires = _routes(topology, used, permutations(used, 2) if pairs is None else pairs)
    delay = dict(zip(wires, _delays(cycles, wires.values(), chip.tile.encode_cycles), strict=True))
    names = [topology.links.name(link) for link in range(topology.links.n_links)]
    routes = {
        pair: (*_encoder(chip, pair[0]), *(names[link] for link in route)) for pair, route in wires.items()
    }
    return Platform(
        chip.name,
        tuple(PlatformTile(tile_name(tile), memory=chip.tile.crossbars) for tile in used),
        {_named(pair): time for pair, time in delay.items()},
        Fraction(0),
        _links(chip, cycles, names, used),
        {_named(pair): route for pair, route in routes.items()},
    )


def _named(pair: tuple[int, int]) -> Pair:
    return tile_name(pair[0]), tile_name(pair[1])


def _links(chip: Chip, cycles: LinkCycles, names: Sequence[str], tiles: Sequence[int]) -> dict[str, Link]:
    wires = {
        name: Link(Fraction(service), Fraction(delay))
        for name, service, delay in zip(names, cycles.service.tolist(), cycles.delay.tolist(), strict=True)
    }
    encode = Fraction(chip.tile.encode_cycles)
    return wires | {name: Link(encode, encode) for tile in tiles for name in _encoder(chip, tile)}


def _encoder(chip: Chip, tile: int) -> tuple[str, ...]:
    return (f"{tile} encoder",) if chip.tile.encode_cycles else ()


def _delays(cycles: LinkCycles, routes: Iterable[Sequence[int]], encode: int) -> Iterator[Fraction]:
    """Yield the cycles until the tail of a packet is there, and until the last link is free again."""
    delay, service, tail = (column.tolist() for column in cycles)
    for route in routes:
        busy, head = 0, encode
        for link in route:
            busy = max(busy, head + service[link])
            head += delay[link]
        yield Fraction(max(busy, head + max(tail[link] for link in route)))


def _routes(
    topology: Topology, tiles: Sequence[int], pairs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], list[int]]:
    """Return the links from tile to tile, by targets."""
    ahead = topology.next_links(np.array(tiles, np.int32))
    end, router = topology.links.target.tolist(), topology.router_of_tile.tolist()
    sources: dict[int, list[int]] = {}
    for source, target in pairs:
        sources.setdefault(target, []).append(source)
    routes = {}
    for target in sorted(sources):
        tables = ahead[:, :, tiles.index(target)].tolist()
        for source in sorted(sources[target]):
            table, at, route = tables[topology.variant_of_tile[source]], router[source], [source]
            while route[-1] != topology.n_tiles + target:  # the link out to the tile
                route.append(table[at])
                at = end[route[-1]]
            routes[source, target] = route
    return routes

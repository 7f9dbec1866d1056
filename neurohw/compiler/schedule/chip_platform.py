"""A chip as a platform for dataflow graphs: its tiles, and the links that packets take between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

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


def chip_platform(chip: Chip, tiles: Iterable[int] | None = None) -> Platform:
    """Return the tiles of a chip, and how packets go from each to each; times are hardware cycles.

    A token is a packet. Alone it takes as long as in a simulation of the interconnect, the encoder included; where
    connections meet, a link or encoder serves packets in the order in which they come. Buffers in routers have no limit
    here, and a packet goes to one tile.

    Parameters
    ----------
    tiles : those that are to be used, by default all; there is a route from each to each.

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
    wires = _routes(topology, used)
    delay = {pair: Fraction(_delay(cycles, route, chip.tile.encode_cycles)) for pair, route in wires.items()}
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


def _delay(cycles: LinkCycles, route: Sequence[int], encode: int) -> int:
    """Return the cycles until the tail of a packet is there, and until the last link is free again."""
    busy, head = 0, encode
    for link in route:
        busy = max(busy, head + int(cycles.service[link]))
        head += int(cycles.delay[link])
    return max(busy, head + int(cycles.tail[route].max()))


def _routes(topology: Topology, tiles: Sequence[int]) -> dict[tuple[int, int], list[int]]:
    """Return the links from tile to tile."""
    ahead = topology.next_links(np.array(tiles, np.int32))
    end, router = topology.links.target.tolist(), topology.router_of_tile.tolist()
    routes = {}
    for column, target in enumerate(tiles):
        tables = ahead[:, :, column].tolist()
        for source in tiles:
            if source != target:
                table, at, route = tables[topology.variant_of_tile[source]], router[source], [source]
                while route[-1] != topology.n_tiles + target:  # the link out to the tile
                    route.append(table[at])
                    at = end[route[-1]]
                routes[source, target] = route
    return routes

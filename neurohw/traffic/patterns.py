"""Patterns of traffic: where the packets of each tile go.

The patterns are those of BookSim2 (Jiang et al. 2013, doi:10.1109/ISPASS.2013.6557149) for k-ary n-cubes, after Dally &
Towles, Principles and Practices of Interconnection Networks (2004), section 3.2; here rows and columns may differ. On a
mesh or torus ``tornado``, ``neighbor`` and ``transpose`` take the columns and rows of the tiles, on other topologies
their numbers, as in one row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isqrt

import numpy as np

from neurohw.errors import SettingError, UnknownNameError
from neurohw.hardware.topology import Topology

Array = np.ndarray

MAX_PAIRS = 2**26  # of 8 bytes: 512 MiB

# (columns, rows) of tiles -> the destination of each tile, int [n_tiles], or the share of its packets that goes
# to each other, float [n_tiles, n_tiles]
Pattern = Callable[[int, int], Array]


@dataclass(frozen=True, eq=False)
class Destinations:
    """Where the packets of each tile go: one of ``table`` and ``weights`` is given."""

    table: Array | None = None  # int32 [n_tiles], all packets of a tile go to the same
    weights: Array | None = None  # float64 [n_tiles, n_tiles], rows sum to 1

    @property
    def demand(self) -> Array:
        """Share of the packets of each tile (row) that goes to each (column), float64 [n_tiles, n_tiles]."""
        if self.table is None:
            return np.asarray(self.weights)
        demand = np.zeros((self.table.size, self.table.size))
        demand[np.arange(self.table.size), self.table] = 1.0
        return demand


def pattern_destinations(name: str, tiles: Topology | tuple[int, int]) -> Destinations:
    """Return the destinations of a pattern.

    Parameters
    ----------
    name : key of ``PATTERNS``; ``"hotspot:27"`` sends to tile 27.
    tiles : a topology, or columns and rows of a mesh or torus.

    Raises
    ------
    UnknownNameError
        For an unknown pattern.
    SettingError
        Where the pattern needs a square or a power of two, has no such tile, or there are more than 2**26 pairs.
    """
    width, height = _shape(tiles)
    if (width * height) ** 2 > MAX_PAIRS:
        raise SettingError(
            f"pattern {name!r}: {width * height} tiles make {(width * height) ** 2:,} pairs, at most "
            f"{MAX_PAIRS:,} are possible"
        )
    kind, colon, tile = name.partition(":")
    if kind not in PATTERNS:
        raise UnknownNameError.of("pattern", name, PATTERNS)
    if colon:
        return Destinations(table=_all_to(name, tile, width * height))
    to = PATTERNS[kind](width, height)
    return Destinations(table=to.astype(np.int32)) if to.ndim == 1 else Destinations(weights=to)


def uniform(width: int, height: int) -> Array:
    """To every tile alike, the own one included."""
    n_tiles = width * height
    return np.full((n_tiles, n_tiles), 1.0 / n_tiles)


def transpose(width: int, height: int) -> Array:
    """From column x, row y to column y, row x; tiles in one row are numbered as a square."""
    n_tiles = width * height
    side = isqrt(n_tiles) if 1 in (width, height) else width
    if side * side != n_tiles:
        raise SettingError(
            f"pattern 'transpose' needs a square of tiles, {width} x {height} is none; use for example "
            f"{isqrt(n_tiles)} x {isqrt(n_tiles)}"
        )
    return np.arange(n_tiles).reshape(side, side).T.ravel()


def bitcomp(width: int, height: int) -> Array:
    """To the tile whose number has all bits inverted."""
    _bits("bitcomp", width, height)
    return np.arange(width * height)[::-1]


def bitrev(width: int, height: int) -> Array:
    """To the tile whose number has the bits in reverse order."""
    n_bits = _bits("bitrev", width, height)
    tiles = np.arange(width * height)
    return sum(((tiles >> bit & 1) << (n_bits - 1 - bit) for bit in range(n_bits)), np.zeros_like(tiles))


def shuffle(width: int, height: int) -> Array:
    """To the tile whose number has the bits rotated to the left by one."""
    n_bits = _bits("shuffle", width, height)
    tiles = np.arange(width * height)
    return (tiles << 1 | tiles >> max(n_bits - 1, 0)) & (tiles.size - 1)


def tornado(width: int, height: int) -> Array:
    """Along rows and along columns almost half way round."""
    return _shifted(width, height, (width + 1) // 2 - 1, (height + 1) // 2 - 1)


def neighbor(width: int, height: int) -> Array:
    """To the next column and the next row, from the last ones to the first."""
    return _shifted(width, height, 1, 1)


def hotspot(width: int, height: int) -> Array:
    """All to the tile in the middle."""
    return np.full(width * height, (height // 2) * width + width // 2)


PATTERNS: Mapping[str, Pattern] = {
    "uniform": uniform,
    "transpose": transpose,
    "bitcomp": bitcomp,
    "bitrev": bitrev,
    "shuffle": shuffle,
    "tornado": tornado,
    "neighbor": neighbor,
    "hotspot": hotspot,
}


def _shape(tiles: Topology | tuple[int, int]) -> tuple[int, int]:
    if not isinstance(tiles, Topology):
        return tiles
    return tiles.grid or (tiles.n_tiles, 1)


def _bits(name: str, width: int, height: int) -> int:
    """Return how many bits number the tiles."""
    n_tiles = width * height
    if n_tiles & (n_tiles - 1):
        raise SettingError(
            f"pattern {name!r} needs a power of two of tiles, {width} x {height} has {n_tiles}; the next ones "
            f"are {2 ** (n_tiles.bit_length() - 1)} and {2 ** n_tiles.bit_length()}"
        )
    return n_tiles.bit_length() - 1


def _shifted(width: int, height: int, dx: int, dy: int) -> Array:
    y, x = np.divmod(np.arange(width * height), width)
    return (y + dy) % height * width + (x + dx) % width


def _all_to(name: str, tile: str, n_tiles: int) -> Array:
    if not name.startswith("hotspot:"):
        raise SettingError(f"pattern {name!r}: only 'hotspot' takes a tile, as in 'hotspot:{tile or 0}'")
    if not tile.isdecimal() or int(tile) >= n_tiles:
        raise SettingError(f"pattern {name!r}: {tile!r} is no tile, there are 0 to {n_tiles - 1}")
    return np.full(n_tiles, int(tile), np.int32)

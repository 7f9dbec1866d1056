"""What a dataflow graph runs on: tiles with a processor each, and connections between tiles."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class PlatformTile:
    """A processor with its memory and the interface to its connections; None is no limit."""

    name: str
    processor: str | None = None  # type: actors say how long they take on which
    memory: int | None = None
    connections: int | None = None  # that may begin or end here
    bandwidth_in: int | None = None
    bandwidth_out: int | None = None


@dataclass(frozen=True)
class Platform:
    """Tiles, and how long a token takes from one to another."""

    name: str
    tiles: tuple[PlatformTile, ...]
    delay: dict[tuple[str, str], Fraction]  # by names of the tiles, from and to

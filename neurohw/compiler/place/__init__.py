"""Placers: clusters to tiles of the mesh."""

from collections.abc import Callable, Mapping

from neurohw.compiler.place.snake import snake
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.program import Clusters, Placement

Placer = Callable[[Network, Clusters, Chip], Placement]

PLACERS: Mapping[str, Placer] = {
    "snake": snake,
}

__all__ = ["PLACERS", "Placer"]

"""What a placer solves: a graph of items, the ways between tiles, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, sqrt

import numpy as np

from neurohw.compile_clock import Stopwatch
from neurohw.compiler.place.board import OBJECTIVES, board_of
from neurohw.compiler.place.kernels.exchanges import Board, Edges, Places, total_cost
from neurohw.compiler.place.way import way_through
from neurohw.compiler.settings import check_name, check_seconds, check_seed
from neurohw.errors import CapacityError, SettingError
from neurohw.hardware import Chip
from neurohw.hardware.quantities import MESH_LIMIT
from neurohw.wording import counted
from neurohw.workload import ClusterGraph

Array = np.ndarray

_SHARE_OF_TIME = 0.97  # the rest is for the step under way when time is over


@dataclass(frozen=True, eq=False)
class PlacementProblem:
    """Items to place on the tiles of a chip, at most one a tile, so that spikes times length of their way is small.

    The same problem has the same solution, unless the time limit stops a placer before it is through.

    Raises
    ------
    CapacityError
        For more items than tiles.
    SettingError
        For a time that is not positive, a seed that is negative or above 2^63 - 1, an objective that is no name, a
        fixed item on no tile, or more of them than clusters.
    UnknownNameError
        For an unknown objective.
    """

    graph: ClusterGraph
    chip: Chip
    fixed_tiles: tuple[int, ...] = ()  # of the last clusters of the graph, which take no tile for themselves
    objective: str = "hops"
    seed: int = 0
    seconds: float = 5.0
    clock: Stopwatch = field(default_factory=Stopwatch)

    def __post_init__(self) -> None:
        check_seconds(self.seconds, finite=True)
        check_seed(self.seed)
        check_name("objective", self.objective, OBJECTIVES)
        available = f"chip {self.chip.name!r} has {counted(self.chip.n_tiles, 'tile')}"
        wrong = [tile for tile in self.fixed_tiles if not _is_tile(tile, self.chip)]
        if wrong:
            raise SettingError(f"fixed tile {wrong[0]!r}: {available}")
        if self.n_items < 0:
            raise SettingError(
                f"{counted(len(self.fixed_tiles), 'fixed tile')} for {counted(self.graph.n_clusters, 'cluster')}: "
                "each is that of a cluster"
            )
        if self.n_items > self.chip.n_tiles:
            raise CapacityError(f"{self.n_items:,} clusters, {available}; {_mesh_for(self.n_items)}")

    @property
    def n_items(self) -> int:
        """Number of items that take a tile."""
        return self.graph.n_clusters - len(self.fixed_tiles)

    @cached_property
    def board(self) -> Board:
        """Lengths of ways; read-only."""
        return Board(*map(_read_only, board_of(self.chip, self.objective)))

    @cached_property
    def edges(self) -> Edges:
        """Neighbours of each item, with spikes of both directions; read-only."""
        indptr, other, spikes = self.graph.neighbours()
        return Edges(*map(_read_only, (indptr, other, spikes.astype(np.float64))))

    @cached_property
    def joined(self) -> Array:
        """Items with edges, int32, read-only: only for these a better tile can be sought."""
        return _read_only(np.flatnonzero(np.diff(self.edges.indptr)[: self.n_items]).astype(np.int32))

    @property
    def is_over(self) -> bool:
        """Whether the time is used up; compiling kernels takes none."""
        return self.clock.read()[0] >= _SHARE_OF_TIME * self.seconds

    def start(self) -> Array:
        """Return the tiles of items in order of their numbers along the snake, int32 [n_items]."""
        return way_through(self.chip)[: self.n_items].copy()

    def places(self, tile_of_item: Array) -> Places:
        """Return a state of the kernels."""
        item_of_tile = np.full(self.chip.n_tiles, -1, np.int32)
        item_of_tile[tile_of_item] = np.arange(self.n_items)
        tiles = np.concatenate([tile_of_item, np.array(self.fixed_tiles, np.int64)])
        y, x = np.divmod(tiles, self.board.along_x.shape[0])
        return Places(x.astype(np.int32), y.astype(np.int32), item_of_tile)

    def tiles(self, places: Places) -> Array:
        """Return the tile of each item, int32 [n_items]."""
        return (places.y * self.board.along_x.shape[0] + places.x)[: self.n_items].astype(np.int32)

    def cost(self, tile_of_item: Array) -> float:
        """Return the sum of spikes times length of their way."""
        return float(total_cost(self.board, self.edges, self.places(tile_of_item)))


def _is_tile(tile: object, chip: Chip) -> bool:
    return isinstance(tile, int | np.integer) and 0 <= int(tile) < chip.n_tiles


def _mesh_for(n_items: int) -> str:
    """Return which mesh has as many tiles, as far as there may be one, for messages."""
    side = ceil(sqrt(n_items))
    if side > MESH_LIMIT:
        return f"the largest mesh has {MESH_LIMIT} x {MESH_LIMIT}"
    return f"{side} x {ceil(n_items / side)} would do"


def _read_only(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view

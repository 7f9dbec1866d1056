"""Packets that tiles send without neurons: at random, or as they were recorded."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from neurohw.errors import SettingError
from neurohw.frozen import freeze_arrays
from neurohw.traffic.patterns import Destinations

Array = np.ndarray

LAST_CYCLE = 2**53  # of a recorded packet


@dataclass(frozen=True, eq=False)
class RandomPackets:
    """Every tile makes packets at random, each cycle with the same probability (Bernoulli), and some are measured."""

    destinations: Destinations
    load: float  # flits per tile and cycle
    warm_up: int  # cycles before the measurement
    cycles: int  # packets made in these are measured
    drain: int  # cycles in which they may arrive, under continued load

    def __post_init__(self) -> None:
        if not (isfinite(self.load) and 0 < self.load <= 1):
            raise SettingError(f"load {self.load:g} must be above 0 and at most 1 flit per tile and cycle")
        if self.cycles < 1 or self.warm_up < 0 or self.drain < 0:
            raise SettingError(
                f"cycles = {self.cycles} must be at least 1, warm_up = {self.warm_up} and "
                f"drain = {self.drain} at least 0"
            )

    @property
    def demand(self) -> Array:
        """Share of the packets of each tile (row) that goes to each (column), float64 [n_tiles, n_tiles]."""
        return self.destinations.demand


@dataclass(frozen=True, eq=False)
class RecordedPackets:
    """Packets as they were recorded, all of them measured; those of one tile and cycle go out in this order."""

    n_tiles: int
    cycle: Array  # int64 [n], in which each is made
    source: Array  # int32 [n], tile
    destination: Array  # int32 [n], tile

    def __post_init__(self) -> None:
        freeze_arrays(self, cycle=np.int64)
        if not self.cycle.size == self.source.size == self.destination.size > 0:
            raise SettingError("recorded packets: there are none, or not as many cycles as tiles")
        for name, values, end in (
            ("cycle", self.cycle, LAST_CYCLE),
            ("source", self.source, self.n_tiles),
            ("destination", self.destination, self.n_tiles),
        ):
            wrong = np.flatnonzero((values < 0) | (values >= end))
            if wrong.size:
                raise SettingError(
                    f"recorded packet {wrong[0]}: {name} {values[wrong[0]]} must be from 0 to {end - 1:,}"
                )

    @property
    def cycles(self) -> int:
        """Cycles from the first packet to the last, both included."""
        return int(self.cycle.max() - self.cycle.min()) + 1

    @property
    def packets_per_cycle(self) -> float:
        """Packets per tile and cycle."""
        return self.cycle.size / (self.n_tiles * self.cycles)

    @property
    def demand(self) -> Array:
        """Packets of each tile (row) to each (column), one for each tile on average, float64 [n_tiles, n_tiles]."""
        pair = self.source.astype(np.int64) * self.n_tiles + self.destination
        counts = np.bincount(pair, minlength=self.n_tiles**2).reshape(self.n_tiles, self.n_tiles)
        return counts * (self.n_tiles / self.cycle.size)

    def at(self, packets_per_cycle: float) -> RecordedPackets:
        """Return the same packets, faster or slower: so many per tile and cycle on average.

        Raises
        ------
        SettingError
            When all were made in one cycle, so that there is nothing to stretch.
        """
        if self.cycles == 1:
            raise SettingError(
                f"recorded packets: all {self.cycle.size:,} are of one cycle, their load cannot be changed"
            )
        length = self.cycle.size / (self.n_tiles * packets_per_cycle)
        begun = self.cycle - self.cycle.min()
        cycle = np.rint(begun * (max(length - 1, 0) / (self.cycles - 1))).astype(np.int64)
        return RecordedPackets(self.n_tiles, cycle, self.source, self.destination)

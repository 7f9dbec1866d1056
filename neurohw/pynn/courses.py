"""The course of a source's current on the time grid: levels that hold for a while, or a waveform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

Array = np.ndarray
NEVER = 2.0**60  # tick of what happens later than any run


class Course(Protocol):
    """A current as a function of the tick."""

    def currents(self, ticks: Array, timestep_ms: float, seed: int) -> Array:
        """Return the current in nA at each of ``ticks``: what flows from there to the next tick."""


@dataclass(frozen=True, eq=False)
class Levels:
    """From ``tick[i]`` on the current is ``level_na[i]``; before the first of them there is none."""

    tick: Array  # int64, ascending
    level_na: Array  # float64

    def currents(self, ticks: Array, timestep_ms: float, seed: int) -> Array:
        """Return the level at each of ``ticks``."""
        levels: Array = np.concatenate([[0.0], self.level_na])
        return levels[np.searchsorted(self.tick, ticks, side="right")]

    def steps_na(self) -> Array:
        """Return by how much the current rises at each tick."""
        return np.diff(self.level_na, prepend=0.0)


def to_ticks(times_ms: Any, timestep_ms: float) -> Array:
    """Return the nearest ticks of times, int64; those beyond any run are one tick."""
    return np.clip(np.rint(np.asarray(times_ms) / timestep_ms), -NEVER, NEVER).astype(np.int64)

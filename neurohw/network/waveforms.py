"""Currents that take new values all the time: sines and noise, as formulas of the tick."""

from __future__ import annotations

from dataclasses import dataclass
from math import tau

import numpy as np

from neurohw.network.waveform_kernels import NOISE, SINE, fill_currents

Array = np.ndarray

SHAPES = {"sine": SINE, "noise": NOISE}


@dataclass(frozen=True, eq=False)
class Waveform:
    """A current into cells from tick ``start`` up to and without ``stop``, and none before and after.

    The value at tick n acts on the membrane from tick n to n + 1, and changes every ``every`` ticks from ``start`` on.
    A sine is ``level_na + size_na * sin(2 pi frequency_hz t + phase)`` with t = 0 at ``start``; noise is normal
    with mean ``level_na`` and standard deviation ``size_na``, one number for all cells. ``stream`` tells the
    random numbers of one source from those of others. A cell that is listed twice gets the current twice.
    """

    neuron: Array  # int64, global ids
    shape: str  # "sine" or "noise"
    start: int
    stop: int
    level_na: float
    size_na: float
    every: int = 1
    frequency_hz: float = 0.0
    phase_deg: float = 0.0
    stream: int = 0

    def __post_init__(self) -> None:
        neuron = np.asarray(self.neuron, dtype=np.int64).view()
        neuron.flags.writeable = False
        object.__setattr__(self, "neuron", neuron)

    def description(self) -> str:
        """Return everything but the cells, as a text that differs where anything does."""
        values = (
            self.shape,
            self.start,
            self.stop,
            self.level_na,
            self.size_na,
            self.every,
            self.frequency_hz,
            self.phase_deg,
            self.stream,
        )
        return " ".join(map(repr, values))

    def rows(self, timestep_ms: float) -> tuple[Array, Array]:
        """Return the whole numbers (int64 [5]) and the others (float64 [4]) that the kernels take."""
        whole = [SHAPES[self.shape], self.start, self.stop, self.every, self.stream]
        turns_per_tick = self.frequency_hz * timestep_ms / 1000.0
        numbers = [self.level_na, self.size_na, tau * turns_per_tick, tau * self.phase_deg / 360.0]
        return np.array(whole, np.int64), np.array(numbers)

    def currents(self, ticks: Array, timestep_ms: float, seed: int) -> Array:
        """Return the current in nA at each of ``ticks`` (int64)."""
        out = np.empty(len(ticks))
        fill_currents(*self.rows(timestep_ms), seed, np.ascontiguousarray(ticks, np.int64), out)
        return out


def table(waveforms: tuple[Waveform, ...], timestep_ms: float) -> tuple[Array, Array]:
    """Return the rows of several waveforms (int64 [n, 5] and float64 [n, 4])."""
    rows = [waveform.rows(timestep_ms) for waveform in waveforms]
    whole = np.array([row for row, _ in rows], np.int64).reshape(-1, 5)
    return whole, np.array([row for _, row in rows]).reshape(-1, 4)

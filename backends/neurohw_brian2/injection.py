"""Currents into the cells: the offset, the steps so far and the waveforms at the present tick."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neurohw.network import Network
from neurohw_brian2.groups import CellGroup

Array = np.ndarray


class Injection:
    """The currents of one network, put into the groups tick by tick."""

    def __init__(self, network: Network, seed: int, groups: Sequence[CellGroup]) -> None:
        self._network, self._seed, self._groups = network, seed, groups
        self._offsets = [group.array("i_in").copy() for group in groups]
        self._stepped_na = np.zeros(network.n_cells)
        self._steps_taken = 0
        self._values = [0.0] * len(network.waveforms)

    def apply(self, tick: int) -> None:
        """Set the current that flows from ``tick`` to the next one."""
        stepped, values = self._take_steps(tick), self._values_at(tick)
        if not stepped and values == self._values:
            return
        self._values = values
        total = self._stepped_na.copy()
        for waveform, value in zip(self._network.waveforms, values, strict=True):
            np.add.at(total, waveform.neuron, value)
        for group, offset in zip(self._groups, self._offsets, strict=True):
            group.array("i_in")[:] = offset + total[group.ids]

    def _take_steps(self, tick: int) -> bool:
        """Add the steps up to ``tick`` that have not been added yet; True when there were any."""
        currents = self._network.currents
        end = int(np.searchsorted(currents.tick, tick, side="right"))
        steps = slice(self._steps_taken, end)
        np.add.at(self._stepped_na, currents.neuron[steps], currents.step_na[steps])
        self._steps_taken = end
        return steps.start < end

    def _values_at(self, tick: int) -> list[float]:
        at, timestep_ms = np.array([tick]), self._network.timestep_ms
        return [float(w.currents(at, timestep_ms, self._seed)[0]) for w in self._network.waveforms]

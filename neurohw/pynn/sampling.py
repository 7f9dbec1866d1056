"""What to record of a population: variables, cells, and the time from sample to sample."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from pyNN import recording
from pyNN.recording import Variable

from neurohw.errors import NetworkError, SimulationError, UnsupportedError, did_you_mean
from neurohw.pynn import simulator
from neurohw.pynn.errors import NoSuchVariableError
from neurohw.pynn.script import LAST_TICK
from neurohw.pynn.settings import is_number, plain

Array = np.ndarray
SPIKES = Variable("spikes", None, None)


class Sampling(recording.Recorder):
    """The half of a recorder that knows what to record."""

    _simulator = simulator

    def record(
        self, variables: Any, ids: Any, sampling_interval: float | None = None, locations: Any = None
    ) -> None:
        """Record ``variables`` of the cells ``ids`` from now on.

        Raises
        ------
        NoSuchVariableError
            For a variable that the cells do not have.
        NetworkError
            For names that are none, and a sampling interval that is no whole number of timesteps, or other than that
            of variables already recorded.
        """
        simulator.state.refuse_forgotten(self.population)
        wanted, cells = self._variables(variables, locations), set(ids)
        for variable in wanted:
            self._check_variable(variable.name)
            self._check_cells(variable, cells)
        interval_ms = plain(sampling_interval)
        if interval_ms is not None:
            self._ticks_of(interval_ms)
            self._check_sampling_interval(interval_ms)
            self.sampling_interval = float(interval_ms)
        for variable in wanted:
            self.recorded[variable] = self.recorded[variable] | cells
        self._changed()

    def reset(self) -> None:
        """Record nothing from now on."""
        simulator.state.refuse_forgotten(self.population)
        self.recorded.clear()
        self._changed()

    def cells_of(self, variable: Variable, filter_ids: Any = None) -> Array:
        """Return the global ids of the recorded cells, ascending."""
        cells = self.filter_recorded(variable, filter_ids)
        return np.sort(np.fromiter(cells, dtype=np.int64, count=len(cells)))

    @property
    def every(self) -> int:
        """Ticks from sample to sample.

        Raises
        ------
        NetworkError
            When the sampling interval is no whole number of timesteps.
        """
        return self._ticks_of(self.sampling_interval)

    def _changed(self) -> None:
        simulator.state.changed()

    def _ticks_of(self, interval_ms: Any) -> int:
        dt = simulator.state.dt
        where = f"population {self.population.label!r}: sampling_interval = {interval_ms!r}"
        if not is_number(interval_ms):
            raise NetworkError(f"{where} must be a number of ms, a whole multiple of the timestep, {dt} ms")
        every = round(interval_ms / dt)
        if every < 1 or abs(every * dt - interval_ms) > 1e-9 * max(1.0, interval_ms):
            raise NetworkError(f"{where} ms must be a whole multiple of the timestep, {dt} ms")
        if every > LAST_TICK:
            raise NetworkError(f"{where} ms must be at most {LAST_TICK * dt:g} ms")
        return every

    def _check_sampling_interval(self, sampling_interval: float) -> None:
        """Refuse another interval than that of what is recorded; spikes have none."""
        others = [variable.name for variable, ids in self.recorded.items() if ids and variable != SPIKES]
        if others and sampling_interval != self.sampling_interval:
            raise NetworkError(
                f"population {self.population.label!r}: sampling_interval = {sampling_interval} ms, but "
                f"{', '.join(others)} is recorded every {self.sampling_interval} ms; all cells of a population must be "
                "recorded with the same sampling interval"
            )

    def _variables(self, variables: Any, locations: Any) -> list[Variable]:
        if locations is not None:
            raise UnsupportedError("record(): the cells are points; there are no locations to record from")
        names = (
            list(variables)
            if isinstance(variables, Iterable) and not isinstance(variables, str)
            else [variables]
        )
        for name in names:
            if not isinstance(name, str):
                raise NetworkError(
                    f"population {self.population.label!r}: {name!r} must be the name of a variable, such as 'v'"
                )
        if names == ["all"]:
            names = list(self.population.celltype.recordable)
        return [Variable(name, None, None) for name in names]

    def _check_variable(self, name: str) -> None:
        if not self.population.can_record(name):
            celltype = self.population.celltype
            own = list(celltype.recordable)
            raise NoSuchVariableError(
                f"population {self.population.label!r}: cannot record {name!r} from {type(celltype).__name__}"
                f"{did_you_mean(name, own)} it has {', '.join(own)}"
            )

    def _check_cells(self, variable: Variable, ids: set[Any]) -> None:
        """Refuse to record a signal from other cells than those there are, while a network runs."""
        before = self.recorded.get(variable, set())
        if simulator.state.running and before and variable != SPIKES and not ids <= before:
            raise SimulationError(
                f"population {self.population.label!r}: {variable.name} is being recorded from {len(before)} "
                "cells; others can be added before run() or after reset() only"
            )

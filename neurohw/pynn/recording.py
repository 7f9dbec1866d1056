"""What was recorded: PyNN's recorder on top of the results of a session.

PyNN's own keeps neo segments of past runs and shares their parts with what it hands out (``get_data("v")``
after a ``reset()`` then empties them). Here plain arrays are kept, and neo objects built anew each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import neo
import numpy as np
import quantities as pq
from pyNN.recording import Variable

from neurohw.pynn import simulator
from neurohw.pynn.data.access import checked_names
from neurohw.pynn.data.exact_times import exact_times
from neurohw.pynn.data.files import write_block
from neurohw.pynn.data.segments import SignalRecord, Snapshot, SpikeRecord
from neurohw.pynn.errors import NoDataError
from neurohw.pynn.sampling import SPIKES, Sampling
from neurohw.result import Result, Spikes

Array = np.ndarray


class Recorder(Sampling):
    """The recorder of one population; views share it."""

    _simulator = simulator

    def __init__(self, population: Any, file: Any = None) -> None:
        super().__init__(population, file)
        self._snapshots: list[Snapshot] = []
        self._taken_tick = -1  # up to here data were handed out and cleared
        self._raw: tuple[Result, Array, Array] | None = None  # the spikes selected from a result

    def _changed(self) -> None:
        self._raw = None
        super()._changed()

    def get(
        self,
        variables: Any,
        gather: bool = False,
        filter_ids: Any = None,
        clear: bool = False,
        annotations: dict[str, Any] | None = None,
        locations: Any = None,
    ) -> neo.Block:
        """Return the recorded data, one segment for each run since ``setup()``.

        ``clear`` forgets them. Signals that follow in the same run begin with the sample of the time at which they
        were cleared, as on NEST: whoever joins the pieces has it twice.

        Raises
        ------
        NoDataError
            Before the first run.
        NetworkError
            For a variable that no cell of the network has, and a population made before the last ``setup()``.
        """
        simulator.state.refuse_forgotten(self.population)
        snapshots = [*self._snapshots, *([self._snapshot()] if simulator.state.running else [])]
        if not snapshots:
            raise NoDataError(f"population {self.population.label!r}: no data yet; call run() first")
        names = None
        if variables != "all":
            names = checked_names(self.population, self._variables(variables, locations))
        only = None if filter_ids is None else np.array([int(i) for i in filter_ids])
        block = neo.Block(name=self.population.label, description=snapshots[-1].description)
        block.segments = [
            snapshot.to_neo(lambda name: names is None or name in names, only) for snapshot in snapshots
        ]
        for segment in block.segments:
            segment.block = block
        block.rec_datetime = block.segments[0].rec_datetime
        block.annotate(**simulator.state.totals(), **self.metadata, **(annotations or {}))
        if clear:
            self.clear()
        return block

    def write(
        self,
        variables: Any,
        file: Any = None,
        gather: bool = False,
        filter_ids: Any = None,
        clear: bool = False,
        annotations: dict[str, Any] | None = None,
        locations: Any = None,
    ) -> None:
        """Write the recorded data to a file, by the suffix of its name, or to a neo IO.

        Raises
        ------
        UnknownNameError, UnsupportedError
            As :func:`neurohw.pynn.data.files.get_io`.
        """
        target = self.file if file is None else file
        write_block(self.get(variables, gather, filter_ids, clear, annotations, locations), target)

    def clear(self) -> None:
        """Forget all data recorded so far."""
        self._snapshots.clear()
        self._raw = None
        self._taken_tick = simulator.state.tick
        self._recording_start_time = simulator.state.t * pq.ms

    def store_to_cache(self, annotations: dict[str, Any] | None = None) -> None:
        """Keep the data of the run that a reset is about to end."""
        if simulator.state.running and simulator.state.tick > max(0, self._taken_tick):
            self._snapshots.append(replace(self._snapshot(), annotations=dict(annotations or {})))
        self._raw = None
        self._taken_tick = -1
        self._recording_start_time = 0.0 * pq.ms

    def _snapshot(self) -> Snapshot:
        state = simulator.state
        names = [variable for variable in self.recorded if variable != SPIKES]
        signals = {variable.name: self._signal(variable) for variable in names}
        return Snapshot(
            name=f"segment{state.segment_counter:03d}",
            description=self.population.describe(),
            population=self.population.label,
            first_id=int(self.population.first_id),
            start_ms=float(self._recording_start_time.magnitude),
            stop_ms=state.t,
            taken=datetime.now(),
            spikes=self._spikes() if self.recorded.get(SPIKES) else None,
            signals={name: record for name, record in signals.items() if record is not None},
        )

    def _spikes(self) -> SpikeRecord:
        return SpikeRecord(self.cells_of(SPIKES), *self.raw_spikes())

    def raw_spikes(self) -> tuple[Array, Array]:
        """Return (global ids, times in ms) of the spikes of this run that were not cleared, sorted by time.

        Both are read-only, and shared by all who ask before the run goes on.
        """
        simulator.state.refuse_forgotten(self.population)
        result = simulator.state.result()
        if self._raw is None or self._raw[0] is not result:
            self._raw = (result, *self._select(result.spikes))
        return self._raw[1:]

    def _select(self, spikes: Spikes) -> tuple[Array, Array]:
        exact = simulator.state.settings.spike_precision == "off_grid" and self._is_array_source
        # an exact time may lie after the tick on which the spike acts, and past the last clearing
        begin = np.searchsorted(spikes.ticks, self._taken_tick, side="left" if exact else "right")
        ids, ticks = spikes.ids[begin:], spikes.ticks[begin:]
        mine = np.zeros(simulator.state.id_counter, bool)
        mine[self.cells_of(SPIKES)] = True
        chosen = mine[ids]
        if not chosen.all():
            ids, ticks = ids[chosen], ticks[chosen]
        times = ticks * simulator.state.dt
        if exact:
            ids, times = self._at_exact_times(ids, ticks)
        return _read_only(ids), _read_only(times)

    @property
    def _is_array_source(self) -> bool:
        return "spike_times" in self.population.native_values

    def _at_exact_times(self, ids: Array, ticks: Array) -> tuple[Array, Array]:
        state = simulator.state
        times = exact_times(ids, ticks, state.trains(self.population), int(self.population.first_id))
        rounding = 1e-9 * state.dt  # of a tick's time: a spike given on a tick is on it
        after = self._taken_tick * state.dt if self._taken_tick >= 0 else -np.inf
        inside = (times > after + rounding) & (times <= state.t + rounding)
        ids, times = ids[inside], np.minimum(times[inside], state.t)
        order = np.argsort(times, kind="stable")
        return ids[order], times[order]

    def _get_spiketimes(self, ids: Iterable[int], clear: bool = False) -> tuple[Array, Array]:
        """Return (global id, time in ms) of the spikes of ``ids`` that were not yet cleared."""
        sender, times = self.raw_spikes()
        chosen = np.isin(sender, np.asarray(ids, dtype=np.int64))
        return sender[chosen], times[chosen]

    def _signal(self, variable: Variable) -> SignalRecord | None:
        ids = self.cells_of(variable)
        samples, times = self._get_all_signals(variable, ids)
        if samples.size == 0:
            return None
        units = self.population.find_units(variable)
        return SignalRecord(ids, samples, float(times[0]), self.sampling_interval, units)

    def _get_all_signals(
        self, variable: Variable, ids: Iterable[int], clear: bool = False
    ) -> tuple[Array, Array]:
        """Return samples [samples, cells] and their times in ms, up to the latest of the sampling grid."""
        state = simulator.state
        every = self.every
        index = state.index_of(self.population)
        trace = state.result().traces.get((index, variable.name), np.empty((0, 0)))
        ticks = (state.tick // every - np.arange(len(trace))[::-1]) * every
        kept = ticks >= self._taken_tick
        return trace[kept], ticks[kept] * state.dt

    def _local_count(self, variable: Variable, filter_ids: Any = None) -> dict[int, int]:
        simulator.state.refuse_forgotten(self.population)
        ids = self.cells_of(variable, filter_ids)
        if ids.size == 0:
            return {}
        sender, _ = self.raw_spikes()
        counts = np.bincount(sender - int(self.population.first_id), minlength=self.population.size)
        return dict(zip(ids.tolist(), counts[ids - int(self.population.first_id)].tolist(), strict=True))


def _read_only(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view

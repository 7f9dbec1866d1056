"""Recorded data between two resets, as plain arrays, and as the neo objects that PyNN's users read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import neo
import numpy as np
import quantities as pq
from neo.core.spiketrainlist import SpikeTrainList

from neurohw.network.kernels import row_order

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class SpikeRecord:
    """Spikes of the cells ``ids`` (ascending): spike ``i`` is of cell ``sender[i]`` at ``times_ms[i]``."""

    ids: Array
    sender: Array
    times_ms: Array


@dataclass(frozen=True, eq=False)
class SignalRecord:
    """Samples [samples, cells] of the cells ``ids`` (ascending), the first at ``start_ms``."""

    ids: Array
    samples: Array
    start_ms: float
    interval_ms: float
    units: str


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What a recorder holds of one run from 0 (or the last clearing) to ``stop_ms``."""

    name: str
    description: str
    population: str
    first_id: int
    start_ms: float
    stop_ms: float
    taken: datetime
    spikes: SpikeRecord | None
    signals: Mapping[str, SignalRecord]
    annotations: Mapping[str, Any] = field(default_factory=dict)

    def to_neo(self, wanted: Callable[[str], bool], only: Array | None) -> neo.Segment:
        """Build a segment of the variables that are ``wanted``, of the cells ``only`` (ids; None: all)."""
        segment = neo.Segment(name=self.name, description=self.description, rec_datetime=self.taken)
        if self.spikes is not None and wanted("spikes"):
            segment.spiketrains = self._spike_trains(self.spikes, only)
            segment.spiketrains.segment = segment
        for variable, record in self.signals.items():
            if wanted(variable):
                segment.analogsignals.append(self._signal(variable, record, only))
                segment.analogsignals[-1].segment = segment
        segment.annotate(**self.annotations)
        return segment

    def _spike_trains(self, record: SpikeRecord, only: Array | None) -> SpikeTrains:
        ids, sender, times = record.ids, record.sender, record.times_ms
        if only is not None:
            ids, mine = ids[np.isin(ids, only)], np.isin(sender, only)
            sender, times = sender[mine], times[mine]
        return SpikeTrains.from_spike_time_array(
            pq.Quantity(times.copy(), "ms"),
            sender,
            ids,
            t_start=self.start_ms * pq.ms,
            t_stop=self.stop_ms * pq.ms,
            source_population=self.population,
            source_index=ids - self.first_id,
        )

    def _signal(self, variable: str, record: SignalRecord, only: Array | None) -> neo.AnalogSignal:
        mine = slice(None) if only is None else np.isin(record.ids, only)
        ids = record.ids[mine]
        return neo.AnalogSignal(
            np.array(record.samples[:, mine]),
            units=record.units,
            t_start=record.start_ms * pq.ms,
            sampling_period=record.interval_ms * pq.ms,
            name=variable,
            channel_ids=ids,
            source_population=self.population,
            array_annotations={"channel_index": ids - self.first_id},
        )


OWN = ("_by_cell", "_made")  # attributes that neo's list does not have


class SpikeTrains(SpikeTrainList):
    """neo's lazy list of spike trains, split by one sort (neo searches all spikes once for each train).

    A single train is made when it is asked for, without the others. Pickled or copied it is neo's own list, lazy as
    before, so that files can be read without neurohw.
    """

    _by_cell: tuple[neo.SpikeTrain, Array] | None = None
    _made: dict[int, neo.SpikeTrain] | None = None

    def __getitem__(self, i: Any) -> Any:
        if self._items is None and isinstance(i, int | np.integer):
            return self._train(range(len(self))[i])
        return super().__getitem__(i)

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: value for name, value in vars(self).items() if name not in OWN}
        return SpikeTrainList, (), state

    def _add_spiketrainlists(self, other: SpikeTrainList, in_place: bool = False) -> Any:
        """Join trains one by one: neo would forget the order of the ids, and the annotations."""
        joined = self if in_place else SpikeTrainList(parent=self.segment)
        joined._items = [*self, *other]
        joined._spike_time_array = joined._channel_id_array = joined._all_channel_ids = None
        return joined

    def _spiketrains_from_array(self) -> None:
        self._items = [self._train(i) for i in range(len(self))]

    def _train(self, i: int) -> neo.SpikeTrain:
        if self._made is None:
            self._made = {}
        if i not in self._made:
            self._made[i] = self._make(i, *self._sorted_by_cell())
        return self._made[i]

    def _sorted_by_cell(self) -> tuple[neo.SpikeTrain, Array]:
        """Return all spikes, cell by cell, and where each cell's begin and the last one's end."""
        if self._by_cell is None:
            ids = np.asarray(self._all_channel_ids)
            row_of_id = np.zeros(ids.max(initial=0) + 1, np.int32)
            row_of_id[ids] = np.arange(len(ids))
            edges, order = row_order(row_of_id[self._channel_id_array], len(ids))
            whole = neo.SpikeTrain(self._spike_time_array[order], **self._spiketrain_metadata)
            self._by_cell = (whole, edges)
        return self._by_cell

    def _make(self, i: int, whole: neo.SpikeTrain, edges: Array) -> neo.SpikeTrain:
        # a slice takes a tenth of the time of a new train
        train = whole[edges[i] : edges[i + 1]]
        train.t_start, train.t_stop = whole.t_start.copy(), whole.t_stop.copy()
        train.annotations = {
            name: value if isinstance(value, str) else int(value[i])
            for name, value in self._annotations.items()
        }
        train.annotations["channel_id"] = int(self._all_channel_ids[i])
        train.segment = self.segment
        return train

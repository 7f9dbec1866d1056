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
            np.array(times) * pq.ms,
            np.array(sender),
            ids,
            t_start=self.start_ms * pq.ms,
            t_stop=self.stop_ms * pq.ms,
            units="ms",
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


class SpikeTrains(SpikeTrainList):
    """neo's lazy list of spike trains, split by one sort (neo searches all spikes once for each train)."""

    def _spiketrains_from_array(self) -> None:
        order = np.argsort(self._channel_id_array, kind="stable")
        sender, times = self._channel_id_array[order], self._spike_time_array[order]
        ids = np.asarray(self._all_channel_ids)
        starts: Array = np.searchsorted(sender, ids, side="left")
        stops: Array = np.searchsorted(sender, ids, side="right")
        self._items = []
        for i, (channel_id, start, stop) in enumerate(zip(ids, starts, stops, strict=True)):
            train = neo.SpikeTrain(times[start:stop], **self._spiketrain_metadata)
            for name, value in self._annotations.items():
                one_each = not isinstance(value, str) and hasattr(value, "__len__")
                train.annotate(**{name: value[i] if one_each else value})
            train.annotate(channel_id=channel_id)
            train.segment = self.segment
            self._items.append(train)

"""Spike times of array sources as they were given, in the place of the ticks on which they act."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from neurohw.errors import SimulationError
from neurohw.network import SpikeTrains

Array = np.ndarray


def exact_times(ids: Array, ticks: Array, trains: Sequence[tuple[int, SpikeTrains]], first_id: int) -> Array:
    """Return the given time in ms of each recorded spike.

    Parameters
    ----------
    ids, ticks : the recorded spikes, sorted by tick, then by id; all spikes that a cell has in a tick are there.
    trains : the trains of the population, each with the last tick before it.
    first_id : global id of the population's first cell.
    """
    if not ids.size:
        return np.empty(0)
    keys, times = [], []
    ends = [*(tick for tick, _ in trains[1:]), int(ticks[-1])]
    span = int(ids.max()) + 1  # a key is one number for tick and cell
    for (after, train), end in zip(trains, ends, strict=True):
        cell = first_id + np.repeat(np.arange(len(train.indptr) - 1), np.diff(train.indptr))
        inside = (train.ticks > after) & (train.ticks <= end) & (cell < span)
        keys.append(train.ticks[inside] * span + cell[inside])
        times.append(_times(train)[inside])
    key, time = np.concatenate(keys), np.concatenate(times)
    recorded = np.isin(key, ticks * span + ids)
    key, time = key[recorded], time[recorded]
    in_order: Array = time[np.lexsort((time, key))]
    return in_order


def _times(train: SpikeTrains) -> Array:
    if train.times_ms is None:
        raise SimulationError(
            "spike trains without the times they were rounded from: set spike_precision='off_grid'"
        )
    return train.times_ms

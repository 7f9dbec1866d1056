"""Where the state of a random spike source stands: one row of two arrays for each source."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

import numpy as np

Array = np.ndarray

# columns of the float64 rows: times in ms, then the process's own two parameters
NEXT_MS, LAST_MS, STOP_MS, FIRST, SECOND, START_MS = range(6)

# columns of the int64 rows: range of the source's bins, random numbers used, and the process
FIRST_BIN, COUNT, END_BIN, PROCESS = range(4)
PLACE = FIRST_BIN  # of a Poisson source, which has no bins: its place in ``CountTables``, -1 where intervals are drawn


class Process(IntEnum):
    """What decides the intervals of a source."""

    POISSON = 0
    REFRACTORY = 1
    GAMMA = 2
    INH_GAMMA = 3


PROCESS_OF_MODEL: Mapping[str, Process] = {
    "SpikeSourcePoisson": Process.POISSON,
    "SpikeSourcePoissonRefractory": Process.REFRACTORY,
    "SpikeSourceGamma": Process.GAMMA,
    "SpikeSourceInhGamma": Process.INH_GAMMA,
}

# parameters in the columns from FIRST on
PARAMETERS: Mapping[Process, tuple[str, ...]] = {
    Process.POISSON: ("rate",),
    Process.REFRACTORY: ("rate", "tau_refrac"),
    Process.GAMMA: ("alpha", "beta"),
    Process.INH_GAMMA: (),
}


class CountTables(NamedTuple):
    """Busy Poisson sources, whose spikes in each tick are counted, and the distributions of their counts."""

    first_tick: Array  # int64 [n_sources], in which a source may fire
    last_tick: Array  # int64 [n_sources]
    table: Array  # int32 [n_sources, 3], the table of its first tick, of those between, of its last tick
    lowest: Array  # int64 [n_tables], the count that stands below all of ``bound``
    size: Array  # int64 [n_tables], bounds in use
    # uint16 [n_tables, width, a multiple of ``counts.BOUNDS``]: a count is the lowest, and 1 for each bound that the
    # upper half of a word exceeds; where it exceeds all, the word is in the rest. Behind those in use stands the last
    bound: Array
    lowest_of_rest: Array  # int64 [n_tables]
    # uint32 [n_tables, n_counts]: a count in the rest is its lowest, and 1 for each of these that the place of a word
    # in the rest reaches
    rest: Array


class Bins(NamedTuple):
    """Histograms of all sources that have one, one after the other."""

    start_ms: Array
    shape: Array
    scale_ms: Array

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


class Bins(NamedTuple):
    """Histograms of all sources that have one, one after the other."""

    start_ms: Array
    shape: Array
    scale_ms: Array

"""The van Rossum distance of two runs, where Elephant is installed.

M. C. W. van Rossum, A novel spike distance, Neural Computation 13:751 (2001), doi:10.1162/089976601300014321.
Elephant (``pip install elephant``) is optional: nothing else needs it.
"""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

from neurohw.analysis.compare import DEFAULT_WINDOW_MS
from neurohw.analysis.statistics import select
from neurohw.result import Spikes

Array = np.ndarray

MOST_CELLS = 50  # Elephant's time grows with the square of the spikes of a cell


def is_available() -> bool:
    """Say whether Elephant is installed."""
    return find_spec("elephant") is not None


def van_rossum_distance(
    tested: Spikes,
    reference: Spikes,
    cells: Array,
    *,
    timestep_ms: float,
    until_tick: int,
    time_constant_ms: float = DEFAULT_WINDOW_MS,
) -> float:
    """Return the mean van Rossum distance over the (at most 50) cells that fire most in the reference.

    0 for identical trains; a spike without a partner anywhere near adds 1 to the square of the distance.

    Parameters
    ----------
    tested, reference : spikes of the two runs.
    cells : int64, global ids, ascending.
    timestep_ms, until_tick : the grid and the length of both runs.
    time_constant_ms : decay of the kernel.

    Raises
    ------
    ModuleNotFoundError
        When Elephant is not installed.
    """
    import quantities
    from elephant import spike_train_dissimilarity as elephant

    left, right = select(tested, cells), select(reference, cells)
    counts = np.bincount(right.ids, minlength=cells.size)
    busiest = np.argsort(-counts, kind="stable")[:MOST_CELLS]
    distances = [
        elephant.van_rossum_distance(
            [
                elephant.SpikeTrain(
                    side.ticks[side.ids == cell] * timestep_ms, until_tick * timestep_ms, units="ms"
                )
                for side in (left, right)
            ],
            time_constant=time_constant_ms * quantities.ms,
        )[0, 1]
        for cell in busiest
    ]
    return float(np.mean(distances))

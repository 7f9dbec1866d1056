"""Statistics of spike trains: rates, irregularity and the distance between distributions.

Everything works on the arrays of ``Spikes`` at once; no loop over cells.
"""

from __future__ import annotations

import numpy as np

from neurohw.result import Spikes

Array = np.ndarray

MIN_SPIKES_FOR_CV = 3  # two intervals: the fewest that have a spread


def select(spikes: Spikes, cells: Array) -> Spikes:
    """Return the spikes of some cells, in the same order, with ids turned into positions within ``cells``.

    Parameters
    ----------
    spikes : spikes of any cells.
    cells : int64 [n], distinct global ids, ascending.
    """
    cells = np.asarray(cells, dtype=np.int64)
    if cells.size == 0:
        return Spikes(np.empty(0, np.int64), np.empty(0, np.int64))
    position = np.minimum(np.searchsorted(cells, spikes.ids), cells.size - 1)
    chosen = cells[position] == spikes.ids
    return Spikes(position[chosen], spikes.ticks[chosen])


def rates_hz(spikes: Spikes, n_cells: int, duration_ms: float) -> Array:
    """Return the mean rate of each cell in Hz, float64 [n_cells], for ids 0 to ``n_cells - 1``."""
    counts = np.bincount(spikes.ids, minlength=n_cells)
    return counts / (duration_ms * 1e-3) if duration_ms > 0 else np.zeros(n_cells)


def interval_cvs(spikes: Spikes, n_cells: int) -> Array:
    """Return the coefficient of variation of the interspike intervals of each cell with at least 3 spikes.

    The standard deviation is that of the sample as it stands (no correction for its size), as in
    ``elephant.statistics.cv``. Cells whose intervals are all zero are left out.
    """
    order = np.argsort(spikes.ids, kind="stable")  # ticks stay ascending within a cell
    ids, ticks = spikes.ids[order], spikes.ticks[order]
    same_cell = ids[1:] == ids[:-1]
    intervals = np.diff(ticks)[same_cell].astype(np.float64)
    cell = ids[1:][same_cell]
    count = np.bincount(cell, minlength=n_cells)
    total = np.bincount(cell, intervals, minlength=n_cells)
    enough = (count >= MIN_SPIKES_FOR_CV - 1) & (total > 0)
    mean = np.divide(total, count, out=np.zeros(n_cells), where=enough)
    squares = np.bincount(cell, (intervals - mean[cell]) ** 2, minlength=n_cells)
    variance = np.divide(squares, count, out=np.zeros(n_cells), where=enough)
    return np.sqrt(variance[enough]) / mean[enough]


def population_rate_hz(
    ticks: Array, n_cells: int, bin_ticks: int, until_tick: int, timestep_ms: float
) -> Array:
    """Return the mean rate of a population in each full bin of ``bin_ticks`` from tick 1 on, in Hz."""
    n_bins = until_tick // bin_ticks
    bins = (ticks - 1) // bin_ticks
    counts = np.bincount(bins[(bins >= 0) & (bins < n_bins)], minlength=n_bins)
    return counts / (max(n_cells, 1) * bin_ticks * timestep_ms * 1e-3)


def ks_distance(left: Array, right: Array) -> float:
    """Return the Kolmogorov-Smirnov distance of two samples: the largest gap of their distribution functions.

    0 for two empty samples, 1 when only one is empty.
    """
    if left.size == 0 or right.size == 0:
        return float(left.size != right.size)
    points = np.concatenate([left, right])
    below_left = np.searchsorted(np.sort(left), points, side="right") / left.size
    below_right = np.searchsorted(np.sort(right), points, side="right") / right.size
    return float(np.abs(below_left - below_right).max())


def mean_or_none(values: Array) -> float | None:
    """Return the mean, or None of nothing."""
    return float(values.mean()) if values.size else None

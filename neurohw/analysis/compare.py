"""Agreement of two runs of one network: the same spikes, nearly the same, or the same statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from neurohw.analysis.statistics import interval_cvs, ks_distance, mean_or_none, rates_hz, select
from neurohw.analysis.tolerance import Tolerance
from neurohw.errors import SettingError
from neurohw.result import Spikes

Array = np.ndarray

DEFAULT_WINDOW_MS = 5.0


@dataclass(frozen=True)
class Divergence:
    """The first spike that only one of the two runs has."""

    tick: int
    time_ms: float
    cell: int  # global id
    only_in: str  # "tested" or "reference"


@dataclass(frozen=True)
class PopulationAgreement:
    """The statistics of one population; pairs are (tested, reference)."""

    name: str
    n_cells: int
    spikes: tuple[int, int]
    rate_hz: tuple[float, float]  # mean over cells
    rate_ks: float  # Kolmogorov-Smirnov distance of the rates over cells
    cv: tuple[float | None, float | None]  # mean over cells with at least 3 spikes; None without any
    cv_cells: tuple[int, int]  # cells with at least 3 spikes
    cv_ks: float


@dataclass(frozen=True)
class Agreement:
    """How far a tested run agrees with a reference; pairs are (tested, reference).

    Shares are of the larger of the two spike counts. Shifts are those of spikes that have a partner within
    ``window_ms``, paired in order within a cell.
    """

    identical: bool
    first_divergence: Divergence | None
    n_cells: int
    spikes: tuple[int, int]
    window_ms: float
    matched: int
    share_identical: float
    share_within_one_tick: float
    median_shift_ticks: float | None  # of absolute values; None when nothing matched
    max_shift_ticks: int | None
    populations: tuple[PopulationAgreement, ...]

    def holds(self, tolerance: Tolerance | None = None) -> bool:
        """Say whether the runs agree within a tolerance, by default ``Tolerance()``."""
        return not (tolerance or Tolerance()).misses(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, tuples and numbers, ready for JSON."""
        return asdict(self)


def compare(
    tested: Spikes,
    reference: Spikes,
    cells: Mapping[str, Array],
    *,
    timestep_ms: float,
    until_tick: int,
    window_ms: float = DEFAULT_WINDOW_MS,
) -> Agreement:
    """Compare the spikes of two runs of one network.

    Parameters
    ----------
    tested, reference : spikes sorted by tick, then by cell.
    cells : per name of a population the global ids to look at, int64, ascending; silent cells count too.
    timestep_ms, until_tick : the grid and the length of both runs.
    window_ms : largest time between two spikes that count as one spike moved.

    Raises
    ------
    SettingError
        When there is no cell to look at, or the window is not a positive number.
    """
    if not any(ids.size for ids in cells.values()):
        raise SettingError("nothing to compare: no cell's spikes were recorded")
    if not 0 < window_ms < float("inf"):
        raise SettingError(f"window_ms = {window_ms} must be a positive number")
    all_cells = np.unique(np.concatenate(list(cells.values())))
    left, right = select(tested, all_cells), select(reference, all_cells)
    divergence = first_divergence(left, right, all_cells, timestep_ms)
    shifts = np.abs(match(left, right, all_cells.size, max(1, round(window_ms / timestep_ms))))
    n_spikes = max(left.ids.size, right.ids.size, 1)
    silent = left.ids.size == right.ids.size == 0
    return Agreement(
        identical=divergence is None,
        first_divergence=divergence,
        n_cells=all_cells.size,
        spikes=(left.ids.size, right.ids.size),
        window_ms=window_ms,
        matched=shifts.size,
        share_identical=1.0 if silent else float(np.count_nonzero(shifts == 0) / n_spikes),
        share_within_one_tick=1.0 if silent else float(np.count_nonzero(shifts <= 1) / n_spikes),
        median_shift_ticks=float(np.median(shifts)) if shifts.size else None,
        max_shift_ticks=int(shifts.max()) if shifts.size else None,
        populations=tuple(
            _compare_population(
                name, select(tested, ids), select(reference, ids), ids.size, until_tick * timestep_ms
            )
            for name, ids in cells.items()
            if ids.size
        ),
    )


def first_divergence(
    tested: Spikes, reference: Spikes, cells: Array, timestep_ms: float
) -> Divergence | None:
    """Return the earliest spike that only one side has, None when both are identical.

    ``ids`` of both sides are positions within ``cells``. Both are sorted by tick and cell, so at the first
    place where they differ the smaller of the two spikes is the one that the other side lacks.
    """
    n = min(tested.ids.size, reference.ids.size)
    differs = (tested.ids[:n] != reference.ids[:n]) | (tested.ticks[:n] != reference.ticks[:n])
    first = int(np.argmax(differs)) if differs.any() else n
    heads = [
        (int(side.ticks[first]), int(side.ids[first]), name)
        for side, name in ((tested, "tested"), (reference, "reference"))
        if first < side.ids.size
    ]
    if not heads:
        return None
    tick, position, only_in = min(heads)
    return Divergence(tick, tick * timestep_ms, int(cells[position]), only_in)


def match(tested: Spikes, reference: Spikes, n_cells: int, window_ticks: int) -> Array:
    """Return ``tested - reference`` in ticks for each pair of spikes, matched in order within cells.

    Parameters
    ----------
    tested, reference : spikes with ids from 0 to ``n_cells - 1``, ascending ticks within a cell.
    window_ticks : largest distance of a pair.
    """
    from neurohw.analysis.kernels import match_in_order

    left, left_indptr = _by_cell(tested, n_cells)
    right, right_indptr = _by_cell(reference, n_cells)
    partner = match_in_order(left, right, left_indptr, right_indptr, window_ticks)
    paired = partner >= 0
    return left[paired] - right[partner[paired]]


def _by_cell(spikes: Spikes, n_cells: int) -> tuple[Array, Array]:
    """Return ticks sorted by cell, and where each cell's begin."""
    order = np.argsort(spikes.ids, kind="stable")
    counts = np.bincount(spikes.ids, minlength=n_cells)
    return spikes.ticks[order], np.concatenate([[0], np.cumsum(counts)])


def _compare_population(
    name: str, tested: Spikes, reference: Spikes, n_cells: int, duration_ms: float
) -> PopulationAgreement:
    rates = [rates_hz(side, n_cells, duration_ms) for side in (tested, reference)]
    cvs = [interval_cvs(side, n_cells) for side in (tested, reference)]
    return PopulationAgreement(
        name=name,
        n_cells=n_cells,
        spikes=(tested.ids.size, reference.ids.size),
        rate_hz=(float(rates[0].mean()), float(rates[1].mean())),
        rate_ks=ks_distance(*rates),
        cv=(mean_or_none(cvs[0]), mean_or_none(cvs[1])),
        cv_cells=(cvs[0].size, cvs[1].size),
        cv_ks=ks_distance(*cvs),
    )

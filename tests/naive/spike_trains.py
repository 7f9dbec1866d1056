"""The same statistics and comparison in plain loops, for tests."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean, pstdev

from neurohw.result import Spikes

Train = list[int]


def trains(spikes: Spikes, n_cells: int) -> list[Train]:
    """Return the ticks of each cell."""
    ticks: list[Train] = [[] for _ in range(n_cells)]
    for cell, tick in zip(spikes.ids.tolist(), spikes.ticks.tolist(), strict=True):
        ticks[cell].append(tick)
    return [sorted(train) for train in ticks]


def interval_cvs(spikes: Spikes, n_cells: int) -> list[float]:
    """Return the CV of intervals of each cell with at least 3 spikes that are not all at once."""
    cvs = []
    for train in trains(spikes, n_cells):
        intervals = [late - early for early, late in pairwise(train)]
        if len(intervals) >= 2 and sum(intervals) > 0:
            cvs.append(pstdev(intervals) / fmean(intervals))
    return cvs


def ks_distance(left: list[float], right: list[float]) -> float:
    """Return the largest gap between two empirical distribution functions."""
    return max(
        abs(
            sum(value <= point for value in left) / len(left)
            - sum(value <= point for value in right) / len(right)
        )
        for point in left + right
    )


def first_divergence(tested: Spikes, reference: Spikes, n_cells: int) -> tuple[int, int, str] | None:
    """Return (tick, cell, side) of the first spike that the other side lacks, by counting."""
    both = [trains(tested, n_cells), trains(reference, n_cells)]
    last = max([0, *tested.ticks.tolist(), *reference.ticks.tolist()])
    for tick in range(last + 1):
        for cell in range(n_cells):
            own, other = (side[cell].count(tick) for side in both)
            if own != other:
                return tick, cell, "tested" if own > other else "reference"
    return None


def pairs_in_order(left: Train, right: Train, window: int) -> list[tuple[int, int]]:
    """Return pairs of ticks: of the earliest two, pass over one whose successor is nearer, else pair them."""
    if not left or not right:
        return []
    distance = abs(left[0] - right[0])
    if distance > window:
        return pairs_in_order(*((left[1:], right) if left[0] < right[0] else (left, right[1:])), window)
    if left[1:] and abs(left[1] - right[0]) < distance:
        return pairs_in_order(left[1:], right, window)
    if right[1:] and abs(left[0] - right[1]) < distance:
        return pairs_in_order(left, right[1:], window)
    return [(left[0], right[0]), *pairs_in_order(left[1:], right[1:], window)]

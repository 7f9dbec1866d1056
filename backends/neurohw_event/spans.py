"""Populations that may be advanced in spans of several ticks: how long these are, and what arrivals within add."""

from __future__ import annotations

import numpy as np

from neurohw_event.layout import (
    CLASS,
    CURRENT,
    RESISTANCE,
    REST,
    ROW,
    TAU_EXC,
    TAU_INH,
    TAU_M,
    THRESHOLD,
    V_V,
    V_X_EXC,
    X_X_EXC,
    Array,
    Cells,
    Groups,
    Kind,
)
from neurohw_event.span_layout import Spans

# Measured on the Vogels-Abbott network with a timestep of 0.01 ms.
SPAN_MS = 1.28
# Nor longer than this part of the shortest time constant: sums of what decays faster would lose digits.
MOST_OF_TAU = 0.5
LEAST_TICKS = 4  # shorter spans save nothing
# Events per cell and span: a step of a cell over a span costs as much as a 50th of an event of one cell.
LEAVE_BELOW, ENTER_ABOVE = 0.01, 0.02
# Spans for which these events are counted. On a fine grid a window of the grid's holds a part of a span and few events;
# to change costs as much as 50 spans without any.
LEAVE_AFTER, ENTER_AFTER = 8, 1
# Events per cell and tick from which on the grid is better: both ways take the same time at 0.1 to 0.2 on cells that
# never fire. A spike, with the looks before it and after its refractory time, costs as much as so many inputs.
GRID_BELOW, GRID_ABOVE = 0.08, 0.12
LOOKS_IN_SPAN = 32
LEAST_CELLS = 256  # smaller populations take little time anyway
# A drive within this relative distance of the threshold is not for long steps, whose rounding might reach it.
MARGIN = 1e-9


def make_spans(cells: Cells, groups: Groups, end: Array, fits_grid: Array, tick: int) -> Spans | None:
    """Return spans with no population in them, for a run that begins at ``tick``.

    ``end`` and ``fits_grid`` are those of the grid. Exponential currents alone fit, and no cell whose drive ends at its
    threshold. None where no population has such currents and is large enough: the kernels that deal with spans are then
    not compiled.
    """
    n = len(fits_grid)
    is_large = (groups.kind == Kind.EXPONENTIAL) & (end - groups.first >= LEAST_CELLS)
    if not is_large.any():
        return None
    n_ticks, class_of, reach = np.ones(n, np.int64), np.zeros(n, np.int64), np.zeros(n)
    fits = fits_grid & is_large
    for group in np.flatnonzero(fits):
        first = groups.first[group]
        class_of[group] = cells.clock[first, CLASS]
        n_ticks[group] = _ticks_of_span(cells, class_of[group])
        resistance_mohm = cells.constant[cells.clock[first, ROW], RESISTANCE]
        tau_ms = cells.constants_of_class[class_of[group], TAU_M]
        reach[group] = resistance_mohm * cells.timestep_ms / tau_ms
        fits[group] = n_ticks[group] >= LEAST_TICKS and not _any_at_threshold(cells, first, end[group])
    jump = np.zeros((n, n_ticks.max(initial=1) + 1, 2, 2))
    for group in np.flatnonzero(fits):
        jump[group, : n_ticks[group] + 1] = _jumps(cells.table[class_of[group], : n_ticks[group] + 1])
    return Spans(
        n_ticks=n_ticks,
        begin=np.zeros(n, np.int64),
        end=np.zeros(n, np.int64),
        class_of=class_of,
        jump=jump,
        reach=reach,
        fits=fits,
        on=np.zeros(n, bool),
        n_on=np.zeros(1, np.int64),
        bounds=np.array([LEAVE_BELOW, ENTER_ABOVE]),
        patience=np.array([LEAVE_AFTER, ENTER_AFTER], np.int64),
        events=np.zeros(n, np.int64),
        since=np.full(n, tick, np.int64),
    )


def _ticks_of_span(cells: Cells, class_: int) -> int:
    shortest_ms = cells.constants_of_class[class_, [TAU_M, TAU_EXC, TAU_INH]].min()
    ticks = min(SPAN_MS, MOST_OF_TAU * shortest_ms) / cells.timestep_ms
    return int(min(ticks + 1e-6, cells.table.shape[1] - 2))  # the last row of the table is free


def _any_at_threshold(cells: Cells, first: int, end: int) -> bool:
    constant = cells.constant[cells.clock[first:end, ROW]]
    drive = constant[:, REST] + constant[:, RESISTANCE] * cells.state[first:end, CURRENT]
    threshold = constant[:, THRESHOLD]
    return bool((abs(drive - threshold) <= MARGIN * (abs(drive) + abs(threshold))).any())


def _jumps(table: Array) -> Array:
    """Return what an input adds to potential and current as they were k ticks ago (float64 [k, receptor, 2]).

    The current is what decays to the input until now; the potential makes up for what that current did to it.
    """
    current = 1.0 / table[:, X_X_EXC : X_X_EXC + 2]
    potential = -current * table[:, V_X_EXC : V_X_EXC + 2] / table[:, V_V, np.newaxis]
    return np.stack([potential, current], axis=-1)

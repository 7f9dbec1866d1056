"""Populations as arrays: state, constants and the propagators of each class of equal time constants."""

from __future__ import annotations

from collections.abc import Iterator
from math import e

import numpy as np

from neurohw.network import Network, Population
from neurohw.network.sources import (
    Bins,
    has_memory,
    is_restarted,
    lay_out_bins,
    lay_out_counts,
    start_sources,
)
from neurohw_event.kernels.propagators import fill_propagators, fill_table
from neurohw_event.layout import (
    CLASS,
    CM,
    COUNT,
    CURRENT,
    E_EXC,
    HELD_UNTIL,
    KEEP_EXC,
    NEVER,
    REFRACTORY,
    RESET,
    RESISTANCE,
    REST,
    RISE,
    ROW,
    SCALE_EXC,
    SCALE_INH,
    TAU_EXC,
    TAU_M,
    THRESHOLD,
    TRAIN_END,
    X_EXC,
    X_X_EXC,
    Y_EXC,
    Y_INH,
    Agenda,
    Array,
    Cells,
    Groups,
    Kind,
    Steps,
    V,
    kind_of,
)
from neurohw_event.opening import make_opening
from neurohw_event.stepped import (
    constants_of,
    fill_current,
    fill_initial,
    keep_meaning,
    make_blocks,
    make_stepped,
    make_values,
)
from neurohw_event.stepped_layout import WIDTH, Stepped
from neurohw_event.waveforms import injected_na

# A bound on the input is trusted for this long, and propagators are tabulated as far: 12.8 ms was the fastest of
# 6.4, 12.8 and 25.6 on the Vogels-Abbott network. Longer spans are computed when they come.
HORIZON_MS = 12.8
MAX_STEPS = 1024  # ticks, on fine grids
MAX_TABLE_ENTRIES = 2**18  # rows of 64 bytes: 16 MiB
AGENDA_SLOTS = 2048  # a power of two


def make_cells(network: Network, seed: int, tick: int, before: Cells | None = None) -> Cells:
    """Build the arrays of all cells; those of ``before`` give the state at ``tick``, else it is the initial one."""
    n = network.n_cells
    constants_of_class, class_of_cell = _distinct_rows(_time_constants(network))
    constant, row_of_cell = _distinct_rows(_constants(network))
    horizon = int(np.clip(round(HORIZON_MS / network.timestep_ms), 1, MAX_STEPS))
    n_steps = max(1, min(horizon + 2, MAX_TABLE_ENTRIES // len(constants_of_class)))
    table = np.empty((len(constants_of_class), n_steps, 8))
    fill_table(table, constants_of_class, network.timestep_ms)
    _fill_keep(constants_of_class, horizon * network.timestep_ms)
    blocks = make_blocks(network)
    values, clock = make_values(blocks, n), np.zeros((n, 4), np.int64)
    if before is not None:
        values, clock = before.values, before.clock
    state = values[: n * 8].reshape(n, 8)
    if before is not None:
        _keep_meaning(network, state, clock, before.constant, constant[row_of_cell])
    stepped = _make_stepped(network, blocks, values, clock, before)
    for population in _closed_form(network):
        own = slice(population.first, population.first + population.size)
        clock[own, CLASS], clock[own, ROW] = class_of_cell[own], row_of_cell[own]
        if before is None:
            _fill_initial(population, state[own])
    _fill_currents(network, state, blocks, values, injected_na(network, tick, seed))
    return Cells(
        values=values,
        state=state,
        constant=constant,
        clock=clock,
        table=table,
        constants_of_class=constants_of_class,
        opening=make_opening(network, constants_of_class),
        stepped=stepped,
        train=_fill_trains(network, clock, tick),
        tables=lay_out_counts(
            [(p, clock[p.first : p.first + p.size]) for p in network.populations], network.timestep_ms
        ),
        timestep_ms=network.timestep_ms,
        horizon=horizon,
        seed=seed,
    )


def make_bins(network: Network, cells: Cells) -> Bins:
    """Return the histograms that sources follow; the cells learn which bins are theirs."""
    return lay_out_bins([(p, cells.clock[p.first : p.first + p.size]) for p in network.populations])


def start_random(population: Population, cells: Cells, bins: Bins, now_ms: float) -> None:
    """Draw the next spike of every random source of a population from ``now_ms`` on."""
    own = slice(population.first, population.first + population.size)
    needed = bins if has_memory(population) else None
    start_sources(population, cells.state[own], cells.clock[own], cells.seed, now_ms, needed)


def make_groups(network: Network) -> Groups:
    """One group a population, nothing touched."""
    n_groups, n = len(network.populations), network.n_cells
    return Groups(
        kind=np.array([kind_of(p.model) for p in network.populations], np.int64),
        first=np.array([p.first for p in network.populations], np.int64),
        n_touched=np.zeros(n_groups, np.int64),
        n_active=np.zeros(n_groups, np.int64),
        touched=np.empty(n, np.int32),
        active=np.empty(n, np.int32),
        touched_at=np.full(n, -1, np.int64),
    )


def make_agenda(n_cells: int, tick: int) -> Agenda:
    """Return an agenda with every cell due at ``tick``."""
    head = np.full(AGENDA_SLOTS, -1, np.int32)
    following = np.arange(1, n_cells + 1, dtype=np.int32)
    if n_cells:
        head[tick % AGENDA_SLOTS] = 0
        following[-1] = -1
    previous = np.arange(-1, n_cells - 1, dtype=np.int32)
    return Agenda(head, following, previous, np.full(n_cells, tick, np.int64))


def make_steps(network: Network, group_of_cell: Array, tick: int) -> Steps:
    """Return the current steps that begin at ``tick`` or later."""
    currents = network.currents
    coming = currents.tick >= tick
    cell = currents.neuron[coming].astype(np.int32)
    return Steps(
        tick=currents.tick[coming],
        cell=cell,
        group=group_of_cell[cell].astype(np.int64),
        size_na=currents.step_na[coming],
        done=np.zeros(1, np.int64),
        waiting_na=np.zeros(network.n_cells),
    )


def restarted(before: Network, after: Network) -> list[Population]:
    """Return the populations of random sources of ``after`` that start new intervals."""
    pairs = zip(before.populations, after.populations, strict=True)
    return [new for old, new in pairs if kind_of(new.model) == Kind.RANDOM and is_restarted(old, new)]


def _closed_form(network: Network) -> Iterator[Population]:
    """Yield the populations of cells, not sources, that are not stepped."""
    for population in network.populations:
        if not population.model.is_source and kind_of(population.model) != Kind.STEPPED:
            yield population


def _time_constants(network: Network) -> Array:
    """Return the constants that decide propagators and slopes (float64 [n_cells, 8])."""
    rows = np.ones((network.n_cells, 8))
    for population in _closed_form(network):
        own = rows[population.first : population.first + population.size]
        p = population.parameters
        own[:, TAU_M], own[:, CM] = p["tau_m"], p["cm"]
        for column, receptor in enumerate(population.model.receptors):
            for role, first in (("tau", TAU_EXC), ("e_rev", E_EXC)):
                if role in receptor.parameters:
                    own[:, first + column] = p[receptor.parameters[role]]
    return rows


def _constants(network: Network) -> Array:
    """Return the other constants of the cells with a closed form (float64 [n_cells, 8])."""
    rows = np.ones((network.n_cells, 8))
    for population in _closed_form(network):
        own = rows[population.first : population.first + population.size]
        p = population.parameters
        resistance = p["tau_m"] / p["cm"]
        own[:, THRESHOLD] = p["v_thresh"]
        own[:, RESET] = p["v_reset"]
        own[:, REST] = p["v_rest"] + resistance * p["i_offset"]
        own[:, RESISTANCE] = resistance
        own[:, RISE] = network.timestep_ms / p["tau_m"]
        own[:, REFRACTORY] = np.minimum(np.rint(p["tau_refrac"] / network.timestep_ms), NEVER)
        if kind_of(population.model) == Kind.ALPHA:
            for column, receptor in enumerate(population.model.receptors):
                # a jump of e / tau in y makes a current that peaks at the weight
                own[:, SCALE_EXC + column] = e / p[receptor.parameters["tau"]]
    return rows


def _distinct_rows(rows: Array) -> tuple[Array, Array]:
    """Return the distinct rows, and which of them each row is."""
    if not len(rows):
        return np.ones((1, rows.shape[1])), np.empty(0, np.int64)
    if (rows == rows[0]).all():
        return rows[:1].copy(), np.zeros(len(rows), np.int64)
    distinct, index = np.unique(rows, axis=0, return_inverse=True)
    return distinct, index.ravel()


def _keep_meaning(network: Network, state: Array, clock: Array, old: Array, new_of_cell: Array) -> None:
    """Translate what depends on constants that have changed."""
    for population in _closed_form(network):
        own = slice(population.first, population.first + population.size)
        before, after = old[clock[own, ROW]], new_of_cell[own]
        # y is kept as the weight it came from: a new time constant changes its course, not its peak
        scales = slice(SCALE_EXC, SCALE_INH + 1)
        state[own, Y_EXC : Y_INH + 1] *= after[:, scales] / before[:, scales]
        # a new refractory time holds for the last spike too; before its first, a cell has 0 here
        longer = after[:, REFRACTORY].astype(np.int64) - before[:, REFRACTORY].astype(np.int64)
        clock[own, HELD_UNTIL] += (clock[own, HELD_UNTIL] > 0) * longer


def _fill_keep(constants_of_class: Array, horizon_ms: float) -> None:
    row = np.empty(8)
    for constants in constants_of_class:
        fill_propagators(row, horizon_ms, constants)
        constants[KEEP_EXC : KEEP_EXC + 2] = row[X_X_EXC : X_X_EXC + 2]


def _fill_initial(population: Population, state: Array) -> None:
    state[:, V] = population.initial.get("v", population.parameters["v_rest"])
    for column, receptor in enumerate(population.model.receptors):
        if receptor.variable in population.initial:
            state[:, X_EXC + column] = population.initial[receptor.variable]


def _make_stepped(
    network: Network, blocks: Array, values: Array, clock: Array, before: Cells | None
) -> Stepped:
    """Return the constants of stepped cells and bring their state in line with them."""
    old_clock = clock.copy()
    stepped = make_stepped(network, blocks, clock)
    for population, block in zip(network.populations, blocks, strict=True):
        if not block[WIDTH]:
            continue
        if before is None:
            fill_initial(population, block, values, network.timestep_ms)
            continue
        rows = constants_of(population, block, before.stepped, old_clock)
        keep_meaning(population, block, values, rows, constants_of(population, block, stepped, clock))
    return stepped


def _fill_currents(network: Network, state: Array, blocks: Array, values: Array, injected_na: Array) -> None:
    for population, block in zip(network.populations, blocks, strict=True):
        if not population.model.is_source:
            own = slice(population.first, population.first + population.size)
            state[own, CURRENT] = injected_na[own]
            if block[WIDTH]:
                fill_current(population, block, values, injected_na[own])


def _fill_trains(network: Network, clock: Array, tick: int) -> Array:
    """Set each array source to its first spike at ``tick`` or later; returns all trains, one after the other."""
    trains = [np.empty(0, np.int64)]
    size = 0
    for population in network.populations:
        if population.trains is None:
            continue
        own = slice(population.first, population.first + population.size)
        indptr, ticks = population.trains.indptr, population.trains.ticks
        passed = np.concatenate([[0], np.cumsum(ticks < tick)])
        clock[own, COUNT] = size + indptr[:-1] + passed[indptr[1:]] - passed[indptr[:-1]]
        clock[own, TRAIN_END] = size + indptr[1:]
        trains.append(ticks)
        size += len(ticks)
    return np.concatenate(trains)

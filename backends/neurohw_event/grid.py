"""Populations that may be stepped on the grid: their constants, and columns for their cells."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network
from neurohw_event.kernels.grid import CHUNK
from neurohw_event.kernels.opening import MOST
from neurohw_event.kernels.propagators import fill_propagators
from neurohw_event.kernels.switching import WINDOW
from neurohw_event.layout import (
    CLASS,
    GRID_ROWS,
    IN_EXC,
    LONG_AGO,
    REFRACTORY,
    RESET,
    ROW,
    SCALE_EXC,
    SCALE_INH,
    THRESHOLD,
    X_EXC,
    Y_EXC,
    Array,
    Cells,
    Grid,
    Groups,
    Held,
    Kind,
)
from neurohw_event.spans import GRID_ABOVE, GRID_BELOW, LOOKS_IN_SPAN, make_spans

# Events per cell and tick. An event of one cell costs as much as some 100 cells stepped together, on the
# Vogels-Abbott network; between the two bounds a population stays as it is.
LEAVE_BELOW, ENTER_ABOVE = 0.01, 0.02
# The same of cells with open conductances, each of which is an event in every tick.
OPEN_BELOW, OPEN_ABOVE = 0.1, 0.2
LOOKS = 2  # events of a spike: a cell on its own is looked at when it fires, and after its refractory time
FIRST_CHOICE = 4  # ticks after the start
# Windows for which a population that changed again within as many is advanced in one way, after some such changes.
MOST_PATIENCE = 32

_LINE = 8  # numbers in a cache line
_SHARED = [THRESHOLD, RESET, REFRACTORY, SCALE_EXC, SCALE_INH]
# rows of inputs of the excitatory receptor, those of the other follow
_INPUTS = {Kind.DELTA: IN_EXC, Kind.EXPONENTIAL: X_EXC, Kind.ALPHA: Y_EXC, Kind.CONDUCTANCE: X_EXC}


def make_grid(network: Network, cells: Cells, groups: Groups, tick: int) -> Grid:
    """Return the grid with nothing on it, for a run that begins at ``tick``.

    A population fits where all cells share their constants but for the resting potential and the current.
    """
    n = len(network.populations)
    constant, step, fits = np.zeros((n, 8)), np.zeros((n, 8)), np.zeros(n, bool)
    for group, population in enumerate(network.populations):
        own = cells.clock[population.first : population.first + population.size]
        if groups.kind[group] not in _INPUTS or not _is_uniform(own, cells.constant):
            continue
        if groups.kind[group] == Kind.CONDUCTANCE and cells.opening[own[0, CLASS], MOST] <= 0.0:
            continue  # a tick is too long for one step
        fits[group] = True
        constant[group] = cells.constant[own[0, ROW]]
        fill_propagators(step[group], network.timestep_ms, cells.constants_of_class[own[0, CLASS]])
    fires = np.zeros(CHUNK, bool)
    end = np.array([p.first + p.size for p in network.populations], np.int64)
    spans = make_spans(cells, groups, end, fits, tick)
    bounds, looks = np.tile([LEAVE_BELOW, ENTER_ABOVE], (n, 1)), np.full(n, LOOKS)
    bounds[groups.kind == Kind.CONDUCTANCE] = [OPEN_BELOW, OPEN_ABOVE]
    if spans is not None:
        bounds[spans.fits], looks[spans.fits] = [GRID_BELOW, GRID_ABOVE], LOOKS_IN_SPAN
    return Grid(
        state=_columns(network.n_cells),
        held=make_held(network),
        left=np.ones((n, 2)),
        unit=np.ones((n, 2)),
        row=_input_rows(groups.kind),
        constant=constant,
        step=step,
        end=end,
        drives_vary=np.zeros(n, bool),
        fits=fits,
        on=np.zeros(n, bool),
        n_on=np.zeros(1, np.int64),
        events=np.zeros(n, np.int64),
        looks=looks,
        chosen_at=np.array([tick + FIRST_CHOICE - WINDOW], np.int64),
        changed_at=np.full(n, LONG_AGO, np.int64),
        patience=np.ones(n, np.int64),
        most_patience=MOST_PATIENCE,
        bounds=bounds,
        look=np.zeros(8),
        fires=fires,
        words=fires.view(np.uint64),
        spans=spans,
    )


def _input_rows(kinds: Array) -> Array:
    """Return the rows of ``Grid.state`` to which the inputs of populations are added, by receptor."""
    first = np.array([_INPUTS.get(kind, IN_EXC) for kind in kinds], np.int64)
    return first[:, np.newaxis] + np.arange(2)


def make_held(network: Network) -> Held:
    """Return room for the refractory cells of all populations, none of which is refractory."""
    sizes = np.array([p.size for p in network.populations], np.int64)
    n_cells = network.n_cells
    return make_queues(sizes, np.ones(n_cells, bool), np.zeros(n_cells), n_cells.bit_length())


def make_queues(sizes: Array, free: Array, until: Array, bits: int) -> Held:
    """Return empty queues for populations, or shares of them, of these sizes; other arrays hold all cells."""
    first = 2 * np.concatenate([[0], np.cumsum(sizes)])
    return Held(
        free=free,
        entry=np.empty(first[-1], np.int64),
        first=first,
        begin=first[:-1].copy(),
        end=first[:-1].copy(),
        bits=bits,
        until=until,
        has_queue=np.ones(len(sizes), bool),
    )


def _columns(n_cells: int) -> Array:
    """Return the state of cells, each row from the beginning of a cache line on: what crosses lines takes longer."""
    width = -(-n_cells // _LINE) * _LINE
    memory = np.zeros(GRID_ROWS * width + _LINE)  # pages that nobody touches take no memory
    first = -(memory.ctypes.data // memory.itemsize) % _LINE
    return memory[first : first + GRID_ROWS * width].reshape(GRID_ROWS, width)


def _is_uniform(clock: Array, constant: Array) -> bool:
    """True when cells differ in nothing but their resting potential."""
    if not len(clock) or (clock[:, CLASS] != clock[0, CLASS]).any():
        return False
    rows = constant[np.unique(clock[:, ROW])][:, _SHARED]
    return bool((rows == rows[0]).all())

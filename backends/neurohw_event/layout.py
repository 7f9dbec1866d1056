"""Where every number of the simulation state stands: columns of the arrays and the groups they are passed in.

State is NamedTuples of arrays, so that kernels take a few arguments; a kernel copies the fields that its hot loop
needs to locals. One row of ``state`` is one cache line.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from neurohw.network.declarations import CellModel
from neurohw.network.sources import PROCESS_OF_MODEL, CountTables
from neurohw_event.span_layout import Spans
from neurohw_event.stepped_layout import Stepped
from neurohw_event.stream_layout import Streams

Array = np.ndarray

# columns of Cells.state [n_cells, 8]
V, X_EXC, X_INH, Y_EXC, Y_INH, CURRENT, IN_EXC, IN_INH = range(8)
N_COLUMNS = 8
# a random source keeps there what neurohw.network.sources.columns says

# rows of Grid.state [8, n_cells]: those columns, but for the drive in place of the current
DRIVE = 5
GRID_ROWS = 8

SHORTEST_RUN = 16  # synapses: a shorter segment is delivered one by one

# entries of Pending stand for segments with one delay that follow each other: the first, and how many in so many bits
RUN_BITS = 6
LONGEST_RUN = (1 << RUN_BITS) - 1

# rows of Fired.sent
TIMES, TICK = 3, 4

# entries of Block.spikes: a cell, and how often it fires in so many bits
TIMES_BITS = 32
MOST_TIMES = (1 << TIMES_BITS) - 1

# columns of Cells.constant [n_rows, 8], one row for all cells with the same numbers
THRESHOLD, RESET, REST, RESISTANCE, SCALE_EXC, SCALE_INH, RISE, REFRACTORY = range(8)

# columns of Cells.clock [n_cells, 4]: ticks, the row of constants and the class of equal time constants
LAST, HELD_UNTIL, ROW, CLASS = range(4)
# an array source keeps there instead: next spike of its train, and the end of its train;
# a random source: what neurohw.network.sources.columns says
COUNT, TRAIN_END = 1, 2

# columns of Cells.table [n_classes, n_steps, 8]: what becomes of v, x, y in k ticks
V_V, X_X_EXC, X_X_INH, V_X_EXC, V_X_INH, V_Y_EXC, V_Y_INH, SPAN_MS = range(8)

# columns of Cells.constants_of_class [n_classes, 8]
TAU_M, CM, TAU_EXC, TAU_INH, KEEP_EXC, KEEP_INH, E_EXC, E_INH = range(8)


class Kind(IntEnum):
    """How the cells of a population are advanced, and where their input goes."""

    DELTA = 0
    EXPONENTIAL = 1
    ALPHA = 2
    CONDUCTANCE = 3
    RANDOM = 4
    TRAIN = 5
    STEPPED = 6


KIND_OF_SOURCE = {
    **dict.fromkeys(PROCESS_OF_MODEL, Kind.RANDOM),
    "SpikeSourceArray": Kind.TRAIN,
}
# leaky integrate-and-fire cells with two receptors of one of these shapes have kernels of their own
_KIND_OF_SHAPE = {
    "delta": Kind.DELTA,
    "curr_exp": Kind.EXPONENTIAL,
    "curr_alpha": Kind.ALPHA,
    "cond_exp": Kind.CONDUCTANCE,
}


def kind_of(model: CellModel) -> Kind:
    """Return how the cells of a model are advanced."""
    if model.is_source:
        return KIND_OF_SOURCE[model.name]
    shapes = {receptor.shape for receptor in model.receptors}
    if model.membrane == "lif" and len(model.receptors) == 2 and len(shapes) == 1:
        return _KIND_OF_SHAPE.get(shapes.pop(), Kind.STEPPED)
    return Kind.STEPPED


class Cells(NamedTuple):
    """State and constants of all cells, by global id."""

    values: Array  # float64, everything that changes: ``state``, row by row, then what further columns need
    state: Array  # float64 [n_cells, 8], the beginning of ``values``
    constant: Array  # float64 [n_rows, 8]
    clock: Array  # int64 [n_cells, 4]
    table: Array  # float64 [n_classes, n_steps, 8], the last step left free for spans beyond
    constants_of_class: Array  # float64 [n_classes, 8]
    opening: Array  # float64 [n_classes, N_COEFFICIENTS] of cells with conductances, [0, N_COEFFICIENTS] without any
    stepped: Stepped  # cells without a closed form
    train: Array  # int64, ticks of all spike trains, one after the other
    tables: CountTables  # of busy Poisson sources
    timestep_ms: float
    horizon: int  # ticks for which a bound on the input is trusted
    seed: int


class Groups(NamedTuple):
    """One entry per population."""

    kind: Array  # int64
    first: Array  # int64, first global id
    n_touched: Array  # int64, cells touched in this tick
    n_active: Array  # int64, cells that are stepped
    touched: Array  # int32 [n_cells], from ``first`` on: ids touched in this tick
    active: Array  # int32 [n_cells], from ``first`` on: ids stepped every tick
    touched_at: Array  # int64 [n_cells], tick of the last touch


class Held(NamedTuple):
    """Cells on the grid that are refractory; each population has a queue of them."""

    free: Array  # bool [n_cells], not refractory
    entry: Array  # int64, last tick << bits | cell
    first: Array  # int64 [n_groups + 1], where the room of a population begins, twice its size
    begin: Array  # int64 [n_groups], where its queue does
    end: Array  # int64 [n_groups]
    bits: int  # of a cell's number
    until: Array  # float64 [n_cells], last tick of the refractory time, of populations without a queue
    has_queue: Array  # bool [n_groups]: the queue is kept, and ``free``; else ``until`` is


class Grid(NamedTuple):
    """Populations whose cells are stepped together every tick; entries by population, columns by global id."""

    state: Array  # float64 [8, n_cells or a few more], of populations on the grid in place of ``Cells.state``
    held: Held
    left: Array  # float64 [n_groups, 2], by receptor: what rows of currents are to be multiplied by
    unit: Array  # float64 [n_groups, 2], by receptor: what inputs are multiplied by before they are added
    row: Array  # int64 [n_groups, 2], by receptor: the row to which inputs are added
    constant: Array  # float64 [n_groups, 8], the row of ``Cells.constant`` that the cells share
    step: Array  # float64 [n_groups, 8], propagators over one tick
    end: Array  # int64 [n_groups], the global id behind the last cell
    drives_vary: Array  # bool [n_groups], cells need not have the same drive
    fits: Array  # bool [n_groups], may be stepped on the grid
    on: Array  # bool [n_groups], is
    n_on: Array  # int64 [1], how many are
    events: Array  # int64 [n_groups], since the last choice: cells touched; of cells advanced together inputs, and
    looks: Array  # int64 [n_groups], so many for a spike
    chosen_at: Array  # int64 [1], tick of the last choice
    changed_at: Array  # int64 [n_groups], tick of the last change to another way of advancing cells
    patience: Array  # int64 [n_groups], windows for which a population is advanced in the way chosen at least
    most_patience: int  # windows
    bounds: Array  # float64 [n_groups, 2], events per cell and tick: leave the grid below, enter it above
    look: Array  # float64 [8], scratch
    fires: Array  # bool [CHUNK], scratch: which cells fire
    words: Array  # uint64, the same memory
    spans: Spans | None  # None: no population is large enough


class Agenda(NamedTuple):
    """Cells to look at in a coming tick: a wheel of doubly linked lists, at most one entry a cell."""

    head: Array  # int32 [n_slots]
    next: Array  # int32 [n_cells]
    previous: Array  # int32 [n_cells]
    due: Array  # int64 [n_cells], NEVER where there is none


class Wiring(NamedTuple):
    """Synapses in the order of delivery.

    A cell's spike makes one arrival per tile (without a chip, one in each share of the cells); an arrival is a run of
    segments; a segment is a run of synapses of one group (``Network.synapses``) with one delay. The last segments of an
    arrival are those of groups that are streamed, in which each synapse has a delay of its own.
    """

    arrivals_of_cell: Array  # int64 [n_cells + 1]
    segments_of_arrival: Array  # int64 [n_arrivals + 1]
    synapses_of_segment: Array  # int64 [n_segments + 1]
    delay: Array  # int32 [n_segments]; of a streamed one that of its first synapse
    channel: Array  # int32 [n_segments], group of synapses; -1 for those kept only for what is under way
    plastic: Array  # int32 [n_segments], number among the plastic ones, -1 for static ones
    place: Array  # int32 [n_segments], which population and receptor
    group: Array  # int64 [n_places], the population
    origin: Array  # int64 [n_places], the input of cell c stands in Cells.values[origin + stride * c]
    stride: Array  # int64 [n_places]
    target: Array  # uint16 [n_synapses], global id; int32 where there are more cells
    is_run: Array  # bool [n_segments], targets are one cell after the other
    weight_at: Array  # int64 [n_segments], where the weights of a segment begin; ~i: all have the one at i
    # (int64 [0]: weights stand as targets do)
    weight: Array  # float64, or float32 where that holds all of them exactly; 0 for all that are not static
    # (uint8 where there are levels: numbers of them)
    levels: Array | None  # float64, what weights of segment s stand for is levels[level_at[s] + weight]
    level_at: Array | None  # int32 [n_segments]
    alike: Array  # uint8 [n_segments], how many from this one on are delivered as one, see ``segments_alike``
    rows: Array  # int32 [n_arrivals], crossbar rows read
    tile: Array  # int32 [n_arrivals]; without a chip the share
    streamed: Array  # bool [n_groups of synapses]
    stream_delay: Array  # uint8, ticks of all streamed synapses, in order; uint16 where some are longer
    widest: int  # segments of an arrival, without a chip of all arrivals of a spike, at most, but for streamed ones
    one_delay: int = 0  # ticks, of all segments; 0 where they differ or some are streamed


class Pending(NamedTuple):
    """Segments to deliver in a coming tick: a wheel of lists over a growing pool."""

    head: Array  # int32 [n_slots]
    tail: Array  # int32 [n_slots]
    next: Array  # int32 [pool]
    run: Array  # int64 [pool], first segment << RUN_BITS | number of segments
    # int64 [7, pool], scratch: what is due in this tick, room for sorting, its place, first synapse and end; in blocks
    # its tick, and in the order of tables where its row stands
    due: Array
    digits: Array  # int64 [N_DIGITS], scratch
    free: Array  # int64 [2]: first free entry of the pool (-1: none), number of segments for which there is room
    streams: Streams | None = None


class SpikeLog(NamedTuple):
    """Spikes: how many of each cell, and those that a probe asked for."""

    recorded: Array  # bool [n_cells]
    spikes: Array  # int64 [n_cells], spikes of each cell
    ids: Array  # int32 [capacity]
    ticks: Array  # int64 [capacity]
    size: Array  # int64 [1]


class Fired(NamedTuple):
    """The spikes on hand: those of the current tick, or of all ticks that are taken at once."""

    cell: Array  # int32 [n_cells * n_ticks], the cells that fire
    times: Array  # int32 [n_cells], by cell: its spikes in this tick
    # int64 [5, n_cells * n_ticks], by entry of ``cell``: first segment; the one behind the last, or how many where
    # shares of the cells meet; those among them that have synapses; spikes; tick
    sent: Array
    size: Array  # int64 [2]: entries, spikes


class Probes(NamedTuple):
    """State variables to sample, one entry a recorded cell."""

    cell: Array  # int32 [n]
    column: Array  # int64 [n], of Cells.state; for stepped cells the place in Cells.values
    every: Array  # int64 [n]
    group: Array  # int64 [n]
    offset: Array  # int64 [n], sample ``tick // every`` stands at this offset plus that in ``samples``
    samples: Array  # float64
    look: Array  # float64 [8], scratch


class Steps(NamedTuple):
    """Current steps, sorted by tick."""

    tick: Array  # int64
    cell: Array  # int32
    group: Array  # int64
    size_na: Array  # float64
    done: Array  # int64 [1], steps already taken
    waiting_na: Array  # float64 [n_cells], to add to a cell's current in this tick


NEVER = np.int64(2**62)
LONG_AGO = -NEVER

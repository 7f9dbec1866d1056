"""Stepped populations as arrays: where their rows stand, the constants of their cells, initial values, changes."""

from __future__ import annotations

import math

import numpy as np

from neurohw.network import Network, Population
from neurohw.network.declarations import Receptor
from neurohw_event.cache_lines import CACHE_LINE, aligned_zeros
from neurohw_event.layout import N_COLUMNS, ROW, Kind, kind_of
from neurohw_event.membranes import MEMBRANES
from neurohw_event.membranes.declaration import Feedback, Membrane, Number
from neurohw_event.stepped_layout import (
    ADAPTATION,
    ARRIVED,
    BLOCK_SIZE,
    CAPACITY,
    CHANNEL_CONSTANTS,
    CHANNEL_STATE,
    COMMON,
    CONDUCTANCE,
    DRIVE,
    FEED,
    FEED_LEFT,
    FEED_RATE,
    FIRST_CHANNEL,
    FIRST_CONSTANTS,
    GAIN,
    HAZARD,
    HELD_UNTIL,
    IN_ADAPTATION,
    IN_THRESHOLD,
    INJECTED_NA,
    IS_FAST,
    JUMP,
    JUMP_OF_CHANNEL,
    LANES,
    LEFT,
    LENGTH,
    LEVEL,
    MEMBRANE,
    N_CHANNELS,
    OFFSET,
    OFFSET_NA,
    PER_DIFFERENCE,
    PER_MV,
    RATE,
    REFRACTORY_TICKS,
    RESET,
    SCALE,
    STEP_MS,
    THRESHOLD_NOW,
    VALUE,
    WIDTH,
    Array,
    Stepped,
    batch_size,
)

# rates of rise and decay as near as this are taken as equal: 1e-9 of the peak is lost, a quotient would lose more
_NEARLY_EQUAL = 1e-4
_NS_TO_US = 1e-3
_FOR_EVER = 2.0**50  # ticks: no run is as long, and to it any tick can be added
_FLOAT = np.dtype(np.float64)
_LINE = CACHE_LINE // _FLOAT.itemsize  # numbers


def make_blocks(network: Network) -> Array:
    """Return columns OFFSET to LENGTH of every population (int64 [n_groups, BLOCK_SIZE]); of others 0.

    Blocks stand in ``Cells.values`` behind the columns that all cells have. Columns are as long as whole cache lines: a
    load across two of them takes twice as long.
    """
    blocks = np.zeros((len(network.populations), BLOCK_SIZE), np.int64)
    offset = network.n_cells * N_COLUMNS
    for block, population in zip(blocks, network.populations, strict=True):
        if kind_of(population.model) != Kind.STEPPED:
            continue
        membrane = _membrane(population)
        n_channels = len(population.model.receptors) + len(membrane.feedback)
        width = FIRST_CHANNEL + CHANNEL_STATE * n_channels
        length = -(-population.size // _LINE) * _LINE
        block[: LENGTH + 1] = (
            *(offset, width, len(membrane.variables), n_channels),
            *(membrane.equation, membrane.rule, length),
        )
        offset += width * length
    return blocks


def make_values(blocks: Array, n_cells: int) -> Array:
    """Return the columns that all cells have, with all blocks behind them, of zeros."""
    return aligned_zeros(n_cells * N_COLUMNS + int((blocks[:, WIDTH] * blocks[:, LENGTH]).sum()), _FLOAT)


def address(population: Population, block: Array, variable: str) -> int:
    """Return where in ``Cells.values`` a variable of the population's first cell stands; others follow."""
    return _address(block, _column(population, variable))


def _column(population: Population, variable: str) -> int:
    membrane = _membrane(population)
    if variable in membrane.variables:
        return membrane.variables.index(variable)
    for index, channel in enumerate(_channels(population)):
        if channel.variable == variable:
            return FIRST_CHANNEL + CHANNEL_STATE * index + VALUE
    return {"v_t": THRESHOLD_NOW, "i_eta": ADAPTATION}[variable]


def input_address(population: Population, block: Array, receptor: str) -> int:
    """Return where in ``Cells.values`` the input of a receptor of the population's first cell stands; others follow."""
    index = population.model.receptor_names.index(receptor)
    return _address(block, FIRST_CHANNEL + CHANNEL_STATE * index + ARRIVED)


def make_stepped(network: Network, blocks: Array, clock: Array) -> Stepped:
    """Return the constants of all stepped cells; ``clock[cell, ROW]`` is set to where a cell's row begins."""
    rows = [np.zeros(1)]
    size = 1
    for population, block in zip(network.populations, blocks, strict=True):
        if not block[WIDTH] or not population.size:
            continue
        distinct, row_of_cell = np.unique(
            _constants(population, network.timestep_ms), axis=0, return_inverse=True
        )
        own = slice(population.first, population.first + population.size)
        clock[own, ROW] = size + distinct.shape[1] * row_of_cell.ravel()
        block[COMMON] = size if len(distinct) == 1 else 0
        block[IS_FAST] = _rises_within(network.timestep_ms, distinct)
        rows.append(distinct.ravel())
        size += distinct.size
    return Stepped(
        block=blocks,
        constant=np.concatenate(rows),
        batch=aligned_zeros(batch_size(int(blocks[:, N_CHANNELS].max(initial=1))), _FLOAT),
        filled=np.zeros(2, np.int64),
        lane=np.full(LANES, -1, np.int64),
        queue=np.zeros(int(blocks[:, LENGTH].max(initial=1)), np.int64),
    )


def _rises_within(timestep_ms: float, constants: Array) -> bool:
    """Return whether any channel that has a feed rises within a time; ``constants`` has a row for each kind of cell."""
    channels = constants[:, FIRST_CONSTANTS:].reshape(-1, CHANNEL_CONSTANTS)
    fastest = np.maximum(channels[:, RATE], channels[:, FEED_RATE])
    return bool(((channels[:, FEED_RATE] > 0) & (fastest * timestep_ms > 1.0)).any())


def fill_initial(population: Population, block: Array, values: Array, timestep_ms: float) -> None:
    """Write the state of a population at tick 0.

    A variable that ``population.initial`` lacks starts as its membrane says, v at rest where that says nothing else,
    and 0 where it says nothing. i_eta is put into the first of its kernels; v_t is v_t_star at first, whatever its
    initial value.
    """
    membrane = _membrane(population)
    rows = _rows(values, block, population.size)
    rows[:, STEP_MS] = timestep_ms
    for column, name in enumerate(membrane.variables):
        rows[:, column] = population.initial.get(name, _number(membrane.initial.get(name, 0.0), population))
    adaptation = population.initial.get("i_eta")
    for index, channel in enumerate(_channels(population)):
        at = FIRST_CHANNEL + CHANNEL_STATE * index + VALUE
        if channel.variable in population.initial:
            rows[:, at] = population.initial[channel.variable]
        elif adaptation is not None and isinstance(channel, Feedback) and channel.adaptation:
            rows[:, at], adaptation = adaptation, None


def keep_meaning(population: Population, block: Array, values: Array, before: Array, after: Array) -> None:
    """Translate the state of a population from constants ``before`` to those ``after`` (float64 [size, :] both).

    A feed is kept as the weight it came from: a new time constant changes its course, not its peak. A new refractory
    time holds for the last spike too; before its first, a cell is held until 0.
    """
    rows = _rows(values, block, population.size)
    for index in range(int(block[N_CHANNELS])):
        of = FIRST_CONSTANTS + CHANNEL_CONSTANTS * index + GAIN
        rows[:, FIRST_CHANNEL + CHANNEL_STATE * index + FEED] *= after[:, of] / before[:, of]
    longer = after[:, REFRACTORY_TICKS] - before[:, REFRACTORY_TICKS]
    rows[:, HELD_UNTIL] += (rows[:, HELD_UNTIL] > 0) * longer


def fill_current(population: Population, block: Array, values: Array, injected_na: Array) -> None:
    """Write the currents that are injected into the cells."""
    _rows(values, block, population.size)[:, INJECTED_NA] = injected_na


def constants_of(population: Population, block: Array, stepped: Stepped, clock: Array) -> Array:
    """Return the constants of a population's cells (float64 [size, :])."""
    first = clock[population.first : population.first + population.size, ROW]
    width = FIRST_CONSTANTS + CHANNEL_CONSTANTS * int(block[N_CHANNELS])
    rows: Array = stepped.constant[first[:, None] + np.arange(width)]
    return rows


def _rows(values: Array, block: Array, size: int) -> Array:
    """Return the columns of a block as a row for each cell."""
    offset, width, length = int(block[OFFSET]), int(block[WIDTH]), int(block[LENGTH])
    return values[offset : offset + width * length].reshape(width, length)[:, :size].T


def _address(block: Array, column: int) -> int:
    return int(block[OFFSET] + column * block[LENGTH])


def _membrane(population: Population) -> Membrane:
    return MEMBRANES[population.model.membrane]


def _channels(population: Population) -> tuple[Receptor | Feedback, ...]:
    return (*population.model.receptors, *_membrane(population).feedback)


def _number(number: Number, population: Population) -> Array | float:
    return population.parameters[number] if isinstance(number, str) else number


def _constants(population: Population, timestep_ms: float) -> Array:
    """Return the constants of every cell (float64 [size, :])."""
    membrane, channels, p = _membrane(population), _channels(population), population.parameters
    rows = np.zeros((population.size, FIRST_CONSTANTS + CHANNEL_CONSTANTS * len(channels)))
    rows[:, CAPACITY] = _number(membrane.capacity, population)
    rows[:, LEVEL] = membrane.level(p) if callable(membrane.level) else _number(membrane.level, population)
    rows[:, RESET] = p[membrane.reset] if membrane.reset else 0.0
    if "tau_refrac" in p:
        rows[:, REFRACTORY_TICKS] = np.minimum(np.rint(p["tau_refrac"] / timestep_ms), _FOR_EVER)
    rows[:, OFFSET_NA] = p["i_offset"]
    rows[:, JUMP] = p[membrane.jump] if membrane.jump else 0.0
    rows[:, SCALE] = _number(membrane.scale, population)
    if "lambda0" in p:
        rows[:, HAZARD] = p["lambda0"] * timestep_ms * 1e-3
        rows[:, PER_MV] = 1.0 / p["delta_v"]
    for index, numbers in enumerate(membrane.constants(p)):
        rows[:, MEMBRANE + index] = numbers
    for index, channel in enumerate(channels):
        of = FIRST_CONSTANTS + CHANNEL_CONSTANTS * index
        own = rows[:, of : of + CHANNEL_CONSTANTS]
        if isinstance(channel, Feedback):
            _fill_feedback(own, channel, population)
        else:
            _fill_receptor(own, channel, population)
        own[:, LEFT] = np.exp(-0.025 * timestep_ms * own[:, RATE])
        own[:, FEED_LEFT] = np.exp(-0.025 * timestep_ms * own[:, FEED_RATE])
    return rows


def _fill_feedback(own: Array, feedback: Feedback, population: Population) -> None:
    p = population.parameters
    own[:, RATE] = 1.0 / p[feedback.tau]
    own[:, GAIN] = 1.0
    own[:, DRIVE] = feedback.current
    if feedback.e_rev:
        own[:, DRIVE] = _NS_TO_US * p[feedback.e_rev]
        own[:, CONDUCTANCE] = _NS_TO_US
    own[:, IN_THRESHOLD] = feedback.threshold
    own[:, IN_ADAPTATION] = feedback.adaptation
    own[:, JUMP_OF_CHANNEL] = p[feedback.jump]


def _fill_receptor(own: Array, receptor: Receptor, population: Population) -> None:
    kind, _, course = receptor.shape.partition("_")
    own[:, GAIN] = 1.0
    if kind == "delta":
        return
    role = {name: population.parameters[parameter] for name, parameter in receptor.parameters.items()}
    own[:, DRIVE] = role["e_rev"] if kind == "cond" else 1.0
    own[:, CONDUCTANCE] = 1.0 if kind == "cond" else 0.0
    own[:, RATE] = 1.0 / role["tau_decay" if course == "beta" else "tau"]
    if course == "beta":
        _fill_beta(own, role["tau_rise"], role["tau_decay"])
    elif course == "alpha":
        own[:, FEED_RATE] = own[:, RATE]
        own[:, GAIN] = math.e * own[:, RATE]


def _fill_beta(own: Array, rise: Array, decay: Array) -> None:
    """Fill in the feed of a difference of exponentials that peaks at the weight."""
    equal = np.abs(rise - decay) <= _NEARLY_EQUAL * decay
    mean = np.sqrt(rise * decay)
    own[:, RATE] = 1.0 / np.where(equal, mean, decay)
    own[:, FEED_RATE] = 1.0 / np.where(equal, mean, rise)
    difference = np.where(equal, 1.0, own[:, FEED_RATE] - own[:, RATE])
    peak_ms = np.log(np.where(equal, math.e, decay / rise)) / difference
    peak = (np.exp(-peak_ms * own[:, RATE]) - np.exp(-peak_ms * own[:, FEED_RATE])) / difference
    peak = np.where(equal, mean / math.e, peak)
    own[:, PER_DIFFERENCE] = np.where(equal, 0.0, 1.0 / difference)
    own[:, GAIN] = 1.0 / peak

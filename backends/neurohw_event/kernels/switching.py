"""The choice, for every population, between cells advanced one by one at events and all together every tick.

Both ways compute the same expressions, and take sums in the same order. A step over several ticks, single steps and
currents as multiples of a factor differ in the rounding of a potential, which the leak forgets; spikes differ only
where a potential comes as near to its threshold.
The choice is made from what happened in the simulation, at ticks that do not depend on how a run is cut.
"""

from neurohw.jit import inner
from neurohw_event.kernels.agenda import touch
from neurohw_event.kernels.grid import drive_of, on_grid
from neurohw_event.kernels.holding import hold_all
from neurohw_event.kernels.linear import look_linear
from neurohw_event.layout import DRIVE, IN_EXC, IN_INH, LAST, Y_INH, V

WINDOW = 64  # ticks between choices


@inner
def choose_ways(grid, cells, groups, tick):
    """At the beginning of ``tick``, with which a window is over, move populations that were busier or quieter."""
    span = tick - grid.chosen_at[0]
    grid.chosen_at[0] = tick
    for group in range(grid.on.size):
        events = grid.events[group]
        grid.events[group] = 0
        if not grid.fits[group]:
            continue
        size = grid.end[group] - groups.first[group]
        if grid.on[group] and events < grid.bounds[0] * size * span:
            leave_grid(grid, cells, groups, group, tick - 1)
            grid.events[group] = -size  # the looks that follow here say nothing about activity
            for cell in range(groups.first[group], grid.end[group]):
                touch(groups, group, cell, tick)
        elif not grid.on[group] and events > grid.bounds[1] * size * span:
            _enter_grid(grid, cells, groups, group, tick - 1)


@inner
def leave_grid(grid, cells, groups, group, tick):
    """Take the cells of a population off the grid, in their state at ``tick``."""
    grid.on[group] = False
    grid.n_on[0] -= 1
    for cell in range(groups.first[group], grid.end[group]):
        for column in range(V, Y_INH + 1):
            cells.state[cell, column] = on_grid(grid, group, column, cell)
        cells.clock[cell, LAST] = tick


@inner
def _enter_grid(grid, cells, groups, group, tick):
    """Put the cells of a population onto the grid, in their state at ``tick``."""
    grid.on[group] = True
    grid.n_on[0] += 1
    grid.drives_vary[group] = False
    grid.left[group] = 1.0
    look, first = grid.look, groups.first[group]
    hold_all(grid.held, group, cells.clock, first, grid.end[group], tick)
    for cell in range(first, grid.end[group]):
        look_linear(cell, tick, cells, look)
        for column in range(V, Y_INH + 1):
            grid.state[column, cell] = look[column]
        grid.state[DRIVE, cell] = drive_of(cells, cell)
        grid.drives_vary[group] |= grid.state[DRIVE, cell] != grid.state[DRIVE, first]
        grid.state[IN_EXC, cell] = 0.0
        grid.state[IN_INH, cell] = 0.0

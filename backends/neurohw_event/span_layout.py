"""Where the state of populations stands that are advanced in spans of several ticks."""

from typing import NamedTuple

import numpy as np

Array = np.ndarray

# rows of Grid.state that stand for inputs where a population is on the grid
ROOM, STILL = 6, 7


class Spans(NamedTuple):
    """Populations whose cells are advanced together every few ticks; entries by population.

    Their columns in ``Grid.state`` are those of the tick in which the span began: the potential (or what it would have
    been, had all that has arrived since been there, in a way that the potential now is right), the currents in the same
    sense, the drive; ``ROOM``, by how much (mV) what arrives may move the potential before the cell could fire; and
    ``STILL``, the potential of a refractory cell.
    """

    n_ticks: Array  # int64, of a span
    begin: Array  # int64, tick in which the span began
    end: Array  # int64, tick in which the next one begins
    class_of: Array  # int64, row of ``Cells.table``
    jump: Array  # float64 [n_groups, n_ticks + 1, 2, 2], by tick of the span and receptor: what an input of 1 nA adds
    # to the columns of potential (mV) and current (nA)
    reach: Array  # float64, how far a current of 1 nA moves a potential within a span, at most (mV)
    fits: Array  # bool, may be advanced in spans
    on: Array  # bool, is
    n_on: Array  # int64 [1], how many are
    bounds: Array  # float64 [2], events per cell and span: leave this way below, take it above
    patience: (
        Array  # int64 [2], after so many spans, at the least, from one choice between these two to the next
    )
    events: Array  # int64, since that choice
    since: Array  # int64, tick of that choice

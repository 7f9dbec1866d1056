"""The history of the spikes of cells on which learning synapses end."""

import math

from neurohw.jit import inner
from neurohw_event.plastic_layout import BEFORE, FIRST_AFTER, FIRST_TRACE, TAU, TICK


@inner
def can_remember(plastic):
    """True when the history has room for one more spike of every cell, or where there is none."""
    if plastic is None:
        return True
    history = plastic.history
    return history.size.size == 0 or history.longest[0] < history.spikes.shape[1]


@inner
def remember(plastic, fired, tick):
    """Put the spikes of a tick into the history; there must be room."""
    if plastic is None:
        return
    history = plastic.history
    if history.size.size == 0:
        return
    for index in range(fired.size[0]):
        row = history.row_of_cell[fired.cell[index]]
        if row >= 0:
            size = history.size[row]
            _write(history.trace, history.latest[row], history.spikes[row, size], tick)
            history.size[row] = size + 1
            history.longest[0] = max(history.longest[0], size + 1)


@inner
def _write(traces, latest, spike, tick):
    """Write a spike at ``tick`` and each trace just before it; it then is the ``latest``, with each trace after it."""
    since = tick - latest[TICK]
    latest[BEFORE] = latest[TICK]
    spike[TICK] = latest[TICK] = tick
    for k in range(traces.shape[0]):
        before = latest[FIRST_AFTER + k] * math.exp(-since / traces[k, TAU])
        spike[FIRST_TRACE + k] = before
        latest[FIRST_AFTER + k] = before + 1.0


@inner
def drop(history, last_tick):
    """Drop all spikes up to ``last_tick`` but the last of them, whose trace is still there."""
    history.longest[0] = 0
    for row in range(history.size.size):
        spikes, size = history.spikes[row], history.size[row]
        n_old = 1
        while n_old < size and spikes[n_old, TICK] <= last_tick:
            n_old += 1
        if n_old > 1:
            for at in range(n_old - 1, size):
                for column in range(spikes.shape[1]):
                    spikes[at - n_old + 1, column] = spikes[at, column]
        history.size[row] = size - n_old + 1
        history.longest[0] = max(history.longest[0], history.size[row])

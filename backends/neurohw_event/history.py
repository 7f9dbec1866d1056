"""The history of postsynaptic spikes that learning synapses read: made, kept over changes, and given room."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network
from neurohw_event.kernels.plasticity import settle_learning
from neurohw_event.layout import Wiring
from neurohw_event.plastic_layout import BEFORE, FIRST_AFTER, FIRST_TRACE, TICK, Array, History, Plastic

CAPACITY = 32  # spikes a cell at first


def make_history(network: Network, trace: Array, before: History | None = None) -> History:
    """Return one row for every cell on which a learning synapse ends; cells that had one keep their spikes.

    ``trace`` is that of :class:`History`; traces that were there are kept.
    """
    row_of_cell = np.full(network.n_cells, -1, np.int32)
    cells = _learning_targets(network)
    row_of_cell[cells] = np.arange(len(cells))
    capacity = CAPACITY if before is None else before.spikes.shape[1]
    history = History(
        row_of_cell=row_of_cell,
        spikes=np.zeros((len(cells), capacity, FIRST_TRACE + len(trace))),
        latest=np.zeros((len(cells), FIRST_AFTER + len(trace))),
        size=np.ones(len(cells), np.int64),
        longest=np.ones(1, np.int64),
        trace=trace,
    )
    history.spikes[:, 0, TICK] = history.latest[:, TICK] = history.latest[:, BEFORE] = -np.inf
    if before is not None:
        old_row = before.row_of_cell[cells]
        known = np.flatnonzero(old_row >= 0)
        history.size[known] = before.size[old_row[known]]
        history.spikes[known, :, TICK] = before.spikes[old_row[known], :, TICK]
        history.latest[known, :FIRST_AFTER] = before.latest[old_row[known], :FIRST_AFTER]
        for mine, theirs in _kept(trace, before.trace):
            history.spikes[known, :, FIRST_TRACE + mine] = before.spikes[
                old_row[known], :, FIRST_TRACE + theirs
            ]
            history.latest[known, FIRST_AFTER + mine] = before.latest[old_row[known], FIRST_AFTER + theirs]
        history.longest[0] = history.size.max(initial=1)
    return history


def _kept(trace: Array, before: Array) -> list[tuple[int, int]]:
    """Return which traces are which ones of before."""
    return [
        (mine, theirs)
        for mine, own in enumerate(trace)
        for theirs, old in enumerate(before)
        if np.array_equal(own, old)
    ]


def make_history_room(plastic: Plastic, wiring: Wiring, tick: int) -> Plastic:
    """Drop the spikes that all synapses have taken, and double the room where most are still needed."""
    history = plastic.history
    capacity = history.spikes.shape[1]
    if history.longest[0] < capacity:
        return plastic
    settle_learning(plastic, wiring, tick)
    if 2 * history.longest[0] < capacity:
        return plastic
    wider = np.concatenate([history.spikes, np.zeros_like(history.spikes)], axis=1)
    return plastic._replace(history=history._replace(spikes=wider))


def _learning_targets(network: Network) -> Array:
    """Return the global ids, ascending, of all cells on which a learning synapse ends."""
    targets = [
        network.populations[s.post].first + np.unique(s.target) for s in network.synapses if s.model.learns
    ]
    return np.unique(np.concatenate([np.empty(0, np.int64), *targets]))

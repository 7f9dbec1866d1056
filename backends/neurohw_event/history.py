"""The history of postsynaptic spikes that learning synapses read: made, kept over changes, and given room."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network
from neurohw_event.kernels.plasticity import settle_learning
from neurohw_event.layout import Wiring
from neurohw_event.plastic_layout import Array, History, Plastic

CAPACITY = 64  # spikes a cell at first


def make_history(network: Network, before: History | None = None) -> History:
    """Return one row for every cell on which a learning synapse ends; cells that had one keep their spikes."""
    row_of_cell = np.full(network.n_cells, -1, np.int32)
    cells = _learning_targets(network)
    row_of_cell[cells] = np.arange(len(cells))
    capacity = CAPACITY if before is None else before.ticks.shape[1]
    history = History(
        row_of_cell=row_of_cell,
        ticks=np.zeros((len(cells), capacity), np.int64),
        dropped=np.zeros(len(cells), np.int64),
        size=np.zeros(len(cells), np.int64),
        longest=np.zeros(1, np.int64),
    )
    if before is not None:
        old_row = before.row_of_cell[cells]
        known = old_row >= 0
        for mine, theirs in zip(history[1:4], before[1:4], strict=True):
            mine[known] = theirs[old_row[known]]
        history.longest[0] = history.size.max(initial=0)
    return history


def make_history_room(plastic: Plastic, wiring: Wiring, tick: int) -> Plastic:
    """Drop the spikes that all synapses have taken, and double the room where most are still needed."""
    history = plastic.history
    capacity = history.ticks.shape[1]
    if history.longest[0] < capacity:
        return plastic
    settle_learning(plastic, wiring, tick)
    if 2 * history.longest[0] < capacity:
        return plastic
    wider = np.concatenate([history.ticks, np.zeros_like(history.ticks)], axis=1)
    return plastic._replace(history=history._replace(ticks=wider))


def _learning_targets(network: Network) -> Array:
    """Return the global ids, ascending, of all cells on which a learning synapse ends."""
    targets = [
        network.populations[s.post].first + np.unique(s.target) for s in network.synapses if s.model.learns
    ]
    return np.unique(np.concatenate([np.empty(0, np.int64), *targets]))

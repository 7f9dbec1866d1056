"""Large networks to partition, built row by row as compressed rows: 100 synapses a neuron, numbered at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from benchmarks.mapping.nets import MEAN_SPIKES
from neurohw.workload import NeuronGraph

Array = np.ndarray

FAN_IN = 100
_ROWS_AT_ONCE = 20_000


def sheet(n_cells: int, spread: float = 5.0, seed: int = 0) -> NeuronGraph:
    """Return neurons on a square sheet, joined at its edges, that hear those near them (normal distances)."""
    rng = np.random.default_rng(seed)
    side = round(n_cells**0.5)
    number = rng.permutation(side * side).astype(np.int32)
    home = np.argsort(number)

    def inputs(first: int, last: int) -> Array:
        y, x = np.divmod(home[first:last, None], side)
        dy, dx = np.rint(rng.normal(0.0, spread, (2, last - first, FAN_IN))).astype(np.int64)
        return number[(y + dy) % side * side + (x + dx) % side]

    return _graph(side * side, inputs, rng)


def random(n_cells: int, seed: int = 0) -> NeuronGraph:
    """Return neurons that hear any others."""
    rng = np.random.default_rng(seed)

    def inputs(first: int, last: int) -> Array:
        return rng.integers(0, n_cells, (last - first, FAN_IN), np.int32)

    return _graph(n_cells, inputs, rng)


def _graph(n_cells: int, inputs: Callable[[int, int], Array], rng: np.random.Generator) -> NeuronGraph:
    pre = np.empty((n_cells, FAN_IN), np.int32)
    for first in range(0, n_cells, _ROWS_AT_ONCE):
        last = min(first + _ROWS_AT_ONCE, n_cells)
        pre[first:last] = inputs(first, last)
    indptr = FAN_IN * np.arange(n_cells + 1, dtype=np.int64)
    return NeuronGraph(indptr, pre.ravel(), np.ones(n_cells, np.bool_), rng.poisson(MEAN_SPIKES, n_cells))


COLUMNS = 256  # of a crossbar
# network of so many neurons, and rows of a crossbar: enough for inputs of its columns that have few in common
SCALE_NETS: Mapping[str, tuple[Callable[[int], NeuronGraph], int]] = {
    "sheet": (sheet, 4_096),
    "random": (random, FAN_IN * COLUMNS),
}

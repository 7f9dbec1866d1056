"""Networks to partition: what belongs together must be found from the synapses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from neurohw.workload import NeuronGraph

MEAN_SPIKES = 5


def ring(n_cells: int = 10_000, fan_in: int = 30, spread: float = 40.0, seed: int = 0) -> NeuronGraph:
    """Return neurons that hear their neighbours on a ring, numbered at random."""
    rng = np.random.default_rng(seed)
    post = np.repeat(np.arange(n_cells), fan_in)
    pre = (post + np.rint(rng.normal(0, spread, post.size)).astype(np.int64)) % n_cells
    number = rng.permutation(n_cells)
    return NeuronGraph.of_pairs(number[pre], number[post], rng.poisson(MEAN_SPIKES, n_cells))


def random(n_cells: int = 3_000, fan_in: int = 10, seed: int = 0) -> NeuronGraph:
    """Return neurons that hear any others."""
    rng = np.random.default_rng(seed)
    pre = rng.integers(0, n_cells, n_cells * fan_in)
    return NeuronGraph.of_pairs(pre, np.repeat(np.arange(n_cells), fan_in), rng.poisson(MEAN_SPIKES, n_cells))


def image(side: int = 32, n_layers: int = 4, reach: int = 2, seed: int = 0) -> NeuronGraph:
    """Return layers of neurons, each of which hears a square of the layer before; the first are inputs."""
    rng = np.random.default_rng(seed)
    cell = np.arange(side * side)
    y, x = np.divmod(cell, side)
    pre, post = [], []
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            inside = (y + dy >= 0) & (y + dy < side) & (x + dx >= 0) & (x + dx < side)
            for layer in range(1, n_layers):
                pre.append((layer - 1) * cell.size + ((y + dy) * side + x + dx)[inside])
                post.append(layer * cell.size + cell[inside])
    spikes = rng.poisson(MEAN_SPIKES, n_layers * cell.size)
    return NeuronGraph.of_pairs(np.concatenate(pre), np.concatenate(post), spikes)


NETS: Mapping[str, Callable[[], NeuronGraph]] = {"ring": ring, "random": random, "image": image}

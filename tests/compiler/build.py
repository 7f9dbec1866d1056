"""Small networks of known structure."""

from __future__ import annotations

import numpy as np

from neurohw.network import MODELS, Network, Population, SpikeTrains, Synapses, csr_from_pairs


def neurons(size: int, first: int = 0, name: str = "cells") -> Population:
    """Return delta neurons with PyNN's default parameters."""
    model = MODELS["IF_curr_delta"]
    return Population(
        name, model, first, size, {n: np.full(size, p.default) for n, p in model.parameters.items()}
    )


def sources(size: int, first: int) -> Population:
    """Return sources that never fire."""
    trains = SpikeTrains.from_lists([np.empty(0)] * size)
    return Population("sources", MODELS["SpikeSourceArray"], first, size, {}, trains=trains)


def synapses(pre, post, pairs, weight=None, receptor="excitatory", indices=(0, 0)) -> Synapses:
    """Return synapses of one tick between two populations, weights 1 unless given."""
    ends = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    n = len(ends)
    weights = np.broadcast_to(1.0, n) if weight is None else np.asarray(weight, dtype=float)
    columns = csr_from_pairs(ends[:, 0], ends[:, 1], pre.size, weights, np.broadcast_to(1, n))
    return Synapses(f"{pre.name} to {post.name}", *indices, receptor, *columns)


def network_of_pairs(n_neurons: int, pairs, n_sources: int = 0, source_pairs=(), **options) -> Network:
    """Return a network of (presynaptic, postsynaptic) pairs among neurons and from sources to neurons."""
    cells, inputs = neurons(n_neurons), sources(n_sources, n_neurons)
    groups = [synapses(cells, cells, pairs, **options)]
    if n_sources:
        groups.append(synapses(inputs, cells, source_pairs, indices=(1, 0)))
    return Network(0.1, (cells, inputs) if n_sources else (cells,), tuple(groups))

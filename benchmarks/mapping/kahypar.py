"""Mt-KaHyPar (Gottesbüren et al. 2024, doi:10.1145/3626527) on the same networks; ``pip install mtkahypar``.

It knows columns, but no rows, so that it is a yardstick where crossbars have rows enough.
"""

from __future__ import annotations

from importlib.util import find_spec
from time import process_time

import numpy as np

from neurohw.workload import NeuronGraph

Array = np.ndarray


def is_installed() -> bool:
    """Return whether Mt-KaHyPar can be imported."""
    return find_spec("mtkahypar") is not None


def nets_of(graph: NeuronGraph) -> tuple[list[list[int]], list[int]]:
    """Return the neurons of each net (targets of a cell, and the cell itself) as pins, and the cells' spikes."""
    number = np.cumsum(graph.is_neuron) - 1
    pins: list[set[int]] = [
        {int(number[cell])} if graph.is_neuron[cell] else set() for cell in range(graph.n_cells)
    ]
    for pre, post in zip(graph.pre.tolist(), number[graph.post].tolist(), strict=True):
        pins[pre].add(post)
    cells = [cell for cell, row in enumerate(pins) if len(row) > 1 and graph.spikes[cell]]
    return [sorted(pins[cell]) for cell in cells], graph.spikes[cells].tolist()


def km1(graph: NeuronGraph, cluster_of_cell: Array) -> int:
    """Return the sum over all nets of spikes times (clusters that hold pins - 1)."""
    cluster = cluster_of_cell[graph.is_neuron].tolist()
    nets, spikes = nets_of(graph)
    return sum(n * (len({cluster[pin] for pin in net}) - 1) for net, n in zip(nets, spikes, strict=True))


def partition(graph: NeuronGraph, n_clusters: int, columns: int) -> tuple[int, float]:
    """Return the connectivity that Mt-KaHyPar finds for so many clusters, on one thread, and its CPU seconds."""
    import mtkahypar

    nets, spikes = nets_of(graph)
    program = mtkahypar.initialize(1)
    context = program.context_from_preset(mtkahypar.PresetType.QUALITY)
    slack = columns / -(-graph.n_neurons // n_clusters) - 1
    context.set_partitioning_parameters(n_clusters, max(slack, 1e-3), mtkahypar.Objective.KM1)
    context.logging = False
    weights = [1] * graph.n_neurons
    hypergraph = program.create_hypergraph(context, graph.n_neurons, len(nets), nets, weights, spikes)
    started = process_time()
    found = hypergraph.partition(context)
    return int(found.km1()), process_time() - started

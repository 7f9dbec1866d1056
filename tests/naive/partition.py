"""Partitioner ``sequential`` and checks of clusters, with sets and plain loops."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

from neurohw.network import Network


@dataclass
class Cluster:
    """A cluster that is being filled."""

    n_crossbars: int
    cells: list[int] = field(default_factory=list)
    inputs: set[int] = field(default_factory=set)


class TooManyInputs(Exception):
    """A neuron with more presynaptic cells than rows: ``args`` are its id and their number."""


def inputs_of_cells(network: Network) -> list[set[int]]:
    """Return the set of presynaptic cells of every cell."""
    inputs: list[set[int]] = [set() for _ in range(network.n_cells)]
    for group in network.synapses:
        first_pre = network.populations[group.pre].first
        first_post = network.populations[group.post].first
        for row in range(len(group.indptr) - 1):
            for i in range(group.indptr[row], group.indptr[row + 1]):
                inputs[first_post + int(group.target[i])].add(first_pre + row)
    return inputs


def sequential(network: Network, rows: int, columns: int, max_crossbars: int) -> list[Cluster]:
    """Fill crossbars with neurons in order of id."""
    inputs = inputs_of_cells(network)
    clusters: list[Cluster] = []
    for population in network.populations:
        if population.model.is_source:
            continue
        for cell in population.ids:
            needed = max(1, ceil(len(inputs[cell]) / rows))
            if needed > max_crossbars:
                raise TooManyInputs(cell, len(inputs[cell]))
            if not clusters or not _fits(clusters[-1], inputs[cell], rows, columns):
                clusters.append(Cluster(needed))
            clusters[-1].cells.append(cell)
            clusters[-1].inputs |= inputs[cell]
    return clusters


def _fits(cluster: Cluster, inputs: set[int], rows: int, columns: int) -> bool:
    return len(cluster.cells) < columns and len(cluster.inputs | inputs) <= cluster.n_crossbars * rows

"""Greedy packing and unrolling, and both metrics of a partition, with sets and plain loops."""

from __future__ import annotations

from dataclasses import dataclass, field

Edges = list[tuple[int, int]]  # (presynaptic, postsynaptic) cells


@dataclass
class Crossbar:
    """A crossbar that is being filled."""

    inputs: set[int] = field(default_factory=set)
    outputs: list[int] = field(default_factory=list)

    @property
    def use(self) -> int:
        """Rows and columns in use."""
        return len(self.inputs) + len(self.outputs)

    def first_that_fit(self, inputs: list[int], rows: int) -> list[int]:
        """Return the longest beginning of some inputs for which there are rows."""
        for n in range(len(inputs), 0, -1):
            if len(self.inputs | set(inputs[:n])) <= rows:
                return inputs[:n]
        return []


def inputs_of(edges: Edges, n_cells: int) -> list[list[int]]:
    """Return the distinct presynaptic cells of each cell, in order of their first synapse."""
    inputs: list[list[int]] = [[] for _ in range(n_cells)]
    for pre, post in edges:
        if pre not in inputs[post]:
            inputs[post].append(pre)
    return inputs


def greedy(inputs: list[list[int]], is_neuron: list[bool], rows: int, columns: int) -> list[list[int]]:
    """Return the neurons of each cluster; every neuron stays whole."""
    clusters: list[Crossbar] = []
    order: list[Crossbar] = []
    for cell, wanted in enumerate(inputs):
        if not is_neuron[cell]:
            continue
        order.sort(key=lambda crossbar: -crossbar.use)
        for crossbar in order:
            if len(crossbar.outputs) < columns and len(crossbar.inputs | set(wanted)) <= rows:
                break
        else:
            crossbar = Crossbar()
            clusters.append(crossbar)
            order.append(crossbar)
        crossbar.inputs |= set(wanted)
        crossbar.outputs.append(cell)
    return [crossbar.outputs for crossbar in clusters]


def greedy_unrolled(
    inputs: list[list[int]], is_neuron: list[bool], rows: int, columns: int, fan_in: int
) -> tuple[list[list[int]], list[tuple[int, list[int]]]]:
    """Return the neurons and relays of each cluster, and (neuron or relay, its inputs) in the order of packing."""
    clusters: list[Crossbar] = []
    order: list[Crossbar] = []
    packed: list[tuple[int, list[int]]] = []
    next_relay = len(inputs)
    for cell, wanted in enumerate(inputs):
        if not is_neuron[cell]:
            continue
        order.sort(key=lambda crossbar: -crossbar.use)
        pending = list(wanted)
        visit = list(order)
        while True:
            if visit:
                crossbar = visit.pop(0)
            else:
                crossbar = Crossbar()
                clusters.append(crossbar)
                order.append(crossbar)
            if len(crossbar.outputs) == columns:
                continue
            some = crossbar.first_that_fit(pending, rows)
            if len(some) < len(pending) and len(some) < fan_in:
                continue
            whole = len(some) == len(pending)
            end = cell if whole else next_relay
            crossbar.inputs |= set(some)
            crossbar.outputs.append(end)
            packed.append((end, some))
            if whole:
                break
            pending = [next_relay, *pending[len(some) :]]
            next_relay += 1
    return [crossbar.outputs for crossbar in clusters], packed


def packets(edges: Edges, cluster_of_cell: list[int], spikes: list[int]) -> int:
    """Return spikes times other clusters that they go to; cells in no cluster (-1) send none that count."""
    ways = {(pre, cluster_of_cell[post]) for pre, post in edges}
    return sum(spikes[pre] for pre, cluster in ways if -1 != cluster_of_cell[pre] != cluster)


def synapse_spikes(edges: Edges, cluster_of_cell: list[int], spikes: list[int]) -> int:
    """Return spikes times synapses to other clusters."""
    return sum(spikes[pre] for pre, post in edges if -1 != cluster_of_cell[pre] != cluster_of_cell[post])

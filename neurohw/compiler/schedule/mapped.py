"""A mapped network as a dataflow graph: clusters are actors, the spikes from one to another are tokens."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from neurohw.compiler.schedule.spikes import Packets, checked, packets_to_groups, read_cycles
from neurohw.dataflow import Actor, Channel, Graph
from neurohw.errors import MappingError
from neurohw.hardware import Chip
from neurohw.network import Network
from neurohw.program import Clusters, Placement, Program

Array = np.ndarray

INPUT = "input"  # actor that stands for all sources of spikes, which are not on the chip


def cluster_name(cluster: int) -> str:
    """Return the name of the actor of a cluster."""
    return f"cluster_{cluster}"


def mapping_of(program: Program) -> tuple[Chip, Clusters, Placement]:
    """Return what a program for a chip has.

    Raises
    ------
    MappingError
        For a program without a chip.
    """
    if program.chip is None or program.clusters is None or program.placement is None:
        raise MappingError("the program has no chip: compile the network with one")
    return program.chip, program.clusters, program.placement


def mapped_graph(program: Program, spikes: Array) -> Graph:
    """Return the dataflow graph of a mapped network.

    An iteration is the time in which cells fire as often as ``spikes`` says: a tick, or an input that is shown. In each
    a cluster takes the spikes that were sent in the one before and sends its own. A firing lasts as long as the
    crossbars work: one row after the other for each packet, its synapses where they share a circuit, and the updates of
    the neurons. That is the longest possible time if the spikes are the most that are possible.

    Parameters
    ----------
    program : compiled for a chip.
    spikes : int [n_cells], how often each cell fires in an iteration.

    Returns
    -------
    graph : times in hardware cycles. A cluster is :func:`cluster_name`; sources of spikes together are ``INPUT``, which
        takes no time.

    Raises
    ------
    MappingError
        For a program without a chip.
    SettingError
        For spikes that are negative or not one number for each cell.
    """
    network = program.network
    chip, clusters, _ = mapping_of(program)
    count = checked(network, spikes)
    n_clusters = clusters.n_clusters
    group_of_cell = np.where(clusters.cluster_of_cell < 0, n_clusters, clusters.cluster_of_cell)
    packets = packets_to_groups(network, group_of_cell, n_clusters + 1, count)
    cycles = _service_cycles(network, chip, clusters, group_of_cell, packets, count)
    names = [*map(cluster_name, range(n_clusters)), INPUT]
    if not (packets.source == n_clusters).any():
        names.pop()
    channels = tuple(
        Channel(f"{names[source]}->{names[target]}", names[source], names[target], n, n, n)
        for source, target, n in zip(*(column.tolist() for column in packets), strict=True)
    )
    actors = tuple(Actor(name, Fraction(int(time))) for name, time in zip(names, cycles, strict=False))
    return Graph(f"{n_clusters} clusters on {chip.name}", actors, channels)


def _service_cycles(
    network: Network, chip: Chip, clusters: Clusters, group_of_cell: Array, packets: Packets, spikes: Array
) -> Array:
    """Return the cycles of a firing of each group, int64 [n_groups]; sources take none."""
    cycles = read_cycles(network, chip, group_of_cell, clusters.n_clusters + 1, packets, spikes)
    cycles[: clusters.n_clusters] += clusters.n_columns.astype(np.int64) * chip.tile.update_cycles
    cycles[clusters.n_clusters] = 0
    return cycles

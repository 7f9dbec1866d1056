"""One line of the table of workloads: what a partitioner and a placer make of an application."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from time import process_time
from typing import Any

import numpy as np

from benchmarks.mapping import kahypar
from benchmarks.mapping.applications import NOT_SIMULATED, Mappable
from neurohw.api import run
from neurohw.compiler import compile_network
from neurohw.compiler.figures import mapping_figures
from neurohw.compiler.partition import PARTITIONERS, PartitionProblem
from neurohw.compiler.place import PLACERS, PlacementProblem, link_loads
from neurohw.compiler.schedule import throughput_of_program
from neurohw.compiler.traffic import packets_between, synapse_spikes_between
from neurohw.errors import CapacityError, GraphError
from neurohw.hardware.topology import topology_of
from neurohw.program import Program
from neurohw.workload import NeuronGraph

Array = np.ndarray

INPUT_TILE = 0
MOST_SYNAPSES = {"kernighan_lin": 20_000_000, "spinemap": 20_000_000}
MOST_SYNAPSES_KM1 = 20_000_000


@dataclass(frozen=True)
class Row:
    """Costs of one mapping; None where they are not known, for the reason in ``notes``."""

    workload: str
    partitioner: str
    clusters: int | None = None
    packets: int | None = None
    synapse_spikes: int | None = None
    energy_pj: float | None = None
    max_link_load: int | None = None
    guaranteed_hz: float | None = None
    simulated_hz: float | None = None
    isi_distortion_cycles: float | None = None  # mean change of an interval between spikes, on arrival
    km1: int | None = None  # spikes times (clusters that hold pins - 1)
    km1_ratio: float | None = None  # over that of Mt-KaHyPar
    partition_s: float | None = None  # of the processor, as the next
    place_s: float | None = None
    notes: str = ""


def mapped_row(work: Mappable, partitioner: str, placer: str, seconds: float) -> tuple[Row, Array | None]:
    """Map an application and return its costs and the cluster of each cell."""
    most = MOST_SYNAPSES.get(partitioner)
    if most is not None and work.graph.pre.size > most:
        return Row(work.name, partitioner, notes=f"too slow beyond {most:,} synapses"), None
    try:
        row, clusters = (_structure_row if work.network is None else _network_row)(
            work, partitioner, placer, seconds
        )
    except CapacityError as error:
        return Row(work.name, partitioner, notes=str(error)), None
    if work.graph.pre.size <= MOST_SYNAPSES_KM1:
        row = replace(row, km1=kahypar.km1(work.graph, clusters))
    return row, clusters


def kahypar_row(work: Mappable, clusters: Array) -> Row:
    """Return Mt-KaHyPar's result for as many clusters as ``multilevel`` needed; it knows no rows."""
    name = "Mt-KaHyPar"
    if not kahypar.is_installed():
        return Row(work.name, name, notes="not installed: pip install mtkahypar")
    if work.graph.pre.size > MOST_SYNAPSES_KM1:
        return Row(work.name, name, notes=f"not built beyond {MOST_SYNAPSES_KM1:,} synapses")
    n_clusters = int(clusters.max()) + 1
    if n_clusters < 2:
        return Row(work.name, name, notes="one cluster")
    km1, seconds = kahypar.partition(work.graph, n_clusters, work.chip.crossbar.columns)
    return Row(work.name, name, clusters=n_clusters, km1=km1, partition_s=seconds)


def _network_row(work: Mappable, partitioner: str, placer: str, seconds: float) -> tuple[Row, Array]:
    ends: dict[str, float] = {}
    program = compile_network(
        work.network,
        work.chip,
        partitioner=partitioner,
        placer=placer,
        strict=False,
        spikes=work.graph.spikes,
        seconds=seconds,
        observe=lambda step, _seconds, _value: ends.__setitem__(step, process_time()),
    )
    figures, chip_run = (
        mapping_figures(program, work.graph.spikes),
        run(program, work.duration_ms, fidelity="fcfs"),
    )
    distortion = chip_run.report.distortion
    guaranteed_hz, simulated_hz, notes = _throughput(program, work.graph.spikes)
    row = Row(
        work.name,
        partitioner,
        figures.clusters,
        figures.packets,
        figures.synapse_spikes,
        figures.energy_pj,
        figures.max_link_load,
        guaranteed_hz,
        simulated_hz,
        None if distortion is None else distortion.interval.mean,
        partition_s=ends["partition"] - ends["verify"],
        place_s=ends["place"] - ends["partition"],
        notes=notes,
    )
    return row, program.clusters.cluster_of_cell


def _throughput(program: Program, spikes: Array) -> tuple[float | None, float | None, str]:
    """Return guaranteed and simulated iterations a second, or why there are none; one takes all spikes of the run."""
    try:
        found = throughput_of_program(program, spikes)
    except GraphError as error:
        return None, None, str(error)
    return found.guaranteed_hz, found.simulated_hz, ""


def _structure_row(work: Mappable, partitioner: str, placer: str, seconds: float) -> tuple[Row, Array]:
    graph, crossbar = work.graph, work.chip.crossbar
    begun = process_time()
    clusters = PARTITIONERS[partitioner](PartitionProblem(graph, crossbar.rows, crossbar.columns))
    partitioned = process_time()
    n_clusters = int(clusters.max()) + 1
    traffic = _between(packets_between, graph, clusters, n_clusters)
    side = ceil(n_clusters**0.5)
    chip = work.chip if n_clusters <= work.chip.n_tiles else work.chip.replace(width=side, height=side)
    problem = PlacementProblem(traffic, chip, (INPUT_TILE,), seconds=seconds)
    tiles = np.append(PLACERS[placer](problem), INPUT_TILE)
    placed = process_time()
    ends = tiles[traffic.source], tiles[traffic.target]
    loads = link_loads(topology_of(chip.interconnect), *ends, traffic.spikes)
    row = Row(
        work.name,
        partitioner,
        n_clusters,
        int(traffic.spikes.sum()),
        int(_between(synapse_spikes_between, graph, clusters, n_clusters).spikes.sum()),
        max_link_load=int(loads.max(initial=0)),
        partition_s=partitioned - begun,
        place_s=placed - partitioned,
        notes=NOT_SIMULATED,
    )
    return row, clusters


def _between(count: Any, graph: NeuronGraph, clusters: Array, n_clusters: int) -> Any:
    """Return the traffic between clusters, and from inputs, which are the last."""
    return count(graph, np.where(clusters < 0, n_clusters, clusters), n_clusters + 1, graph.spikes)

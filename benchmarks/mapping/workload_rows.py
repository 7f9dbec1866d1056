"""Lines of the table of workloads: what a partitioner and a placer make of an application."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from time import process_time

import numpy as np

from benchmarks.mapping import kahypar
from benchmarks.mapping.applications import Mappable
from benchmarks.mapping.replay import stand_in
from neurohw.api import run
from neurohw.compile_clock import Stopwatch
from neurohw.compiler import compile_network
from neurohw.compiler.figures import all_loads, mapping_figures
from neurohw.compiler.partition import PARTITIONERS, PartitionProblem
from neurohw.compiler.place import PLACERS, PlacementProblem
from neurohw.compiler.schedule import throughput_of_program
from neurohw.compiler.schedule.link_cycles import link_cycles
from neurohw.compiler.schedule.mapped import mapping_of
from neurohw.compiler.schedule.spikes import packets_to_groups, read_cycles
from neurohw.compiler.traffic import packets_between, synapse_spikes_between
from neurohw.errors import CapacityError, GraphError
from neurohw.hardware.quantities import MESH_LIMIT
from neurohw.hardware.topology import topology_of
from neurohw.program import Program

Array = np.ndarray

PEER = "Mt-KaHyPar"
INPUT_TILE = 0
MOST_PACKETS = 300_000_000  # that are routed
MOST_HOPS = 30_000_000  # of packets in a simulation of the chip: longer ones are cut short
MOST_STEPS = 400_000_000  # of packets over links in an iteration that runs self-timed
LEAST_MS = 10.0
SLOWEST = 4  # times slower than supposed a machine may be and still place the same: only then the clock ends the work


@dataclass(frozen=True)
class Limits:
    """How long algorithms that search may take, in seconds of the processor, so that other work changes nothing."""

    partition_s: float
    place_s: float
    peer_synapses: float  # the most that Mt-KaHyPar gets


@dataclass(frozen=True)
class Row:
    """Costs of one mapping; None where they are not known, for the reason in ``notes``."""

    workload: str
    partitioner: str
    placer: str = ""
    clusters: int | None = None
    packets: int | None = None
    synapse_spikes: int | None = None
    energy_pj: float | None = None
    max_link_load: int | None = None
    guaranteed_hz: float | None = None
    simulated_hz: float | None = None
    at_most_hz: float | None = None  # no execution of the mapping is faster: its busiest crossbar or link
    isi_distortion_cycles: float | None = None  # mean change of an interval between spikes, on arrival
    km1: int | None = None  # spikes times (clusters that hold pins - 1)
    km1_ratio: float | None = None  # over that of Mt-KaHyPar
    repaired_ratio: float | None = None  # over that of Mt-KaHyPar with rows kept
    partition_s: float | None = None  # of the processor, as the next
    place_s: float | None = None
    notes: str = ""


def mapped_rows(work: Mappable, partitioner: str, placers: Sequence[str], limits: Limits) -> Iterator[Row]:
    """Partition an application, place its clusters by one placer after the other, and yield the costs of each map."""
    begun = process_time()
    problem = problem_of(work, limits.partition_s)
    try:
        clusters = PARTITIONERS[partitioner](problem)
    except CapacityError as error:
        yield Row(work.name, partitioner, notes=str(error))
        return
    seconds = process_time() - begun
    km1 = kahypar.km1(problem, clusters)
    for placer in placers:
        row = Row(work.name, partitioner, placer, km1=km1, partition_s=seconds)
        yield _placed(row, work, clusters, limits)


def _placed(row: Row, work: Mappable, clusters: Array, limits: Limits) -> Row:
    """Return the row with what its placer makes of the clusters."""
    n_clusters = int(clusters.max()) + 1
    with_inputs = np.where(clusters < 0, n_clusters, clusters)
    traffic = packets_between(work.graph, with_inputs, n_clusters + 1, work.graph.spikes)
    side = ceil(n_clusters**0.5)
    if side > MESH_LIMIT:
        row = replace(row, clusters=n_clusters)
        return _noted(row, f"{n_clusters:,} clusters; the largest mesh has {MESH_LIMIT} x {MESH_LIMIT} tiles")
    chip = work.chip if n_clusters <= work.chip.n_tiles else work.chip.replace(width=side, height=side)
    clock = Stopwatch(lambda: process_time() / SLOWEST)
    problem = PlacementProblem(traffic, chip, (INPUT_TILE,), seconds=limits.place_s, clock=clock)
    begun = process_time()
    tiles = PLACERS[row.placer](problem)
    row = replace(row, place_s=process_time() - begun)
    tile_of_cell = np.append(tiles, INPUT_TILE)[with_inputs]
    row = replace(
        row,
        clusters=n_clusters,
        packets=int(packets_between(work.graph, tile_of_cell, chip.n_tiles, work.graph.spikes).spikes.sum()),
        synapse_spikes=int(
            synapse_spikes_between(work.graph, tile_of_cell, chip.n_tiles, work.graph.spikes).spikes.sum()
        ),
        notes="cells fire at modelled rates" if work.is_driven else "",
    )
    if (row.packets or 0) > MOST_PACKETS:
        return _noted(row, f"not routed beyond {MOST_PACKETS:,} packets")
    network = stand_in(work.network, work.graph, clusters) if work.is_driven else work.network
    program = compile_network(
        network,
        chip,
        partitioner=lambda _problem: clusters,
        placer=lambda _problem: tiles,
        strict=False,
        spikes=work.graph.spikes,
    )
    return _simulated(row, work, program)


def _simulated(row: Row, work: Mappable, program: Program) -> Row:
    """Return the row with the costs of a program that has routes."""
    figures = mapping_figures(program, work.graph.spikes)
    row = replace(
        row,
        energy_pj=figures.energy_pj,
        max_link_load=figures.max_link_load,
        at_most_hz=at_most_hz(program, work.graph.spikes),
    )
    try:
        found = throughput_of_program(program, work.graph.spikes, MOST_STEPS)
        row = replace(row, guaranteed_hz=found.guaranteed_hz, simulated_hz=found.simulated_hz)
        row = _noted(row, found.not_simulated or "")
    except GraphError as error:
        row = _noted(row, str(error))
    share = min(1.0, MOST_HOPS / max(1, figures.hops))
    duration_ms = max(LEAST_MS, float(int(work.duration_ms * share)))
    if share < 1:
        row = _noted(row, f"intervals between spikes of the first {duration_ms:g} ms")
    distortion = run(program, duration_ms, fidelity="fcfs").report.distortion
    return replace(row, isi_distortion_cycles=None if distortion is None else distortion.interval.mean)


def _noted(row: Row, note: str) -> Row:
    return replace(row, notes="; ".join(filter(None, (row.notes, note))))


def problem_of(work: Mappable, seconds: float) -> PartitionProblem:
    """Return what partitioners are asked."""
    crossbar = work.chip.crossbar
    clock = Stopwatch(process_time)
    return PartitionProblem(work.graph, crossbar.rows, crossbar.columns, seconds=seconds, clock=clock)


def kahypar_rows(work: Mappable, n_clusters: int, most_synapses: float) -> list[Row]:
    """Return Mt-KaHyPar's result for as many clusters as ``multilevel`` needed, as it is and with rows kept."""
    if not kahypar.is_installed():
        return [Row(work.name, PEER, notes="not installed: pip install mtkahypar")]
    if work.graph.pre.size > most_synapses:
        return [Row(work.name, PEER, notes=f"left out beyond {most_synapses:,.0f} synapses")]
    if n_clusters < 2:
        return [Row(work.name, PEER, notes="one cluster")]
    found = kahypar.partition(problem_of(work, np.inf), n_clusters)
    row = Row(work.name, PEER, clusters=n_clusters, km1=found.km1, partition_s=found.seconds)
    if not found.n_over:
        return [row]
    repaired = Row(
        work.name,
        f"{PEER}, rows kept",
        clusters=found.repaired_clusters,
        km1=found.repaired_km1,
        notes=f"{found.n_over:,} clusters of Mt-KaHyPar need more than {work.chip.crossbar.rows:,} rows",
    )
    return [row, repaired]


def at_most_hz(program: Program, spikes: Array) -> float | None:
    """Return how many iterations a second the busiest crossbar, or the busiest link, has time for.

    No execution is faster, whatever is sent when; where each packet goes to one cluster, links are busier still.
    """
    chip, clusters, _ = mapping_of(program)
    if program.routes is None:
        return None
    service = link_cycles(chip, topology_of(chip.interconnect)).service
    busiest_link = int((all_loads(program.routes, spikes) * service).max(initial=0))
    n = clusters.n_clusters
    group = np.where(clusters.cluster_of_cell < 0, n, clusters.cluster_of_cell)
    packets = packets_to_groups(program.network, group, n + 1, spikes)
    reading = read_cycles(program.network, chip, group, n + 1, packets, spikes)[:n]
    busiest_crossbar = int((reading + clusters.n_columns * chip.tile.update_cycles).max())
    cycles = max(busiest_link, busiest_crossbar)
    return 1e9 / (cycles * chip.cycle_ns) if cycles else None

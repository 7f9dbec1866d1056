"""What a run gives back: spikes, traces and the account of what the hardware did."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from os import PathLike
from typing import Any

import numpy as np

from neurohw.tracing import Messages, Transfers

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Spikes:
    """Recorded spikes, sorted by tick, then by cell."""

    ids: Array  # int64, global ids
    ticks: Array  # int64

    def digest(self) -> str:
        """Return a hash of all spikes."""
        return hashlib.sha256(self.ids.tobytes() + self.ticks.tobytes()).hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class PopulationLoad:
    """One row per population."""

    name: Array  # str
    cells: Array
    spikes: Array


@dataclass(frozen=True, eq=False)
class ProjectionLoad:
    """One row per projection; one that joins assemblies has a row for each pair of populations.

    A spike counts once for each synapse that it acts through. ``late`` and ``lost`` are None where no
    interconnect was simulated.
    """

    name: Array  # str
    synapses: Array
    synaptic_events: Array  # the late ones included, the lost ones not
    late: Array | None = None  # those whose packet came in a later tick than it was sent
    lost: Array | None = None  # those that never came


@dataclass(frozen=True, eq=False)
class NeuronLoad:
    """One row per cell: its deliveries, one for each spike and tile with targets of it."""

    sent: Array
    delivered: Array  # the late ones included
    dropped: Array
    late: Array  # delivered in a later tick than sent


@dataclass(frozen=True, eq=False)
class TileLoad:
    """One row per tile; on a mesh tile ``y * width + x``."""

    cells: Array  # neurons placed
    crossbars: Array  # crossbars in use
    rows: Array  # crossbar rows in use
    spikes: Array  # spikes fired by the tile's cells
    packets: Array  # packets delivered to the tile, its own included
    synaptic_events: Array
    late: Array  # of ``packets``, in a later tick than sent
    dropped: Array  # deliveries of the tile's own cells that were lost, wherever that was
    # parts of the chip's time for which a stage of the tile works; above 1: it cannot keep up
    compute: Array  # updates of neurons
    memory: Array  # reads of crossbars
    traffic: Array  # encoder, link into the router or link out of it, the busiest of the three
    encoder_wait_cycles: Array  # sum over packets
    fifo_wait_cycles: Array  # sum over packets of the cycles waited for the crossbars
    longest_fifo: Array  # packets that waited for the crossbars, at most

    @property
    def bound(self) -> Array:
        """Return which stage limits each tile: "compute", "memory", "traffic", or "" where nothing happened."""
        parts = np.stack([self.compute, self.memory, self.traffic])
        names = np.array(["compute", "memory", "traffic"])[parts.argmax(axis=0)]
        return np.where(parts.max(axis=0) > 0, names, "")


@dataclass(frozen=True, eq=False)
class LinkLoad:
    """One row per directed link: tiles into routers, routers into tiles, then between routers."""

    name: Array  # str
    source: Array  # router
    target: Array  # router
    tile: Array  # of a link into or out of a tile; -1 between routers
    kind: Array  # 0 between routers, 1 tile to router, 2 router to tile
    offered: Array  # packets that came to take the link
    packets: Array  # those that it has begun to carry
    # part of the chip's time for which packets need the link; above 1 only without contention
    utilisation: Array
    wait_cycles: Array  # sum over packets of the cycles waited for the link
    longest_queue: Array  # packets waiting for it, at most
    dropped: Array  # deliveries lost before the link


@dataclass(frozen=True, eq=False)
class Timeline:
    """What links do over time, in bins of equal length but for the last."""

    edges_ms: Array  # float64 [n_bins + 1], biological time
    link: Array  # int [n_shown], rows of ``LinkLoad``: those with the longest queues, the longest first
    utilisation: Array  # float64 [n_bins, n_shown]
    occupancy: Array  # int64 [n_bins, n_shown], packets that waited for the link, at most
    most_utilisation: Array  # float64 [n_bins], of any link
    most_occupancy: Array  # int64 [n_bins]


@dataclass(frozen=True, eq=False)
class Congestion:
    """Whose packets take the links that hold up most: one row per link and projection, the worst link first."""

    link: Array  # row of ``LinkLoad``
    projection: Array  # row of ``ProjectionLoad``
    packets: Array  # sent that way for targets of the projection; one for several projections counts for each
    share: Array  # of all packets sent that way


@dataclass(frozen=True, eq=False)
class Latency:
    """Distribution over delivered packets of a number of cycles."""

    mean: float
    p50: float
    p99: float
    max: float
    edges: Array  # histogram: lower edges of the bins, then the last upper edge
    counts: Array


@dataclass(frozen=True, eq=False)
class Distortion:
    """How the interconnect changes the timing of spike trains, in cycles.

    Intervals are those between spikes of one cell that arrived one after the other at one tile: their length on
    arrival against that between the firing of the same two spikes.
    """

    interval: Latency  # |interval on arrival - interval when fired|, over all intervals
    jitter_mean: float  # standard deviation of the latency from one cell to one tile, mean over those pairs
    jitter_max: float
    disorder: int  # packets that came to a tile after one that had been fired in a later tick


@dataclass(frozen=True, eq=False)
class Layout:
    """Where tiles and routers stand on a picture of the chip: float64 [n, 2], x to the right and y down."""

    topology: str
    tile: Array
    router: Array
    router_of_tile: Array  # int


@dataclass(frozen=True, eq=False)
class Traffic:
    """Deliveries: a spike counts once for each tile that holds targets of it; without a chip, once.

    sent = delivered + dropped + in_flight, always.
    """

    sent: int
    delivered: int
    dropped: int
    in_flight: int
    late: int  # delivered in a later tick than sent
    # "distance": late even in an empty network; "contention": only by waiting
    late_by_cause: Mapping[str, int]
    dropped_by_cause: Mapping[str, int]
    hops: int  # links between routers crossed by packets
    row_reads: int
    synaptic_events: int
    chip_hops: int = 0  # of ``hops``, those between chips
    reinjected: int = 0  # sent again by the router that had lost them; each counts as often as that happened


@dataclass(frozen=True, eq=False)
class HardwareReport:
    """What the hardware did during a run. Parts that a run did not simulate are None."""

    backend: str
    fidelity: str
    chip: str | None
    seed: int
    timestep_ms: float
    biological_ms: float
    populations: PopulationLoad
    traffic: Traffic
    projections: ProjectionLoad | None = None
    cycles_per_tick: int | None = None  # None with a barrier, too: its ticks take as long as they need
    cycle_ns: float | None = None
    chip_cycles: int | None = None  # that have passed on the chip
    layout: Layout | None = None
    latency: Latency | None = None  # from the spike to its synaptic events
    # its parts: "generation" (encoder), "network" (way in an empty network), "blocking" (waiting on it) and
    # "processing" (tile: waiting for the crossbars and reading them)
    latency_stages: Mapping[str, Latency] = field(default_factory=dict)
    distortion: Distortion | None = None
    neurons: NeuronLoad | None = None
    tiles: TileLoad | None = None
    links: LinkLoad | None = None
    timeline: Timeline | None = None
    congestion: Congestion | None = None
    # by stage: spike, hop, chip_hop, receive, row, synapse, update, static
    energy_pj: Mapping[str, float] = field(default_factory=dict)
    # of each population's spikes and updates, by the same stages, without "static"
    energy_of_population_pj: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    timing_s: Mapping[str, float] = field(default_factory=dict)  # wall time: build, compile, run

    @property
    def chip_ms(self) -> float | None:
        """Time that passes on the chip."""
        if self.chip_cycles is None or self.cycle_ns is None:
            return None
        return self.chip_cycles * self.cycle_ns * 1e-6

    @property
    def power_mw(self) -> float | None:
        """Energy over the time that passes on the chip."""
        if not self.chip_ms:
            return None
        return self.total_energy_pj / self.chip_ms * 1e-6  # 1e6 pJ in a ms are a mW

    @property
    def total_energy_pj(self) -> float:
        """Sum over all actions."""
        return float(sum(self.energy_pj.values()))

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists and numbers, ready for JSON."""
        plain: dict[str, Any] = _plain(self)
        derived = {name: getattr(self, name) for name in ("chip_ms", "total_energy_pj", "power_mw")}
        return {**plain, **derived}

    def __str__(self) -> str:
        """Return the totals as lines of text."""
        from neurohw.analysis.overview import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        """Return the totals and the rows of populations and projections for a notebook."""
        from neurohw.analysis.overview import as_html

        return as_html(self)

    def save(self, path: str | PathLike[str]) -> None:
        """Write a self-contained HTML page."""
        from neurohw.analysis.report import write_report

        write_report(path, hardware=self)


@dataclass(frozen=True, eq=False)
class Result:
    """Everything that a session recorded from tick 0 to ``until_tick``.

    ``traces`` maps (population index, variable) to a float64 array [samples, recorded cells] in the order of the
    probe's cells, sampled at ticks 0, every, 2 * every, ... up to ``until_tick``. A probe that was set or changed
    during the run has the samples since then, the last of which is the latest of that grid. ``spikes`` holds the
    probed cells only.
    """

    timestep_ms: float
    until_tick: int
    spikes: Spikes
    traces: Mapping[tuple[int, str], Array]
    report: HardwareReport
    messages: Messages | None = None  # of a run with a trace
    transfers: Transfers | None = None

    @property
    def times_ms(self) -> Array:
        """Times of ``spikes`` in ms."""
        return self.spikes.ticks * self.timestep_ms


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, np.ndarray | tuple | list):
        return [_plain(item) for item in (value.tolist() if isinstance(value, np.ndarray) else value)]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, np.generic):
        return value.item()
    return value

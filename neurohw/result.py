"""What a run gives back: spikes, traces and the account of what the hardware did."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from os import PathLike
from typing import Any

import numpy as np

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
class TileLoad:
    """One row per tile, in the order of the mesh: tile ``y * width + x``."""

    cells: Array  # neurons placed
    crossbars: Array  # crossbars in use
    rows: Array  # crossbar rows in use
    spikes: Array  # spikes fired by the tile's cells
    packets: Array  # packets delivered to the tile, its own included
    synaptic_events: Array


@dataclass(frozen=True, eq=False)
class LinkLoad:
    """One row per directed link."""

    name: Array  # str
    source: Array  # tile
    target: Array  # tile
    kind: Array  # 0 between routers, 1 tile to router, 2 router to tile
    packets: Array
    # part of the chip's time for which packets need the link; above 1 only without contention
    utilisation: Array
    wait_cycles: Array  # sum over packets of the cycles waited for the link
    longest_queue: Array  # packets waiting, at most
    dropped: Array  # deliveries lost because the link's buffer was full


@dataclass(frozen=True, eq=False)
class Latency:
    """Latency of delivered packets in cycles, from the spike to the crossbar."""

    mean: float
    p50: float
    p99: float
    max: float
    edges: Array  # histogram: lower edges of the bins, then the last upper edge
    counts: Array


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
    cycles_per_tick: int | None = None
    cycle_ns: float | None = None
    mesh: tuple[int, int] | None = None  # width, height
    latency: Latency | None = None
    tiles: TileLoad | None = None
    links: LinkLoad | None = None
    # by action: spike, hop, row, synapse, static
    energy_pj: Mapping[str, float] = field(default_factory=dict)
    timing_s: Mapping[str, float] = field(default_factory=dict)  # wall time: build, run

    @property
    def chip_ms(self) -> float | None:
        """Time that passes on the chip."""
        if self.cycles_per_tick is None or self.cycle_ns is None:
            return None
        return self.biological_ms / self.timestep_ms * self.cycles_per_tick * self.cycle_ns * 1e-6

    @property
    def total_energy_pj(self) -> float:
        """Sum over all actions."""
        return float(sum(self.energy_pj.values()))

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists and numbers, ready for JSON."""
        plain: dict[str, Any] = _plain(self)
        return {**plain, "chip_ms": self.chip_ms, "total_energy_pj": self.total_energy_pj}

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

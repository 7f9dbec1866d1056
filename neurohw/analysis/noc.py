"""Latency over load of a chip's interconnect, without neurons, beside what its links can carry at most."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from math import isfinite
from os import PathLike
from typing import TYPE_CHECKING, Any

from neurohw.backend import TRAFFIC_FIDELITIES, load_traffic
from neurohw.errors import SettingError, UnknownNameError
from neurohw.hardware import Chip, load_chip
from neurohw.hardware.topology import topology_of
from neurohw.progress import DELAY_S, with_progress
from neurohw.traffic import (
    Destinations,
    LoadPoint,
    RandomPackets,
    RecordedPackets,
    chip_saturation,
    pattern_destinations,
)
from neurohw.traffic.interconnects import refuse_many_pairs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FRACTIONS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # of the bound, where no loads are given
CYCLES = 10_000  # measured, for each flit of a packet
WARM_UP = 1 / 3  # of the measured cycles
DRAIN = 1000  # links that a packet may wait for, even in a short measurement
MOST_DRAIN = 10  # times as long as all before
MOST_CYCLES = 10**9
SEEDS = 2**63
MANY_TILES = 1024  # the ways between all of which take seconds to build, before the first load is done


@dataclass(frozen=True)
class LoadCurve:
    """What traffic of rising load meets on one interconnect."""

    chip: str
    traffic: str  # pattern, or "recorded"
    fidelity: str
    flits: int  # cycles for which a packet holds a link
    ideal_saturation: float  # flits per tile and cycle at which the busiest link is always busy
    busiest_link: str | None
    points: tuple[LoadPoint, ...]

    @property
    def steady_up_to(self) -> float | None:
        """Highest load below which all loads were steady; None where none was."""
        highest = None
        for point in sorted(self.points, key=lambda point: point.load):
            if not point.steady:
                break
            highest = point.load
        return highest

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {**asdict(self), "steady_up_to": self.steady_up_to}

    def to_csv(self) -> str:
        """Return the points as a table, one line each."""
        text = io.StringIO()
        writer = csv.DictWriter(text, [item.name for item in fields(LoadPoint)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(point) for point in self.points)
        return text.getvalue()

    def plot(self) -> Figure:
        """Draw latency and accepted load over offered load."""
        from neurohw.analysis.plots.noc import load_curve

        return load_curve(self)


def latency_load_curve(
    chip: Chip | str | PathLike[str],
    traffic: str | Destinations | RecordedPackets = "uniform",
    loads: Sequence[float] | None = None,
    *,
    fidelity: str = "credit",
    cycles: int | None = None,
    warm_up: int | None = None,
    seed: int = 1,
    backend: str = "event",
) -> LoadCurve:
    """Send packets at rising loads over the interconnect of a chip.

    Parameters
    ----------
    chip : a chip, the name of a preset, the path of a TOML file, or ``neurohw.traffic.interconnect_chip(...)``.
        Encoders and crossbars take no part; full buffers make packets wait.
    traffic : a pattern (a key of ``neurohw.traffic.PATTERNS``, ``"hotspot:5"``), destinations, or recorded packets.
    loads : flits per tile and cycle, above 0 to 1; recorded packets are sent faster or slower to give them. Default:
        shares of the ideal bound, and for recorded packets the load at which they were recorded.
    fidelity : ``"latency"``, ``"fcfs"`` or ``"credit"``.
    cycles : packets made in these are measured; 10,000 for each flit of a packet by default. Recorded packets are all
        measured.
    warm_up : cycles before those, a third of them by default.
    seed : seed of random packets.
    backend : name of an installed backend.

    Raises
    ------
    SettingError
        For loads or cycles out of range, or a pattern that does not go with the size.
    UnknownNameError
        For an unknown chip, pattern, fidelity or backend.
    ChipError
        For an interconnect too large to simulate.
    DeadlockError
        When packets wait for each other for ever.
    """
    on = load_chip(chip)
    if fidelity not in TRAFFIC_FIDELITIES:
        raise UnknownNameError.of("fidelity of traffic", fidelity, TRAFFIC_FIDELITIES)
    flits = max(on.service_cycles, 1)
    measured = min(CYCLES * flits, MOST_CYCLES) if cycles is None else cycles
    _check_range("cycles", measured, 1, MOST_CYCLES)
    _check_range("seed", seed, 0, SEEDS - 1)
    runner = load_traffic(backend)
    topology = topology_of(on.interconnect)
    refuse_many_pairs(topology)
    to = pattern_destinations(traffic, topology) if isinstance(traffic, str) else traffic
    # routers with credits send one packet a cycle over a link, whatever its bandwidth
    saturation, link = chip_saturation(on, to.demand, least_cycles=int(fidelity == "credit"))
    warm = round(measured * WARM_UP) if warm_up is None else warm_up
    drain = _drain(on, warm + measured)
    offers = [
        _offer(to, load, flits, warm, measured, drain) for load in _checked(loads, to, saturation, flits)
    ]
    delay_s = 0.0 if topology.n_tiles >= MANY_TILES else DELAY_S
    shown = with_progress(offers, "load", delay_s=delay_s)
    points = [runner.traffic(on, offer, fidelity=fidelity, seed=seed) for offer in shown]
    if fidelity != "latency":
        # whatever a short measurement may say
        points = [replace(p, steady=p.steady and p.load <= saturation * (1 + 1e-9)) for p in points]
    name = traffic if isinstance(traffic, str) else "recorded" if isinstance(to, RecordedPackets) else "own"
    return LoadCurve(on.name, name, fidelity, flits, saturation, link, tuple(points))


def _drain(chip: Chip, before: int) -> int:
    """Return for how long measured packets may arrive after the last was made."""
    wires = chip.interconnect
    link = wires.hop_cycles + max(wires.link_cycles, wires.chip_link_cycles)
    link += max(chip.service_cycles, chip.chip_service_cycles, 1)
    return before + min(DRAIN * link, MOST_DRAIN * before)


def _offer(
    to: Destinations | RecordedPackets, load: float, flits: int, warm_up: int, cycles: int, drain: int
) -> RandomPackets | RecordedPackets:
    if isinstance(to, RecordedPackets):
        recorded = to.packets_per_cycle * flits
        return to if load == recorded else to.at(load / flits)
    return RandomPackets(to, load, warm_up, cycles, drain)


def _checked(
    loads: Sequence[float] | None, to: Destinations | RecordedPackets, saturation: float, flits: int
) -> list[float]:
    """Return the loads asked for, or those of a useful curve."""
    if loads is None:
        if isinstance(to, RecordedPackets):
            return [to.packets_per_cycle * flits]
        return [round(share * min(saturation, 1.0), 6) for share in FRACTIONS]
    if not len(loads):
        raise SettingError("loads: there must be one at least")
    for load in loads:
        if not (isfinite(load) and 0 < load <= 1):
            raise SettingError(f"load {load:g} must be above 0 and at most 1 flit per tile and cycle")
    return [float(load) for load in loads]


def _check_range(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise SettingError(f"{name} = {value} must be from {least} to {most:,}")

"""The spikes of one finished run with what is needed to read them: layout, clock and hardware report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.network import Network
from neurohw.result import HardwareReport, Result, Spikes

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class RecordedPopulation:
    """A population and those of its cells whose spikes were recorded."""

    name: str
    size: int
    is_source: bool
    cells: Array  # int64, global ids of the recorded cells, ascending


@dataclass(frozen=True, eq=False)
class Recording:
    """What one run left: its spikes and the account of the hardware, under a label for tables and legends."""

    label: str
    spikes: Spikes
    timestep_ms: float
    until_tick: int
    populations: tuple[RecordedPopulation, ...]
    report: HardwareReport
    network_digest: str

    @classmethod
    def of(cls, label: str, network: Network, result: Result) -> Recording:
        """Build from a network and what a run of it gave."""
        return cls(
            label=label,
            spikes=result.spikes,
            timestep_ms=result.timestep_ms,
            until_tick=result.until_tick,
            populations=recorded_populations(network),
            report=result.report,
            network_digest=network.digest(),
        )

    @property
    def duration_ms(self) -> float:
        """Biological time that was simulated."""
        return self.until_tick * self.timestep_ms

    @property
    def watched(self) -> tuple[RecordedPopulation, ...]:
        """The recorded populations that can differ between runs: neurons, or sources where there are none."""
        recorded = [population for population in self.populations if population.cells.size]
        neurons = [population for population in recorded if not population.is_source]
        return tuple(neurons or recorded)


def recorded_populations(network: Network) -> tuple[RecordedPopulation, ...]:
    """Return every population of a network with the cells whose spikes it records."""
    cells: list[list[Array]] = [[] for _ in network.populations]
    for probe in network.probes:
        if probe.variable == "spikes":
            cells[probe.population].append(probe.cells)
    return tuple(
        RecordedPopulation(
            name=population.name,
            size=population.size,
            is_source=population.model.is_source,
            cells=population.first + np.unique(np.concatenate([np.empty(0, np.int64), *chosen])),
        )
        for population, chosen in zip(network.populations, cells, strict=True)
    )

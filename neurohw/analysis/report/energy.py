"""Tables of energy: by stage, and by population."""

from __future__ import annotations

from neurohw import wording
from neurohw.analysis import formatting
from neurohw.analysis.overview import Table
from neurohw.result import HardwareReport

STAGES = {
    "spike": "neurons fire and their addresses are encoded",
    "hop": "packets cross routers and links",
    "chip_hop": "packets cross links between chips",
    "receive": "packets enter tiles",
    "row": "crossbar rows are read",
    "synapse": "synaptic events",
    "update": "neurons are updated",
    "static": "leakage and clock of the tiles",
}


def energy_rows(hardware: HardwareReport) -> list[tuple[str, str, str, float]]:
    """Return stage, what it is, energy and share of the total."""
    total = hardware.total_energy_pj
    return [
        (stage, STAGES.get(stage, ""), _joules(energy), energy / total if total else 0.0)
        for stage, energy in sorted(hardware.energy_pj.items(), key=lambda item: -item[1])
    ]


def population_energy(hardware: HardwareReport) -> Table:
    """Return headings, and the energy of each population: the sum, a spike's part of it, and each stage."""
    of_population = hardware.energy_of_population_pj
    used = [stage for stage in STAGES if any(energy.get(stage, 0.0) > 0 for energy in of_population.values())]
    names = [str(name) for name in hardware.populations.name]
    spikes = dict(zip(names, hardware.populations.spikes, strict=True))
    rows = []
    for name, energy in of_population.items():
        total, count = sum(energy.values()), int(spikes.get(name, 0))
        per_spike = _joules(total / count) if count else wording.NOTHING
        rows.append((name, _joules(total), per_spike, *(_joules(energy.get(stage, 0.0)) for stage in used)))
    return ("population", "energy", "per spike", *used), rows


def _joules(energy_pj: float) -> str:
    return formatting.si(energy_pj * 1e-12, "J")

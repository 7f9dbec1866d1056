"""What a run cost: by stage, and by the population whose spikes and updates cost it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from neurohw.hardware import Chip
from neurohw.network import Population
from neurohw_event.interconnect import Transport
from neurohw_event.layout import Array

if TYPE_CHECKING:
    from neurohw_event.session import EventSession


def energy_of_stages(session: EventSession, transport: Transport, cycles: int) -> dict[str, float]:
    """Return the energy in pJ of all actions, and of standing by for ``cycles`` cycles."""
    chip = transport.chip
    static_pj = chip.energy.tile_mw * chip.n_tiles * cycles * chip.cycle_ns  # mW times ns is pJ
    costs = _costs(chip)
    actions = _actions(session, transport).sum(axis=1)
    return {stage: float(n * costs[stage]) for stage, n in zip(costs, actions, strict=True)} | {
        "static": static_pj
    }


def energy_of_populations(session: EventSession, transport: Transport) -> dict[str, dict[str, float]]:
    """Return the energy in pJ of each population by stage, without that of standing by.

    A population's spikes cost what happens to their packets up to the synapses. Links between routers count packets of
    all cells: their number is shared out in proportion to the links of the way of each spike, in an empty network.
    """
    costs = _costs(transport.chip)
    actions = _actions(session, transport)
    energy: dict[str, dict[str, float]] = {}
    for population, numbers in zip(session.program.network.populations, actions.T, strict=True):
        of_stage = energy.setdefault(population.name, dict.fromkeys(costs, 0.0))
        for stage, n in zip(costs, numbers, strict=True):
            of_stage[stage] += float(n * costs[stage])
    return energy


def _costs(chip: Chip) -> dict[str, float]:
    """Return pJ per action, in the order of ``_actions``."""
    energy = chip.energy
    return {
        "spike": energy.spike_pj,
        "hop": energy.hop_pj,
        "chip_hop": energy.chip_hop_pj,
        "receive": energy.receive_pj,
        "row": energy.row_pj,
        "synapse": energy.synapse_pj,
        "update": energy.update_pj,
    }


def _actions(session: EventSession, transport: Transport) -> Array:
    """Return how often each action was taken for each population, float64 [actions, populations]."""
    traffic = session.traffic()
    hops, chip_hops = transport.hops_of_cells()
    network, wiring, account = session.program.network, session.wiring, session.account
    cell = np.repeat(np.arange(network.n_cells), np.diff(wiring.arrivals_of_cell))
    events = np.diff(wiring.synapses_of_segment[wiring.segments_of_arrival])
    made = account.of_arrival["made"].astype(np.int64)
    spikes = session.log.spikes
    of_cell = [
        spikes,
        _shared_out(traffic.hops - traffic.chip_hops, spikes * (hops - chip_hops)),
        _shared_out(traffic.chip_hops, spikes * chip_hops),
        np.bincount(cell, made + account.late_dropped, network.n_cells),
        _shared_out(traffic.row_reads, np.bincount(cell, made * wiring.rows, network.n_cells)),
        _shared_out(traffic.synaptic_events, np.bincount(cell, made * events, network.n_cells)),
        np.full(network.n_cells, max(0, session.tick)),
    ]
    is_placed = np.array([not p.model.is_source for p in network.populations], bool)
    actions = np.array([[_sum(p, numbers) for p in network.populations] for numbers in of_cell])
    actions[[0, -1]] *= is_placed  # sources are not on the chip
    return actions.reshape(len(of_cell), -1)


def _sum(population: Population, numbers: Array) -> float:
    return float(numbers[population.first : population.first + population.size].sum())


def _shared_out(total: int, parts: Array) -> Array:
    """Return parts in the same proportions that add up to ``total``."""
    whole = parts.sum()
    return parts * (total / whole) if whole else np.zeros(len(parts))

"""What this backend can run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from neurohw.backend import FIDELITIES, missing_models
from neurohw.hardware import Chip
from neurohw.hardware.topology import topology_of
from neurohw.network import Network, Population, Synapses
from neurohw.network.models import MODELS, POINT_NEURON
from neurohw.program import Program
from neurohw_event.layout import KIND_OF_SOURCE, Array, Kind, kind_of
from neurohw_event.membranes import MEMBRANES

LONGEST_DELAY = 2**24  # ticks; the wheel of pending events has one slot a tick
MOST_DECAYS = 2**19  # of a conductance or a membrane within a tick: steps of a cell within a tick are limited
_MODELS = (*(name for name, model in MODELS.items() if not model.is_source), POINT_NEURON, *KIND_OF_SOURCE)


def unsupported(program: Program, fidelity: str) -> list[str]:
    """Return the reasons why a program can't run here; empty when it can."""
    reasons = missing_models(program.network, _MODELS)
    if fidelity not in FIDELITIES:
        reasons.append(f"fidelity {fidelity!r} is unknown; known: {', '.join(FIDELITIES)}")
    elif fidelity != "ideal" and program.routes is None:
        reasons.append(f"fidelity {fidelity!r} needs a chip; without one only 'ideal' runs")
    elif fidelity == "credit" and program.chip is not None:
        reasons += without_credits(program.chip)
    reasons += [*_too_short(program.network), *_too_strong(program.network)]
    for synapses in program.network.synapses:
        longest = int(synapses.delay.max(initial=0))
        if longest > LONGEST_DELAY:
            reasons.append(f"synapses {synapses.name!r}: delay of {longest} ticks, at most {LONGEST_DELAY}")
    return reasons


def _too_short(network: Network) -> Iterator[str]:
    """Yield the times within which a cell changes so much that steps small enough for it would be too many."""
    least_ms = network.timestep_ms / MOST_DECAYS
    for population in network.populations:
        for name, times_ms in _times(population).items():
            shortest_ms = float(times_ms.min(initial=np.inf))
            if shortest_ms < least_ms:
                yield (
                    f"population {population.name!r}: {name} = {shortest_ms:g} ms must be at least {least_ms:g} ms "
                    f"with a timestep of {network.timestep_ms:g} ms"
                )


def _times(population: Population) -> Mapping[str, Array]:
    """Return the times (ms) that limit the steps of cells, by the names of parameters."""
    model, p = population.model, population.parameters
    if model.is_source:
        return {}
    if kind_of(model) == Kind.CONDUCTANCE:
        names = (receptor.parameters["tau"] for receptor in model.receptors)
        return {name: p[name] for name in ("tau_m", *names)}
    return MEMBRANES[model.membrane].times(p) if kind_of(model) == Kind.STEPPED else {}


def _too_strong(network: Network) -> Iterator[str]:
    """Yield the weights with which a single spike, or one of each source, makes a membrane that fast."""
    strongest_of_population: dict[int, float] = {}  # if all synapses went to one cell
    too_strong = set()
    for synapses in network.synapses:
        if not _is_conductance(network, synapses):
            continue
        most_us = _most_us(network, synapses.post)
        strongest_us = float(max(-synapses.weight.min(), synapses.weight.max()))
        before_us = strongest_of_population.get(synapses.post, 0.0)
        strongest_of_population[synapses.post] = before_us + strongest_us * synapses.size
        if strongest_us > most_us:
            too_strong.add(synapses.post)
            name = network.populations[synapses.post].name
            yield (
                f"synapses {synapses.name!r}: weight = {strongest_us:g} uS must be at most {most_us:g} uS, for the cm "
                f"of population {name!r} and a timestep of {network.timestep_ms:g} ms"
            )
    for post, bound_us in strongest_of_population.items():
        if post not in too_strong and bound_us > _most_us(network, post):
            yield from _too_strong_together(network, post)


def _too_strong_together(network: Network, post: int) -> Iterator[str]:
    """Yield the cell onto which weights sum up to more than a membrane can follow."""
    population, most_us = network.populations[post], _most_us(network, post)
    sums_us = np.zeros(population.size)
    for synapses in network.synapses:
        if synapses.post == post and _is_conductance(network, synapses):
            sums_us += np.bincount(synapses.target, np.abs(synapses.weight), population.size)
    cell = int(np.argmax(sums_us))
    if sums_us[cell] > most_us:
        yield (
            f"population {population.name!r}: the weights of all synapses onto cell {cell} sum up to {sums_us[cell]:g} "
            f"uS, must be at most {most_us:g} uS, for its cm and a timestep of {network.timestep_ms:g} ms"
        )


def _is_conductance(network: Network, synapses: Synapses) -> bool:
    receptors = network.populations[synapses.post].model.receptors
    receptor = next(r for r in receptors if r.name == synapses.receptor)
    return "e_rev" in receptor.parameters and synapses.size > 0


def _most_us(network: Network, post: int) -> float:
    """Return the largest conductance (uS) that the cells of a population can follow."""
    smallest_nf = float(network.populations[post].parameters["cm"].min(initial=np.inf))
    return MOST_DECAYS * smallest_nf / network.timestep_ms


def without_credits(chip: Chip) -> Iterator[str]:
    """Yield what stands against routers with credits on a chip."""
    topology, depth = topology_of(chip.interconnect), chip.interconnect.buffer_packets
    if chip.interconnect.hop_cycles < 1:
        yield f"chip {chip.name!r}: hop_cycles = 0, with fidelity 'credit' a router needs a cycle at least"
    if topology.contention_free:
        yield (
            f"chip {chip.name!r}: on topology {topology.name!r} no packet waits for another, so that there are no "
            "buffers for fidelity 'credit'; 'latency' and 'fcfs' run"
        )
    if depth < 2 and (topology.ring_of_link >= 0).any():
        yield (
            f"chip {chip.name!r}: buffer_packets = {depth:g} on topology {topology.name!r}, with fidelity 'credit' at "
            "least 2: a packet that enters a ring leaves one place free"
        )

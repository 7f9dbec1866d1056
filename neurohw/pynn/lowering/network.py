"""PyNN objects to a :class:`neurohw.network.Network`: times become ticks, views whole populations."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from neurohw.errors import NetworkError
from neurohw.network import Network, Population, Probe, SpikeTrains
from neurohw.pynn.lowering.currents import lower_currents, lower_waveforms
from neurohw.pynn.lowering.histograms import lower_histograms
from neurohw.pynn.lowering.synapses import lower_synapses
from neurohw.pynn.script import LAST_TICK

if TYPE_CHECKING:
    from neurohw.pynn.populations import Population as Cells
    from neurohw.pynn.simulator import State

Array = np.ndarray
logger = logging.getLogger("neurohw")


def lower(state: State, before: Network | None = None) -> Network:
    """Describe what the script has built so far.

    Parameters
    ----------
    state : the populations, projections, current sources and recorders of the script.
    before : the network that ran until now, when the script changed it between two runs.

    Raises
    ------
    NetworkError
        For spike times beyond the last tick, or a sampling interval that is no whole number of timesteps.
    """
    populations = tuple(_population(population, state) for population in state.populations)
    currents = lower_currents(state.current_sources, None if before is None else before.currents, state.tick)
    return Network(
        timestep_ms=state.dt,
        populations=populations,
        synapses=lower_synapses(state, populations),
        currents=currents,
        probes=tuple(probe for i, p in enumerate(state.populations) for probe in _probes(i, p)),
        waveforms=lower_waveforms(state.current_sources),
    )


def _population(population: Cells, state: State) -> Population:
    celltype, values = population.celltype, population.native_values
    return Population(
        name=population.label,
        model=celltype.model,
        first=int(population.first_id),
        size=population.size,
        parameters={name: array.copy() for name, array in celltype.network_parameters(values).items()},
        initial={name: population.initial_array(name) for name in celltype.model.variables},
        trains=_trains(population, values["spike_times"], state) if "spike_times" in values else None,
        histograms=lower_histograms(population),
    )


def _trains(population: Cells, spike_times: Array, state: State) -> SpikeTrains:
    sizes = np.array([len(sequence.value) for sequence in spike_times])
    times = np.concatenate([np.asarray(sequence.value, dtype=float) for sequence in spike_times])
    beyond = times > LAST_TICK * state.dt
    if beyond.any():
        limit = f"{LAST_TICK * state.dt:g} ms"
        raise NetworkError(
            f"population {population.label!r}: spike time {times[beyond][0]:g} ms, must be at most {limit}"
        )
    ticks = np.rint(times / state.dt).astype(np.int64)
    if state.running:
        # what was still to come when it was set, however soon, acts on a tick that was still to come
        to_come = times > population.spike_times_set_at * state.dt
        ticks[to_come] = np.maximum(ticks[to_come], population.spike_times_set_at + 1)
        _note_late_spikes(population, ticks, state)
    exact = times if state.settings.spike_precision == "off_grid" else None
    return SpikeTrains(np.concatenate([[0], np.cumsum(sizes)]), ticks, exact)


def _note_late_spikes(population: Cells, ticks: Array, state: State) -> None:
    is_new = population.spike_times_set_at == state.tick
    n_late = int(np.count_nonzero(ticks <= state.tick)) if is_new else 0
    if n_late:
        logger.warning(
            "population %r: %d spike times are not after the current time, %g ms, and have no effect",
            population.label,
            n_late,
            state.t,
        )


def _probes(index: int, population: Cells) -> Iterator[Probe]:
    recorder = population.recorder
    for variable in recorder.recorded:
        cells = recorder.cells_of(variable) - int(population.first_id)
        if cells.size:
            yield Probe(index, variable.name, cells, 1 if variable.name == "spikes" else recorder.every)

"""PyNN objects to a :class:`neurohw.network.Network`: times become ticks, views whole populations."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from neurohw.errors import NetworkError
from neurohw.network import Network, Population, Probe, SpikeTrains, Synapses, csr_from_pairs
from neurohw.network.csr import is_constant
from neurohw.pynn.currents import lower_currents, lower_waveforms
from neurohw.pynn.histograms import lower_histograms

if TYPE_CHECKING:
    from neurohw.pynn import populations
    from neurohw.pynn.projections import Projection
    from neurohw.pynn.simulator import State

Array = np.ndarray
logger = logging.getLogger("neurohw")

LAST_TICK = 2**53  # beyond, a float of ms no longer tells ticks apart


def lower(state: State, before: Network | None = None) -> Network:
    """Describe what the script has built so far.

    Parameters
    ----------
    state : the populations, projections, current sources and recorders of the script.
    before : the network that ran until now, when the script changed it between two runs.

    Raises
    ------
    NetworkError
        For spike times below zero, or a sampling interval that is no whole number of timesteps.
    """
    index_of = {id(population): index for index, population in enumerate(state.populations)}
    synapses = [
        group for projection in state.projections for group in _synapses(projection, index_of, state.dt)
    ]
    currents = lower_currents(state.current_sources, None if before is None else before.currents, state.tick)
    return Network(
        timestep_ms=state.dt,
        populations=tuple(_population(population, state) for population in state.populations),
        synapses=tuple(synapses),
        currents=currents,
        probes=tuple(probe for i, p in enumerate(state.populations) for probe in _probes(i, p, state.dt)),
        waveforms=lower_waveforms(state.current_sources),
    )


def _population(population: populations.Population, state: State) -> Population:
    model = population.celltype.model
    values = population.native_values
    return Population(
        name=population.label,
        model=model,
        first=int(population.first_id),
        size=population.size,
        parameters={name: values[name].copy() for name in model.parameters},
        initial={name: population.initial_array(name) for name in model.variables},
        trains=_trains(population, values["spike_times"], state) if "spike_times" in values else None,
        histograms=lower_histograms(population),
    )


def _trains(population: populations.Population, spike_times: Array, state: State) -> SpikeTrains:
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


def _note_late_spikes(population: populations.Population, ticks: Array, state: State) -> None:
    is_new = population.spike_times_set_at == state.tick
    n_late = int(np.count_nonzero(ticks <= state.tick)) if is_new else 0
    if n_late:
        logger.warning(
            "population %r: %d spike times are not after the current time, %g ms, and have no effect",
            population.label,
            n_late,
            state.t,
        )


def _probes(index: int, population: populations.Population, timestep_ms: float) -> Iterator[Probe]:
    recorder = population.recorder
    every = round(recorder.sampling_interval / timestep_ms)
    for variable in recorder.recorded:
        cells = recorder.cells_of(variable) - int(population.first_id)
        if cells.size:
            yield Probe(index, variable.name, cells, 1 if variable.name == "spikes" else every)


def _synapses(projection: Projection, index_of: dict[int, int], timestep_ms: float) -> tuple[Synapses, ...]:
    """Lower one projection, or take what was lowered when nothing has changed since."""
    if projection.lowered is None:
        projection.lowered = tuple(_groups(projection, index_of, timestep_ms))
    return projection.lowered


def _groups(projection: Projection, index_of: dict[int, int], timestep_ms: float) -> Iterator[Synapses]:
    table = projection.connections_table
    delay = _ticks(table.delay, timestep_ms)
    pre_parts, post_parts = _parts(projection.pre), _parts(projection.post)
    whole = len(pre_parts) == len(post_parts) == 1
    for pre_part in pre_parts:
        for post_part in post_parts:
            chosen = slice(None) if whole else pre_part.holds(table.pre) & post_part.holds(table.post)
            pre, post = pre_part.local(table.pre[chosen]), post_part.local(table.post[chosen])
            if pre.size == 0:
                continue
            root = pre_part.population
            indptr, target, weight, ticks = csr_from_pairs(
                pre, post, root.size, _take(table.weight, chosen), _take(delay, chosen)
            )
            between = f"{root.label}→{post_part.population.label}"
            yield Synapses(
                name=projection.label if whole else f"{projection.label} ({between})",
                pre=index_of[id(root)],
                post=index_of[id(post_part.population)],
                receptor=projection.receptor_type,
                indptr=indptr,
                target=target,
                weight=_detached(weight, table.weight),
                delay=ticks,
            )


class _Part:
    """One member of an assembly, or all of a population or view: ``start`` and up of a projection's end."""

    def __init__(self, member: Any, start: int) -> None:
        self.population = member.root
        self.start, self.stop = start, start + member.size
        self._index = member.index_in_root

    def holds(self, indices: Array) -> Array:
        """True for the connections whose end lies in this part."""
        return (indices >= self.start) & (indices < self.stop)

    def local(self, indices: Array) -> Array:
        """Return indices within the whole population."""
        offsets = indices - self.start if self.start else indices
        return offsets if self._index is None else self._index[offsets]


def _parts(cells: Any) -> list[_Part]:
    members = cells.populations if hasattr(cells, "populations") else [cells]
    starts = np.cumsum([0, *(member.size for member in members)])
    return [_Part(member, int(start)) for member, start in zip(members, starts[:-1], strict=True)]


def _detached(values: Array, source: Array) -> Array:
    """Return ``values``, copied where changing a single connection would change them too."""
    return values.copy() if source.flags.writeable and np.may_share_memory(values, source) else values


def _ticks(delay: Array, timestep_ms: float) -> Array:
    if is_constant(delay) and delay.size:
        return np.broadcast_to(np.int32(np.rint(delay[0] / timestep_ms)), delay.shape)
    return np.rint(delay / timestep_ms).astype(np.int32)


def _take(values: Array, chosen: Any) -> Array:
    """Select from an array; one that holds a single number stays so."""
    if is_constant(values) and values.size and not isinstance(chosen, slice):
        return np.broadcast_to(values[0], (int(np.count_nonzero(chosen)),))
    return values[chosen]


def ticks_between_samples(population: str, sampling_interval: float, timestep_ms: float) -> int:
    """Return the ticks from sample to sample.

    Raises
    ------
    NetworkError
        When the interval is no whole number of timesteps.
    """
    every = round(sampling_interval / timestep_ms)
    if every < 1 or abs(every * timestep_ms - sampling_interval) > 1e-9 * max(1.0, sampling_interval):
        raise NetworkError(
            f"population {population!r}: sampling_interval = {sampling_interval} ms must be a whole multiple "
            f"of the timestep, {timestep_ms} ms"
        )
    return every

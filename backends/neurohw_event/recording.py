"""What is recorded: samples of state variables, from call to call of the kernel, and the log of spikes."""

from __future__ import annotations

import numpy as np

from neurohw.network import Network, Probe
from neurohw_event.layout import X_EXC, Array, Probes, SpikeLog, V
from neurohw_event.stepped import address, make_blocks
from neurohw_event.stepped_layout import WIDTH

LOG_CAPACITY = 4096  # spikes for which a log has room at first


class Recorder:
    """Lays out the samples of each call and joins them afterwards."""

    def __init__(self, network: Network, group_of_cell: Array) -> None:
        self._group_of_cell = group_of_cell
        self._chunks: dict[tuple[int, str], list[Array]] = {}
        self._probes: list[Probe] = []
        self.set(network)

    def set(self, network: Network) -> None:
        """Sample from now on what the probes of ``network`` ask for; a probe that is new or another starts anew."""
        before = {_key(probe): probe for probe in self._probes}
        self._network, self._blocks = network, make_blocks(network)
        self._probes = [probe for probe in network.probes if probe.variable != "spikes"]
        now = {_key(probe): probe for probe in self._probes}
        for key in before:
            if key not in now or not before[key].same_as(now[key]):
                self._chunks.pop(key, None)

    def open(self, first_tick: int, last_tick: int) -> Probes:
        """Return the layout and room for the samples of ticks ``first_tick`` to ``last_tick``."""
        self._sizes = [last_tick // probe.every - (first_tick - 1) // probe.every for probe in self._probes]
        cells = [self._network.populations[p.population].first + p.cells for p in self._probes]
        counts = [len(c) for c in cells]
        cell = np.concatenate([np.empty(0, np.int64), *cells]).astype(np.int32)
        columns = [np.empty(0, np.int64), *(self._columns(p) for p in self._probes)]
        every = np.repeat(np.array([p.every for p in self._probes], np.int64), counts)
        n_samples = np.repeat(np.array(self._sizes, np.int64), counts)
        first_sample = -(-first_tick // every)
        return Probes(
            cell=cell,
            column=np.concatenate(columns),
            every=every,
            group=self._group_of_cell[cell].astype(np.int64),
            offset=np.cumsum(n_samples) - n_samples - first_sample,
            samples=np.empty(int(n_samples.sum())),
            look=np.empty(8),
        )

    def _columns(self, probe: Probe) -> Array:
        """Return what ``Probes.column`` holds for the cells of a probe."""
        population, block = self._network.populations[probe.population], self._blocks[probe.population]
        if block[WIDTH]:
            return address(population, block, probe.variable) + probe.cells
        if probe.variable == "v":
            return np.full(len(probe.cells), V)
        variables = [receptor.variable for receptor in population.model.receptors]
        return np.full(len(probe.cells), X_EXC + variables.index(probe.variable))

    def close(self, probes: Probes) -> None:
        """Take the samples of one call."""
        at = 0
        for probe, n_samples in zip(self._probes, self._sizes, strict=True):
            end = at + len(probe.cells) * n_samples
            block = probes.samples[at:end].reshape(len(probe.cells), n_samples).T
            self._chunks.setdefault(_key(probe), []).append(block)
            at = end

    def traces(self) -> dict[tuple[int, str], Array]:
        """Return all samples, [samples, cells] per population and variable."""
        return {
            _key(probe): np.concatenate([np.empty((0, len(probe.cells))), *self._chunks.get(_key(probe), [])])
            for probe in self._probes
        }


def make_log(network: Network) -> SpikeLog:
    """Return a log of no spikes so far."""
    return SpikeLog(
        recorded=recorded(network),
        spikes=np.zeros(network.n_cells, np.int64),
        **empty_log(),
    )


def empty_log() -> dict[str, Array]:
    """Return the fields of a log that spikes are noted in, without any."""
    return {
        "ids": np.empty(LOG_CAPACITY, np.int32),
        "ticks": np.empty(LOG_CAPACITY, np.int64),
        "size": np.zeros(1, np.int64),
    }


def recorded(network: Network) -> Array:
    """Return the cells whose spikes a probe asks for (bool [n_cells])."""
    is_recorded = np.zeros(network.n_cells, bool)
    for probe in network.probes:
        if probe.variable == "spikes":
            is_recorded[network.populations[probe.population].first + probe.cells] = True
    return is_recorded


def _key(probe: Probe) -> tuple[int, str]:
    return probe.population, probe.variable

"""The frozen network: populations, synapses in compressed rows, stimuli and probes.

Time is counted in ticks of ``timestep_ms``; neurons and sources share one range of global ids,
population after population. Arrays are made read-only on construction: nothing downstream edits anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from neurohw.network.declarations import CellModel, SynapseModel
from neurohw.network.synapse_models import STATIC
from neurohw.network.waveforms import Waveform

Array = np.ndarray
MOST_CELLS = 2**31 - 1  # of a network: their numbers take 32 bits


@dataclass(frozen=True, eq=False)
class SpikeTrains:
    """Spike times of the cells of one array source: cell ``i`` fires at ``ticks[indptr[i]:indptr[i + 1]]``."""

    indptr: Array  # int64 [n + 1]
    ticks: Array  # int64, ascending within a cell
    times_ms: Array | None = None  # what the ticks were rounded from, where records are to show it

    def __post_init__(self) -> None:
        _freeze(self, indptr=np.int64, ticks=np.int64)
        if self.times_ms is not None:
            _freeze(self, times_ms=np.float64)

    @classmethod
    def from_lists(cls, ticks_of_cell: Sequence[Sequence[int] | Array]) -> SpikeTrains:
        """Build from one array of ticks a cell; each is sorted."""
        sizes = [len(ticks) for ticks in ticks_of_cell]
        indptr = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        flat = [np.sort(np.asarray(ticks, dtype=np.int64)) for ticks in ticks_of_cell]
        return cls(indptr, np.concatenate(flat) if flat else np.empty(0, np.int64))


@dataclass(frozen=True, eq=False)
class Histograms:
    """Shape ``a`` and scale ``b`` over time of the cells of a ``SpikeSourceInhGamma``.

    Those of cell ``i`` stand in ``indptr[i]:indptr[i + 1]``; each pair holds from its time in ``tbins`` to the next.
    """

    indptr: Array  # int64 [n + 1]
    tbins: Array  # ms, ascending within a cell
    a: Array  # at least 1: a hazard without limit could not be thinned
    b: Array  # s

    def __post_init__(self) -> None:
        _freeze(self, indptr=np.int64, tbins=np.float64, a=np.float64, b=np.float64)


@dataclass(frozen=True, eq=False)
class Population:
    """Cells of one model, with global ids ``first`` to ``first + size - 1``.

    ``parameters`` and ``initial`` map names of the model to float64 arrays of length ``size``;
    ``trains`` is given for ``SpikeSourceArray`` only, ``histograms`` for ``SpikeSourceInhGamma`` only.
    """

    name: str
    model: CellModel
    first: int
    size: int
    parameters: Mapping[str, Array]
    initial: Mapping[str, Array] = field(default_factory=dict)
    trains: SpikeTrains | None = None
    histograms: Histograms | None = None

    def __post_init__(self) -> None:
        for group in ("parameters", "initial"):
            frozen = {name: _read_only(a, np.float64) for name, a in getattr(self, group).items()}
            object.__setattr__(self, group, frozen)

    @property
    def ids(self) -> range:
        """Global ids of the cells."""
        return range(self.first, self.first + self.size)


@dataclass(frozen=True, eq=False)
class Synapses:
    """Synapses of one model from one population to one receptor of another, as rows of the presynaptic cells.

    Row ``i`` holds ``target[indptr[i]:indptr[i + 1]]`` (index within the postsynaptic population) with
    ``weight`` (unit of the target model) and ``delay`` (ticks, at least 1). Within a row the order is free and
    pairs may repeat. A weight or delay that is the same for all may be ``np.broadcast_to(x, n)``: it costs no memory.
    ``parameters`` maps the names of the model to float64 arrays, one number a synapse, broadcast likewise.
    """

    name: str
    pre: int  # index of the population
    post: int
    receptor: str
    indptr: Array  # int64 [n_pre + 1]
    target: Array  # int32
    weight: Array  # float64
    delay: Array  # int32
    model: SynapseModel = STATIC
    parameters: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _freeze(self, indptr=np.int64, target=np.int32, weight=np.float64, delay=np.int32)
        frozen = {name: _read_only(a, np.float64) for name, a in self.parameters.items()}
        object.__setattr__(self, "parameters", frozen)

    @property
    def size(self) -> int:
        """Number of synapses."""
        return len(self.target)


@dataclass(frozen=True, eq=False)
class CurrentSteps:
    """Injected currents as steps: from ``tick`` on the current into cell ``neuron`` is ``step_na`` higher.

    A step at tick n acts on the membrane from tick n to n + 1 and later. Sorted by tick.
    """

    neuron: Array  # int64, global id
    tick: Array  # int64
    step_na: Array  # float64

    def __post_init__(self) -> None:
        _freeze(self, neuron=np.int64, tick=np.int64, step_na=np.float64)

    @classmethod
    def none(cls) -> CurrentSteps:
        """No currents."""
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


@dataclass(frozen=True, eq=False)
class Probe:
    """What to record: ``"spikes"`` or a state variable, of some cells of a population, every ``every`` ticks."""

    population: int
    variable: str
    cells: Array  # int64, index within the population, ascending
    every: int = 1

    def __post_init__(self) -> None:
        _freeze(self, cells=np.int64)

    def same_as(self, other: Probe) -> bool:
        """True when both record the same samples."""
        mine, theirs = ((p.population, p.variable, p.every) for p in (self, other))
        return mine == theirs and np.array_equal(self.cells, other.cells)


@dataclass(frozen=True, eq=False)
class Network:
    """A spiking network, ready to compile or run. ``verify`` says whether it is sound."""

    timestep_ms: float
    populations: tuple[Population, ...]
    synapses: tuple[Synapses, ...] = ()
    currents: CurrentSteps = field(default_factory=CurrentSteps.none)
    probes: tuple[Probe, ...] = ()
    waveforms: tuple[Waveform, ...] = ()

    @property
    def n_cells(self) -> int:
        """Number of global ids, sources included."""
        return sum(population.size for population in self.populations)

    @property
    def n_synapses(self) -> int:
        """Number of synapses."""
        return sum(synapses.size for synapses in self.synapses)

    def tick(self, time_ms: float) -> int:
        """Return the tick nearest to a time in ms."""
        return round(time_ms / self.timestep_ms)

    def digest(self) -> str:
        """Return a hash of everything that decides what the network does (names and probes do not)."""
        hash_ = hashlib.sha256(repr(self.timestep_ms).encode())
        for population in self.populations:
            hash_.update(f"{population.model.name} {population.model.receptors} {population.size}".encode())
            for group in (population.parameters, population.initial):
                for name in sorted(group):
                    hash_.update(name.encode() + group[name].tobytes())
            if population.trains is not None:
                _hash_arrays(hash_, population.trains, but="times_ms")
            if population.histograms is not None:
                _hash_arrays(hash_, population.histograms)
        for synapses in self.synapses:
            hash_.update(f"{synapses.pre} {synapses.post} {synapses.receptor} {synapses.model.name}".encode())
            _hash_arrays(hash_, synapses)
            for name in sorted(synapses.parameters):
                hash_.update(name.encode() + synapses.parameters[name].tobytes())
        _hash_arrays(hash_, self.currents)
        for waveform in self.waveforms:
            hash_.update(waveform.description().encode() + waveform.neuron.tobytes())
        return hash_.hexdigest()[:16]


def _hash_arrays(hash_: Any, holder: Any, but: str = "") -> None:
    for item in fields(holder):
        value = getattr(holder, item.name)
        if isinstance(value, np.ndarray) and item.name != but:
            hash_.update(value.tobytes())


def _freeze(holder: Any, **dtypes: Any) -> None:
    for name, dtype in dtypes.items():
        object.__setattr__(holder, name, _read_only(getattr(holder, name), dtype))


def _read_only(array: Any, dtype: Any) -> Array:
    """Return a read-only view of ``array`` as ``dtype``; the data are copied only where the type differs."""
    view = np.asarray(array, dtype=dtype).view()
    view.flags.writeable = False
    return view

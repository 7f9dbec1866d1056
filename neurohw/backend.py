"""What a backend is, and how one is found: entry points of the group ``neurohw.backends``."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from functools import cache
from importlib.metadata import entry_points
from os import PathLike
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np

from neurohw.errors import SettingError, UnknownNameError, UnsupportedError
from neurohw.hardware import Chip
from neurohw.hardware.analog import AnalogUnit
from neurohw.network import Network
from neurohw.program import Program
from neurohw.result import PopulationLoad, ProjectionLoad, Result, Traffic
from neurohw.tracing import Tracing
from neurohw.traffic import LoadPoint, RandomPackets, RecordedPackets

logger = logging.getLogger("neurohw")
GROUP = "neurohw.backends"
FIDELITIES = ("ideal", "latency", "fcfs", "credit")
TRAFFIC_FIDELITIES = FIDELITIES[1:]  # that have packets


class Session(Protocol):
    """One run in progress. Time only moves forward; start again by opening a new session."""

    def advance(self, until_tick: int) -> None:
        """Simulate up to and including ``until_tick``; calling it in steps changes nothing."""

    def set(self, program: Program) -> None:
        """Go on with another program: same populations and sizes, other parameters, synapses, stimuli or probes."""

    def traffic(self) -> Traffic:
        """Return the deliveries since the session was opened, as ``result().report`` does, at little cost."""

    def result(self) -> Result:
        """Return everything recorded since the session was opened."""

    def synapse_state(self, group: int) -> dict[str, np.ndarray]:
        """Return what the synapses of ``program.network.synapses[group]`` hold now, in their order.

        Returns
        -------
        ``"weight"`` (float64 [n]), with all changes by spikes that the synapse has seen by now; for ``tsodyks_markram``
        also ``"u"``, ``"x"`` and ``"y"`` as they were after its last spike. Looking changes nothing.
        """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Backend(Protocol):
    """Something that can run a program."""

    name: str

    def unsupported(self, program: Program, fidelity: str) -> list[str]:
        """Return the reasons why the program can't run here; empty when it can."""

    def open(
        self,
        program: Program,
        *,
        fidelity: str = "ideal",
        seed: int = 0,
        tracing: Tracing | None = None,
        threads: int = 1,
    ) -> Session:
        """Start a run at tick 0; with ``tracing`` it notes single packets.

        As many ``threads`` as this may be used, and change no result.

        Raises
        ------
        UnsupportedError
            With the reasons of ``unsupported`` and ``untraceable``, when there are any.
        """


@runtime_checkable
class TrafficBackend(Backend, Protocol):
    """A backend that can also send packets without neurons over the interconnect of a chip."""

    def traffic(
        self, chip: Chip, packets: RandomPackets | RecordedPackets, *, fidelity: str = "credit", seed: int = 0
    ) -> LoadPoint:
        """Send packets, one of ``TRAFFIC_FIDELITIES``, and return what the measured ones met.

        Encoders and crossbars take no part. Full buffers make packets wait, whatever the chip's policy is.

        Raises
        ------
        ChipError
            For an interconnect that cannot be simulated.
        DeadlockError
            When packets wait for each other for ever.
        """


@runtime_checkable
class MatrixBackend(Backend, Protocol):
    """A backend whose chips multiply vectors by matrices."""

    def chip(
        self, unit: AnalogUnit | str | PathLike[str], seed: int | None = None, *, noise_seed: int = 0
    ) -> Any:
        """Return a chip with the fixed pattern of a seed, or without one; its ``multiply`` returns the results."""

    def calibrate(self, chip: Any, *, runs: int = 60, noise_seed: int = 0) -> Any:
        """Return the calibration of a chip; its ``apply_to`` sets a chip up."""

    def save_calibration(self, calibration: Any, path: str | PathLike[str]) -> None:
        """Write a calibration as a file."""

    def load_calibration(self, path: str | PathLike[str]) -> Any:
        """Read a calibration from a file."""


@runtime_checkable
class MatrixReference(Backend, Protocol):
    """A backend that finds, event by event, what a chip without noise must give."""

    def matrix_product(
        self,
        unit: AnalogUnit,
        inputs: np.ndarray,
        weights: np.ndarray,
        *,
        arrays: Sequence[Any] | None = None,
        patterns: Sequence[Any] | None = None,
        num_sends: int = 1,
        wait_between_events: int | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return LSB before the converter [blocks, vectors, columns] and results [vectors, columns].

        Parameters
        ----------
        inputs, weights : whole numbers, [vectors, rows] and [rows, columns].
        arrays : what holds each block of rows; its weights are taken as it holds them. Without a pattern by default.
        patterns : of the array of each block instead; what the array makes of the weights is found here.
        num_sends : how often a vector is sent.
        wait_between_events : in cycles; the unit's unless given.
        """


def missing_models(network: Network, models: Collection[str]) -> list[str]:
    """Return one reason for each population whose cell model is not among ``models``."""
    known = ", ".join(sorted(models))
    return [
        f"population {population.name!r}: no {population.model.name}; there are {known}"
        for population in network.populations
        if population.model.name not in models
    ]


def population_load(network: Network, spikes_of_cell: np.ndarray) -> PopulationLoad:
    """Return the rows of a report for the populations, from the spikes of every cell (int64 [n_cells])."""
    populations = network.populations
    return PopulationLoad(
        name=np.array([p.name for p in populations]),
        cells=np.array([p.size for p in populations]),
        spikes=np.array([spikes_of_cell[p.first : p.first + p.size].sum() for p in populations]),
    )


def projection_load(network: Network, spikes_of_cell: np.ndarray) -> ProjectionLoad:
    """Return the rows of a report for the projections of a run in which every spike reaches every synapse."""
    populations = network.populations
    events = [
        int(np.dot(spikes_of_cell[populations[s.pre].first :][: populations[s.pre].size], np.diff(s.indptr)))
        for s in network.synapses
    ]
    return ProjectionLoad(
        name=np.array([s.name for s in network.synapses], dtype=np.str_),
        synapses=np.array([s.size for s in network.synapses], dtype=np.int64),
        synaptic_events=np.array(events, dtype=np.int64),
    )


def untraceable(program: Program, fidelity: str, tracing: Tracing | None) -> list[str]:
    """Return the reasons why a run cannot note its packets; empty when it can, or need not."""
    if tracing is None or (program.chip is not None and fidelity != "ideal"):
        return []
    what = "without a chip" if program.chip is None else "with fidelity 'ideal'"
    return [f"a trace: {what} there are no packets; use a chip and fidelity 'latency', 'fcfs' or 'credit'"]


def refuse(reasons: Sequence[str]) -> None:
    """Raise UnsupportedError with the reasons, when there are any."""
    if reasons:
        raise UnsupportedError("\n".join(reasons))


def refuse_past(tick: int, until_tick: int) -> None:
    """Raise SettingError when a session that stands at ``tick`` is to advance to an earlier one."""
    if until_tick < tick:
        raise SettingError(f"tick {until_tick} is past: the session stands at tick {tick}")


def refuse_threads(threads: int) -> None:
    """Raise SettingError for a number of threads that is no whole number of at least 1."""
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise SettingError(f"threads = {threads!r} must be a whole number of at least 1")


def note_one_thread(threads: int, reason: str | None) -> None:
    """Say once why one thread simulates though more ``threads`` may; nothing where there is no reason."""
    if threads > 1 and reason is not None:
        _log_one_thread(threads, reason)


@cache
def _log_one_thread(threads: int, reason: str) -> None:
    logger.warning("threads = %d: one thread simulates: %s", threads, reason)


def names() -> list[str]:
    """Return the names of the installed backends."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def load(name: str) -> Backend:
    """Return an installed backend.

    Raises
    ------
    UnknownNameError
        When no installed distribution provides it.
    """
    for point in entry_points(group=GROUP):
        if point.name == name:
            backend: Backend = point.load()
            return backend
    raise UnknownNameError.of("backend", name, names())


def load_traffic(name: str) -> TrafficBackend:
    """Return an installed backend that can send packets without neurons.

    Raises
    ------
    UnknownNameError
        When no installed distribution provides it.
    UnsupportedError
        When it cannot do that.
    """
    backend = load(name)
    if not isinstance(backend, TrafficBackend):
        raise UnsupportedError(f"backend {name!r} has no interconnect to send packets over; 'event' has one")
    return backend


def load_matrix(name: str) -> MatrixBackend:
    """Return an installed backend whose chips multiply vectors by matrices.

    Raises
    ------
    UnknownNameError
        When no installed distribution provides it.
    UnsupportedError
        When it cannot do that.
    """
    backend = load(name)
    if not isinstance(backend, MatrixBackend):
        raise UnsupportedError(f"backend {name!r} has no chips that multiply matrices; 'analog' has")
    return backend


def load_reference(name: str) -> MatrixReference:
    """Return an installed backend that multiplies vectors by matrices event by event.

    Raises
    ------
    UnknownNameError
        When no installed distribution provides it.
    UnsupportedError
        When it cannot do that.
    """
    backend = load(name)
    if not isinstance(backend, MatrixReference):
        raise UnsupportedError(f"backend {name!r} sends no events to matrices; 'brian2' does")
    return backend

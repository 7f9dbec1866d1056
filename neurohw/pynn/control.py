"""Setting up, running and ending a simulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

from pyNN import common

from neurohw.errors import SettingError
from neurohw.hardware import Chip
from neurohw.program import Program
from neurohw.pynn import simulator
from neurohw.pynn.foreign import check_names, note_ignored, seed_of, share_of
from neurohw.pynn.running.callbacks import Callback, checked
from neurohw.pynn.script import ROUNDING, finite
from neurohw.pynn.settings import MAPPING, Settings
from neurohw.result import HardwareReport

OWN = [  # PyNN's own misspelt run on other simulators, so they are only logged
    "chip",
    "fidelity",
    "backend",
    "seed",
    "mapping",
    "strict",
    "spike_precision",
    "threads",
    "weight_precision",
]


def setup(
    timestep: float = common.control.DEFAULT_TIMESTEP,
    min_delay: float | str = common.control.DEFAULT_MIN_DELAY,
    *,
    max_delay: float | str = common.control.DEFAULT_MAX_DELAY,
    chip: Chip | str | PathLike[str] | None = None,
    fidelity: str | None = None,
    backend: str = "event",
    mapping: Mapping[str, Any] | None = None,
    seed: int | None = None,
    strict: bool | None = None,
    spike_precision: str = "on_grid",
    threads: int = 1,
    weight_precision: str = "float64",
    **foreign: Any,
) -> int:
    """Start anew: forget the network, set time to 0.

    Parameters
    ----------
    timestep : length of a tick in ms.
    min_delay, max_delay : shortest and longest synaptic delay in ms; ``"auto"``: those in use. Synapses without a
        delay have the shortest (``"auto"``: the timestep). Nothing else depends on them: a delay outside is logged,
        and neither need be a multiple of the timestep (a delay goes to the nearest tick).
    chip : what to run on: name of a preset, path of a TOML file or a :class:`neurohw.hardware.Chip`.
        None: no chip, every spike arrives exactly after its delay.
    fidelity : ``"ideal"``, ``"latency"``, ``"fcfs"`` or ``"credit"``; None: ``"fcfs"`` on a chip, else ``"ideal"``.
    backend : name of an installed backend.
    mapping : options of the compiler by name: ``partitioner``, ``placer`` and ``router`` (names of algorithms),
        ``merge_columns`` (True: a neuron with more inputs than a crossbar has rows takes columns of several
        crossbars), ``unroll`` (True: it gets relays before it, which changes results), ``quantize`` (``"nearest"`` or
        ``"stochastic"``: round weights to what a crossbar can hold; ``"exact"``: refuse those that it cannot hold).
    seed : seed of the Poisson sources, of stochastic cells and synapses and of stochastic rounding; ``reset()``
        starts the same numbers again. None: the ``rng_seed`` of other simulators where a script gives one, else 0.
    strict : None: warn of late or lost spikes, and refuse a network that needs what the chip lacks.
        True: late or lost spikes raise at the end of the ``run()`` in which they occurred; what was recorded stays
        readable. False: run what the chip lacks anyway, with one warning.
    spike_precision : what is recorded of a ``SpikeSourceArray``: ``"off_grid"`` its spike times as they were given,
        ``"on_grid"`` those of the nearest ticks. Either way a spike acts on the nearest tick.
    threads : how many may simulate the network, no more than there are cores to spare. They share its cells, and spikes
        are the same; one is used where more gain nothing.
    weight_precision : ``"float32"`` rounds the weights of static synapses to 24 bits, which halves the memory that they
        take in a simulation. All else is simulated in float64: spikes are those of the network with these weights.
    foreign : arguments of PyNN's other simulators, such as ``verbosity``; ignored, and logged.

    Returns
    -------
    The MPI rank: 0, or ``rank`` where a script gives that and ``num_processes`` to see what a rank would build
    (such a part of a network does not run).

    Raises
    ------
    SettingError
        For an argument out of its range.
    UnknownNameError
        For an unknown chip, fidelity, backend, option of ``mapping`` or algorithm.
    ChipError
        For a faulty chip file.
    """
    check_names(foreign, OWN, MAPPING)
    settings = Settings.of(
        simulator.state.overrides,
        timestep=timestep,
        min_delay=min_delay,
        max_delay=max_delay,
        chip=chip,
        fidelity=fidelity,
        backend=backend,
        mapping=mapping,
        seed=seed_of(foreign) if seed is None else seed,
        strict=strict,
        spike_precision=spike_precision,
        threads=threads,
        weight_precision=weight_precision,
    )
    n_processes, rank = share_of(foreign)
    note_ignored(foreign)
    simulator.state.start(settings, n_processes, rank)
    simulator.state.load_compiler()
    return simulator.state.mpi_rank


def end(compatible_output: bool = True) -> None:
    """Write what ``record(..., to_file=...)`` asked for and close the session."""
    for population, variables, filename in simulator.state.write_on_end:
        population.write_data(filename, variables)
    simulator.state.write_on_end = []
    simulator.state.end()


_run, _run_until = common.build_run(simulator)


def run_until(time_point: float, callbacks: Sequence[Callback] | None = None) -> float:
    """Simulate until the tick that is nearest to ``time_point`` (ms), and return its time.

    Each of ``callbacks`` is called with the current time and returns when it wants to be called next: later than it
    is, if the run is to go on.

    Raises
    ------
    ValueError
        For a time in the past, or none at all, of the run or from a callback.
    DeliveryError
        With ``setup(strict=True)``, when spikes came late or were lost; time has moved on and data can be read.
    """
    state = simulator.state
    time_point = finite(time_point)
    until = state.on_grid(time_point)
    _run_until(until, checked(() if callbacks is None else callbacks, until, state.dt))
    state.note_asked(time_point)
    state.tell_disturbance()
    return state.t


def run(simtime: float, callbacks: Sequence[Callback] | None = None) -> float:
    """Simulate ``simtime`` ms further and return the time reached; see :func:`run_until`.

    ``run(x)`` and ``run(y)`` reach the same tick as ``run(x + y)``, as PyNN defines them: where a time is no multiple
    of the timestep, what rounding to a tick has added or left out counts in the next ``run()``. (NEST refuses such
    times; NEURON rounds each anew.)

    Raises
    ------
    SettingError
        Also for half a timestep and less, if it is more than what rounding leaves of 0: no tick would be simulated.
    """
    state = simulator.state
    simtime = finite(simtime)
    if ROUNDING * state.dt < simtime < state.dt and state.nearest_tick(simtime) == 0:
        raise SettingError(
            f"run: {simtime:g} ms must be more than half of the timestep, {state.dt:g} ms: no tick would be simulated"
        )
    return run_until(state.t + state.ahead_ms + simtime, callbacks)


run_for = run
reset = common.build_reset(simulator)
initialize = common.initialize
get_current_time, get_time_step, get_min_delay, get_max_delay, num_processes, rank = (
    common.build_state_queries(simulator)
)


def prepare() -> Program:
    """Map the network onto the chip without running it, and return the program; ``run()`` then uses it.

    Raises
    ------
    CapacityError, UnsupportedError, NetworkError
        As ``run()`` does: for what does not fit, what the chip or the backend lacks, and unsound networks.
    """
    return simulator.state.prepare()


def hardware_report() -> HardwareReport:
    """Return what the hardware did since ``setup()`` or ``reset()``.

    Raises
    ------
    SimulationError
        Before ``run()``.
    """
    return simulator.state.result().report

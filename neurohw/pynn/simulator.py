"""The state behind the PyNN module, which PyNN's own code looks for here: what was built, and what runs."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from pyNN import common
from pyNN.random import NumpyRNG

from neurohw.api import default_fidelity
from neurohw.backend import load, refuse
from neurohw.compile_clock import Stopwatch
from neurohw.compiler import compile_network, exceeded_limits, missing_features
from neurohw.errors import SimulationError
from neurohw.network import SpikeTrains
from neurohw.program import Program
from neurohw.pynn.lowering.network import lower
from neurohw.pynn.random_stream.drawing import words_of
from neurohw.pynn.running.open_run import FinishedRun, OpenRun
from neurohw.pynn.running.totals import Totals
from neurohw.pynn.script import ROUNDING, Script
from neurohw.pynn.settings import Settings
from neurohw.result import Result

if TYPE_CHECKING:
    from neurohw.pynn.populations import Population

__all__ = ["ID", "State", "name", "state"]

logger = logging.getLogger("neurohw")
name = "neurohw"


class ID(int, common.IDMixin):
    """A cell: its number is the global id that networks and results use."""

    @property
    def root(self) -> Population:
        """The population that the cell belongs to."""
        population: Population = self.parent
        return population

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # while it is being copied, it has no population to ask
            raise AttributeError(name)
        return super().__getattr__(name)


class State(Script):
    """Everything between ``setup()`` and ``end()``."""

    def __init__(self) -> None:
        super().__init__()
        self.overrides: dict[str, Any] = {}
        self.finished: list[FinishedRun] = []
        self.is_collecting = False
        self._run: OpenRun | None = None
        self._first_program: Program | None = None  # what starts at tick 0; a reset alone leaves it as it is
        self.is_stale = True
        self.start(Settings())

    def start(self, settings: Settings, num_processes: int = 1, rank: int = 0) -> None:
        """Forget the network and begin anew, as one ``rank`` of ``num_processes``."""
        self._close()
        self.clear(settings)
        self.num_processes, self.mpi_rank = num_processes, rank
        self.segment_counter = 0
        self.is_ended = self._has_warned = False
        self._last_totals: Totals = {}
        self.changed()
        self._rewind()

    def load_compiler(self) -> None:
        """Load a first kernel, so that setting up takes what a compiler needs to start, not the first projection."""
        with words_of(NumpyRNG(seed=0)):
            pass

    def reset(self) -> None:
        """Go back to time 0 and the initial values; the network stays."""
        self._last_totals = self.totals()
        self._close()
        self._rewind()
        for source in self.current_sources:
            source.restart()
        self.segment_counter += 1

    def _rewind(self) -> None:
        self.tick, self.ahead_ms = 0, 0.0
        self.t_start = 0
        self.running = False
        for population in self.populations:
            population.spike_times_set_at = -1

    def _close(self) -> None:
        if self._run is None:
            return
        self._run.close(keep=self.is_collecting)
        if self.is_collecting:
            self.finished.append(self._run.finished())
        self._run = None

    # --- running -------------------------------------------------------------

    def run_until(self, tstop: float) -> None:
        """Simulate up to and including the first tick that is not before ``tstop`` ms; time never goes back."""
        if self.is_ended:
            raise SimulationError("run() after end(): call setup() first")
        until = max(self.tick, math.ceil(tstop / self.dt - ROUNDING))
        self._prepare().advance(until)
        self.tick, self.ahead_ms = until, 0.0

    def prepare(self) -> Program:
        """Compile what the script has built, unless that is done; nothing runs."""
        if self.is_ended:
            raise SimulationError("prepare() after end(): call setup() first")
        if self._run is not None:
            return self._prepare().program
        with self.building():
            program = self._program_at_start()
            fidelity = self.settings.fidelity or default_fidelity(program)
            refuse(load(self.settings.backend).unsupported(program, fidelity))
        return program

    def tell_disturbance(self) -> None:
        """Warn of late and lost spikes, or raise where the settings are strict."""
        if self._run is not None:
            self._run.tell_disturbance()

    def _program_at_start(self) -> Program:
        if self.num_processes > 1:
            raise SimulationError(
                f"rank {self.mpi_rank} of {self.num_processes} has a part of the network only; it runs as a whole, "
                "in one process: leave num_processes and rank out of setup()"
            )
        if self._first_program is None:
            self._first_program = self._compile()
        return self._first_program

    def _prepare(self) -> OpenRun:
        if self._run is not None and not self.is_stale:
            return self._run
        watch = Stopwatch()
        if self._run is None:
            self._run = OpenRun(self._program_at_start(), self.settings)
        else:
            self._run.set(self._compile())
        build_s, compile_s = watch.read()
        self._run.build_s += build_s + self.network_build_s
        self._run.compile_s += compile_s
        self.network_build_s = 0.0
        self.is_stale = False
        self.running = True
        return self._run

    def _compile(self) -> Program:
        settings = self.settings
        network = lower(self, None if self._run is None else self._run.program.network)
        strict = settings.strict is not False
        program = compile_network(
            network, settings.chip, **settings.mapping, strict=strict, seed=settings.seed
        )
        if not strict:
            self._warn_missing(program)
        return program

    def _warn_missing(self, program: Program) -> None:
        """Say once after setup() what the chip does not have, though it runs."""
        if program.chip is None or self._has_warned:
            return
        missing = missing_features(program.network, program.chip)
        if missing:
            logger.warning(
                "run although the chip has no such circuits (strict=False): %s", "; ".join(missing)
            )
        exceeded = exceeded_limits(program)
        if exceeded:
            logger.warning("run although the chip has no such room (strict=False): %s", "; ".join(exceeded))
        self._has_warned = bool(missing or exceeded)

    def changed(self) -> None:
        """Note that parameters, synapses, stimuli or recorders are others than those that run."""
        self.is_stale = True
        self._first_program = None

    @property
    def moment(self) -> tuple[OpenRun, int] | None:
        """The run in progress and the tick at which it stands; None before it and after a reset."""
        return None if self._run is None else (self._run, self.tick)

    def synapse_state(self, group: int) -> dict[str, np.ndarray]:
        """Return the state of a group of synapses in the run in progress, in the order of its rows."""
        return self._open_run().synapse_state(group)

    def refuse_growth(self, what: str) -> None:
        """Refuse new parts of the network while a session is open.

        Raises
        ------
        SimulationError
            After run() and before reset() or setup().
        """
        if self.running:
            raise SimulationError(
                f"{what} was made after run(), at t = {self.t:g} ms: a running network cannot grow. Build it "
                "before run(), or call reset() first (time goes back to 0, recorded data are kept)"
            )

    # --- results -------------------------------------------------------------

    @property
    def program(self) -> Program:
        """The program of the current session."""
        return self._open_run().program

    def result(self) -> Result:
        """Return everything recorded in the current session."""
        return self._open_run().result()

    def totals(self) -> Totals:
        """Return what the hardware did in the current session, or in the one that a reset has ended."""
        return self._last_totals if self._run is None else self._run.totals()

    def trains(self, population: Population) -> list[tuple[int, SpikeTrains]]:
        """Return the spike trains of an array source in the current session, see :meth:`OpenRun.trains`."""
        return self._open_run().trains(self.index_of(population))

    def _open_run(self) -> OpenRun:
        if self._run is None:
            raise SimulationError("nothing has run since setup() or reset(): call run() first")
        return self._run

    def end(self) -> None:
        """Close the session; what it recorded stays readable."""
        self.is_ended = True
        for projection in self.projections:
            projection.evolved.refresh(projection)
        if self._run is not None:
            self._run.close(keep=True)

    def runs(self) -> list[FinishedRun]:
        """Return the runs so far, the current one last."""
        return [*self.finished, *([] if self._run is None else [self._run.finished()])]


state = State()

"""One run in progress: a program, the session that runs it and the time both took."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import numpy as np

from neurohw import backend as backends
from neurohw.api import default_fidelity
from neurohw.compile_clock import Stopwatch
from neurohw.errors import DeliveryError
from neurohw.network import SpikeTrains
from neurohw.program import Program
from neurohw.pynn.running.disturbance import describe, n_disturbed
from neurohw.pynn.running.progress import checkpoints
from neurohw.pynn.running.totals import Totals, totals
from neurohw.pynn.settings import Settings
from neurohw.result import Result

logger = logging.getLogger("neurohw")


@dataclass(frozen=True, eq=False)
class FinishedRun:
    """What a script did between ``setup()`` or ``reset()`` and the next one, or its end."""

    program: Program
    result: Result
    build_s: float
    compile_s: float
    run_s: float


class OpenRun:
    """A session at a tick.

    ``build_s``, ``run_s`` and ``compile_s`` are wall times in seconds; compiling kernels is not part of a run.
    """

    def __init__(self, program: Program, settings: Settings) -> None:
        self.program = program
        self.tick = 0
        self.build_s = self.run_s = self.compile_s = 0.0
        self._result: Result | None = None
        self._n_disturbed = self._n_told = 0
        self._strict = settings.strict
        self._fidelity = fidelity = settings.fidelity or default_fidelity(program)
        self._trains = [(-1, _trains(program))]
        session = backends.load(settings.backend).open(
            program,
            fidelity=fidelity,
            seed=settings.seed,
            tracing=settings.tracing,
            threads=settings.threads,
        )
        self._session = session.__enter__()
        self.is_closed = False

    def advance(self, until_tick: int) -> None:
        """Simulate up to and including ``until_tick``."""
        watch = Stopwatch()
        self._result = None
        for tick in checkpoints(self.tick, until_tick, self.program.network.timestep_ms):
            self._session.advance(tick)
            self.tick = tick
        run_s, compile_s = watch.read()
        self.run_s += run_s
        self.compile_s += compile_s

    def set(self, program: Program) -> None:
        """Go on with a changed program."""
        self._session.set(program)
        self.program = program
        self._trains.append((self.tick, _trains(program)))
        self._result = None

    def trains(self, population: int) -> list[tuple[int, SpikeTrains]]:
        """Return the spike trains that an array source had in this run, each with the last tick before it."""
        return [(tick, trains[population]) for tick, trains in self._trains if population in trains]

    def result(self) -> Result:
        """Return everything recorded so far."""
        if self._result is None:
            result = self._session.result()
            timing = {
                **result.report.timing_s,
                "build": self.build_s,
                "compile": self.compile_s,
                "run": self.run_s,
            }
            self._result = replace(result, report=replace(result.report, timing_s=timing))
        return self._result

    def totals(self) -> Totals:
        """Return what goes with saved data."""
        return totals(self.result().report, self.program.digest())

    def tell_disturbance(self) -> None:
        """Say once after a run which spikes came late or were lost, and again when they are more than twice as many.

        Raises
        ------
        DeliveryError
            Instead of a warning where the settings are strict, after each run in which there were more.
        """
        if self._fidelity == "ideal" or self.program.chip is None:
            return
        before, self._n_disturbed = self._n_disturbed, n_disturbed(self._session.traffic())
        if self._strict:
            if self._n_disturbed > before:
                raise DeliveryError(describe(self.result().report, self.program.chip))
        elif self._n_disturbed > 2 * self._n_told:
            self._n_told = self._n_disturbed
            logger.warning("%s", describe(self.result().report, self.program.chip))

    def finished(self) -> FinishedRun:
        """Return the run as it stands."""
        return FinishedRun(self.program, self.result(), self.build_s, self.compile_s, self.run_s)

    def synapse_state(self, group: int) -> dict[str, np.ndarray]:
        """Return the state of a group of synapses, in the order of its rows."""
        return self._session.synapse_state(group)

    def close(self, *, keep: bool) -> None:
        """End the session; its result stays readable where asked for."""
        if self.is_closed:
            return
        if keep:
            self.result()
        self._session.__exit__(None, None, None)
        self.is_closed = True


def _trains(program: Program) -> dict[int, SpikeTrains]:
    populations = enumerate(program.network.populations)
    return {index: p.trains for index, p in populations if p.trains is not None}

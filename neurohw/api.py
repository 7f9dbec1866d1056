"""Run a compiled program in one call."""

from __future__ import annotations

from neurohw.backend import load
from neurohw.errors import SettingError
from neurohw.program import Program
from neurohw.result import Result
from neurohw.tracing import Tracing


def run(
    program: Program,
    duration_ms: float,
    *,
    backend: str = "event",
    fidelity: str | None = None,
    seed: int = 0,
    trace: bool | Tracing = False,
    threads: int = 1,
) -> Result:
    """Run a program from its initial state.

    Parameters
    ----------
    program : what ``neurohw.compile`` returned.
    duration_ms : biological time to simulate.
    backend : name of an installed backend.
    fidelity : ``"ideal"``, ``"latency"``, ``"fcfs"`` or ``"credit"``;
        by default ``"fcfs"`` where there is a chip, else ``"ideal"``.
    seed : seed of the Poisson sources.
    trace : note single packets of the interconnect in ``messages`` and ``transfers`` of the result, all messages and
        the first 200,000 transfers, or as many as a :class:`neurohw.tracing.Tracing` says.
    threads : how many may be used, no more than there are cores to spare; spikes are the same. A backend uses one
        where it gains nothing by more.

    Raises
    ------
    SettingError
        For a duration that is not a positive number, or of threads that is no whole number of at least 1.
    UnknownNameError
        For an unknown backend.
    UnsupportedError
        For a program that the backend cannot run, or that has no packets to trace.
    """
    if not 0 <= duration_ms < float("inf"):
        raise SettingError(f"duration {duration_ms} ms must be a number of at least 0")
    tracing = Tracing() if trace is True else trace or None
    level = fidelity or default_fidelity(program)
    with load(backend).open(program, fidelity=level, seed=seed, tracing=tracing, threads=threads) as session:
        session.advance(program.network.tick(duration_ms))
        return session.result()


def default_fidelity(program: Program) -> str:
    """Return the fidelity that a run has unless asked otherwise."""
    return "ideal" if program.chip is None else "fcfs"

"""Settings that win over those of a script, and the runs that it then does: what the command line builds on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike

from neurohw.hardware import Chip
from neurohw.pynn.running.open_run import FinishedRun
from neurohw.pynn.settings import Settings
from neurohw.pynn.simulator import State, state
from neurohw.tracing import Tracing


def collect_runs() -> list[FinishedRun]:
    """Return what ran since :func:`override` was entered, in order; the run in progress is the last.

    Outside of ``override`` only the current session is kept.
    """
    return state.runs()


@contextmanager
def override(
    *,
    chip: Chip | str | PathLike[str] | None = None,
    fidelity: str | None = None,
    backend: str | None = None,
    seed: int | None = None,
    tracing: Tracing | None = None,
    threads: int | None = None,
) -> Iterator[State]:
    """Let these settings win over what a script passes to ``setup()``, and collect its runs.

    None leaves a setting to the script; ``tracing`` notes single packets. The list of :func:`collect_runs` begins
    empty and outlives the block.

    Raises
    ------
    SettingError, UnknownNameError, ChipError
        As ``setup()`` does.
    """
    wins = {
        "chip": chip,
        "fidelity": fidelity,
        "backend": backend,
        "seed": seed,
        "tracing": tracing,
        "threads": threads,
    }
    state.is_collecting = False
    state.start(Settings.of(wins if chip is not None else {**wins, "fidelity": None}))
    state.finished.clear()
    state.overrides, state.is_collecting = wins, True
    try:
        yield state
    finally:
        state.overrides, state.is_collecting = {}, False

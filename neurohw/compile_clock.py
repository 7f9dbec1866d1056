"""The wall time that goes into compiling kernels, and a line that says so when it starts."""

from __future__ import annotations

import sys
from time import perf_counter

from numba.core.event import Event, TimingListener, register

from neurohw.compile_pause import is_ours

NOTICE = (
    "neurohw: compiling kernels, which takes up to a minute; they are kept, so that later runs start at once"
)


class CompileClock(TimingListener):
    """Measures compilations of our kernels; compiling a callee is part of compiling its caller."""

    def on_start(self, event: Event) -> None:
        if not is_ours(event):
            return
        if self._depth == 0 and not self.done:
            print(NOTICE, file=sys.stderr, flush=True)
        super().on_start(event)

    def on_end(self, event: Event) -> None:
        if is_ours(event):
            super().on_end(event)

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return float(self.duration) if self.done else 0.0


_CLOCK = CompileClock()
register("numba:compile", _CLOCK)


def compile_seconds() -> float:
    """Return how long this process has compiled kernels; those found on disk take no time."""
    return _CLOCK.seconds


class Stopwatch:
    """Wall time since it was made, compiling apart."""

    def __init__(self) -> None:
        self._started, self._compiled = perf_counter(), compile_seconds()

    def read(self) -> tuple[float, float]:
        """Return the seconds without compilation, and those of compilation."""
        compiled = compile_seconds() - self._compiled
        return perf_counter() - self._started - compiled, compiled

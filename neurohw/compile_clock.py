"""The wall time that goes into compiling kernels, and a line that says so when it starts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from neurohw.compile_pause import collector_paused

NOTICE = (
    "neurohw: compiling kernels, which takes up to a minute; they are kept, so that later runs start at once"
)


class CompileClock:
    """Measures compilations of kernels; one that another brings about is part of it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._depth = 0
        self._has_said = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Measure what happens inside."""
        if not self._has_said:
            print(NOTICE, file=sys.stderr, flush=True)
            self._has_said = True
        self._depth += 1
        started = perf_counter()
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                self.seconds += perf_counter() - started


_CLOCK = CompileClock()


@contextmanager
def compiling() -> Iterator[None]:
    """Measure a compilation, and let the garbage collector rest meanwhile."""
    with _CLOCK.running(), collector_paused():
        yield


def compile_seconds() -> float:
    """Return how long this process has compiled kernels; those found on disk take no time."""
    return _CLOCK.seconds


class Stopwatch:
    """Time since it was made, compiling apart: wall time, or what another clock counts in seconds."""

    def __init__(self, now: Callable[[], float] | None = None) -> None:
        self._now = perf_counter if now is None else now
        self._started, self._compiled = self._now(), compile_seconds()

    def read(self) -> tuple[float, float]:
        """Return the seconds without compilation, and those of compilation."""
        compiled = compile_seconds() - self._compiled
        return self._now() - self._started - compiled, compiled

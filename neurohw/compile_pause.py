"""Python's garbage collector rests while kernels are compiled.

A compiler makes many objects and keeps most of them: the collector would visit them all again and again, for a quarter
of the time, and find next to nothing.
"""

from __future__ import annotations

import gc

from numba.core.event import Event, Listener, register


class CollectorPause(Listener):
    """Stops the collector while a kernel of ours, and all that it calls, is compiled."""

    def __init__(self) -> None:
        self._depth = 0
        self._was_on = False

    def on_start(self, event: Event) -> None:
        """Note that a function begins to be compiled, within another or not."""
        if self._depth == 0 and not is_ours(event):
            return
        if self._depth == 0:
            self._was_on = gc.isenabled()
            gc.disable()
        self._depth += 1

    def on_end(self, event: Event) -> None:
        """Note that it is compiled, or has failed."""
        if self._depth == 0:
            return
        self._depth -= 1
        if self._depth == 0 and self._was_on:
            gc.enable()


def is_ours(event: Event) -> bool:
    """True when what is compiled is a function of this package."""
    return str(event.data["dispatcher"].py_func.__module__).startswith("neurohw")


register("numba:compile", CollectorPause())

"""Python's garbage collector rests while kernels are compiled.

A compiler makes many objects and keeps most of them: the collector would visit them all again and again, for a quarter
of the time, and find next to nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Stop the collector, and leave it as it was found."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if gc.get_freeze_count() == 0:  # else others have taken objects out of the collector's sight
                gc.freeze()
                gc.unfreeze()
            gc.enable()

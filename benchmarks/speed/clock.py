"""What one run costs: time of the processor, so that other work on the machine does not count, and memory."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from typing import Any


def timed(run: Callable[[], Any]) -> dict[str, float]:
    """Return the seconds of the processor, and of the clock on the wall, that a call takes."""
    wall, processor = time.perf_counter(), time.process_time()
    run()
    return {"cpu_s": time.process_time() - processor, "wall_s": time.perf_counter() - wall}


def peak_mb(who: int = resource.RUSAGE_SELF) -> float:
    """Return the peak memory of this process, or with ``RUSAGE_CHILDREN`` of the largest that it started."""
    return resource.getrusage(who).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def children_s() -> float:
    """Return the seconds of the processor that processes took which this one started, a compiler for example."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

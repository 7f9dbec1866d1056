"""A progress bar for long runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from neurohw.progress import DELAY_S, interval_s, shows_progress

CHUNKS = 50


def checkpoints(start: int, stop: int, timestep_ms: float) -> Iterator[int]:
    """Yield the ticks to stop at from ``start`` to ``stop``, moving a bar on stderr where one is wanted.

    Without a terminal (and without ``NEUROHW_PROGRESS=1``) there is only one stop, the last.
    """
    if not shows_progress() or stop - start < 2:
        yield stop
        return
    from tqdm import tqdm

    bar_format = "{l_bar}{bar}| {n:.0f}/{total:.0f} ms [{elapsed}<{remaining}]"
    total = (stop - start) * timestep_ms
    with tqdm(
        total=total,
        desc="run",
        delay=DELAY_S,
        leave=False,
        file=sys.stderr,
        bar_format=bar_format,
        mininterval=interval_s(),
    ) as bar:
        n_chunks = min(CHUNKS, stop - start)
        for chunk in range(1, n_chunks + 1):
            before = bar.n
            yield start + (stop - start) * chunk // n_chunks
            bar.update(total * chunk / n_chunks - before)

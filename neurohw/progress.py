"""Progress bars on stderr: where somebody watches, and only for what takes long."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TypeVar

Item = TypeVar("Item")

DELAY_S = 1.0  # what is done sooner shows no bar


def shows_progress() -> bool:
    """Return whether somebody watches: stderr is a terminal, or ``NEUROHW_PROGRESS=1``."""
    return os.environ.get("NEUROHW_PROGRESS") == "1" or sys.stderr.isatty()


def with_progress(items: Iterable[Item], label: str, total: int | None = None) -> Iterable[Item]:
    """Return the items; a bar moves as they are taken, where somebody watches.

    Parameters
    ----------
    total : how many there are, where ``items`` has no length.
    """
    if not shows_progress():
        return items
    from tqdm import tqdm

    bar: Iterable[Item] = tqdm(
        items, desc=label, total=total, delay=DELAY_S, leave=False, file=sys.stderr, mininterval=0.5
    )
    return bar

"""Progress bars on stderr: for terminals, or as the variable ``NEUROHW_PROGRESS`` says."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TypeVar

Item = TypeVar("Item")

VARIABLE = "NEUROHW_PROGRESS"  # "1": bars wherever stderr goes, "0": none
DELAY_S = 1.0  # what is done sooner shows no bar


def shows_progress() -> bool:
    """Return whether somebody watches."""
    wanted = os.environ.get(VARIABLE)
    return sys.stderr.isatty() if wanted not in ("0", "1") else wanted == "1"


def interval_s() -> float:
    """Return how often a bar may be drawn: in a file each time is one more line."""
    return 0.1 if sys.stderr.isatty() else 10.0


def with_progress(
    items: Iterable[Item], label: str, total: int | None = None, delay_s: float = DELAY_S
) -> Iterable[Item]:
    """Return the items; a bar moves as they are taken, where somebody watches.

    Parameters
    ----------
    total : how many there are, where ``items`` has no length.
    delay_s : the bar is there from then on; 0 where the first item alone takes long.
    """
    if not shows_progress():
        return items
    from tqdm import tqdm

    bar: Iterable[Item] = tqdm(
        items,
        desc=label,
        total=total,
        delay=delay_s,
        leave=False,
        file=sys.stderr,
        mininterval=interval_s(),
    )
    return bar

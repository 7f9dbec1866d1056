"""How many threads PyTorch uses for a while."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from neurohw.errors import SettingError


@contextmanager
def threads(n: int | None) -> Iterator[None]:
    """Let PyTorch use ``n`` threads inside the block; None: as many as it likes.

    Raises
    ------
    SettingError
        For more threads than the machine has processors.
    """
    most = os.cpu_count() or 1
    if n is not None and not 1 <= n <= most:
        raise SettingError(f"threads = {n} must be from 1 to {most}, the processors of this machine")
    before = torch.get_num_threads()
    torch.set_num_threads(before if n is None else n)
    try:
        yield
    finally:
        torch.set_num_threads(before)

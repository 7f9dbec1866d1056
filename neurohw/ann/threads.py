"""How many threads PyTorch uses for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def threads(n: int | None) -> Iterator[None]:
    """Let PyTorch use ``n`` threads inside the block; None: as many as it likes."""
    before = torch.get_num_threads()
    torch.set_num_threads(before if n is None else n)
    try:
        yield
    finally:
        torch.set_num_threads(before)

"""What all tests have in common."""

from __future__ import annotations

import gc
import os

import pytest

# there is a process of tests for each core: threads of PyTorch or a BLAS would wait for each other
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="module", autouse=True)
def _only_new_garbage() -> None:
    """Let what is loaded already not be looked through again: Brian2 collects garbage at every start."""
    gc.collect()
    gc.freeze()

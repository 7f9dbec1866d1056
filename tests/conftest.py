"""What all tests have in common."""

from __future__ import annotations

import gc

import pytest


@pytest.fixture(scope="module", autouse=True)
def _only_new_garbage() -> None:
    """Let what is loaded already not be looked through again: Brian2 collects garbage at every start."""
    gc.collect()
    gc.freeze()

"""What several files of tests need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from neurohw_event import shares


@pytest.fixture(scope="module")
def sharing_small_networks() -> Iterator[None]:
    """Divide networks among threads that are far too small for that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shares, "LEAST_WORK", 1e-6)
        yield
